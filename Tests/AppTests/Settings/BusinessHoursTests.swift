// SPDX-License-Identifier: Apache-2.0
// Hours as they are typed and as they are asked.
import Foundation
import Testing

@testable import App

@Suite struct BusinessHoursTests {
    private static let moscow = TimeZone(identifier: "Europe/Moscow") ?? .gmt

    private func form(_ week: [String], holidays: String = "") -> BusinessHoursForm {
        var form = BusinessHoursForm(.always)
        form.week = week + Array(repeating: "", count: 7 - week.count)
        form.holidays = holidays
        return form
    }

    private func moment(_ text: String) throws -> Moment { try #require(Moment(rfc3339: text)) }

    @Test(arguments: [
        ("", [[Int]]()), ("09:00-18:00", [[540, 1080]]), ("9:00 – 13:00,14:00-18:00", [[540, 780], [840, 1080]]),
        ("14:00-18:00; 09:00-14:00", [[540, 1080]]), ("00:00-24:00", [[0, 1440]]),
    ])
    func `intervals are read in order, and those that touch become one`(text: String, wanted: [[Int]]) {
        #expect(BusinessHoursForm.intervals(text)?.map { [$0.from, $0.to] } == wanted)
    }

    @Test(arguments: [
        "9-18", "18:00-09:00", "09:00-09:00", "09:60-10:00", "09:00-24:01", "09:00-12:00, 11:00-13:00", "always",
        "09:00-10:00-11:00", "-",
        "1:00-2:00,3:00-4:00,5:00-6:00,7:00-8:00,9:00-10:00,11:00-12:00,13:00-14:00,"
            + "15:00-16:00,17:00-18:00",
    ])
    func `what is no interval, or overlaps, is refused`(text: String) {
        #expect(BusinessHoursForm.intervals(text) == nil)
    }

    @Test func `holidays are days or ranges with a name`() {
        #expect(
            BusinessHoursForm.holidays("2026-12-31 Канун")
                == [Holiday(day: LocalDay(number: 20_261_231), name: "Канун")])
        let range = BusinessHoursForm.holidays("2026-12-31..2027-01-02")
        #expect(range?.map(\.day.number) == [20_261_231, 20_270_101, 20_270_102])
        for bad in ["2026-02-30", "31.12.2026", "2026-12-31..2026-12-30", "2026-01-01..2026-12-31", "..", "x"] {
            #expect(BusinessHoursForm.holidays(bad) == nil, "\(bad)")
        }
    }

    @Test func `everything that is wrong is refused at once, by field`() throws {
        var given = form(["25:00-26:00", "09:00-18:00", "no"], holidays: "2026-12-31\nnever")
        let refused = #expect(throws: Refusals.self) { try given.checked() }
        #expect(refused?.all.map(\.field) == ["monday", "wednesday", "holidays"])
        given.week = form(["09:00-18:00"]).week
        given.holidays = "2026-12-31 A\n\n2026-12-31 B\n2026-01-01"
        let hours = try given.checked()
        #expect(hours.holidays.map(\.name) == ["", "A"])
        #expect(BusinessHoursForm(hours).holidays == "2026-01-01\n2026-12-31 A")
        #expect(BusinessHoursForm(hours).week[0] == "09:00-18:00")
        given.holidays = (0..<5).map { "\(2020 + $0)-01-01..\(2020 + $0)-04-08" }.joined(separator: "\n")
        #expect(throws: Refusals.self) { try given.checked() }
    }

    @Test(arguments: [
        // 2026-11-27 is a Friday.
        ("2026-11-27T10:00:00Z", "2026-11-27T10:00:00Z"),  // 13:00 in Moscow: open
        ("2026-11-27T05:30:00Z", "2026-11-27T06:00:00Z"),  // before nine
        ("2026-11-27T15:00:00Z", "2026-11-30T06:00:00Z"),  // 18:00 does not belong to it; the weekend follows
        ("2026-12-31T10:00:00Z", "2027-01-04T06:00:00Z"),  // Thursday to Friday are holidays
    ])
    func `a moment outside of the hours moves to the next opening`(asked: String, opening: String) throws {
        let hours = try form(
            Array(repeating: "09:00-18:00", count: 5), holidays: "2026-12-31..2027-01-01"
        ).checked()
        let (from, wanted) = (try moment(asked), try moment(opening))
        #expect(hours.opening(from: from, in: Self.moscow) == wanted)
        #expect(hours.isOpen(at: from, in: Self.moscow) == (asked == opening))
    }

    @Test func `hours that never come have no opening, and round the clock is always open`() throws {
        let now = try moment("2026-11-27T10:00:00Z")
        let never = try form([]).checked()
        #expect(never.opening(from: now, in: Self.moscow) == nil)
        #expect(BusinessHours.always.isOpen(at: now, in: Self.moscow))
        // The hour that spring skips in Berlin: the opening is after it.
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let night = try form(Array(repeating: "02:30-04:00", count: 7)).checked()
        let opening = try #require(night.opening(from: try moment("2026-03-29T00:00:00Z"), in: berlin))
        let (first, last) = (try moment("2026-03-29T01:00:00Z"), try moment("2026-03-29T01:30:00Z"))
        #expect((first...last).contains(opening))
    }
}
