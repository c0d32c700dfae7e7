// SPDX-License-Identifier: Apache-2.0
// A long period is read by months, since a year of days is thirty times as many cells.

/// Part of a period that is read from cells of one grain.
struct FigureSpan: Equatable {
    let grain: StatisticGrain
    let from: LocalDay
    let to: LocalDay

    /// Up to this many days are read by days.
    static let longestByDays = 92

    /// The spans of a filter's period: days, or whole months with the days before and after them.
    static func spans(of filter: FigureFilter) -> [FigureSpan] {
        let (from, to) = (filter.from, filter.to)
        let days = StatisticGrain.day(filter.basis)
        guard to.daysSince1970 - from.daysSince1970 >= longestByDays else {
            return [FigureSpan(grain: days, from: from, to: to)]
        }
        let firstMonth = from.isFirstOfMonth ? from : from.firstOfNextMonth
        let afterMonths = to.adding(days: 1).firstOfMonth
        var spans: [FigureSpan] = []
        if from < firstMonth { spans.append(FigureSpan(grain: days, from: from, to: firstMonth.adding(days: -1))) }
        spans.append(
            FigureSpan(grain: .month(filter.basis), from: firstMonth, to: afterMonths.adding(days: -1).firstOfMonth))
        if afterMonths <= to { spans.append(FigureSpan(grain: days, from: afterMonths, to: to)) }
        return spans
    }
}

extension LocalDay {
    var isFirstOfMonth: Bool { number % 100 == 1 }
    /// The first day of this day's month.
    var firstOfMonth: LocalDay { LocalDay(number: number / 100 * 100 + 1) }
    /// The first day of the month after this day's. 31 days after a first lie in the next month.
    var firstOfNextMonth: LocalDay { firstOfMonth.adding(days: 31).firstOfMonth }
}
