// SPDX-License-Identifier: Apache-2.0
// What a submit becomes, in each way that it can go (spec 3.5).
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveySubmitTests {
    @Test(arguments: engines) func `each kind of block is stored`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let thanks = try await world.answer(
                customer,
                [
                    ("q_fcr", "0"), ("q_csat", "4"), ("q_nps", "10"), ("q_percent", "35"), ("q_topics", "0"),
                    ("q_topics", "1"), ("q_channel", "1"), ("q_city", "0"), ("q_polite", "1"), ("q_again", "2"),
                    ("q_why", "Спасибо, \"всё\"\r\nхорошо <b>\u{7}"),
                ])
            #expect(thanks.status == .ok)
            #expect(thanks.body.contains("<h1>Спасибо!</h1>") && thanks.body.contains("<p>Спасибо за отзыв!</p>"))
            #expect(
                try await world.answers() == [
                    "fcr": "1 {\"options\":[\"Да\"]} field", "csat": "4 {} field", "nps": "10 {} field",
                    "percent": "35 {}", "topics": "3 {\"options\":[\"Цена\",\"Срок\"]}",
                    "channel": "0 {\"options\":[\"Чат\"]}", "city": "1 {\"options\":[\"Москва\"]}",
                    "polite": "0 {\"options\":[\"Нет\"]}", "again": "N/A {\"options\":[\"Н/Д\"]}",
                    "why": "- {\"text\":\"Спасибо, \\\"всё\\\"\\nхорошо <b>\"}",
                ])
            let invitation = try await world.invitation(customer)
            #expect(invitation.state == .answered)
            #expect(invitation.scores == ["fcr": 1, "csat": 4, "nps": 10])
            #expect(try await world.count("SELECT COUNT(*) FROM statistic_delta WHERE answered_on > 0") == 1)
            let rows = try await world.app.database.query("SELECT is_test, language, answered_on FROM submission")
            #expect(
                rows.map(\.values) == [[.integer(0), .text("ru"), .integer(20_260_302)]])
        }
    }

    @Test(arguments: engines) func `what is missing or wrong is named, and all entries are kept`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.open(try await world.customer())
            world.app.clock.advance(seconds: 10)
            let refused = try await world.submit(
                page,
                [
                    ("q_csat", "4"), ("q_percent", "33"), ("q_topics", "1"), ("q_channel", "7"), ("q_city", "1"),
                    ("q_again", "2"), ("q_why", "Почему <бы> нет"),
                ])
            #expect(refused.status == .unprocessableContent)
            for part in [
                "<title>Ошибка: Качество обслуживания", "исправьте 4 ответа",
                "role=\"alert\" tabindex=\"-1\" autofocus",
                "<a href=\"#q_fcr_0\"><span lang=\"ru\">Решили вопрос?</span> — ответьте на этот вопрос</a>",
                "<a href=\"#q_nps_0\">", "<a href=\"#q_percent\">", "введите число с шагом 5, начиная с 0",
                "<a href=\"#q_channel_0\">", "aria-describedby=\"q_percent_h q_percent_e\"", "aria-invalid=\"true\"",
                "value=\"4\" checked", "value=\"33\"", "id=\"q_topics_1\" value=\"1\" checked",
                "<option value=\"1\" selected>Томск</option>", "id=\"q_again_2\" value=\"2\" checked",
                "Почему &lt;бы&gt; нет</textarea>",
            ] { #expect(refused.body.contains(part), "\(part)") }
            #expect(try await world.submissions() == [])
            let again = try world.opened(refused, at: page.path)
            #expect(try await world.submit(again, SurveyWorld.good).status == .ok)
            #expect(try await world.submissions() == ["counted"])
        }
    }

    @Test(arguments: engines) func `notes end at four thousand characters`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let long = String(repeating: "ы", count: 4_001)
            let refused = try await world.answer(customer, SurveyWorld.good + [("q_why", long)])
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("сократите текст на 1 символ<"))
            #expect(refused.body.contains(long))
            let fits = String(repeating: "ы", count: 4_000)
            #expect(try await world.answer(customer, SurveyWorld.good + [("q_why", fits)]).status == .ok)
        }
    }

    @Test(arguments: engines) func `a repeated submit counts once and is thanked for twice`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 5)
            let first = try await world.submit(page, SurveyWorld.good)
            world.app.clock.advance(seconds: 40 * 86_400)
            let replayed = try await world.submit(page, SurveyWorld.good)
            #expect(first.status == .ok && replayed.status == .ok)
            #expect(replayed.body.contains("Спасибо за отзыв!"))
            #expect(try await world.submissions() == ["counted"])
            #expect(try await world.count("SELECT COUNT(*) FROM statistic_delta WHERE answered_on > 0") == 1)
            let looked = try await world.get(customer.path)
            #expect(looked.status == .ok && looked.body.contains("<h1>Вы уже ответили</h1>"))
        }
    }

    @Test(arguments: engines) func `a different later submit is kept beside and changes nothing`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 5)
            _ = try await world.submit(page, SurveyWorld.good)
            for _ in 0..<3 {
                let other = try await world.submit(page, [("q_fcr", "1"), ("q_nps", "0")])
                #expect(other.status == .conflict)
                #expect(other.body.contains("<h1>Учтены ваши прежние ответы</h1>"))
            }
            #expect(try await world.submissions() == ["counted", "quarantined answered_before"])
            #expect(try await world.invitation(customer).scores == ["fcr": 1, "nps": 9])
        }
    }

    @Test(arguments: engines) func `no more than a few attempts are kept`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 5)
            _ = try await world.submit(page, SurveyWorld.good)
            for number in 0..<30 {
                _ = try await world.submit(page, SurveyWorld.good + [("q_why", "Попытка \(number)")])
            }
            #expect(try await world.submissions().count == 21)
        }
    }

    @Test(arguments: engines) func `two submits at once leave one set of answers`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            for number in 1...5 {
                let page = try await world.open(try await world.customer(Int64(number)))
                world.app.clock.advance(seconds: 5)
                async let one = world.submit(page, [("q_fcr", "0"), ("q_nps", "9")])
                async let other = world.submit(page, [("q_fcr", "1"), ("q_nps", "1")])
                let statuses = try await [one.status.code, other.status.code].sorted()
                #expect(statuses == [200, 409])
            }
            let states = try await world.submissions().sorted()
            #expect(
                states == Array(repeating: "counted", count: 5)
                    + Array(repeating: "quarantined answered_before", count: 5))
            #expect(try await world.count("SELECT COUNT(*) FROM statistic_delta WHERE answered_on > 0") == 5)
        }
    }

    @Test(arguments: engines) func `a page is checked against the version that it was issued with`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.open(try await world.customer())
            let blocks = [SurveyBlock(key: "new", kind: .notes, text: "Новый вопрос", isRequired: true)]
            let content = SurveyContent(languages: [FormLanguage(language: "ru", title: "Другая", blocks: blocks)])
            let (surveys, form, tenant, now) = (world.surveys, world.form, world.tenant, world.app.now)
            _ = try await world.app.database.write { tx in
                try surveys.newVersion(
                    of: form, content: content, revision: nil, tenant: tenant, in: tx,
                    as: SurveyChange(by: nil, at: now))
            }
            world.app.clock.advance(seconds: 5)
            #expect(try await world.submit(page, SurveyWorld.good).status == .ok)
            #expect(try await world.answers().keys.sorted() == ["fcr", "nps"])
        }
    }

    @Test(arguments: engines) func `an answer may be changed for a while, and what it replaces is history`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine, editHours: 2) { world in
            let customer = try await world.customer()
            let thanks = try await world.answer(customer, SurveyWorld.good + [("q_city", "1"), ("q_why", "Так")])
            #expect(thanks.body.contains("Ответы можно изменить до 02.03.2026 14:00"))
            let answered = try await world.get(customer.path)
            #expect(answered.body.contains("href=\"?change=1&amp;lang=ru\""))
            let change = try await world.open(customer, query: "?change=1&lang=en")
            let shown = try await world.get(customer.path + "?change=1&lang=en").body
            #expect(shown.contains("value=\"9\" required checked") && shown.contains("Так</textarea>"))
            world.app.clock.advance(seconds: 60)
            let changed = try await world.submit(change, [("q_fcr", "1"), ("q_nps", "3")])
            #expect(changed.status == .ok && changed.body.contains("<h1>Answers changed</h1>"))
            #expect(try await world.submissions() == ["replaced", "counted"])
            #expect(try await world.invitation(customer).scores == ["fcr": 0, "nps": 3])
            world.app.clock.advance(seconds: 7_200)
            let late = try await world.submit(change, [("q_fcr", "1"), ("q_nps", "4")])
            #expect(late.status == .conflict)
            #expect(try await world.submissions() == ["replaced", "counted", "quarantined answered_before"])
        }
    }

    @Test(arguments: engines) func `a trial's answers are marked and counted nowhere`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            _ = try await world.answer(try await world.customer(isTest: true))
            #expect(try await world.submissions() == ["counted"])
            #expect(try await world.count("SELECT is_test FROM submission") == 1)
            #expect(try await world.count("SELECT COUNT(*) FROM statistic_delta") == 0)
        }
    }
}
