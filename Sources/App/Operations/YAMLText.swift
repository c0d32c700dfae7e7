// SPDX-License-Identifier: Apache-2.0
// Values as YAML that people like to read: block style, texts of several lines as they are, quotes only where another
// reader would take the text for something else. One value has one text, so that files can be compared by their bytes.
import Foundation

/// What a scalar without quotes means.
enum YAMLWords {
    /// Its kind in YAML 1.2's core schema, without the spellings that we do not write: octal, hexadecimal, infinity.
    enum Meaning { case nothing, flag, number, text }

    static func meaning(of text: String) -> Meaning {
        switch text {
        case "", "~", "null", "Null", "NULL": return .nothing
        case "true", "True", "TRUE", "false", "False", "FALSE": return .flag
        default: break
        }
        return isNumber(text) ? .number : .text
    }

    private static func isNumber(_ text: String) -> Bool {
        guard text.utf8.count <= 40 else { return false }
        return text.wholeMatch(of: /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/) != nil
    }

    /// Words that readers of YAML 1.1 take for truth values.
    private static let old: Set<String> = ["y", "n", "yes", "no", "on", "off"]

    /// Whether a text may stand without quotes, for readers of YAML 1.1 and 1.2 alike.
    static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard meaning(of: text) == .text, !old.contains(text.lowercased()) else { return false }
        // Digits and signs may begin dates, times and numbers of other spellings.
        guard first.properties.isAlphabetic || "$(/<".unicodeScalars.contains(first), !text.hasPrefix("<<") else {
            return false
        }
        guard last != " ", last != ":" else { return false }
        var previous: Unicode.Scalar = "a"
        for scalar in text.unicodeScalars {
            if !isPrintable(scalar) || (scalar == "#" && previous == " ") || (scalar == " " && previous == ":") {
                return false
            }
            previous = scalar
        }
        return true
    }

    /// Whether a scalar may stand in a text of one line.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xD800..<0xE000, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}

/// Writes values as YAML.
struct YAMLText {
    private(set) var text = ""
    /// Whether the line holds nothing yet but the dash of a list's element.
    private var isAfterDash = false

    /// A text: plain, in quotes, or as a literal block below its key.
    /// - Parameter indent: Of the line that holds its key.
    mutating func scalar(_ value: String, indent: Int) {
        if YAMLWords.isPlain(value) {
            text += value
        } else if let block = Self.literal(value, indent: indent + 2) {
            text += block
        } else if value.unicodeScalars.allSatisfy(YAMLWords.isPrintable) {
            text += "'" + value.replacing("'", with: "''") + "'"
        } else {
            text += Self.quoted(value)
        }
    }

    mutating func raw(_ piece: String) {
        text += piece
        isAfterDash = false
    }

    /// Begins a line, unless it has just been begun by a dash.
    mutating func line(_ indent: Int) {
        if !text.isEmpty, !isAfterDash { text += "\n" + String(repeating: " ", count: indent) }
    }

    /// Begins an element of a list that is a record: its first member stands beside the dash.
    mutating func dash(_ indent: Int) {
        line(indent)
        text += "- "
        isAfterDash = true
    }

    /// A text of several lines as a literal block; nil where a block would change it.
    private static func literal(_ value: String, indent: Int) -> String? {
        let scalars = value.unicodeScalars
        guard scalars.contains("\n"), scalars.first != "\n" else { return nil }
        guard scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || YAMLWords.isPrintable($0) }) else { return nil }
        var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        var ends = 0
        while lines.last == "" {
            lines.removeLast()
            ends += 1
        }
        guard let first = lines.first, !lines.contains(where: { isBlank($0) }) else { return nil }
        // A first line that begins with a space would be taken for a deeper block.
        let depth = first.hasPrefix(" ") || first.hasPrefix("\t") ? "2" : ""
        let keep = ends == 0 ? "-" : ends == 1 ? "" : "+"
        let margin = String(repeating: " ", count: indent)
        let body = lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
        return "|" + depth + keep + "\n" + body + String(repeating: "\n", count: max(0, ends - 1))
    }

    /// Spaces alone in a line: editors drop them.
    private static func isBlank(_ line: String) -> Bool {
        !line.isEmpty && line.unicodeScalars.allSatisfy { $0 == " " || $0 == "\t" }
    }

    private static func quoted(_ value: String) -> String {
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where YAMLWords.isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += String(format: "\\u%04X", scalar.value)
            }
        }
        return quoted + "\""
    }
}
