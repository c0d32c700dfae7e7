// SPDX-License-Identifier: Apache-2.0
// Every rule of spec 3.3, broken one at a time.
import Markup
import TestSupport
import Testing

@testable import App

@Suite struct SurveyContentRulesTests {
    static let fields: [String: SurveyField] = {
        func field(
            _ key: String, _ kind: SurveyFieldKind, _ scale: ClosedRange<Double>, isBuiltIn: Bool
        ) -> SurveyField {
            SurveyField(
                id: SurveyFieldID(raw: 1), key: key, name: key.uppercased(), kind: kind, minimum: scale.lowerBound,
                maximum: scale.upperBound, series: 1, isBuiltIn: isBuiltIn, isRetired: false)
        }
        return [
            "fcr": field("fcr", .percentage, 0...1, isBuiltIn: true),
            "nps": field("nps", .promoter, 0...10, isBuiltIn: true),
            "csat": field("csat", .average, 1...5, isBuiltIn: true),
            "speed": field("speed", .average, 0...6, isBuiltIn: false),
        ]
    }()

    static func options(_ values: Double?...) -> [BlockOption] {
        values.enumerated().map { BlockOption(text: "Option \($0.offset)", value: $0.element) }
    }

    private static func codes(_ blocks: [SurveyBlock], css: String = "") -> [String] {
        let language = FormLanguage(language: "en", title: "Quality", blocks: blocks)
        return SurveyContent(languages: [language], css: css).refusals(fields: fields).map(\.code)
    }

    /// One block, and the codes it is refused with.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let block: SurveyBlock
        let codes: [String]
        var testDescription: String { name }

