// SPDX-License-Identifier: Apache-2.0
// Points in time and local days. Rooms are given the time; only `Clock.system` reads the machine's.
import Foundation
import Storage

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
public struct Moment: SQLConvertible, Hashable, Comparable, Codable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public var sqlValue: SQLValue { .integer(milliseconds) }
    public static func from(_ value: SQLValue, column: String) throws -> Moment {
        Moment(milliseconds: try Int64.from(value, column: column))
    }

    public static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `seconds` later; earlier when negative.
    public func adding(seconds: Int64) -> Moment { Moment(milliseconds: milliseconds + seconds * 1000) }
    public func adding(milliseconds: Int64) -> Moment { Moment(milliseconds: self.milliseconds + milliseconds) }
    public func adding(hours: Int64) -> Moment { adding(seconds: hours * 3600) }
    public func adding(days: Int64) -> Moment { adding(seconds: days * 86400) }

    /// Milliseconds from the other moment to this one.
    public func milliseconds(since other: Moment) -> Int64 { milliseconds - other.milliseconds }

    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// In JSON a moment is RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let moment = Moment(rfc3339: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not RFC 3339"))
        }
        self = moment
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339)
    }
}

/// A day of the calendar in a contact centre's time zone, stored as the number yyyymmdd.
public struct LocalDay: SQLConvertible, Hashable, Comparable, Codable, CustomStringConvertible {
    /// yyyymmdd, for example 20261122.
    public let number: Int

    public init(number: Int) { self.number = number }

    /// The day of a moment in a time zone.
    public init(of moment: Moment, in zone: TimeZone) {
        let seconds = Int64((Double(moment.milliseconds) / 1000).rounded(.down))
        let local = seconds + Int64(zone.secondsFromGMT(for: moment.date))
        self.init(daysSince1970: Int(local >= 0 ? local / 86400 : (local - 86399) / 86400))
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar (the days-from-civil algorithm, inverted).
    public init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        number = year * 10000 + month * 100 + day
    }

    /// Days since 1970-01-01.
    public var daysSince1970: Int {
        let (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Reads "2026-11-22"; nil when there is no such day.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year > 0
        else { return nil }
        self.init(number: year * 10000 + month * 100 + day)
        guard LocalDay(daysSince1970: daysSince1970) == self else { return nil }
    }

    public func adding(days: Int) -> LocalDay { LocalDay(daysSince1970: daysSince1970 + days) }

    /// The moment at which the day begins in a time zone.
    func start(in zone: TimeZone) -> Moment {
        let midnight = Moment(milliseconds: Int64(daysSince1970) * 86_400_000)
        // The clock may be changed in the night between.
        let near = midnight.adding(seconds: -Int64(zone.secondsFromGMT(for: midnight.date)))
        return midnight.adding(seconds: -Int64(zone.secondsFromGMT(for: near.date)))
    }

    /// "2026-11-22".
    public var description: String {
        let (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    public var sqlValue: SQLValue { .integer(Int64(number)) }
    public static func from(_ value: SQLValue, column: String) throws -> LocalDay {
        LocalDay(number: try Int.from(value, column: column))
    }
    public static func < (left: LocalDay, right: LocalDay) -> Bool { left.number < right.number }
}

/// Where rooms get the time from. Tests pass one that they move themselves.
public struct Clock: Sendable {
    public let now: @Sendable () -> Moment

    public init(now: @escaping @Sendable () -> Moment) { self.now = now }

    /// The machine's clock.
    public static let system = Clock { Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}
