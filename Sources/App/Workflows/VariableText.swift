// SPDX-License-Identifier: Apache-2.0
// Text with variables (spec 5.4): `$(name)` and `${name}` mean the same, `$(name|text)` gives a fallback, `$$(` and
// `$${` are literal. Read once, put together for every run.

import Markup

/// A variable's place in a text.
struct VariableName: Sendable, Hashable, CustomStringConvertible {
    /// As the author wrote it.
    let text: String
    let steps: [JSON.Step]
    /// What stands behind a colon: the form of `survey.link:FORM`.
    let argument: String?

    /// Nil when the text cannot be a variable's name.
    init?(_ text: String) {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var steps: [JSON.Step] = []
        for part in halves[0].split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let name = pieces.first, !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isNamed)
            else { return nil }
            steps.append(.member(String(name)))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else { return nil }
                steps.append(.index(index))
            }
        }
        self.text = text
        self.steps = steps
        argument = halves.count == 2 ? String(halves[1]) : nil
    }

    var description: String { text }

    private static func isNamed(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}

/// A text whose variables have been found.
struct VariableText: Sendable, Equatable {
    /// A piece of the text.
    enum Piece: Sendable, Equatable {
        case literal(String)
        case variable(VariableName, fallback: String?)
    }

    /// Where the text goes, which decides what a value may contain.
    enum Use: Sendable {
        /// Values are escaped.
        case html
        /// Values are one line.
        case header
        case plain
    }

    let pieces: [Piece]

    init(_ text: String) {
        var pieces: [Piece] = []
        var literal = String.UnicodeScalarView()
        Self.read(text) { part in
            switch part {
            case .plain(let scalar): literal.append(scalar)
            case .escaped(let opener): literal.append(contentsOf: opener)
            case .variable(let variable, _):
                if !literal.isEmpty { pieces.append(.literal(String(literal))) }
                literal = String.UnicodeScalarView()
                pieces.append(variable)
            }
        }
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        self.pieces = pieces
    }

    /// What a reader meets in a text.
    private enum Part {
        case plain(Unicode.Scalar)
        /// `$(` or `${`, written with two dollar signs.
        case escaped(Substring.UnicodeScalarView)
        /// A variable, and as it was written.
        case variable(Piece, Substring.UnicodeScalarView)
    }

    private static func read(_ text: String, _ take: (Part) -> Void) {
        var rest = text.unicodeScalars[...]
        func opener(_ text: Substring.UnicodeScalarView) -> Unicode.Scalar? {
            guard text.first == "$", let second = text.dropFirst().first else { return nil }
            return second == "(" ? ")" : second == "{" ? "}" : nil
        }
        while let first = rest.first {
            if first == "$", rest.dropFirst().first == "$", opener(rest.dropFirst()) != nil {
                take(.escaped(rest.dropFirst().prefix(2)))
                rest = rest.dropFirst(3)
            } else if let end = opener(rest), let close = rest.firstIndex(of: end),
                let variable = variable(rest[rest.index(rest.startIndex, offsetBy: 2)..<close])
            {
                take(.variable(variable, rest[...close]))
                rest = rest[rest.index(after: close)...]
            } else {
                take(.plain(first))
                rest = rest.dropFirst()
            }
        }
    }

    /// A text whose links to surveys lead to other forms: what stands behind the colon of `survey.link` is asked for
    /// its successor; nil leaves it.
    static func replacingForms(in text: String, _ successor: (String) -> String?) -> String {
        var whole = String.UnicodeScalarView()
        read(text) { part in
            switch part {
            case .plain(let scalar): whole.append(scalar)
            case .escaped(let opener):
                whole.append("$")
                whole.append(contentsOf: opener)
            case .variable(.variable(let name, let fallback), let written):
                guard name.steps == [.member("survey"), .member("link")], let argument = name.argument,
                    let new = successor(argument)
                else {
                    whole.append(contentsOf: written)
                    break
                }
                let inside = "survey.link:" + new + (fallback.map { "|" + $0 } ?? "")
                whole.append(contentsOf: written.prefix(2))
                whole.append(contentsOf: inside.unicodeScalars)
                whole.append(contentsOf: written.suffix(1))
            case .variable(.literal, let written): whole.append(contentsOf: written)
            }
        }
        return String(whole)
    }

    /// What stands between the brackets; nil when it is no variable, so that the text stays as it is.
    private static func variable(_ inside: Substring.UnicodeScalarView) -> Piece? {
        let halves = String(inside).split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = VariableName(String(halves[0]).trimmed) else { return nil }
        return .variable(name, fallback: halves.count == 2 ? String(halves[1]) : nil)
    }

    /// The names in the text, in order.
    var names: [VariableName] {
        pieces.compactMap { piece in
            if case .variable(let name, _) = piece { name } else { nil }
        }
    }

    var isEmpty: Bool { pieces.isEmpty }

    /// The text with values in it. Names without a value, and without a fallback, are collected in `missing`.
    func filled(_ variables: RunVariables, for use: Use, missing: inout [String]) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .variable(let name, let fallback):
                if let placeholder = RunVariables.placeholder(name) {
                    text += placeholder
                } else if let value = variables.text(name), !value.isEmpty {
                    text += Self.tamed(value, for: use)
                } else if let fallback {
                    text += Self.tamed(fallback, for: use)
                } else {
                    missing.append(name.text)
                }
            }
        }
        return use == .header ? Self.oneLine(text) : text
    }

    /// A value that cannot break what it is put into, nor pass for a placeholder of a secret link.
    private static func tamed(_ value: String, for use: Use) -> String {
        var value = value
        if value.unicodeScalars.contains(where: { ("\u{E000}"..."\u{E001}").contains($0) }) {
            value.unicodeScalars.removeAll { ("\u{E000}"..."\u{E001}").contains($0) }
        }
        return use == .html ? HTML(value).text : value
    }

    /// Control characters become spaces, so that nothing in a text can begin another header.
    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isBreak($0) }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isBreak($0) ? " " : $0 })).trimmed
    }

    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 32 || (127...159).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    /// The parts of a list with commas or semicolons between them. Split before values are put in, so that a value
    /// can never add a member.
    static func list(_ text: String) -> [VariableText] {
        var parts: [String] = [""]
        var end: Unicode.Scalar?
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if end == nil, scalar == "," || scalar == ";" {
                parts.append("")
            } else {
                if end == nil, previous == "$", scalar == "(" || scalar == "{" { end = scalar == "(" ? ")" : "}" }
                if scalar == end { end = nil }
                parts[parts.count - 1].unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return parts.compactMap { $0.nonEmpty.map { VariableText($0.trimmed) } }
    }
}
