// SPDX-License-Identifier: Apache-2.0
// Out and in again: the same bytes; every single change shown, applied, and gone the second time.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite(.timeLimit(.minutes(5))) struct CentreRoundTripTests {
    @Test(arguments: engines) func `the demo centre in an empty one gives the same bytes`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            let making = DemoMaking(
                installation: world.app.otklik.installation, rooms: world.app.rooms, assets: try Assets.load())
            _ = try await making.demo()
            let text = try await world.operations.export("demo")
            #expect(try await world.take(text).count > 10)
            #expect(try await world.operations.export(CentreWorld.key) == text)
            #expect(try await world.take(text) == [])
            #expect(try await world.take(text, into: "demo") == [])
        }
    }

    @Test(arguments: engines) func `a file that says everything gives the same bytes`(_ engine: Dialect) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            let text = try await world.operations.export(CentreWorld.key)
            #expect(text == CentreTexts.good)
            try await world.makeTenant("second")
            try await world.take(text, into: "second")
            #expect(try await world.operations.export("second") == text)
            // JSON is YAML.
            #expect(try await world.take(try await world.operations.exportJSON("second"), into: "second") == [])
            // The stored password was sealed, opened and compared.
            let other = ["SMTP_PASSWORD": "other"]
            #expect(try await world.take(text, environment: other).map(\.path) == ["smtp.password"])
            #expect(try await world.take(text, environment: other) == [])
            // Without the variable the stored one stays.
            #expect(try await world.take(text, environment: [:]) == [])
        }
    }

    @Test(arguments: engines) func `each change is shown alone, applied, and nothing the second time`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            var wrong: [String] = []
            for change in CentreChange.all {
                let text = try #require(CentreTexts.changed(change.old, change.new), "\(change.old)")
                let faults = try await world.faults(text)
                guard faults.isEmpty else {
                    wrong.append("\(change.path): \(faults.map { "\($0.path) \($0.code)" })")
                    continue
                }
                let made = try await world.take(text)
                if made.map(\.path) != [change.path] { wrong.append("\(change.path): \(made.map(\.path))") }
                let again = try await world.take(text)
                if !again.isEmpty { wrong.append("\(change.path) again: \(again.map(\.path))") }
                if change.isForGood { continue }
                if try await world.operations.export(CentreWorld.key) != text { wrong.append("\(change.path): bytes") }
                try await world.take(CentreTexts.good)
            }
            #expect(wrong == [])
        }
    }

    /// What cannot be changed alone: what things are found by, and what tells a rename.
    private static let identities: Set<String> = [
        "otklik", "was", "key", "passwordEnv", "passwordFile", "login", "workflow",
    ]

    @Test func `every member of the file is changed once`() {
        let changed = Set(
            CentreChange.all.map { String($0.path.split(separator: ".").last ?? "").prefix { $0 != "[" } })
        var missing: Set<String> = []
        var seen: Set<String> = []
        func walk(_ record: CentreRecord) {
            guard seen.insert(record.title).inserted else { return }
            for member in record.members {
                switch member.shape.resolved {
                case .record(let inner): walk(inner)
                case .list(let element, _, _):
                    if case .record(let inner) = element.resolved { walk(inner) } else { fallthrough }
                default:
                    if !changed.contains(Substring(member.name)), !Self.identities.contains(member.name) {
                        missing.insert("\(record.title).\(member.name)")
                    }
                }
            }
        }
        walk(CentreShapes.file)
        #expect(missing == [])
    }

    @Test(arguments: engines) func `a rename keeps what it renames, wherever it is named`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            let before = try await world.app.database.query("SELECT id FROM disposition ORDER BY id").count
            var text = CentreTexts.good
            for (old, new) in [
                ("Первая линия", "Линия 1"), ("Приёмная (100%25%29", "Анкета"), ("Приёмная (100%)", "Анкета"),
                ("Приёмная", "Ресепшен"), ("Заказ\n", "Покупка\n"), ("Опрос", "Оценка"), ("После заказа", "Продажи"),
                ("Итог", "Исход"),
            ] { text = text.replacing(old, with: new) }
            let renamed = try #require(CentreTexts.good != text ? text : nil)
            for (name, was) in [
                ("  - name: Линия 1\n", "Первая линия"), ("  - name: Анкета\n", "Приёмная (100%)"),
                ("  - name: Ресепшен\n", "Приёмная"), ("          - name: Покупка\n", "Заказ"),
                ("  - name: Оценка\n", "Опрос"), ("    name: Продажи\n", "После заказа"),
                ("      - name: Исход\n", "Итог"),
            ] {
                let indent = String(
                    repeating: " ", count: name.prefix { $0 == " " }.count + (name.contains("- ") ? 2 : 0))
                text = text.replacing(name, with: name + indent + "was: \(was)\n")
            }
            let made = try await world.take(text)
            #expect(made.allSatisfy { $0.path.hasSuffix("].name") && $0.kind == .changed }, "\(made.map(\.path))")
            #expect(made.count == 7)
            #expect(try await world.take(text) == [])
            #expect(try await world.take(renamed) == [])
            #expect(try await world.app.database.query("SELECT id FROM disposition ORDER BY id").count == before)
        }
    }

    @Test(arguments: engines) func `what a section leaves out is retired, what a file leaves out stays`(
        _ engine: Dialect
    ) async throws {
        try await CentreWorld.run(on: engine) { world in
            try await world.take(CentreTexts.good)
            let untouched = try await world.rows()
            #expect(try await world.take("otklik: 1\n") == [])
            #expect(try await world.rows() == untouched)
            let made = try await world.take(
                """
                otklik: 1
                people:
                  - login: boss
                    firstName: Анна
                    roles: [administrator]
                services: []
                forms: []
                workflows: []
                configurations: []
                """)
            #expect(
                made.map { "\($0.path) \($0.kind)" } == [
                    "people[boss].roles changed", "people[boss].supervisedTeams changed",
                    "people[boss].language changed", "people[agent1] retired", "services[Приёмная] retired",
                    "forms[Закрытая] retired", "forms[Приёмная (100%)] retired", "workflows[Опрос] retired",
                    "configurations[Опрос / После заказа] retired",
                ])
            let text = try await world.operations.export(CentreWorld.key)
            #expect(!text.contains("Закрытая"))
            #expect(try await world.take("otklik: 1\nservices: []\nforms: []\nworkflows: []\n") == [])
            // Everything can be taken up again.
            try await world.take(CentreTexts.good)
            #expect(try await world.operations.export(CentreWorld.key) == CentreTexts.good)
        }
    }

    @Test func `what changed meanwhile stops the import`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            let file = world.file(CentreTexts.good)
            let differences = try await world.operations.differences(file, of: CentreWorld.key)
            try await world.take("otklik: 1\nteams:\n  - name: Первая линия\n")
            let before = try await world.rows()
            let refusal = await #expect(throws: Refusal.self) {
                try await world.operations.apply(file, of: CentreWorld.key, expecting: differences)
            }
            #expect(refusal?.code == "changed_since")
            #expect(try await world.rows() == before)
        }
    }

    @Test func `another centre is neither read nor changed`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            try await world.makeTenant("other")
            let empty = try await world.operations.export("other")
            try await world.take(CentreTexts.good)
            #expect(try await world.operations.export("other") == empty)
            await #expect(throws: Refusal.self) { try await world.operations.export("nobody") }
        }
    }
}
