// SPDX-License-Identifier: Apache-2.0
// How certain a figure is: its 95 % interval, by the methods that spec 7.1 names.
import Foundation

/// An interval that covers the true value in 95 of 100 samples.
public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double

    /// The normal distribution's 97.5 % quantile.
    static let z = 1.959_963_984_540_054

    /// A share (Wilson 1927). Nil for an empty set.
    public static func wilson(_ count: Int, of n: Int) -> Interval? {
        guard n > 0 else { return nil }
        let size = Double(n)
        let share = Double(count) / size
        let squared = z * z
        let centre = (share + squared / (2 * size)) / (1 + squared / size)
        let half = z / (1 + squared / size) * sqrt(share * (1 - share) / size + squared / (4 * size * size))
        return Interval(low: max(0, centre - half), high: min(1, centre + half))
    }

    /// A net promoter score in -100…100: adjusted Wald, 3/4 of a promoter, 3/2 of a passive and 3/4 of a detractor
    /// added (Rocks 2016). Nil for an empty set.
    public static func netPromoter(promoters: Int, detractors: Int, of n: Int) -> Interval? {
        guard n > 0 else { return nil }
        let size = Double(n) + 3
        let top = (Double(promoters) + 0.75) / size
        let low = (Double(detractors) + 0.75) / size
        let score = top - low
        let half = z * sqrt((top + low - score * score) / size)
        return Interval(low: max(-1, score - half) * 100, high: min(1, score + half) * 100)
    }

    /// A mean, from the sum and the sum of squares, by Student's t. Nil for fewer than two values.
    public static func mean(total: Double, squares: Double, of n: Int) -> Interval? {
        guard n > 1 else { return nil }
        let size = Double(n)
        let mean = total / size
        let variance = max(0, (squares - total * mean) / (size - 1))
        let half = StudentT.quantile(0.975, degrees: size - 1) * sqrt(variance / size)
        return Interval(low: mean - half, high: mean + half)
    }
}
