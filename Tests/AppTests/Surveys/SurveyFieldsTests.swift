// SPDX-License-Identifier: Apache-2.0
// Survey fields by their pages (spec 3.4): added, changed, retired, deleted; a new scale begins a new series.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyFieldsTests {
    private static let tone = [
        "name": "Тон", "key": "tone", "kind": "average", "minimum": "1", "maximum": "5", "satisfiedFrom": "4,5",
    ]

    private func field(_ key: String, _ world: SurveyWorld) async throws -> SurveyField? {
        let (surveys, tenant) = (world.surveys, world.tenant)
        return try await world.app.database.read { try surveys.fields(of: tenant, in: $0)[key] }
    }

    private func deeds(_ world: SurveyWorld) async throws -> [String] {
        try await world.app.database.query("SELECT action FROM audit ORDER BY id")
            .map { try $0.at(0, as: String.self) }.filter { $0.hasPrefix("surveys.audit.field") }
            .map { String($0.trimmingPrefix("surveys.audit.field")) }
    }

    @Test(arguments: engines) func `built-in fields are shown with the forms that ask for them`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let admin = try await world.browser(as: .administrator)
            let list = try await admin.get("/fields").body
            for text in ["FCR", "CSAT", "NPS", "доволен с 4", "промоутер с 9, критик до 6", "Качество"] {
                #expect(list.contains(text), "\(text)")
            }
            #expect(list.contains("href=\"/fields\" aria-current=\"page\""))
            let nps = try #require(try await field("nps", world))
            let page = try await admin.get("/fields/\(nps.id)").body
            #expect(page.contains("заданы методикой") && !page.contains("name=\"minimum\""))
            #expect(!page.contains("/removal"))
            // What is sent all the same changes the name alone.
            let sent = ["name": "Индекс NPS", "kind": "average", "minimum": "0", "maximum": "5", "satisfiedFrom": "4"]
            #expect(try await admin.post("/fields/\(nps.id)", sent).status == .seeOther)
            let after = try #require(try await field("nps", world))
            #expect(after.name == "Индекс NPS" && after.kind == .promoter && after.maximum == 10 && after.series == 1)
            #expect(try await deeds(world) == ["Changed"])
            #expect(try await admin.post("/fields/\(nps.id)/removal", [:]).status == .unprocessableContent)
            let agent = try await world.browser(as: .supervisor)
            #expect(try await agent.get("/fields").status == .forbidden)
        }
    }

    @Test(arguments: engines) func `a field is added whole, or each fault stands at its place`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let admin = try await world.browser(as: .administrator)
            let faults: [([String: String], [String])] = [
                (["name": " ", "key": "Тон", "minimum": "x", "maximum": ""], ["name", "key", "minimum", "maximum"]),
                (["minimum": "5", "maximum": "1"], ["maximum"]), (["satisfiedFrom": "9"], ["satisfiedFrom"]),
                (["key": "fcr"], ["key"]), (["name": "csat"], ["name"]), (["satisfiedFrom": ""], ["satisfiedFrom"]),
                (
                    ["kind": "promoter", "promoterFrom": "4", "detractorTo": "4"], ["detractorTo"]
                ),
                (["kind": "promoter", "promoterFrom": "4.5", "detractorTo": "2"], ["promoterFrom"]),
            ]
            for (changes, fields) in faults {
                let entries = Self.tone.merging(changes) { $1 }
                let refused = try await admin.post("/fields/new", entries)
                #expect([409, 422].contains(refused.status.code), "\(changes)")
                for name in fields {
                    #expect(refused.body.contains("href=\"#field-\(name)\""), "\(changes) \(name)")
                    #expect(refused.body.contains("id=\"field-\(name)-error\""), "\(changes) \(name)")
                }
                #expect(refused.body.contains("value=\"\(entries["maximum"] ?? "")\""))
            }
            #expect(try await field("tone", world) == nil)
            #expect(try await admin.post("/fields/new", Self.tone).status == .seeOther)
            let made = try #require(try await field("tone", world))
            #expect(made.satisfiedFrom == 4.5 && made.kind == .average && made.series == 1 && !made.hasAnswers)
            let share = ["name": "Перезвонили", "key": "called", "kind": "percentage", "minimum": "", "maximum": ""]
            #expect(try await admin.post("/fields/new", share).status == .seeOther)
            #expect(try await field("called", world)?.maximum == 1)
            #expect(try await deeds(world) == ["Added", "Added"])
            let log = try await admin.get("/settings/audit", language: "ru").body
            #expect(log.contains("Добавлено поле опроса «Тон» (tone)"))
        }
    }

    @Test(arguments: engines) func `a new scale is said before it is saved, and begins a new series`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            _ = try await world.answer(try await world.customer(1), SurveyWorld.good + [("q_csat", "4")])
            let late = try await world.open(try await world.customer(2))
            let admin = try await world.browser(as: .administrator)
            let csat = try #require(try await field("csat", world))
            #expect(csat.hasAnswers)
            let wider = ["name": "CSAT", "kind": "average", "minimum": "1", "maximum": "10", "satisfiedFrom": "8"]
            let asked = try await admin.post("/fields/\(csat.id)", wider)
            #expect(asked.status == .ok && asked.body.contains("начнётся новый ряд"))
            #expect(asked.body.contains("«Качество»") && asked.body.contains("value=\"10\""))
            #expect(try await field("csat", world)?.maximum == 5)
            // What was agreed to is this scale and no other.
            let agreed = try #require(admin.hidden("agreed"))
            let other = wider.merging(["maximum": "7", "satisfiedFrom": "6", "agreed": agreed]) { $1 }
            #expect(try await admin.post("/fields/\(csat.id)", other).status == .ok)
            let saved = try await admin.post("/fields/\(csat.id)", wider.merging(["agreed": agreed]) { $1 })
            #expect(saved.status == .seeOther)
            let after = try #require(try await field("csat", world))
            #expect(after.series == 2 && after.maximum == 10 && after.satisfiedFrom == 8)
            // The form's slider went along, and a page that was open before counts for neither series.
            let fresh = try await world.get(try await world.customer(3).path).body
            #expect(fresh.contains("class=\"scale n10\""))
            world.app.clock.advance(seconds: 5)
            #expect(try await world.submit(late, SurveyWorld.good + [("q_csat", "5")]).status == .ok)
            _ = try await world.answer(try await world.customer(4), SurveyWorld.good + [("q_csat", "9")])
            let rows = try await world.app.database.query(
                """
                SELECT a.number, a.series FROM answer a WHERE a.block = 'csat' ORDER BY a.submission_id
                """)
            #expect(try rows.map { try $0.at(1, as: Int?.self) } == [1, nil, 2])
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
            try await world.app.rooms.statistics.rebuild(world.tenant, at: world.app.now)
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
        }
    }

    @Test(arguments: engines) func `a scale that options do not fit is refused with the forms' names`(
        _ engine: Dialect
    ) async throws {
        var blocks = SurveyWorld.blocks(isRussian: true)
        blocks[2] = SurveyBlock(
            key: "csat", kind: .radio, text: "Довольны?", field: "csat",
            options: (1...5).map { BlockOption(text: "\($0)", value: Double($0)) })
        let content = SurveyContent(languages: [FormLanguage(language: "ru", title: "К", blocks: blocks)])
        try await SurveyWorld.run(on: engine, content: content) { world in
            let admin = try await world.browser(as: .administrator)
            let csat = try #require(try await field("csat", world))
            let narrow = ["name": "CSAT", "kind": "average", "minimum": "1", "maximum": "3", "satisfiedFrom": "3"]
            _ = try await admin.post("/fields/\(csat.id)", narrow)
            let agreed = try #require(admin.hidden("agreed"))
            let refused = try await admin.post("/fields/\(csat.id)", narrow.merging(["agreed": agreed]) { $1 })
            #expect(refused.status == .conflict && refused.body.contains("«Качество»"))
            #expect(try await field("csat", world) == csat)
        }
    }

    @Test(arguments: engines) func `a field with answers is retired, one without is deleted, one in use is neither`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let admin = try await world.browser(as: .administrator)
            _ = try await admin.post("/fields/new", Self.tone)
            let tone = try #require(try await field("tone", world))
            let (surveys, form, tenant, now) = (world.surveys, world.form, world.tenant, world.app.now)
            func use(_ isUsed: Bool) async throws {
                var content = SurveyWorld.content()
                if isUsed {
                    for place in content.languages.indices {
                        content.languages[place].blocks.insert(
                            .slider(key: "tone", text: "Тон?", scale: 1...5, field: "tone"), at: 1)
                    }
                }
                let stored = content
                _ = try await world.app.database.write { tx in
                    try surveys.newVersion(
                        of: form, content: stored, revision: nil, tenant: tenant, in: tx,
                        as: SurveyChange(by: nil, at: now))
                }
            }
            try await use(true)
            #expect(try await admin.get("/fields/\(tone.id)/removal").body.contains("Сначала уберите его"))
            #expect(try await admin.post("/fields/\(tone.id)/removal", [:]).status == .conflict)
            _ = try await world.answer(try await world.customer(), SurveyWorld.good + [("q_tone", "5")])
            let answered = try #require(try await field("tone", world))
            #expect(answered.hasAnswers && !answered.isRetired)
            try await use(false)
            #expect(try await admin.get("/fields/\(tone.id)/removal").body.contains("Вывести «Тон» из работы?"))
            #expect(try await admin.post("/fields/\(tone.id)/removal", ["confirmed": "1"]).status == .seeOther)
            #expect(try await field("tone", world)?.isRetired == true)
            let refusals = await #expect(throws: Refusals.self) { try await use(true) }
            #expect(refusals?.all.first?.code == "unknown_field")
            #expect(try await admin.post("/fields/\(tone.id)/restoration", [:]).status == .seeOther)
            #expect(try await field("tone", world)?.isRetired == false)

            _ = try await admin.post("/fields/new", Self.tone.merging(["key": "other", "name": "Другое"]) { $1 })
            let other = try #require(try await field("other", world))
            #expect(try await admin.post("/fields/\(other.id)/removal", ["confirmed": "1"]).status == .seeOther)
            #expect(try await field("other", world) == nil)
            #expect(try await admin.get("/fields/\(other.id)").status == .notFound)
            #expect(try await deeds(world) == ["Added", "Retired", "Restored", "Added", "Deleted"])
        }
    }
}
