// SPDX-License-Identifier: Apache-2.0
// Times as senders write them: what RFC 3339 says is read, and nothing beside it.
import Testing

@testable import App

@Suite struct MomentTests {
    @Test(arguments: [
        ("2026-11-22T10:00:00Z", 1_795_341_600_000), ("2026-11-22T10:00:00+03:00", 1_795_330_800_000),
        ("2026-11-22t10:00:00.5z", 1_795_341_600_500), ("2026-11-22T10:00:00.1236Z", 1_795_341_600_124),
        ("2026-11-22T10:00:00.999999999Z", 1_795_341_601_000), ("1969-12-31T23:59:59.250Z", -750),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2017-01-01T02:59:60+03:00", 1_483_228_800_000),
        ("2024-02-29T00:00:00-00:00", 1_709_164_800_000),
    ])
    func `RFC 3339 is read`(text: String, milliseconds: Int64) {
        #expect(Moment(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22T10:00Z", "2026-11-22 10:00:00Z", "2026-11-22T10:00:00", "2024-01-01T12:99:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T10:00:60Z", "2023-02-29T10:00:00Z", "2026-13-01T10:00:00Z",
        "2026-11-22T10:00:00+0300", "2026-11-22T10:00:00+24:00", "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00Zx",
        "+026-11-22T10:00:00Z", "2026-11-22T1\u{0660}:00:00Z", "2026-11-22T10:00:00,5Z",
    ])
    func `what is no moment is refused`(text: String) { #expect(Moment(rfc3339: text) == nil) }

    @Test func `what is written is read back`() {
        for milliseconds: Int64 in [0, -1, 1, 999, 1_795_341_600_123, 7_258_118_400_000] {
            let moment = Moment(milliseconds: milliseconds)
            #expect(Moment(rfc3339: moment.rfc3339) == moment)
        }
    }

    @Test(arguments: ["+226-11-01", "2026-1-001", "2026-11-31", "2026-11-1", "0000-01-01"])
    func `what is no day is refused`(text: String) { #expect(LocalDay(text) == nil) }
}
