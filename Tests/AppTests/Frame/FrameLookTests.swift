// SPDX-License-Identifier: Apache-2.0
// The tokens of the style sheet: whatever is read has a contrast of 4.5, whatever bounds a control 3, in both tones.
import Foundation
import Markup
import Testing

@testable import App

@Suite struct FrameLookTests {
    private static let words = [
        ("ink", "paper"), ("ink", "card"), ("ink", "sunk"), ("ink", "hover"), ("muted", "paper"), ("muted", "card"),
        ("muted", "sunk"), ("muted", "hover"), ("brand", "card"), ("brand", "paper"), ("brand", "hover"),
        ("brand-hover", "card"), ("brand-ink", "brand"), ("brand-ink", "brand-hover"), ("good", "good-soft"),
        ("warning", "warning-soft"), ("bad", "bad-soft"), ("bad", "card"), ("ink", "good-soft"),
        ("ink", "warning-soft"), ("ink", "bad-soft"), ("ink", "brand-soft"),
    ]
    private static let edges = [("edge", "card"), ("edge", "paper"), ("focus", "card"), ("focus", "paper")]

    /// Each token's colour in the light and in the dark tone.
    private static func tokens() throws -> [String: [String]] {
        let sheet = try #require(try Assets.load().text("Frame/tokens.css"))
        let found = sheet.matches(of: /--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/)
        return Dictionary(
            found.map { (String($0.output.1), [String($0.output.2), String($0.output.3)]) },
            uniquingKeysWith: { first, _ in first })
    }

    /// WCAG 2.2, relative luminance.
    private static func luminance(_ colour: String) -> Double {
        let number = Int(colour.dropFirst(), radix: 16) ?? 0
        let parts = [16, 8, 0].map { shift -> Double in
            let part = Double(number >> shift & 255) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ one: String, _ other: String) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test func `words and edges stand out in both tones`() throws {
        let tokens = try Self.tokens()
        var weak: [String] = []
        for (pairs, wanted) in [(Self.words, 4.5), (Self.edges, 3.0)] {
            for (front, ground) in pairs {
                let (fronts, grounds) = (try #require(tokens[front]), try #require(tokens[ground]))
                for tone in 0...1 {
                    let reached = Self.contrast(fronts[tone], grounds[tone])
                    if reached < wanted { weak.append("\(front) on \(ground), tone \(tone): \(reached)") }
                }
            }
        }
        #expect(weak == [])
    }

    @Test func `the measure of contrast is right`() {
        #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 0.01)
        #expect(abs(Self.contrast("#777777", "#ffffff") - 4.48) < 0.01)
    }

    @Test func `every icon that is named is in the sprite, and only those that a page shows are carried`() throws {
        let sprite = IconSprite(try Assets.load().text("web/icons.svg") ?? "")
        for one in Icon.allCases {
            #expect(sprite.symbols(for: icon(one)).text.contains("id=\"icon-\(one.rawValue)\""), "\(one.rawValue)")
        }
        let carried = sprite.symbols(for: "\(icon(.check)) text \(icon(.close))\(icon(.check))").text
        #expect(carried.components(separatedBy: "<symbol").count == 3)
        #expect(sprite.symbols(for: "<p>#icon-check</p>") == .empty)
    }
}
