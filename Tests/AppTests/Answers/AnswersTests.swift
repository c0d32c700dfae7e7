// SPDX-License-Identifier: Apache-2.0
// A form's answers by their pages: list, filter, one by one, what counts, the file; and who sees none of it.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct AnswersTests {
    private func places(_ page: String) -> [String] {
        page.matches(of: #/href="/forms/[0-9]+/answers/([0-9]+)[^"]*"><time/#).map { String($0.1) }
    }

    private func deeds(_ world: SurveyWorld) async throws -> [String] {
        try await world.app.database.query("SELECT action FROM audit ORDER BY id")
            .map { try $0.at(0, as: String.self) }.filter { $0.hasPrefix("answers.") }
    }

    private func submissionIDs(_ world: SurveyWorld) async throws -> [SubmissionID] {
        try await world.app.database.query("SELECT id FROM submission ORDER BY id").map { try $0.at(0) }
    }

    @Test(arguments: engines) func `the list is filtered and read page by page`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let browser = try await world.browser(as: .administrator)
            let path = "/forms/\(world.form)/answers"
            #expect(try await browser.get(path).body.contains("Ответов нет"))
            for number in 1...53 {
                let customer = try await world.customer(Int64(number), language: number == 1 ? "en" : "ru")
                _ = try await world.answer(customer)
            }
            _ = try await world.answer(try await world.customer(60, isTest: true))
            // The first customer's link is used once more: put aside.
            let again = try await world.open(try await world.customer(61))
            _ = try await world.submit(again, SurveyWorld.good)
            let first = try await browser.get(path).body
            #expect(places(first).count == 50)
            let next = try #require(first.firstMatch(of: #/rel="next" href="([^"]+)"/#)).output.1
            let second = try await browser.get(String(next).replacing("&amp;", with: "&")).body
            let all = places(first) + places(second)
            #expect(all.count == 54 && Set(all).count == 54)
            #expect(all == all.sorted { $0 > $1 } && !second.contains("rel=\"next\""))
            for (query, count) in [
                ("language=en", 1), ("state=quarantined", 1), ("state=counted&language=ru", 50), ("test=1", 1),
                ("from=2026-03-02&to=2026-03-02&language=en", 1), ("to=2026-03-01", 0), ("from=2026-03-03", 0),
            ] {
                #expect(places(try await browser.get("\(path)?\(query)").body).count == count, "\(query)")
            }
            let refused = try await browser.get("\(path)?from=yesterday")
            #expect(refused.status == .unprocessableContent && refused.body.contains("href=\"#field-from\""))
            try await world.rename(to: "Новое название")
            let version = try #require(try await world.surveys.form(world.form, of: world.tenant)).version
            #expect(places(try await browser.get("\(path)?version=\(version)").body).isEmpty)
            #expect(first.contains("FCR\u{A0}1, CSAT") == false && first.contains("FCR\u{A0}1"))
        }
    }

    @Test(arguments: engines) func `one answer shows what was asked, how it was sent, and its neighbours`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let browser = try await world.browser(as: .administrator)
            for number in 1...3 {
                let entries = SurveyWorld.good + [("q_why", "Текст <\(number)>"), ("q_again", "2"), ("q_topics", "0")]
                _ = try await world.answer(try await world.customer(Int64(number)), entries)
            }
            let ids = try await submissionIDs(world)
            let page = try await browser.get("/forms/\(world.form)/answers/\(ids[1])").body
            for text in [
                "Решили вопрос?", "Да (1)", "Текст &lt;2&gt;", "Н/Д", "без ответа", "30\u{A0}с", "Цена (2)",
                "Этот ответ учтён в отчётах", "/answers/\(ids[0])", "/answers/\(ids[2])", "rel=\"prev\"",
                "rel=\"next\"",
            ] { #expect(page.contains(text), "\(text)") }
            #expect(!page.contains("/s/"))
            #expect(try await deeds(world) == ["answers.audit.seen"])
            for wrong in ["1", "x", "\(world.form)"] {
                #expect(try await browser.get("/forms/\(world.form)/answers/\(wrong)").status == .notFound)
            }
            let notes = try await browser.get("/forms/\(world.form)/answers/notes").body
            #expect(notes.matches(of: #/Текст &lt;/#).count == 3 && notes.contains("Почему?"))
        }
    }

    @Test(arguments: engines) func `a replaced answer is history, and shows as replaced`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine, editHours: 1) { world in
            let customer = try await world.customer()
            _ = try await world.answer(customer)
            let page = try await world.open(customer, query: "?change=1")
            world.app.clock.advance(seconds: 5)
            let changed = try await world.submit(page, [("q_fcr", "1"), ("q_nps", "2")])
            #expect(changed.status == .ok && changed.body.contains("Ответы изменены"))
            let browser = try await world.browser(as: .administrator)
            let ids = try await submissionIDs(world)
            let old = try await browser.get("/forms/\(world.form)/answers/\(ids[0])").body
            #expect(old.contains("этот остался в истории") && old.contains("Все ответы этого клиента"))
            #expect(!old.contains("/counting"))
            let list = try await browser.get("/forms/\(world.form)/answers?state=replaced").body
            #expect(places(list) == [ids[0].description])
        }
    }

    @Test(arguments: engines) func `a supervisor lets the other answer count, figures follow, and it can be put back`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 5)
            _ = try await world.submit(page, SurveyWorld.good)
            world.app.clock.advance(seconds: 86_400)
            let beside = try await world.submit(page, [("q_fcr", "1"), ("q_nps", "0"), ("q_csat", "2")])
            #expect(beside.status == .conflict)
            let ids = try await submissionIDs(world)
            let browser = try await world.browser(as: .administrator)
            func swap(_ id: SubmissionID) async throws -> HTTPResponse.Status {
                try await browser.get("/forms/\(world.form)/answers/\(id)")
                return try await browser.post("/forms/\(world.form)/answers/\(id)/counting", [:]).status
            }
            func figures() async throws -> [String: Double] {
                var filter = FigureFilter(from: LocalDay(number: 20_260_301), to: LocalDay(number: 20_260_331))
                filter.basis = .answered
                let total = try await world.app.rooms.statistics.figures(of: world.tenant, filter, by: .day).total
                return total.fields.reduce(into: [:]) { $0[$1.field.key] = $1.value }
            }
            #expect(try await figures() == ["fcr": 1, "nps": 100])
            #expect(try await browser.get("/forms/\(world.form)/answers/\(ids[1])").body.contains("Учесть этот ответ"))
            #expect(try await swap(ids[0]) == .conflict)
            #expect(try await swap(ids[1]) == .seeOther)
            #expect(try await world.submissions() == ["quarantined swapped", "counted"])
            #expect(try await figures() == ["fcr": 0, "nps": -100, "csat": 2])
            #expect(try await world.invitation(customer).scores == ["fcr": 0, "nps": 0, "csat": 2])
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
            #expect(try await swap(ids[0]) == .seeOther)
            #expect(try await figures() == ["fcr": 1, "nps": 100])
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
            #expect(try await deeds(world).filter { $0.hasSuffix("swapped") }.count == 2)
            let log = try await browser.get("/settings/audit?kind=answers").body
            #expect(log.contains("Учтён другой ответ клиента на форму «Качество»"))
            // The customer is told what stands.
            #expect(try await world.get(customer.path).body.contains("Вы уже ответили"))
        }
    }

    @Test(arguments: engines) func `two who swap at once leave one that counts`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 5)
            _ = try await world.submit(page, SurveyWorld.good)
            for nps in 1...4 { _ = try await world.submit(page, [("q_fcr", "1"), ("q_nps", "\(nps)")]) }
            let (answering, tenant, now) = (world.app.rooms.answering, world.tenant, world.app.now)
            let others = try await submissionIDs(world).dropFirst()
            await withTaskGroup(of: Void.self) { group in
                for id in others {
                    group.addTask {
                        _ = try? await world.app.database.write { tx in
                            try answering.count(id, of: tenant, in: tx, at: now)
                        }
                    }
                }
            }
            #expect(try await world.submissions().filter { $0 == "counted" }.count == 1)
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
        }
    }

    @Test(arguments: engines) func `supervisors see their teams' customers, agents see nothing`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let (own, other) = (TeamID(raw: 71), TeamID(raw: 72))
            let (tenant, database) = (world.tenant, world.app.database)
            try await database.write { tx in
                for (team, name) in [(own, "own"), (other, "other")] {
                    try tx.execute(
                        """
                        INSERT INTO team (tenant_id, id, name, name_folded)
                        VALUES (\(tenant), \(team), \(name), \(name))
                        """)
                }
            }
            _ = try await world.answer(try await world.customer(1, team: own), SurveyWorld.good + [("q_why", "свои")])
            _ = try await world.answer(
                try await world.customer(2, team: other), SurveyWorld.good + [("q_why", "чужие")])
            let ids = try await submissionIDs(world)
            let path = "/forms/\(world.form)/answers"
            let browser = try await world.browser(as: .supervisor, teams: [own])
            #expect(places(try await browser.get(path).body) == [ids[0].description])
            #expect(try await browser.get("/answers").body.contains("Качество"))
            #expect(try await browser.get("\(path)/\(ids[1])").status == .notFound)
            #expect(try await browser.post("\(path)/\(ids[1])/counting", [:]).status == .notFound)
            for part in ["distribution", "notes", "export"] {
                let body = try await browser.get("\(path)/\(part)").body
                #expect(!body.contains("чужие"), "\(part)")
            }
            #expect(try await browser.get("\(path)/notes").body.contains("свои"))
            let nobody = try await world.browser(as: .supervisor)
            #expect(places(try await nobody.get(path).body).isEmpty)
            let agent = try await world.browser(as: .agent)
            for part in ["", "/\(ids[0])", "/distribution", "/notes", "/export"] {
                #expect(try await agent.get(path + part).status == .forbidden)
            }
        }
    }

    @Test(arguments: engines) func `the file holds every answer and no formula`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let browser = try await world.browser(as: .administrator)
            let texts = ["=HYPERLINK(\"x\")", " +1+1", "@a", "-2+3", "a,\"b\"\nc", "-5"]
            for (number, text) in texts.enumerated() {
                let customer = try await world.customer(Int64(number + 1))
                _ = try await world.answer(customer, SurveyWorld.good + [("q_why", text), ("q_again", "2")])
            }
            let file = try await browser.get("/forms/\(world.form)/answers/export")
            #expect(file.headers[.contentType]?.hasPrefix("text/csv") == true)
            #expect(file.headers[.contentDisposition]?.hasPrefix("attachment") == true)
            let body = file.body
            #expect(body.hasPrefix("\u{FEFF}Отправлен,Состояние,"))
            #expect(body.contains("Почему? [why]") && body.contains(",FCR [fcr],"))
            for cell in [",\"'=HYPERLINK(\"\"x\"\")\",", ",'+1+1,", ",'@a,", ",'-2+3,", ",\"a,\"\"b\"\"\nc\",", ",-5,"]
            {
                #expect(body.contains(cell), "\(cell)")
            }
            #expect(body.split(separator: "\r\n").count == 7 && !body.contains("/s/"))
            #expect(try await deeds(world) == ["answers.audit.exported"])
            let none = try await browser.get("/forms/\(world.form)/answers/export?state=replaced")
            #expect(none.body.split(separator: "\r\n").count == 1)
        }
    }

    @Test func `more submissions than one batch are in the file once each`() async throws {
        try await SurveyWorld.run(on: .sqlite) { world in
            let version = try #require(try await world.surveys.form(world.form, of: world.tenant)).version
            let (tenant, form) = (world.tenant, world.form)
            let count = AnswersLimits.exportBatch * 2 + 1
            // Many at the same instant, so that the id decides their order.
            try await world.app.database.write { tx in
                for number in 1...count {
                    try tx.execute(
                        """
                        INSERT INTO submission (tenant_id, id, invitation_id, form_id, version_id, language, state,
                            fingerprint, evidence, submitted_at, answered_on, is_test)
                        VALUES (\(tenant), \(Int64(number)), \(Int64(number)), \(form), \(version), 'ru', 'counted',
                            \([UInt8(1)]), '{"hasScript":false,"agent":"other","isMobile":false}',
                            \(Int64(number / 300)), 20260302, 0)
                        """)
                }
            }
            let browser = try await world.browser(as: .administrator)
            let file = try await browser.get("/forms/\(world.form)/answers/export")
            #expect(file.body.split(separator: "\r\n").count == count + 1)
        }
    }
}
