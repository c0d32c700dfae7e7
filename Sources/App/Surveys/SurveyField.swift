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
}
