// SPDX-License-Identifier: Apache-2.0
// What a block's value counts for (spec 3.4).
import Storage

/// How a field's values become a figure.
public enum SurveyFieldKind: String, SQLConvertible, Codable, CaseIterable {
    /// 0/1; the share of 1 (FCR).
    case percentage
    /// A mean, and the share of satisfied (CSAT).
    case average
    /// Promoters minus detractors (NPS).
    case promoter
}

/// A survey field: FCR, NPS and CSAT are built in, others are the centre's own.
public struct SurveyField: Sendable, Equatable {
    public let id: SurveyFieldID
    /// Stable and short: `fcr`, `nps`, `csat` for the built-in ones.
    public let key: String
    public var name: String
    public var kind: SurveyFieldKind
    public var minimum: Double
    public var maximum: Double
    /// From which value on a customer is satisfied (average).
    public var satisfiedFrom: Double?
    /// From which value on a customer is a promoter (promoter score).
    public var promoterFrom: Double?
    /// Up to which value a customer is a detractor (promoter score).
    public var detractorTo: Double?
    /// A new scale starts a new series; no figure mixes two.
    public var series: Int
    public var isBuiltIn: Bool
    /// A field with answers is retired, not deleted: its figures stay, and no form binds it anew.
    public var isRetired: Bool
    /// Whether an answer was ever bound to it.
    public var hasAnswers = false
}

/// A field as long as its scale was the same: no figure mixes two of them.
public struct FieldSeries: Sendable, Hashable {
    public let field: SurveyFieldID
    public let series: Int

    public init(_ field: SurveyFieldID, _ series: Int) {
        self.field = field
        self.series = series
    }
}

extension SurveyField {
    /// The three that every centre has (spec 3.3, 3.4), without ids.
    static let builtIn: [(key: String, kind: SurveyFieldKind, scale: ClosedRange<Double>, marks: Marks)] = [
        ("fcr", .percentage, 0...1, Marks()),
        ("csat", .average, 1...5, Marks(satisfiedFrom: 4)),
        ("nps", .promoter, 0...10, Marks(promoterFrom: 9, detractorTo: 6)),
    ]

    /// From where on values are classed.
    struct Marks: Sendable {
        var satisfiedFrom: Double?
        var promoterFrom: Double?
        var detractorTo: Double?
    }
}
