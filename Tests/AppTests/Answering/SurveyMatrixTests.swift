// SPDX-License-Identifier: Apache-2.0
// Every kind of block, required and not, in both languages: shown, left empty, filled, filled wrongly.
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyMatrixTests {
    /// A kind with an entry that it takes, one that it does not, and what the page says then.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let block: SurveyBlock
        let good: String
        let bad: String?
        /// How the good entry stands in a page that is shown again; a tile is checked behind that.
        let kept: String
        let complaint: [String: String]

        var testDescription: String { name }
    }

    private static func choice(_ kind: BlockKind, kept: String = "id=\"q_it_1\" value=\"1\"") -> Kind {
        let block = SurveyBlock(
            key: "it", kind: kind, text: "It?", options: SurveyWorld.options("Да", "Нет", "Н/Д"))
        return Kind(
            name: kind.rawValue, block: block, good: "1", bad: "7", kept: kept,
            complaint: ["ru": "выберите один из предложенных вариантов", "en": "choose one of the options"])
    }

    private static func slider(_ name: String, _ block: SurveyBlock, good: String, kept: String) -> Kind {
        Kind(
            name: name, block: block, good: good, bad: "7,3", kept: kept,
            complaint: ["ru": "введите число с шагом", "en": "enter a number in steps of"])
    }

    static let kinds: [Kind] = [
        choice(.checkbox, kept: "id=\"q_it_1\" value=\"1\" checked"),
        choice(.radio), choice(.radioHorizontal), choice(.yesNo), choice(.yesNoNA),
        choice(.dropdown, kept: "<option value=\"1\" selected>"),
        slider(
            "slider of tiles", .slider(key: "it", text: "It?", scale: 0...10), good: "8",
            kept: "id=\"q_it_8\" value=\"8\""),
        slider(
            "slider of many stops", .slider(key: "it", text: "It?", scale: 0...100), good: "55",
            kept: "inputmode=\"decimal\" value=\"55\""),
        Kind(
            name: "notes", block: SurveyBlock(key: "it", kind: .notes, text: "It?"), good: "Хорошо & <b>",
            bad: String(repeating: "a", count: 4_001), kept: "Хорошо &amp; &lt;b&gt;</textarea>",
            complaint: ["ru": "сократите текст на 1 символ", "en": "shorten the text by 1 character"]),
    ]

    private func content(_ kind: Kind, isRequired: Bool) -> SurveyContent {
        var asked = kind.block
        asked.isRequired = isRequired
        let other = SurveyBlock(key: "other", kind: .notes, text: "Other?", isRequired: true)
        return SurveyContent(
            languages: ["ru", "en"].map { FormLanguage(language: $0, title: "It", blocks: [asked, other]) })
    }

    private static let missing = ["ru": "ответьте на этот вопрос", "en": "answer this question"]

    @Test(arguments: kinds, [false, true]) func `a block is shown, left empty, filled, filled wrongly`(
        _ kind: Kind, _ isRequired: Bool
    ) async throws {
        try await SurveyWorld.run(on: .sqlite, content: content(kind, isRequired: isRequired)) { world in
            for (number, language) in ["ru", "en"].enumerated() {
                let customer = try await world.customer(Int64(number * 10 + 1), language: language)
                let page = try await world.open(customer)
                let shown = try await world.get(customer.path).body
                #expect(shown.contains("It?") && !shown.contains(" checked") && !shown.contains(" selected"))
                #expect(shown.contains(Self.mark[language] ?? "") == true)
                world.app.clock.advance(seconds: 5)

                // Left empty: only a required one is missed, and what else was typed stays.
                let empty = try await world.submit(page, [("q_other", "Typed & kept")])
                #expect(empty.status == (isRequired ? .unprocessableContent : .ok))
                if isRequired {
                    #expect(empty.body.contains("It?</span> — \(Self.missing[language] ?? "")"))
                    #expect(empty.body.contains("Typed &amp; kept</textarea>"))
                    #expect(empty.body.contains("block wrong"))
                }

                // Filled, but the other question is not: the entry is kept, and only the other is missed.
                let second = try await world.open(try await world.customer(Int64(number * 10 + 2), language: language))
                world.app.clock.advance(seconds: 5)
                let kept = try await world.submit(second, [("q_it", kind.good)])
                let isTile = kind.kept.hasPrefix("id=") && !kind.kept.hasSuffix("checked")
                let wanted = kind.kept + (isTile ? (isRequired ? " required checked" : " checked") : "")
                #expect(kept.status == .unprocessableContent && kept.body.contains(wanted), "\(wanted)")
                #expect(kept.body.contains("Other?</span> — ") && !kept.body.contains("It?</span> — "))

                if let bad = kind.bad {
                    let wrong = try await world.submit(second, [("q_it", bad), ("q_other", "Typed & kept")])
                    #expect(wrong.status == .unprocessableContent)
                    #expect(wrong.body.contains("It?</span> — \(kind.complaint[language] ?? "")"), "\(language)")
                    #expect(wrong.body.contains("Typed &amp; kept</textarea>"))
                }
                let filled = try await world.submit(second, [("q_it", kind.good), ("q_other", "x")])
                #expect(filled.status == .ok)
            }
            let states = try await world.submissions()
            #expect(states == Array(repeating: "counted", count: isRequired ? 2 : 4))
        }
    }

    private static let mark = ["ru": "обязательно", "en": "required"]

    @Test(arguments: engines) func `what is N/A counts as answered where an answer is required`(
        _ engine: Dialect
    ) async throws {
        var block = Self.choice(.yesNoNA).block
        block.isRequired = true
        let content = SurveyContent(languages: [FormLanguage(language: "ru", title: "It", blocks: [block])])
        try await SurveyWorld.run(on: engine, content: content) { world in
            let customer = try await world.customer()
            #expect(try await world.answer(customer, [("q_it", "2")]).status == .ok)
            #expect(try await world.answers() == ["it": "N/A {\"options\":[\"Н/Д\"]}"])
        }
    }
}
