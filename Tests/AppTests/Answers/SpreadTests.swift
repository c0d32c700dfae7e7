// SPDX-License-Identifier: Apache-2.0
// How answers are spread: across languages and versions by field or key, options by value, N/A and skipped apart.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SpreadTests {
    private func spread(_ world: SurveyWorld, _ change: (inout AnswersFilter) -> Void = { _ in }) async throws
        -> AnswersSpread
    {
        var filter = AnswersFilter().counted
        change(&filter)
        let form = try #require(try await world.surveys.form(world.form, of: world.tenant))
        let span = AnswersSpan(tenant: world.tenant, form: world.form, filter: filter, zone: .gmt)
        return try await world.app.rooms.answers.spread(span, newest: form.version, language: "ru")
    }

    private func bars(_ spread: AnswersSpread, _ title: String) -> [String] {
        spread.questions.first { $0.title == title }?.bars.map { "\($0.label) \($0.count)" } ?? []
    }

    @Test(arguments: engines) func `both languages meet in one bar, wherever an option stands`(
        _ engine: Dialect
    ) async throws {
        var content = SurveyWorld.content()
        // English asks another block for FCR, and its options stand the other way round.
        let place = try #require(content.languages[1].blocks.firstIndex { $0.key == "fcr" })
        content.languages[1].blocks[place] = SurveyBlock(
            key: "solved", kind: .radio, text: "Solved?", isRequired: true, field: "fcr",
            options: [BlockOption(text: "No", value: 0), BlockOption(text: "Yes", value: 1)])
        let city = try #require(content.languages[1].blocks.firstIndex { $0.key == "city" })
        content.languages[1].blocks[city].options = [
            BlockOption(text: "Tomsk", value: 0), BlockOption(text: "Moscow", value: 1),
        ]
        try await SurveyWorld.run(on: engine, content: content) { world in
            let russian: [(String, String)] = [("q_fcr", "0"), ("q_nps", "10"), ("q_city", "0"), ("q_topics", "0")]
            _ = try await world.answer(try await world.customer(1), russian + [("q_topics", "1"), ("q_why", "а")])
            _ = try await world.answer(try await world.customer(2), russian + [("q_again", "2")])
            let english: [(String, String)] = [("q_solved", "1"), ("q_nps", "3"), ("q_city", "1")]
            _ = try await world.answer(try await world.customer(3, language: "en"), english)
            _ = try await world.answer(
                try await world.customer(4, language: "en"), [("q_solved", "0"), ("q_nps", "8"), ("q_city", "0")])
            // These are in no share.
            _ = try await world.answer(try await world.customer(5, isTest: true), russian)
            _ = try await world.submit(try await world.open(try await world.customer(6)), russian)

            let all = try await spread(world)
            #expect(all.submissions == 4 && !all.isLimited)
            #expect(bars(all, "Решили вопрос?") == ["Да 3", "Нет 1"])
            #expect(bars(all, "Город?") == ["Москва 3", "Томск 1"])
            #expect(bars(all, "О чём?") == ["Цена 2", "Срок 1"])
            let nps = try #require(all.questions.first { $0.title == "Порекомендуете?" })
            #expect(
                nps.bars.filter { $0.count > 0 } == [
                    SpreadBar(label: "3", count: 1), SpreadBar(label: "8", count: 1), SpreadBar(label: "10", count: 2),
                ])
            #expect(nps.bars.count == 11 && nps.n == 4 && nps.sum.top == 2 && nps.sum.low == 1)
            let again = try #require(all.questions.first { $0.title == "Звонили ещё?" })
            #expect(again.n == 0 && again.notApplicable == 1 && again.skipped == 3)
            let topics = try #require(all.questions.first { $0.title == "О чём?" })
            #expect(topics.n == 2 && topics.skipped == 2)
            let notes = try #require(all.questions.first { $0.title == "Почему?" })
            #expect(notes.isNotes && notes.n == 1 && notes.skipped == 3)
            #expect(all.questions.filter { $0.field?.key == "fcr" }.count == 1)
            #expect(try await spread(world) { $0.language = "en" }.submissions == 2)
            #expect(try await spread(world) { $0.isTest = true }.submissions == 1)

            let browser = try await world.browser(as: .administrator)
            let page = try await browser.get("/forms/\(world.form)/answers/distribution").body
            for text in ["Учтены 4 ответа.", "3 · 75\u{A0}%", "пропустили — 3", "Н/Д — 1", "n\u{A0}=\u{A0}4"] {
                #expect(page.contains(text), "\(text)")
            }
        }
    }

    @Test(arguments: engines) func `versions meet by key, and a new scale is a question of its own`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            _ = try await world.answer(
                try await world.customer(1), SurveyWorld.good + [("q_csat", "5"), ("q_city", "0")])
            try await world.rename(to: "Вторая")
            _ = try await world.answer(
                try await world.customer(2), SurveyWorld.good + [("q_csat", "4"), ("q_city", "1")])
            let merged = try await spread(world)
            #expect(bars(merged, "Город?") == ["Москва 1", "Томск 1"])
            #expect(bars(merged, "Довольны ли вы?") == ["1 0", "2 0", "3 0", "4 1", "5 1"])
            let (surveys, tenant, now) = (world.surveys, world.tenant, world.app.now)
            try await world.app.database.write { tx in
                let csat = try #require(try surveys.fields(of: tenant, in: tx)["csat"])
                var draft = SurveyField.Draft(csat)
                (draft.maximum, draft.satisfiedFrom) = (7, 6)
                _ = try surveys.change(
                    csat.id, to: draft, isAgreed: true, of: tenant, in: tx, as: SurveyChange(by: nil, at: now))
            }
            _ = try await world.answer(try await world.customer(3), SurveyWorld.good + [("q_csat", "7")])
            let parted = try await spread(world)
            let csat = parted.questions.filter { $0.field?.key == "csat" }
            #expect(csat.map(\.isEarlier) == [false, true] && csat.map(\.n) == [1, 2])
            #expect(csat[0].bars.count == 7 && csat[0].sum.top == 1 && csat[1].sum.top == 2)
        }
    }
}
