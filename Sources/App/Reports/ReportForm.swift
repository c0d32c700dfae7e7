// SPDX-License-Identifier: Apache-2.0
// An address's query → what a report looks at, or refusals by field.
import Markup

/// Periods that a report offers by name.
enum ReportPeriod: String, CaseIterable {
    case today, week, month, thisMonth, lastMonth, year

    /// The days of the period, `today` being its last unless it is over already.
    func days(today: LocalDay) -> (from: LocalDay, to: LocalDay) {
        switch self {
        case .today: (today, today)
        case .week: (today.adding(days: -6), today)
        case .month: (today.adding(days: -29), today)
        case .thisMonth: (today.firstOfMonth, today)
        case .lastMonth:
            (today.firstOfMonth.adding(days: -1).firstOfMonth, today.firstOfMonth.adding(days: -1))
        case .year: (today.adding(days: -364), today)
        }
    }
}

/// Reads queries of reports.
enum ReportForm {
    /// The longest period that may be asked for; every day of it may be a row.
    static let longestDays = 1100

    /// The API's query: from, to and by must be there and right.
    /// - Throws: ``Refusals``, all at once.
    static func summary(_ input: FormInput) throws -> ReportQuery {
        var refusals = Refusals()
        let from = day("from", input, &refusals)
        let to = day("to", input, &refusals)
        let grouping = FigureGrouping(rawValue: input.text("by"))
        if grouping == nil {
            refusals.add(Refusal(.invalid, code: "unknown_grouping", key: "reports.badGrouping", field: "by"))
        }
        check(from, to, &refusals)
        try refusals.throwIfAny()
        guard let from, let to, let grouping else { throw refusals }
        return ReportQuery(filter: FigureFilter(from: from, to: to), grouping: grouping)
    }

    /// The page's query. What is missing or wrong falls back on the last 30 days by agent; what was wrong is said.
    static func page(_ input: FormInput, today: LocalDay) -> (query: ReportQuery, refusals: Refusals) {
        var refusals = Refusals()
        var (from, to) = ReportPeriod.month.days(today: today)
        if let period = ReportPeriod(rawValue: input.text("period")) {
            (from, to) = period.days(today: today)
        } else if input.has("from") || input.has("to") {
            let (first, last) = (day("from", input, &refusals), day("to", input, &refusals))
            check(first, last, &refusals)
            if refusals.all.isEmpty, let first, let last { (from, to) = (first, last) }
        }
        var filter = FigureFilter(from: from, to: to)
        filter.basis = FigureFilter.Basis(rawValue: input.text("basis")) ?? .completed
        filter.service = input.id("service")
        filter.channel = Channel(rawValue: input.text("channel"))
        if let team = input.id("team", as: TeamID.self) { filter.teams = [team] }
        var query = ReportQuery(filter: filter, grouping: FigureGrouping(rawValue: input.text("by")) ?? .agent)
        if let measure = input.text("measure").nonEmpty { query.measure = measure }
        return (query, refusals)
    }

    private static func day(_ name: String, _ input: FormInput, _ refusals: inout Refusals) -> LocalDay? {
        if let day = LocalDay(input.text(name)) { return day }
        refusals.add(Refusal(.invalid, code: "bad_day", key: "reports.badDay", field: name))
        return nil
    }

    private static func check(_ from: LocalDay?, _ to: LocalDay?, _ refusals: inout Refusals) {
        guard let from, let to else { return }
        if to < from {
            refusals.add(Refusal(.invalid, code: "period_backwards", key: "reports.periodBackwards", field: "to"))
        } else if to.daysSince1970 - from.daysSince1970 >= longestDays {
            refusals.add(
                Refusal(
                    .invalid, code: "period_too_long", key: "reports.periodTooLong",
                    arguments: ["days": String(longestDays)], field: "to"))
        }
    }
}
