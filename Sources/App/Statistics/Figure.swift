// SPDX-License-Identifier: Apache-2.0
// Sums become figures: FCR a share, CSAT a mean, NPS a score, each with its n and interval (spec 7.1).
import Foundation

/// What is added up for one measure: values, and how many of them are at the good and at the bad end.
public struct MeasureSum: Sendable, Hashable {
    public var n: Int
    public var total: Double
    public var squares: Double
    /// Yes, satisfied, promoters.
    public var top: Int
    /// No, detractors.
    public var low: Int

    public init(n: Int = 0, total: Double = 0, squares: Double = 0, top: Int = 0, low: Int = 0) {
        self.n = n
        self.total = total
        self.squares = squares
        self.top = top
        self.low = low
    }

    /// One value of a field.
    init(_ number: Double, of field: SurveyField) {
        let standing = field.standing(of: number)
        self.init(
            n: 1, total: number, squares: number * number, top: standing == .top ? 1 : 0, low: standing == .low ? 1 : 0)
    }

    static func += (left: inout MeasureSum, right: MeasureSum) {
        left.n += right.n
        left.total += right.total
        left.squares += right.squares
        left.top += right.top
        left.low += right.low
    }

    /// The same, `factor` times: -1 takes it away again.
    func times(_ factor: Int) -> MeasureSum {
        let number = Double(factor)
        return MeasureSum(
            n: n * factor, total: total * number, squares: squares * number, top: top * factor, low: low * factor)
    }

    /// Equal but for the rounding of sums in another order.
    func isClose(to other: MeasureSum) -> Bool {
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-6 * max(1, max(abs(a), abs(b))) }
        return n == other.n && top == other.top && low == other.low && close(total, other.total)
            && close(squares, other.squares)
    }

    var isZero: Bool { isClose(to: MeasureSum()) }
}

/// At which end of its scale an answer lies.
enum ScaleEnd {
    case top, middle, low
}

extension SurveyField {
    func standing(of number: Double) -> ScaleEnd {
        switch kind {
        case .percentage: number >= 1 ? .top : .low
        case .average: number >= satisfiedFrom ?? .infinity ? .top : .middle
        case .promoter:
            number >= promoterFrom ?? .infinity ? .top : number <= detractorTo ?? -.infinity ? .low : .middle
        }
    }
}

/// One field's figure, or the fact that there is none yet: an empty set has n = 0 and no value.
public struct FieldFigure: Sendable, Equatable {
    public let field: SurveyField
    public let sum: MeasureSum
    /// Answers of N/A, in no denominator.
    public let notApplicable: Int

    public init(field: SurveyField, sum: MeasureSum, notApplicable: Int) {
        self.field = field
        self.sum = sum
        self.notApplicable = notApplicable
    }

    public var n: Int { sum.n }

    /// The share of yes 0…1, the mean, or the score -100…100. Nil for an empty set.
    public var value: Double? {
        guard n > 0 else { return nil }
        return switch field.kind {
        case .percentage: Double(sum.top) / Double(n)
        case .average: sum.total / Double(n)
        case .promoter: Double(sum.top - sum.low) / Double(n) * 100
        }
    }

    /// The 95 % interval of ``value``.
    public var interval: Interval? {
        switch field.kind {
        case .percentage: Interval.wilson(sum.top, of: n)
        case .average: Interval.mean(total: sum.total, squares: sum.squares, of: n)
        case .promoter: Interval.netPromoter(promoters: sum.top, detractors: sum.low, of: n)
        }
    }

    /// The share of satisfied 0…1, of an average. Nil for an empty set and for other kinds.
    public var satisfied: Double? { field.kind == .average && n > 0 ? Double(sum.top) / Double(n) : nil }
}

/// How many were asked, reached and answered.
public struct Funnel: Sendable, Equatable {
    /// Parts of interactions that agents have finished.
    public var completed = 0
    /// Invitations by their state.
    public var states: [InvitationState: Int] = [:]
    /// Whether a captured mail counts as delivered: in demo and test centres.
    public var countsCaptured = false

    public init() {}

    public var invited: Int { states.values.reduce(0, +) }
    public var captured: Int { states[.captured] ?? 0 }
    public var answered: Int { states[.answered] ?? 0 }
    public var delivered: Int {
        states.reduce(0) { sum, entry in
            entry.key.isDelivered || (entry.key == .captured && countsCaptured) ? sum + entry.value : sum
        }
    }
    /// Answered of delivered, 0…1. Nil when nothing was delivered.
    public var responseRate: Double? { delivered > 0 ? Double(answered) / Double(delivered) : nil }
    public var responseInterval: Interval? { Interval.wilson(answered, of: delivered) }
    /// Asked of completed, 0…1: who picks dispositions to avoid surveys. Nil when nothing was completed.
    public var askedShare: Double? { completed > 0 ? Double(invited) / Double(completed) : nil }
}

/// One row of a report: an agent, a team, a service, a disposition or a day.
public struct FigureRow: Sendable, Equatable {
    /// The id, or the day's number; 0 is nobody (row «без оператора»).
    public let key: Int64
    public var funnel: Funnel
    /// One for each of the centre's fields, in their order.
    public var fields: [FieldFigure]

    public func field(_ key: String) -> FieldFigure? { fields.first { $0.field.key == key } }
}

/// A report's rows and their sum.
public struct Figures: Sendable {
    public let rows: [FigureRow]
    public let total: FigureRow
}

/// What is counted.
public struct FigureFilter: Sendable {
    /// Which day an answer counts on.
    public enum Basis: String, Sendable, CaseIterable {
        /// That of its interaction, so that a rate's two sides are the same customers.
        case completed
        case answered
    }

    public var from: LocalDay
    public var to: LocalDay
    public var basis = Basis.completed
    /// Nil: all. An empty set: nothing, as for a supervisor without a team.
    public var teams: Set<TeamID>?
    public var agent: PersonID?
    public var service: ServiceID?
    public var disposition: DispositionID?
    public var channel: Channel?
    public var form: FormID?

    public init(from: LocalDay, to: LocalDay) {
        self.from = from
        self.to = to
    }
}

/// What a report has a row for.
public enum FigureGrouping: String, Sendable, CaseIterable {
    case agent, team, service, disposition, day
}