        init(_ name: String, _ block: SurveyBlock, _ codes: [String] = []) {
            self.name = name
            self.block = block
            self.codes = codes
        }
    }

    static func choice(_ kind: BlockKind, _ field: String?, _ options: [BlockOption]) -> SurveyBlock {
        SurveyBlock(key: "q1", kind: kind, text: "Question", field: field, options: options)
    }

    static func slider(_ field: String?, _ scale: ClosedRange<Double>, step: Double = 1) -> SurveyBlock {
        var block = SurveyBlock.slider(key: "q1", text: "Question", scale: scale, field: field)
        block.step = step
        return block
    }

    static let bound: [Case] = [
        Case("FCR takes 1 and 0", choice(.yesNo, "fcr", options(1, 0))),
        Case("FCR takes 1, 0 and N/A", choice(.yesNoNA, "fcr", options(1, 0, nil))),
        Case("FCR without its 0", choice(.radio, "fcr", options(1, nil)), ["incomplete_scale"]),
        Case("FCR with a 2", choice(.radio, "fcr", options(0, 1, 2)), ["outside_scale", "incomplete_scale"]),
        Case("FCR in halves", choice(.radio, "fcr", options(0, 0.5, 1)), ["not_whole", "incomplete_scale"]),
        Case("NPS as a slider", slider("nps", 0...10)),
        Case("NPS from 1 to 9, as in the old manual", slider("nps", 1...9), ["outside_scale"]),
        Case("NPS in steps of two", slider("nps", 0...10, step: 2), ["outside_scale"]),
        Case("NPS as eleven options", choice(.dropdown, "nps", options(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))),
        Case("NPS as nine options", choice(.radio, "nps", options(1, 2, 3, 4, 5, 6, 7, 8, 9)), ["incomplete_scale"]),
        Case(
            "NPS with one value twice", choice(.radio, "nps", options(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
            [
                "incomplete_scale"
            ]),
        Case("CSAT as a slider", slider("csat", 1...5)),
        Case("CSAT on another scale", slider("csat", 1...9), ["outside_scale"]),
        Case("CSAT as three of its values", choice(.radio, "csat", options(1, 3, 5))),
        Case("CSAT with a six", choice(.radio, "csat", options(1, 6)), ["outside_scale"]),
        Case(
            "CSAT with nothing but N/A",
            choice(
                .radio, "csat",
                [
                    BlockOption(text: "a", value: nil), BlockOption(text: "b", value: nil),
                ]), ["na_twice", "no_values"]),
        Case("a checkbox bound to FCR", choice(.checkbox, "fcr", options(1)), ["checkbox_bound"]),
        Case("a checkbox bound to NPS", choice(.checkbox, "nps", options(1)), ["checkbox_bound"]),
        Case("a checkbox bound to CSAT", choice(.checkbox, "csat", options(1)), ["checkbox_bound"]),
        Case("a checkbox bound to a centre's field", choice(.checkbox, "speed", options(1, 2, 3))),
        Case("a checkbox whose sum is too great", choice(.checkbox, "speed", options(3, 4)), ["outside_scale"]),
        Case(
            "notes bound to a field", SurveyBlock(key: "q1", kind: .notes, text: "Why?", field: "csat"),
            [
                "not_bindable"
            ]),
        Case("a field that is not there", choice(.radio, "ease", options(1, 2)), ["unknown_field"]),
    ]

    @Test(arguments: bound) func `a bound block gives only values of its field's scale`(_ given: Case) {
        #expect(Self.codes([given.block]) == given.codes)
    }

    static let alone: [Case] = [
        Case("a slider", slider(nil, 1...10)),
        Case("a slider of 101 stops", slider(nil, 0...100)),
        Case("a slider of 102 stops", slider(nil, 0...101), ["too_many_stops"]),
        Case("a slider in tenths", slider(nil, 0...1, step: 0.1)),
        Case("a step that does not divide", slider(nil, 1...10, step: 2), ["step"]),
        Case("a step of nothing", slider(nil, 1...10, step: 0), ["step"]),
        Case("a slider without length", slider(nil, 3...3), ["scale_order"]),
        Case("a slider without a scale", SurveyBlock(key: "q1", kind: .slider, text: "How much?"), ["no_scale"]),
        Case("one radio button", choice(.radio, nil, options(1)), ["too_few_options"]),
        Case("one checkbox", choice(.checkbox, nil, options(1))),
        Case("no option at all", choice(.checkbox, nil, []), ["too_few_options"]),
        Case("N/A twice", choice(.radio, nil, options(1, nil, nil)), ["na_twice"]),
        Case(
            "the same option twice",
            choice(
                .radio, nil,
                [
                    BlockOption(text: "Yes", value: 1), BlockOption(text: "yes ", value: 0),
                ]), ["option_twice"]),
        Case("a value that is no number", choice(.radio, nil, options(1, .infinity)), ["not_a_number"]),
        Case("a text with options", choice(.text, nil, options(1, 2)), ["options"]),
        Case("a question of no words", SurveyBlock(key: "q1", kind: .notes, text: " "), ["missing_text"]),
        Case(
            "a question too long", SurveyBlock(key: "q1", kind: .notes, text: String(repeating: "а", count: 1001)),
            [
                "text_too_long"
            ]),
        Case("a key with a dash", SurveyBlock(key: "q-1", kind: .notes, text: "Why?"), ["bad_key"]),
        Case("a key that is empty", SurveyBlock(key: "", kind: .notes, text: "Why?"), ["bad_key"]),
    ]

    @Test(arguments: alone) func `a block holds to its kind's rules`(_ given: Case) {
        #expect(Self.codes([given.block]) == given.codes)
    }

    @Test func `a display turns choices into one another and nothing else`() {
        var radio = Self.choice(.radio, nil, Self.options(1, 2))
        radio.display = .dropdown
        #expect(Self.codes([radio]) == [])
        radio.display = .slider
        #expect(Self.codes([radio]) == ["display"])
        var yesNo = Self.choice(.yesNo, "fcr", Self.options(1, 0))
        yesNo.display = .checkbox
        #expect(Self.codes([yesNo]) == ["display", "checkbox_bound"])
        var bound = Self.choice(.radio, "fcr", Self.options(1, 0))
        bound.display = .checkbox
        #expect(Self.codes([bound]) == ["checkbox_bound"])
    }

    @Test func `keys and fields are there once`() {
        let first = Self.choice(.yesNo, "fcr", Self.options(1, 0))
        #expect(Self.codes([first, first]) == ["key_twice", "field_twice"])
        var second = first
        second.key = "q2"
        #expect(Self.codes([first, second]) == ["field_twice"])
        second.field = nil
        #expect(Self.codes([first, second]) == [])
    }

    @Test func `thanks come once and last`() {
        let thanks = SurveyBlock(key: "bye", kind: .thanks, text: "Thank you")
        let notes = SurveyBlock(key: "why", kind: .notes, text: "Why?")
        var second = thanks
        second.key = "bye2"
        #expect(Self.codes([notes, thanks]) == [])
        #expect(Self.codes([thanks, notes]) == ["thanks_not_last"])
        #expect(Self.codes([notes, thanks, second]) == ["thanks_not_last"])
    }

    @Test func `languages are tags and differ`() {
        func codes(_ tags: String...) -> [String] {
            SurveyContent(languages: tags.map { FormLanguage(language: $0, title: "A", blocks: []) })
                .refusals(fields: [:]).map(\.code)
        }
        #expect(codes("ru", "en", "pt-BR", "zh-Hant-TW") == [])
        #expect(codes() == ["no_language"])
        #expect(codes("en", "EN") == ["language_twice"])
        for bad in ["", "e", "english", "en_GB", "en-", "12", "en-toolongpart", "\"><b>"] {
            #expect(codes(bad) == ["not_a_language"], "\(bad)")
        }
    }

    @Test func `there is a limit to everything`() {
        let many = (0...SurveyLimits.blocks).map { SurveyBlock(key: "q\($0)", kind: .notes, text: "Why?") }
        #expect(Self.codes(many) == ["too_many_blocks"])
        let options = (0...100).map { BlockOption(text: "Option \($0)", value: Double($0)) }
        #expect(Self.codes([Self.choice(.radio, nil, options)]) == ["too_many_options"])
        #expect(Self.codes([], css: String(repeating: " ", count: 64 * 1024 + 1)) == ["style_too_long"])
    }

    @Test func `a refusal says where and has a sentence in both languages`() throws {
        let language = FormLanguage(
            language: "en", title: "Quality", blocks: [Self.choice(.checkbox, "nps", Self.options(1))])
        let refusal = try #require(SurveyContent(languages: [language]).refusals(fields: Self.fields).first)
        #expect(refusal.field == "en.q1")
        #expect(refusal.arguments["block"] == "Question")
        let catalogue = try TestAssets.shared().catalogue
        for code in ["ru", "en"] { #expect(catalogue.localizer(code).knows(refusal.key)) }
    }
}
