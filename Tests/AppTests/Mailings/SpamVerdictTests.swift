// SPDX-License-Identifier: Apache-2.0
// What receivers think of the demo centre's survey mail: SpamAssassin with the rules that need no network.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SpamVerdictTests {
    private static let tool = FileManager.default.currentDirectoryPath + "/.vendor/tools/spamassassin"
    private static var isThere: Bool { FileManager.default.fileExists(atPath: tool + "/.complete") }

    /// The points that a message gets, and for what.
    private func judged(_ file: URL, home: URL) async throws -> (points: Double, why: String) {
        let tool = Self.tool
        let report = try await runShell(
            """
            modules=$(ls -d \(tool)/usr/lib/*/perl5/*)
            HOME=\(home.path) LC_ALL=C.UTF-8 perl -T -I\(tool)/usr/share/perl5 -I"$modules" \
                \(tool)/usr/bin/spamassassin --local --test-mode --configpath=\(tool)/usr/share/spamassassin \
                --siteconfigpath=\(tool)/etc/spamassassin --prefspath=/dev/null < \(file.path)
            """)
        let score = try #require(report.firstMatch(of: /score=(-?[0-9.]+)/), "\(report)").output.1
        let why = report.split(separator: "\n").filter { $0.contains(#/^ *-?[0-9.]+ [A-Z_0-9]+ /#) }
        return (try #require(Double(score)), why.joined(separator: "\n"))
    }

    @Test(.enabled(if: isThere), arguments: ["ru", "en"])
    func `the demo's survey mail is no spam`(language: String) async throws {
        var setup = TestApp.Setup()
        setup.baseURL = "https://otklik.centre.example"
        try await TestApp.run(on: .sqlite, leaving: ["fold", "run", "inbox", "message"], as: setup) { app in
            let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: app.otklik.assets)
            let demo = try #require(try await making.demo())
            let story = DemoTexts.stories[0]
            let customer: [String: JSON] = [
                "name": .string("Ivan Petrov"), "language": .string(language),
                "email": .string("ivan@customer.example"),
            ]
            let body: JSON = .object([
                "externalId": .string("call-1"), "service": .string(story.service), "channel": .string("voice"),
                "direction": .string("inbound"), "agent": .string(DemoTexts.agent),
                "disposition": .string(story.disposition ?? ""), "customer": .object(customer),
            ])
            let answer = try await app.request(
                .post, "/api/v1/completions",
                headers: [.authorization: "Bearer \(demo.apiKey)", .contentType: "application/json"], body: body.text)
            try #require(answer.status == .created, "\(answer.body)")
            try await app.runDue()
            try await app.wait(seconds: 10)
            let (accounts, key) = (app.rooms.accounts, demo.tenant)
            let centre = try await app.database.read { try accounts.tenant(key: key, in: $0) }
            let tenant = try #require(centre).id
            let mail = try #require(try await app.rooms.mailings.capturedMails(of: tenant).first)
            let file = app.folder.appending(path: "mail/\(mail.file)")
            let verdict = try await judged(file, home: app.folder)
            #expect(verdict.points < 1.0, "\(verdict.why)")
        }
    }
}
