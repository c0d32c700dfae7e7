// SPDX-License-Identifier: Apache-2.0
// Numbers and dates as the language writes them. Written out, since Foundation's formatters cost 100 times as much.
import Foundation

extension Localizer {
    private var decimalSeparator: String { language == "ru" ? "," : "." }
    private var groupSeparator: String { language == "ru" ? "\u{A0}" : "," }

    /// A whole number with groups of thousands.
    public func number(_ value: Int) -> String {
        let digits = String(abs(value))
        var grouped = ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset) % 3 == 0, digits.count > 4 { grouped += groupSeparator }
            grouped.append(digit)
        }
        return (value < 0 ? "\u{2212}" : "") + grouped
    }

    /// A number with exactly `places` decimal places, rounded half away from zero.
    public func number(_ value: Double, places: Int) -> String {
        let scale = pow(10, Double(places))
        let rounded = (value * scale).rounded() / scale
        let text = String(format: "%.\(places)f", abs(rounded))
        let parts = text.split(separator: ".")
        let whole = number(Int(parts[0]) ?? 0)
        let sign = rounded < 0 ? "\u{2212}" : ""
        return parts.count == 2 ? sign + whole + decimalSeparator + parts[1] : sign + whole
    }

    /// A share 0…1 as a percentage.
    public func percent(_ share: Double, places: Int = 0) -> String {
        number(share * 100, places: places) + (language == "ru" ? "\u{A0}%" : "%")
    }

    /// "22.11.2026" or "22 Nov 2026".
    public func day(year: Int, month: Int, day: Int) -> String {
        if language == "ru" { return String(format: "%02d.%02d.%04d", day, month, year) }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(day) \(names[(month - 1) % 12]) \(year)"
    }

    /// The day and the time of day of a date in a time zone.
    public func dateTime(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        let time = String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
        return day(year: parts.year ?? 0, month: parts.month ?? 1, day: parts.day ?? 1) + " " + time
    }

    /// A length of time in the largest units that matter: "4 мин 10 с".
    public func duration(seconds: Int) -> String {
        let units = language == "ru" ? ["д", "ч", "мин", "с"] : ["d", "h", "min", "s"]
        let values = [seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
        let parts = zip(values, units).filter { $0.0 > 0 }.prefix(2).map { "\($0.0)\u{A0}\($0.1)" }
        return parts.isEmpty ? "0\u{A0}\(units[3])" : parts.joined(separator: " ")
    }
}
