// SPDX-License-Identifier: Apache-2.0
// Broken files: every fault with its line, path and code, in both languages, and nothing applied.
import Foundation
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite(.timeLimit(.minutes(5))) struct CentreBrokenFilesTests {
    @Test func `there are a hundred ways and more`() { #expect(CentreBreakage.all.count >= 100) }

    @Test(arguments: CentreBreakage.all) func `is told by line, path and code`(
        _ breakage: CentreBreakage
    ) async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            let text = try #require(breakage.text, "the piece is not there exactly once")
            let line = try #require(breakage.line)
            let before = try await world.rows()
            let faults = try await world.faults(text)
            let told = faults.map { "\($0.line) \($0.path) \($0.code)" }
            #expect(told.contains("\(line) \(breakage.path) \(breakage.code)"), "\(told)")
            for language in ["ru", "en"] {
                let t = world.app.otklik.installation.catalogue.localizer(language)
                for fault in faults {
                    let sentence = fault.sentence(t)
                    #expect(t.knows(fault.key), "\(fault.key)")
                    #expect(!sentence.contains(/\{[a-z]+\}/), "\(sentence)")
                    #expect(!sentence.contains("hunter2"))
                }
            }
            await #expect(throws: CentreFaults.self) {
                try await world.operations.apply(world.file(text), of: CentreWorld.key, expecting: [])
            }
            #expect(try await world.rows() == before)
        }
    }

    @Test(arguments: engines) func `all faults are told at once, in the order of lines, and nothing is applied`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            let before = try await world.rows()
            var text = CentreTexts.good
            for (old, new) in [
                ("Asia/Yekaterinburg", "Asia/Nowhere"), ("firstName: Пётр", "firstname: Пётр"),
                ("code: '01'", "code: x"),
                ("validDays: 7", "validDays: 0"), ("duration: 2", "duration: -1"),
                ("disposition: Заказ", "disposition: Нет"),
            ] { text = text.replacing(old, with: new) }
            let faults = try await world.faults(text)
            #expect(
                faults.map(\.code) == [
                    "bad_time_zone", "unknown_member", "bad_code", "bad_validity", "wait_outside",
                    "unknown_disposition",
                ])
            #expect(try await world.rows() == before)
        }
    }

    @Test func `a broken entry is not blamed on those who name it`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            let text = try #require(CentreTexts.changed("    type: blended\n", "    type: [1]\n"))
            #expect(try await world.faults(text).map(\.path) == ["services[Приёмная].type"])
            try await world.take(CentreTexts.good)
            for (old, new, path) in [
                ("firstName: Анна", "firstName: 1", "people[boss].firstName"),
                ("key: effort\n", "key: effort\n    nmae: x\n", "fields[effort].nmae"),
                ("validDays: 7", "validDays: x", "forms[Закрытая].validDays"),
                ("\npeople:\n", "\npeople: {}\n\nrest:\n", "people"), ("\nteams:\n", "\nteams: x\n\nrest:\n", "teams"),
                ("\nfields:\n", "\nfields: x\n\nrest:\n", "fields"), ("\nforms:\n", "\nforms: x\n\nrest:\n", "forms"),
                ("\nservices:\n", "\nservices: x\n\nrest:\n", "services"),
                ("\nworkflows:\n", "\nworkflows: x\n\nrest:\n", "workflows"),
            ] {
                let broken = try #require(CentreTexts.changed(old, new), "\(old)")
                #expect(Set(try await world.faults(broken).map(\.path)).subtracting(["rest"]) == [path])
            }
        }
    }

    @Test(arguments: engines) func `what is in use stays, where the file does not change its users`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            let services = try #require(CentreTexts.good.range(of: "services:\n")?.lowerBound)
            let fields = try #require(CentreTexts.good.range(of: "\nfields:\n")?.lowerBound)
            let section = CentreTexts.good[services..<fields].replacing("- name: Заказ\n", with: "- name: Покупка\n")
            let used = try await world.faults("otklik: 1\n" + section)
            #expect(used.map { "\($0.path) \($0.code)" } == ["services[Приёмная].folders disposition_in_use"])
            #expect(used.first?.arguments == ["name": "Заказ", "configuration": "После заказа"])
            #expect(try await world.faults("otklik: 1\nforms: []\n").map(\.code) == ["form_in_use"])
            #expect(
                try await world.faults("otklik: 1\nfields: []\n").map(\.code)
                    == ["built_in", "field_in_use"])
            #expect(try await world.faults("otklik: 1\npeople: []\n").map(\.code) == ["last_administrator"])
            let spelled = "otklik: 1\npeople:\n  - login: Boss\n    roles: [administrator]\n"
            #expect(try await world.faults(spelled).map(\.code) == ["other_spelling"])
        }
    }

    @Test func `a password is asked for again when mail would go elsewhere`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            try await world.take(CentreTexts.good)
            let text = try #require(CentreTexts.changed("host: mail.uyut", "host: evil.uyut"))
            #expect(try await world.faults(text, environment: [:]).map(\.code) == ["passwordAgain"])
            #expect(try await world.take(text).map(\.path) == ["smtp.host"])
        }
    }

    @Test func `a password comes from a file beside the configuration`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            try Data("тайна\n".utf8).write(to: world.app.folder.appending(path: "smtp.txt"))
            let text = try #require(CentreTexts.changed("passwordEnv: SMTP_PASSWORD", "passwordFile: smtp.txt"))
            try await world.take(text)
            let rooms = world.app.rooms
            let settings = try await world.app.database.read { tx in
                let tenant = try rooms.accounts.tenant(key: CentreWorld.key, in: tx)
                return try tenant.flatMap { try rooms.settings.smtp(of: $0.id, in: tx) }
            }
            #expect(settings?.password == "тайна")
            #expect(try await world.take(text) == [])
        }
    }

    @Test(arguments: ["", "# nothing\n", "---\n", "- a\n", "text\n", "{}", "otklik: 1\notklik: 1\n"])
    func `a file that holds no configuration is told so`(text: String) async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            let faults = try await world.faults(text)
            #expect(faults.count == 1, "\(faults)")
        }
    }

    @Test func `what would take too long or too much is refused at once`() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        for text in [
            deep, "a: " + deep, String(repeating: "- ", count: 3000) + "x", String(repeating: "a: 1\n", count: 1000),
            String(repeating: "x", count: YAMLLimits.bytes + 1),
            "otklik: 1\nteams:\n" + String(repeating: "  - {}\n", count: YAMLLimits.values),
        ] {
            let faults = CentreReader.read(Array(text.utf8)).faults
            #expect(!faults.isEmpty)
            #expect(CentreFaults(faults).all.count <= CentreFaults.limit)
        }
    }
}
