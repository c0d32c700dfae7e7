// SPDX-License-Identifier: Apache-2.0
// The words that the argument parser says by itself, in Russian: it knows English only. The sentences are the
// dictionary's; here stands where they belong.
import Foundation

/// Translates the parser's own words in help and in complaints.
enum HelpLanguage {
    /// A text of the parser in a language. English is its own.
    static func translated(_ text: String, to language: String) -> String {
        guard language != "en" else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) }.joined(separator: "\n")
    }

    private static func line(_ line: Substring) -> String {
        for (template, key) in complaints {
            guard let parts = parts(of: String(line), by: template) else { continue }
            let holes = Dictionary(zip(["a", "b", "c"], parts), uniquingKeysWith: { first, _ in first })
            return say("parser." + key, holes)
        }
        return pieces.reduce(String(line)) { text, piece in
            text.replacing(piece.english, with: say("parser." + piece.key))
        }
    }

    /// What stands in the holes `*` of a template; nil when the line is another.
    static func parts(of line: String, by template: String) -> [String]? {
        let pieces = template.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        guard line.hasPrefix(pieces[0]) else { return nil }
        var rest = line.dropFirst(pieces[0].count)
        var parts: [String] = []
        for piece in pieces.dropFirst() {
            if piece.isEmpty {
                parts.append(String(rest))
                return parts
            }
            guard let found = rest.firstRange(of: piece) else { return nil }
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return rest.isEmpty ? parts : nil
    }

    /// Whole lines, with what stands in their holes.
    private static let complaints: [(template: String, key: String)] = [
        ("Error: Unknown option '*'. Did you mean '*'?", "unknownNear"),
        ("Error: Unknown option '*'", "unknown"),
        ("Error: Missing value for '*'", "noValue"),
        ("Error: The option '*' does not take any value, but '*' was specified.", "takesNoValue"),
        ("Error: Unexpected argument '*'", "unexpected"),
        ("Error: 2 unexpected arguments: *", "unexpectedSeveral"),
        ("Error: Missing expected argument '*'", "missing"),
        ("Error: Missing one of: *", "missingOne"),
        ("Error: Missing required subcommand.", "noCommand"),
        ("Error: The value '*' is invalid for '*'*", "invalid"),
        ("  See '* --help' for more information.", "seeHelp"),
        ("  See '* <subcommand>' for detailed help.", "seeCommand"),
    ]

    /// Words inside of lines.
    private static let pieces: [(english: String, key: String)] = [
        ("OVERVIEW: ", "overview"), ("USAGE: ", "usage"), ("Usage: ", "usageLine"), ("ARGUMENTS:", "arguments"),
        ("OPTIONS:", "options"), ("SUBCOMMANDS:", "commands"), ("Help:  ", "help"), ("Error: ", "error"),
        ("Show help information.", "helpOption"), ("Show subcommand help information.", "helpCommand"),
        ("Show the version.", "versionOption"), ("default:", "default"), ("(values:", "values"),
        ("<subcommand>", "subcommand"),
    ]
}
