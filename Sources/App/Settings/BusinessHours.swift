// SPDX-License-Identifier: Apache-2.0
// When a contact centre works: intervals of each weekday, and days that are different. Waits of scenarios ask it
// (spec 5): whether it is open at a moment, and when it opens next.
import Foundation

/// A part of a day, in minutes from its beginning; the end does not belong to it.
public struct OpenInterval: Sendable, Equatable, Codable {
    public var from: Int
    /// 1440 at most: midnight at the day's end.
    public var to: Int

    public init(from: Int, to: Int) {
        self.from = from
        self.to = to
    }
}

/// A day on which the centre does not work, whatever weekday it is.
public struct Holiday: Sendable, Equatable, Codable {
    public var day: LocalDay
    public var name: String

    public init(day: LocalDay, name: String) {
        self.day = day
        self.name = name
    }
}

/// The hours of a contact centre.
public struct BusinessHours: Sendable, Equatable, Codable {
    /// How many days are looked ahead for an opening: a year of holidays is no year.
    private static let horizonDays = 400
    public static let mostIntervals = 8
    public static let mostHolidays = 400

    /// Monday first; each day's intervals in order, none touching the next.
    public var week: [[OpenInterval]]
    public var holidays: [Holiday]

    /// Round the clock: what holds while nobody has said anything.
    public static let always = BusinessHours(
        week: Array(repeating: [OpenInterval(from: 0, to: 1440)], count: 7), holidays: [])

    public init(week: [[OpenInterval]], holidays: [Holiday]) {
        precondition(week.count == 7, "A week has seven days.")
        self.week = week
        self.holidays = holidays
    }

    /// Whether the centre works at a moment.
    public func isOpen(at moment: Moment, in zone: TimeZone) -> Bool { opening(from: moment, in: zone) == moment }

    /// The moment itself if the centre works then, else when it opens next; nil when it never does.
    public func opening(from moment: Moment, in zone: TimeZone) -> Moment? {
        let first = LocalDay(of: moment, in: zone)
        for ahead in 0..<Self.horizonDays {
            let day = first.adding(days: ahead)
            for interval in intervals(of: day) {
                guard let start = Self.moment(of: day, minute: interval.from, in: zone),
                    let end = Self.moment(of: day, minute: interval.to, in: zone), end > moment
                else { continue }
                return max(start, moment)
            }
        }
        return nil
    }

    /// A day's intervals; none on holidays.
    public func intervals(of day: LocalDay) -> [OpenInterval] {
        if holidays.contains(where: { $0.day == day }) { return [] }
        // 1970-01-01 was a Thursday.
        return week[((day.daysSince1970 + 3) % 7 + 7) % 7]
    }

    /// A minute of a local day as a moment. Minutes that a clock change skips are those after it.
    private static func moment(of day: LocalDay, minute: Int, in zone: TimeZone) -> Moment? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let (next, minute) = minute == 1440 ? (day.adding(days: 1), 0) : (day, minute)
        let parts = DateComponents(
            year: next.number / 10000, month: next.number / 100 % 100, day: next.number % 100, hour: minute / 60,
            minute: minute % 60)
        return calendar.date(from: parts).map {
            Moment(milliseconds: Int64(($0.timeIntervalSince1970 * 1000).rounded()))
        }
    }
}
