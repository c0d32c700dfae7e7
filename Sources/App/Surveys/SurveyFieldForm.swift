// SPDX-License-Identifier: Apache-2.0
// What is entered on the page of a field, as it was typed, and what it means.
import Foundation
import Markup

/// A field as it stands in a form.
struct SurveyFieldForm: Sendable {
    var name = ""
    var key = ""
    var kind = SurveyFieldKind.average
    var minimum = "1"
    var maximum = "5"
    var satisfiedFrom = "4"
    var promoterFrom = ""
    var detractorTo = ""
    /// The scale that somebody has agreed to, as ``scaleText`` says it; empty as long as nobody was asked.
    var agreed = ""

    init() {}

    init(_ field: SurveyField) {
        (name, key, kind) = (field.name, field.key, field.kind)
        (minimum, maximum) = (plainNumber(field.minimum), plainNumber(field.maximum))
        satisfiedFrom = field.satisfiedFrom.map(plainNumber) ?? ""
        promoterFrom = field.promoterFrom.map(plainNumber) ?? ""
        detractorTo = field.detractorTo.map(plainNumber) ?? ""
    }

    init(_ input: FormInput) {
        name = String(input.text("name").prefix(SurveyLimits.nameCharacters * 2))
        key = String(input.text("key").prefix(SurveyLimits.keyBytes * 2))
        kind = SurveyFieldKind(rawValue: input.text("kind")) ?? .average
        func number(_ field: String) -> String { String(input.text(field).prefix(SurveyLimits.numberCharacters)) }
        (minimum, maximum) = (number("minimum"), number("maximum"))
        (satisfiedFrom, promoterFrom) = (number("satisfiedFrom"), number("promoterFrom"))
        detractorTo = number("detractorTo")
        agreed = input.text("agreed")
    }

    /// The kind and scale in one word, for telling what was agreed to.
    var scaleText: String {
        switch kind {
        case .percentage: kind.rawValue
        case .average: [kind.rawValue, minimum, maximum, satisfiedFrom].joined(separator: " ")
        case .promoter: [kind.rawValue, minimum, maximum, promoterFrom, detractorTo].joined(separator: " ")
        }
    }

    var isAgreed: Bool { agreed == scaleText }

    /// The field that is meant.
    /// - Parameter known: The field as it stands, for one that is changed: its key stays, and so does what a built-in
    ///   one cannot change.
    /// - Throws: ``Refusals`` by field for what is no number. The rules of fields are asked when it is saved.
    func checked(over known: SurveyField? = nil) throws -> SurveyField.Draft {
        if let known, !SurveyField.Draft(known).hasFreeScale {
            var draft = SurveyField.Draft(known)
            draft.name = name
            return draft
        }
        var refusals = Refusals()
        func number(_ text: String, _ field: String) -> Double? {
            let plain = text.replacing(",", with: ".").replacing("\u{2212}", with: "-")
            if let number = Double(plain), number.isFinite { return number }
            let key = text.isEmpty ? "surveys.field.noNumber" : "surveys.field.notANumber"
            refusals.add(Refusal(.invalid, code: "not_a_number", key: key, field: field))
            return nil
        }
        let isBuiltIn = known?.isBuiltIn ?? false
        let kind = isBuiltIn ? known?.kind ?? self.kind : self.kind
        var draft = SurveyField.Draft(key: known?.key ?? key, name: name, kind: kind, scale: 0...1)
        if kind != .percentage {
            draft.minimum = number(minimum, "minimum") ?? 0
            draft.maximum = number(maximum, "maximum") ?? 1
        }
        if kind == .average { draft.satisfiedFrom = number(satisfiedFrom, "satisfiedFrom") }
        if kind == .promoter {
            draft.promoterFrom = number(promoterFrom, "promoterFrom")
            draft.detractorTo = number(detractorTo, "detractorTo")
        }
        if !refusals.all.isEmpty {
            // What can be judged without the numbers is said at once, too.
            let others: Set<String> = ["key", "name"]
            refusals.all = draft.refusals.all.filter { others.contains($0.field ?? "") } + refusals.all
            throw refusals
        }
        return draft
    }
}
