// SPDX-License-Identifier: Apache-2.0
// What a form must hold to before it is stored (spec 3.3). The editor shows these rules; the server decides.
import Foundation

extension SurveyContent {
    /// Everything that is wrong, each with its place `LANGUAGE.BLOCK`; empty when it may be stored.
    ///
    /// - Parameter fields: the centre's fields by key.
    public func refusals(fields: [String: SurveyField]) -> [Refusal] {
        var check = SurveyContentCheck(fields: fields)
        check.read(self)
        return check.refusals
    }
}

/// Walks over a form's content and collects what breaks a rule.
struct SurveyContentCheck {
    let fields: [String: SurveyField]
    private(set) var refusals: [Refusal] = []
    /// Where the walk is.
    private var language = ""
    private var block: SurveyBlock?

    init(fields: [String: SurveyField]) { self.fields = fields }

    mutating func read(_ content: SurveyContent) {
        if content.languages.isEmpty { refuse("no_language", "noLanguage") }
        if content.languages.count > SurveyLimits.languages { refuse("too_many_languages", "tooManyLanguages") }
        if content.css.utf8.count > SurveyLimits.styleBytes { refuse("style_too_long", "styleTooLong") }
        if let fault = StyleSheetBalance.fault(in: content.css) {
            refuse("style_unbalanced", "style.\(fault.rawValue)")
        }
        if let image = content.image, !Picture.isName(image) { refuse("unknown_picture", "unknownPicture") }
        var seen: Set<String> = []
        for version in content.languages.prefix(SurveyLimits.languages) {
            language = version.language
            if !seen.insert(version.language.lowercased()).inserted { refuse("language_twice", "languageTwice") }
            readLanguage(version)
        }
    }

    private mutating func readLanguage(_ version: FormLanguage) {
        block = nil
        if !LanguageTag.isWellFormed(version.language) { refuse("not_a_language", "notALanguage") }
        checkText(version.title, limit: SurveyLimits.titleCharacters, missing: "noTitle")
        if let button = version.sendButton {
            checkText(button, limit: SurveyLimits.sendButtonCharacters, missing: "noSendButton")
        }
        if version.blocks.count > SurveyLimits.blocks { refuse("too_many_blocks", "tooManyBlocks") }
        var keys: Set<String> = []
        var bound: Set<String> = []
        for (index, block) in version.blocks.prefix(SurveyLimits.blocks).enumerated() {
            self.block = block
            if !Self.isKey(block.key) { refuse("bad_key", "badKey") }
            if !keys.insert(block.key).inserted { refuse("key_twice", "keyTwice") }
            if block.kind == .thanks, index != version.blocks.count - 1 { refuse("thanks_not_last", "thanksNotLast") }
            if let field = block.field, !bound.insert(field).inserted { refuse("field_twice", "fieldTwice") }
            readBlock(block)
        }
        block = nil
    }

    private mutating func readBlock(_ block: SurveyBlock) {
        let limit = block.kind.isQuestion ? SurveyLimits.questionCharacters : SurveyLimits.textCharacters
        checkText(block.text, limit: limit, missing: "noText")
        if block.kind.isChoice { checkOptions(block) } else if !block.options.isEmpty { refuse("options", "noOptions") }
        if block.kind == .slider { checkScale(block) }
        checkDisplay(block)
        if let key = block.field { checkBinding(block, to: key) }
    }

    // MARK: Kinds

    private mutating func checkDisplay(_ block: SurveyBlock) {
        let exchangeable: Set<BlockKind> = [.checkbox, .radio, .radioHorizontal, .dropdown]
        guard let display = block.display else { return }
        if !exchangeable.contains(block.kind) || !exchangeable.contains(display) { refuse("display", "display") }
    }

    private mutating func checkOptions(_ block: SurveyBlock) {
        let least = block.shownAs == .checkbox ? 1 : 2
        if block.options.count < least { refuse("too_few_options", "tooFewOptions") }
        if block.options.count > SurveyLimits.options { refuse("too_many_options", "tooManyOptions") }
        var texts: Set<String> = []
        for option in block.options.prefix(SurveyLimits.options) {
            checkText(option.text, limit: SurveyLimits.optionCharacters, missing: "noOptionText")
            if !texts.insert(option.text.folded).inserted { refuse("option_twice", "optionTwice") }
            if let value = option.value, !Self.isNumber(value) { refuse("not_a_number", "notANumber") }
        }
        if block.options.filter({ $0.value == nil }).count > 1 { refuse("na_twice", "notApplicableTwice") }
    }

