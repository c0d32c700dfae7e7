// SPDX-License-Identifier: Apache-2.0
// Moments as RFC 3339 text, to the letter and to the millisecond: Foundation's reader takes minute 99 for the next hour
// and its writer loses a millisecond now and then.

extension Moment {
    /// RFC 3339 in UTC with milliseconds, as the API writes it.
    public var rfc3339: String {
        let (dayLength, hourLength, minuteLength): (Int64, Int64, Int64) = (86_400_000, 3_600_000, 60_000)
        let inDay = (milliseconds % dayLength + dayLength) % dayLength
        let day = LocalDay(daysSince1970: Int((milliseconds - inDay) / dayLength))
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        let (hours, minutes) = (padded(inDay / hourLength, 2), padded(inDay / minuteLength % 60, 2))
        return "\(day)T\(hours):\(minutes):\(padded(inDay / 1000 % 60, 2)).\(padded(inDay % 1000, 3))Z"
    }

    /// Reads RFC 3339 (section 5.6), with or without fractions, in any offset; milliseconds are kept, rounded. Second
    /// 60 is taken at the end of a day in UTC, where leap seconds are, and is the moment after it.
    public init?(rfc3339 text: String) {
        guard text.utf8.count <= 40 else { return nil }
        var reader = MomentReader(text)
        guard let day = reader.day(), reader.takes("T", "t"), let hour = reader.number(upTo: 23), reader.takes(":"),
            let minute = reader.number(upTo: 59), reader.takes(":"), let second = reader.number(upTo: 60),
            let fraction = reader.fraction(), let offset = reader.offsetMinutes(), reader.isAtEnd
        else { return nil }
        let minutes = (Int64(day.daysSince1970) * 24 + hour) * 60 + minute - offset
        if second == 60, (minutes % 1440 + 1440) % 1440 != 1439 { return nil }
        self.init(milliseconds: (minutes * 60 + second) * 1000 + fraction)
    }
}

/// Takes a text apart from left to right.
private struct MomentReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func takes(_ wanted: Unicode.Scalar...) -> Bool {
        guard position < bytes.count, wanted.contains(Unicode.Scalar(bytes[position])) else { return false }
        position += 1
        return true
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        position += 1
        return Int64(bytes[position - 1] - UInt8(ascii: "0"))
    }

    /// "2026-11-22", which has to be a day of the calendar.
    mutating func day() -> LocalDay? {
        guard bytes.count >= 10 else { return nil }
        position = 10
        return LocalDay(String(decoding: bytes[..<10], as: UTF8.self))
    }

    /// Two digits.
    mutating func number(upTo limit: Int64) -> Int64? {
        guard let tens = digit(), let ones = digit(), tens * 10 + ones <= limit else { return nil }
        return tens * 10 + ones
    }

    /// Milliseconds after a point; none without one.
    mutating func fraction() -> Int64? {
        guard takes(".") else { return 0 }
        guard let first = digit() else { return nil }
        var milliseconds = first * 100
        for weight: Int64 in [10, 1] { milliseconds += (digit() ?? 0) * weight }
        if let next = digit(), next >= 5 { milliseconds += 1 }
        while digit() != nil {}
        return milliseconds
    }

    /// "Z", or how far the local time is ahead.
    mutating func offsetMinutes() -> Int64? {
        if takes("Z", "z") { return 0 }
        let isBehind = takes("-")
        guard isBehind || takes("+"), let hours = number(upTo: 23), takes(":"), let minutes = number(upTo: 59) else {
            return nil
        }
        return (hours * 60 + minutes) * (isBehind ? -1 : 1)
    }
}
