// SPDX-License-Identifier: Apache-2.0
// What a survey field must hold to (spec 3.4), and when its figures begin anew.
import Foundation

extension SurveyField {
    /// What a field is to be: the same without an id and a history.
    public struct Draft: Sendable, Equatable {
        public var key: String
        public var name: String
        public var kind: SurveyFieldKind
        public var minimum: Double
        public var maximum: Double
        public var satisfiedFrom: Double?
        public var promoterFrom: Double?
        public var detractorTo: Double?

        public init(key: String, name: String, kind: SurveyFieldKind, scale: ClosedRange<Double>) {
            self.key = key
            self.name = name
            self.kind = kind
            minimum = scale.lowerBound
            maximum = scale.upperBound
        }

        /// A field as it stands.
        public init(_ field: SurveyField) {
            key = field.key
            name = field.name
            kind = field.kind
            minimum = field.minimum
            maximum = field.maximum
            satisfiedFrom = field.satisfiedFrom
            promoterFrom = field.promoterFrom
            detractorTo = field.detractorTo
        }

        /// Whether values mean the same: else a new series begins.
        func isScale(of other: Draft) -> Bool {
            var renamed = other
            renamed.name = name
            return self == renamed
        }

        /// The first member that differs, apart from the name.
        private func difference(from other: Draft) -> String? {
            if kind != other.kind { return "kind" }
            let members: [(String, KeyPath<Draft, Double?>)] = [
                ("satisfiedFrom", \.satisfiedFrom), ("promoterFrom", \.promoterFrom), ("detractorTo", \.detractorTo),
            ]
            if minimum != other.minimum { return "minimum" }
            if maximum != other.maximum { return "maximum" }
            return members.first { self[keyPath: $0.1] != other[keyPath: $0.1] }?.0
        }

        /// The built-in field of this key as it has to be; nil for a centre's own.
        var builtIn: Draft? {
            guard let known = SurveyField.builtIn.first(where: { $0.key == key }) else { return nil }
            var draft = Draft(key: key, name: name, kind: known.kind, scale: known.scale)
            draft.satisfiedFrom = known.marks.satisfiedFrom
            draft.promoterFrom = known.marks.promoterFrom
            draft.detractorTo = known.marks.detractorTo
            return draft
        }

        /// Whether the centre chooses the scale of this field: its own, and CSAT's.
        var hasFreeScale: Bool { builtIn == nil || key == "csat" }

        private func isFree(_ member: String) -> Bool { hasFreeScale && member != "kind" }

        /// Everything that is wrong, by field.
        public var refusals: Refusals {
            var refusals = Refusals()
            func refuse(_ code: String, _ key: String, _ field: String, _ arguments: [String: String] = [:]) {
                refusals.add(
                    Refusal(.invalid, code: code, key: "surveys.field." + key, arguments: arguments, field: field))
            }
            if !SurveyContentCheck.isKey(key) { refuse("bad_key", "badKey", "key") }
            if !(1...SurveyLimits.nameCharacters).contains(name.trimmed.count) {
                refuse("bad_name", "badName", "name", ["limit": String(SurveyLimits.nameCharacters)])
            }
            if let builtIn {
                if let member = difference(from: builtIn), !isFree(member) { refuse("built_in", "builtIn", member) }
                if !hasFreeScale { return refusals }
            }
            guard abs(minimum) <= 1_000_000, abs(maximum) <= 1_000_000, maximum > minimum else {
                refuse("scale_order", "scaleOrder", "maximum")
                return refusals
            }
            refusals.all += markRefusals
            return refusals
        }

        private var markRefusals: [Refusal] {
            let marks = [
                ("satisfiedFrom", satisfiedFrom, SurveyFieldKind.average),
                ("promoterFrom", promoterFrom, .promoter), ("detractorTo", detractorTo, .promoter),
            ]
            var found: [Refusal] = []
            func refuse(_ code: String, _ key: String, _ field: String) {
                found.append(Refusal(.invalid, code: code, key: "surveys.field." + key, field: field))
            }
            for (field, value, owner) in marks {
                if let value {
                    if kind != owner { refuse("mark_of_other_kind", "markOfOtherKind", field) }
                    if !(minimum...maximum).contains(value) { refuse("outside_scale", "outsideScale", field) }
                } else if kind == owner {
                    refuse("mark_missing", "markMissing", field)
                }
            }
            if kind == .percentage, minimum != 0 || maximum != 1 { refuse("scale", "percentageScale", "maximum") }
            if kind == .promoter, let promoterFrom, let detractorTo {
                let isWhole = [minimum, maximum, promoterFrom, detractorTo].allSatisfy { $0 == $0.rounded() }
                if !isWhole { refuse("not_whole", "notWhole", "promoterFrom") }
                if detractorTo >= promoterFrom { refuse("marks_order", "marksOrder", "detractorTo") }
            }
            return found
        }
    }
}
