// SPDX-License-Identifier: Apache-2.0
// Markup as a value: text put into it is escaped, unless it is markup already.

/// A piece of HTML.
///
///     let row: HTML = "<tr><td>\(name)</td><td>\(badge)</td></tr>"
///
/// A `String` in a hole is escaped, for text and for quoted attributes alike; another `HTML` is put in as it is.
/// Attributes must always be quoted.
public struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The markup.
    public private(set) var text: String

    public init(stringLiteral value: StaticString) { text = value.description }

    public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    private init(text: String) { self.text = text }

    /// Text as markup: escaped.
    public init(_ plain: String) {
        text = ""
        Self.appendEscaped(plain, to: &text)
    }

    /// Markup that a trusted maker wrote: a chart, or a form's pre-rendered part. Never with text from outside.
    public static func trusted(_ markup: String) -> HTML { HTML(text: markup) }

    public static let empty: HTML = ""

    public static func + (left: HTML, right: HTML) -> HTML { HTML(text: left.text + right.text) }
    public static func += (left: inout HTML, right: HTML) { left.text += right.text }

    /// Collects the pieces and escapes what is text.
    public struct Interpolation: StringInterpolationProtocol {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }
        public mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
        public mutating func appendInterpolation(_ html: HTML) { text += html.text }
        public mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }
        public mutating func appendInterpolation(_ list: [HTML]) {
            for html in list { text += html.text }
        }
        public mutating func appendInterpolation(_ plain: String) { HTML.appendEscaped(plain, to: &text) }
        public mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// Puts the markup in when the condition holds: ` \(if: isRequired, "required")`.
        public mutating func appendInterpolation(if condition: Bool, _ html: HTML) {
            if condition { text += html.text }
        }
    }

    static func appendEscaped(_ plain: String, to text: inout String) {
        for character in plain.unicodeScalars {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "'": text += "&#39;"
            // Neither may stand in a document (HTML, "preprocessing the input stream").
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(character)
            }
        }
    }
}

extension Sequence<HTML> {
    /// The pieces one after the other.
    public func joined() -> HTML {
        var whole = HTML.empty
        for html in self { whole += html }
        return whole
    }
}
