// SPDX-License-Identifier: Apache-2.0
// Hours as they are typed: `09:00-13:00, 14:00-18:00` for each weekday, a holiday a line. An empty day is closed.
import Foundation

/// The fields of the page `/settings/hours`.
struct BusinessHoursForm: Sendable {
    static let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    /// More days than these in one line is a mistake.
    private static let longestHoliday = 100

    var week: [String]
    var holidays: String

    init(_ hours: BusinessHours) {
        week = hours.week.map { $0.map(Self.text).joined(separator: ", ") }
        holidays = hours.holidays.map { holiday in
            holiday.name.isEmpty ? holiday.day.description : "\(holiday.day) \(holiday.name)"
        }.joined(separator: "\n")
    }

    init(_ input: FormInput) {
        week = Self.days.map { input.text($0) }
        holidays = input.text("holidays")
    }

    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func checked() throws -> BusinessHours {
        var refusals = Refusals()
        let week = zip(Self.days, week).map { day, text -> [OpenInterval] in
            if let intervals = Self.intervals(text) { return intervals }
            refusals.add(
                Refusal(.invalid, code: "bad_hours", key: "settings.hours.badDay", field: day))
            return []
        }
        var holidays: [Holiday] = []
        for line in self.holidays.split(separator: "\n").prefix(BusinessHours.mostHolidays + 1) {
            guard let days = Self.holidays(String(line).trimmed) else {
                refusals.add(
                    Refusal(
                        .invalid, code: "bad_holiday", key: "settings.hours.badHoliday",
                        arguments: ["line": String(line.prefix(60))], field: "holidays"))
                break
            }
            holidays += days
        }
        if holidays.count > BusinessHours.mostHolidays {
            refusals.add(
                Refusal(
                    .invalid, code: "too_many_holidays", key: "settings.hours.tooManyHolidays",
                    arguments: ["most": String(BusinessHours.mostHolidays)], field: "holidays"))
        }
        try refusals.throwIfAny()
        var byDay: [LocalDay: Holiday] = [:]
        for holiday in holidays { byDay[holiday.day] = byDay[holiday.day] ?? holiday }
        return BusinessHours(week: week, holidays: byDay.values.sorted { $0.day < $1.day })
    }

    // MARK: Reading

    /// The intervals of a day in order; nil when the text is not of them or two overlap. Those that touch become one.
    static func intervals(_ text: String) -> [OpenInterval]? {
        let parts = text.split(whereSeparator: { $0 == "," || $0 == ";" }).map { String($0).trimmed }
        let given = parts.filter { !$0.isEmpty }
        guard given.count <= BusinessHours.mostIntervals else { return nil }
        var intervals: [OpenInterval] = []
        for part in given {
            let ends = part.replacing("–", with: "-").split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let from = minute(String(ends[0]).trimmed), let to = minute(String(ends[1]).trimmed),
                from < to
            else { return nil }
            intervals.append(OpenInterval(from: from, to: to))
        }
        intervals.sort { $0.from < $1.from }
        var joined: [OpenInterval] = []
        for interval in intervals {
            guard let last = joined.last, last.to >= interval.from else {
                joined.append(interval)
                continue
            }
            guard last.to == interval.from else { return nil }
            joined[joined.count - 1].to = interval.to
        }
        return joined
    }

    /// `9:00`, `09:30` or `24:00` as a minute of the day.
    private static func minute(_ text: String) -> Int? {
        guard let match = text.wholeMatch(of: /([0-9]{1,2}):([0-9]{2})/), let hour = Int(match.output.1),
            let minute = Int(match.output.2), minute < 60, hour * 60 + minute <= 1440
        else { return nil }
        return hour * 60 + minute
    }

    /// A line `2026-12-31 New Year` or `2026-12-31..2027-01-08 New Year` as its days.
    static func holidays(_ line: String) -> [Holiday]? {
        if line.isEmpty { return [] }
        let parts = line.split(separator: " ", maxSplits: 1)
        let name = parts.count == 2 ? String(parts[1]).trimmed : ""
        let ends = parts[0].components(separatedBy: "..")
        guard let first = ends.first.flatMap({ LocalDay($0) }), name.count <= 100 else { return nil }
        guard ends.count == 2 else { return ends.count == 1 ? [Holiday(day: first, name: name)] : nil }
        guard let last = LocalDay(ends[1]), last >= first else { return nil }
        let count = last.daysSince1970 - first.daysSince1970 + 1
        guard count <= longestHoliday else { return nil }
        return (0..<count).map { Holiday(day: first.adding(days: $0), name: name) }
    }

    private static func text(_ interval: OpenInterval) -> String {
        func time(_ minute: Int) -> String { String(format: "%02d:%02d", minute / 60, minute % 60) }
        return time(interval.from) + "-" + time(interval.to)
    }
}
