// SPDX-License-Identifier: Apache-2.0
// The ledger among Debian's own: mail leaves by Postfix, and what comes back is read from Dovecot's mailbox.
import Durable
import Foundation
import HTTPTypes
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct PostfixMailTests {
    private func run(_ engine: Dialect, _ body: (MailWorld, PostfixServer) async throws -> Void) async throws {
        try await PostfixServer.run { server in
            var setup = TestApp.Setup()
            setup.provider.mailAuthorityFile = server.dovecot.certificate.authority
            try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold", "mailbox"], as: setup) {
                app in
                let world = try await MailWorld(app, runs: 6)
                try await enter(DovecotServer.password, world, server)
                try await body(world, server)
                try await world.node.leave()
            }
        }
    }

    private func enter(_ password: String, _ world: MailWorld, _ server: PostfixServer) async throws {
        try await world.save(
            port: server.port, user: "centre", password: password, secure: .starttls, host: "localhost")
        let (settings, tenant, now) = (world.app.rooms.settings, world.tenant, world.app.now)
        try await world.app.database.write { tx in
            guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
            smtp.bounceEmail = "bounces@centre.example"
            try settings.save(smtp, of: tenant, in: tx, at: now)
        }
    }

    /// Reads the mailbox as its work does.
    private func readMailbox(_ world: MailWorld) async throws {
        let handler = world.mailings.mailboxHandler(contacts: world.app.rooms.contacts)
        let workers = Workers(
            database: world.app.database, node: world.node, handlers: [handler],
            clock: { [clock = world.app.clock] in clock.now.milliseconds }, logger: world.app.otklik.installation.logger
        )
        try await workers.runDue(now: world.app.now.milliseconds)
    }

    @Test(.enabled(if: PostfixServer.isThere, "Postfix or Dovecot 2.3 cannot be started here"), arguments: engines)
    func `Postfix's refusals fail a message, its delays wait, and its report about a lost one comes back`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let large = "<p>\(String(repeating: "a ", count: PostfixServer.sizeLimit))</p>"
            try await world.compose([
                world.due(["c1@customer.example"]), world.due(["nobody@customer.example"], run: 702),
                world.due(["later@customer.example"], run: 703), world.due(["gone@customer.example"], run: 704),
                world.due(["c2@customer.example"], run: 705, html: large),
            ])
            try await world.deliver()
            let messages = try await world.messages()
            #expect(messages.map(\.state) == ["sent", "failed", "retrying", "sent", "failed"])
            #expect(messages[1].reply?.hasPrefix("550 5.1.1 ") == true)
            #expect(messages[2].reply?.hasPrefix("450 4.7.1 ") == true)
            #expect(messages[4].reply?.contains("\(PostfixServer.sizeLimit)") == true)
            let mail = try #require(try server.mails(in: "customer", count: 1).first)
            #expect(mail.contains("Return-Path: <bounces+") && mail.contains("Delivered-To: c1@customer.example"))
            let report = try #require(try server.mails(in: "bounces", count: 1).first)
            #expect(report.contains("Delivered-To: bounces+"))
            let form = [
                "host": "localhost", "port": "\(server.dovecot.port)", "secure": "starttls", "user_name": "bounces",
                "password": DovecotServer.password, "folder": "INBOX",
            ]
            #expect(try await MailBrowser(world).post("/settings/email/mailbox", form).status == .seeOther)
            try await readMailbox(world)
            #expect(try await world.states() == ["sent", "failed", "retrying", "bounced", "failed"])
            #expect(try server.dovecot.read(of: "bounces").count == 1)
        }
    }

    @Test(.enabled(if: PostfixServer.isThere, "Postfix or Dovecot 2.3 cannot be started here"), arguments: engines)
    func `a password that Postfix refuses holds the queue, and the right one lets it go`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            try await enter("wrong", world, server)
            try await world.compose((0..<6).map { world.due(["c\($0)@customer.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            #expect(Set(try await world.states()) == ["held"])
            let hold = try #require(try await world.mailings.holds(of: world.tenant).first)
            #expect(hold.reason.hasPrefix("mailings.reason.wrongCredentials 535 5.7.8 "))
            try await enter(DovecotServer.password, world, server)
            try await world.deliver()
            #expect(Set(try await world.states()) == ["sent"])
            #expect(try server.mails(in: "customer", count: 6).count == 6)
        }
    }
}