    private mutating func checkScale(_ block: SurveyBlock) {
        guard let minimum = block.minimum, let maximum = block.maximum, let step = block.step,
            Self.isNumber(minimum), Self.isNumber(maximum), Self.isNumber(step)
        else { return refuse("no_scale", "noScale") }
        guard maximum > minimum else { return refuse("scale_order", "scaleOrder") }
        guard step > 0 else { return refuse("step", "stepNotPositive") }
        let steps = (maximum - minimum) / step
        guard abs(steps - steps.rounded()) < 1e-9 else { return refuse("step", "stepDoesNotDivide") }
        if steps.rounded() + 1 > Double(SurveyLimits.stops) { refuse("too_many_stops", "tooManyStops") }
    }

    // MARK: Binding

    private mutating func checkBinding(_ block: SurveyBlock, to key: String) {
        guard block.kind.isChoice || block.kind == .slider else { return refuse("not_bindable", "notBindable") }
        guard let field = fields[key] else { return refuse("unknown_field", "unknownField", ["field": key]) }
        if block.shownAs == .checkbox {
            if field.isBuiltIn { return refuse("checkbox_bound", "checkboxBound", ["field": field.name]) }
            return checkSum(block, field)
        }
        if block.kind == .slider {
            if block.minimum != field.minimum || block.maximum != field.maximum
                || (field.kind != .average && block.step != 1)
            {
                refuse("outside_scale", "sliderScale", scale(of: field))
            }
            return
        }
        let values = block.options.compactMap(\.value)
        if values.isEmpty { refuse("no_values", "noValues") }
        if !values.allSatisfy({ $0 >= field.minimum && $0 <= field.maximum }) {
            refuse("outside_scale", "outsideScale", scale(of: field))
        }
        checkWholeScale(values, field)
    }

    /// Shares and promoter scores are classed by whole values; the built-in ones need each of theirs.
    private mutating func checkWholeScale(_ values: [Double], _ field: SurveyField) {
        guard field.kind != .average else { return }
        if !values.allSatisfy({ $0 == $0.rounded() }) { refuse("not_whole", "notWhole", scale(of: field)) }
        guard field.isBuiltIn else { return }
        let wanted = Set(stride(from: field.minimum, through: field.maximum, by: 1))
        if Set(values) != wanted || values.count != wanted.count {
            refuse("incomplete_scale", "incompleteScale", scale(of: field))
        }
    }

    /// A checkbox stores the sum of what is ticked: the least and the greatest sum must fit.
    private mutating func checkSum(_ block: SurveyBlock, _ field: SurveyField) {
        let values = block.options.compactMap(\.value)
        guard !values.isEmpty else { return refuse("no_values", "noValues") }
        let greatest = values.filter { $0 > 0 }.reduce(0, +)
        let least = values.contains { $0 < 0 } ? values.filter { $0 < 0 }.reduce(0, +) : values.min() ?? 0
        if max(greatest, values.max() ?? 0) > field.maximum || least < field.minimum {
            refuse("outside_scale", "sumOutsideScale", scale(of: field))
        }
        if field.kind != .average, !values.allSatisfy({ $0 == $0.rounded() }) {
            refuse("not_whole", "notWhole", scale(of: field))
        }
    }

    private func scale(of field: SurveyField) -> [String: String] {
        ["field": field.name, "minimum": plainNumber(field.minimum), "maximum": plainNumber(field.maximum)]
    }

    /// Whether a block gives values of the field's present scale. One of an older version may not, and then counts
    /// for nothing: no figure mixes scales.
    static func fits(_ block: SurveyBlock, _ field: SurveyField) -> Bool {
        var check = SurveyContentCheck(fields: [field.key: field])
        check.block = block
        check.checkBinding(block, to: field.key)
        return check.refusals.isEmpty
    }

    // MARK: Texts and keys

    private mutating func checkText(_ text: String, limit: Int, missing: String) {
        if text.nonEmpty == nil { refuse("missing_text", missing) }
        if text.unicodeScalars.count > limit { refuse("text_too_long", "textTooLong", ["limit": String(limit)]) }
    }

    /// Letters, digits and underscores: it stands in names of inputs and in addresses of errors.
    static func isKey(_ text: String) -> Bool {
        (1...SurveyLimits.keyBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func isNumber(_ value: Double) -> Bool { value.isFinite && abs(value) <= 1_000_000 }

    private mutating func refuse(_ code: String, _ key: String, _ arguments: [String: String] = [:]) {
        let place = [language, block?.key].compactMap { $0?.nonEmpty }.joined(separator: ".")
        var arguments = arguments
        arguments["block"] = block.map { $0.text.nonEmpty ?? $0.key } ?? ""
        arguments["language"] = language
        refusals.append(
            Refusal(.invalid, code: code, key: "surveys.rule.\(key)", arguments: arguments, field: place.nonEmpty))
    }
}

/// A number as forms write it: without a fraction when it has none.
func plainNumber(_ value: Double) -> String {
    Int64(exactly: value).map { String($0) } ?? String(value)
}
