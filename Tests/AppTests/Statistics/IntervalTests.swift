// SPDX-License-Identifier: Apache-2.0
// Intervals against published values.
import Testing

@testable import App

@Suite struct IntervalTests {
    /// Tables of Student's t, two-sided 95 % and 99 % (any textbook).
    @Test(arguments: [
        (0.975, 1.0, 12.7062), (0.975, 2, 4.3027), (0.975, 3, 3.1824), (0.975, 5, 2.5706), (0.975, 10, 2.2281),
        (0.975, 30, 2.0423), (0.975, 120, 1.9799), (0.995, 1, 63.6567), (0.995, 9, 3.2498), (0.95, 4, 2.1318),
    ])
    func `quantiles of t are those of the tables`(probability: Double, degrees: Double, wanted: Double) {
        #expect(abs(StudentT.quantile(probability, degrees: degrees) - wanted) < 5e-5)
    }

    @Test func `t becomes the normal distribution`() {
        #expect(abs(StudentT.quantile(0.975, degrees: 1e7) - Interval.z) < 1e-6)
        #expect(StudentT.quantile(0.5, degrees: 3) < 1e-9)
    }

    /// Newcombe 1998, table I, method 3 (Wilson's score without continuity correction).
    @Test(arguments: [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ])
    func `shares have Wilson's interval`(count: Int, n: Int, low: Double, high: Double) throws {
        let interval = try #require(Interval.wilson(count, of: n))
        #expect(abs(interval.low - low) < 5e-5)
        #expect(abs(interval.high - high) < 5e-5)
    }

    /// The specification's own example: three promoters and a detractor.
    @Test func `a promoter score has the adjusted Wald interval`() throws {
        let interval = try #require(Interval.netPromoter(promoters: 3, detractors: 1, of: 4))
        #expect(interval.low.rounded() == -34)
        #expect(interval.high.rounded() == 91)
    }

    @Test func `a promoter score's interval keeps its width when everybody agrees, and stays on the scale`() throws {
        let interval = try #require(Interval.netPromoter(promoters: 5, detractors: 0, of: 5))
        #expect(interval.high == 100)
        #expect(interval.low < 60)
    }

    /// The yields of Student's t in a textbook's way: 4, 5, 5, 4 has mean 4.5, s = 0.57735, t(3) = 3.1824.
    @Test func `a mean has the t interval`() throws {
        let interval = try #require(Interval.mean(total: 18, squares: 82, of: 4))
        #expect(abs(interval.low - (4.5 - 3.182446 * 0.2886751)) < 1e-5)
        #expect(abs(interval.high - (4.5 + 3.182446 * 0.2886751)) < 1e-5)
    }

    @Test func `an empty set has no interval, and one value none of its mean`() {
        #expect(Interval.wilson(0, of: 0) == nil)
        #expect(Interval.netPromoter(promoters: 0, detractors: 0, of: 0) == nil)
        #expect(Interval.mean(total: 0, squares: 0, of: 0) == nil)
        #expect(Interval.mean(total: 5, squares: 25, of: 1) == nil)
    }

    @Test func `equal values have an interval without width`() {
        #expect(Interval.mean(total: 15, squares: 75, of: 3) == Interval(low: 5, high: 5))
    }
}

@Suite struct FigureSpanTests {
    private func spans(_ from: Int, _ to: Int) -> [FigureSpan] {
        FigureSpan.spans(of: FigureFilter(from: LocalDay(number: from), to: LocalDay(number: to)))
    }

    @Test func `a quarter is read by days`() {
        #expect(spans(20260101, 20260401).map(\.grain) == [.completedDay])
    }

    @Test func `a long period is read by months, with days at its ends`() {
        let spans = spans(20260115, 20261110)
        #expect(spans.map(\.grain) == [.completedDay, .completedMonth, .completedDay])
        #expect(spans.map(\.from.number) == [20260115, 20260201, 20261101])
        #expect(spans.map(\.to.number) == [20260131, 20261001, 20261110])
    }

    @Test func `whole months need no days`() {
        let spans = spans(20250101, 20251231)
        #expect(
            spans == [
                FigureSpan(
                    grain: .completedMonth, from: LocalDay(number: 20250101), to: LocalDay(number: 20251201))
            ])
    }

    @Test func `spans cover every day once`() {
        for offset in stride(from: 0, to: 400, by: 13) {
            for length in stride(from: 90, to: 500, by: 37) {
                let from = LocalDay(number: 20240110).adding(days: offset)
                let to = from.adding(days: length)
                var days = 0
                for span in FigureSpan.spans(of: FigureFilter(from: from, to: to)) {
                    let last = span.grain == .completedMonth ? span.to.firstOfNextMonth.adding(days: -1) : span.to
                    #expect(span.from >= from && last <= to)
                    days += last.daysSince1970 - span.from.daysSince1970 + 1
                }
                #expect(days == length + 1)
            }
        }
    }
}
