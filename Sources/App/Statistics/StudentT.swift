// SPDX-License-Identifier: Apache-2.0
// Quantiles of Student's t distribution, exact for small samples: 1.96 would make a mean of four look certain.
import Foundation

/// Student's t distribution.
enum StudentT {
    /// The value below which `probability` of the distribution lies.
    /// - Parameters:
    ///   - probability: 0.5 and more, below 1.
    ///   - degrees: Degrees of freedom, 1 and more.
    static func quantile(_ probability: Double, degrees: Double) -> Double {
        precondition(probability >= 0.5 && probability < 1 && degrees >= 1, "A quantile of the upper half.")
        var low = 0.0
        var high = 1.0
        while cumulative(high, degrees: degrees) < probability, high < 1e12 { high *= 2 }
        // Halving: 100 steps reach the last bit of a double wherever the start was.
        for _ in 0..<100 where high > low {
            let middle = (low + high) / 2
            if middle == low || middle == high { break }
            if cumulative(middle, degrees: degrees) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The share of the distribution below `value` (value ≥ 0).
    static func cumulative(_ value: Double, degrees: Double) -> Double {
        1 - 0.5 * incompleteBeta(degrees / (degrees + value * value), degrees / 2, 0.5)
    }

    /// The regularised incomplete beta function, by its continued fraction (Lentz's method).
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
        if x < (a + 1) / (a + b + 2) { return exp(logFront) * fraction(x, a, b) / a }
        return 1 - exp(logFront) * fraction(1 - x, b, a) / b
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let smallest = 1e-300
        func kept(_ value: Double) -> Double { abs(value) < smallest ? smallest : value }
        var c = 1.0
        var d = 1 / kept(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / kept(1 + even * d)
            c = kept(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / kept(1 + odd * d)
            c = kept(1 + odd / c)
            let change = d * c
            result *= change
            if abs(change - 1) < 1e-15 { break }
        }
        return result
    }

    /// The logarithm of the gamma function for positive numbers (Lanczos, g = 7, nine terms).
    static func logGamma(_ x: Double) -> Double {
        let terms = [
            0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
            -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
            1.505_632_735_149_311_6e-7,
        ]
        if x < 0.5 { return log(Double.pi / sin(Double.pi * x)) - logGamma(1 - x) }
        let shifted = x - 1
        var sum = terms[0]
        for index in 1..<terms.count { sum += terms[index] / (shifted + Double(index)) }
        let t = shifted + 7.5
        return 0.5 * log(2 * Double.pi) + (shifted + 0.5) * log(t) - t + log(sum)
    }
}
