// SPDX-License-Identifier: Apache-2.0
// A configuration file's YAML as values that know where they stand. Bounded: what makes small files large (aliases),
// what gives values a meaning that we do not know (tags) and what is read differently by different readers (repeated
// keys) is refused by name, with its place.
import Foundation
import Yams

/// A place in a file, counted from 1.
struct YAMLMark: Sendable, Hashable {
    let line: Int
    let column: Int

    static let start = YAMLMark(line: 1, column: 1)
}

/// A value of a YAML file.
struct YAMLValue: Sendable {
    /// What stands there.
    indirect enum Content: Sendable {
        /// A scalar; one without quotes may be a number, a truth value or nothing.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        case map([Entry])
        /// Something that was refused already.
        case refused
    }

    /// A key with its value.
    struct Entry: Sendable {
        let key: String
        let mark: YAMLMark
        let value: YAMLValue
    }

    let content: Content
    let mark: YAMLMark
}

/// Something that no configuration file may hold.
struct YAMLFault: Error, Sendable, Equatable {
    /// What it is; the sentence's dictionary key ends with it.
    enum Reason: String, Sendable {
        case syntax, encoding, tooLarge, tooDeep, tooMany, alias, tag, duplicateKey, keyNotText, severalDocuments, empty
    }

    let reason: Reason
    let mark: YAMLMark
    /// The key, where it is about one.
    var name = ""
    /// The keys and positions that lead there.
    var path: [YAMLStep] = []
}

/// A step into a value.
enum YAMLStep: Sendable, Hashable {
    case key(String)
    case position(Int)
}

/// How much a file may hold.
enum YAMLLimits {
    static let bytes = 8 * 1024 * 1024
    static let values = 400_000
    static let depth = 200
    /// Keys given twice that are told of at once.
    static let duplicates = 20
}

/// Reads a file's YAML.
struct YAMLSource {
    private(set) var faults: [YAMLFault] = []
    private var values = 0
    private var path: [YAMLStep] = []

    /// The file's value, and everything that it may not hold. Nil when it cannot be read at all.
    static func read(_ bytes: [UInt8]) -> (value: YAMLValue?, faults: [YAMLFault]) {
        guard bytes.count <= YAMLLimits.bytes else { return (nil, [YAMLFault(reason: .tooLarge, mark: .start)]) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return (nil, [YAMLFault(reason: .encoding, mark: mark(ofInvalidByteIn: bytes))])
        }
        if let fault = YAMLAnchors.used(in: bytes) { return (nil, [fault]) }
        var source = YAMLSource()
        let value = source.parse(text)
        return (value, source.faults)
    }

    /// Where UTF-8 ends to be UTF-8.
    private static func mark(ofInvalidByteIn bytes: [UInt8]) -> YAMLMark {
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        return YAMLMark(line: line, column: 1)
    }

    /// Parses the text. A repeated key stops the parser, and it names only the first: that one is marked with a letter
    /// that no key has, and the text is read again, so that all of them are told with everything else.
    private mutating func parse(_ text: String) -> YAMLValue? {
        var text = text
        for _ in 0...YAMLLimits.duplicates {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
                let root = try parser.singleRoot()
                // Anchors are weak in the nodes: they live as long as the parser.
                return withExtendedLifetime(parser) {
                    if let root { return YAMLValue(content: content(root, depth: 0), mark: Self.mark(root)) }
                    faults.append(YAMLFault(reason: .empty, mark: .start))
                    return nil
                }
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = YAMLMark(line: context.mark.line, column: context.mark.column)
                guard let marked = Self.marking(text, at: place) else {
                    faults.append(YAMLFault(reason: .duplicateKey, mark: place, name: names.first ?? ""))
                    return nil
                }
                text = marked
            } catch {
                faults.append(Self.fault(error))
                return nil
            }
        }
        faults.append(YAMLFault(reason: .tooMany, mark: .start))
        return nil
    }

    /// The sign of a key that is given again further down.
    private static let repeated: Unicode.Scalar = "\u{F8FE}"

    private static func marking(_ text: String, at mark: YAMLMark) -> String? {
        var scalars = text.unicodeScalars
        guard var place = index(of: mark, in: scalars), place < scalars.endIndex else { return nil }
        if scalars[place] == "\"" || scalars[place] == "'" { place = scalars.index(after: place) }
        scalars.insert(repeated, at: place)
        return String(scalars)
    }

    /// Where a mark stands. The parser takes NEL, LS and PS for ends of lines, too.
    private static func index(
        of mark: YAMLMark, in scalars: String.UnicodeScalarView
    ) -> String.UnicodeScalarView.Index? {
        var line = 1
        var place = scalars.startIndex
        while line < mark.line, place < scalars.endIndex {
            let scalar = scalars[place]
            place = scalars.index(after: place)
            switch scalar {
            case "\n", "\u{85}", "\u{2028}", "\u{2029}": line += 1
            case "\r": line += place < scalars.endIndex && scalars[place] == "\n" ? 0 : 1
            default: break
            }
        }
        return scalars.index(place, offsetBy: mark.column - 1, limitedBy: scalars.endIndex)
    }

    private static func fault(_ error: any Error) -> YAMLFault {
        switch error {
        case YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _):
            return YAMLFault(reason: .syntax, mark: YAMLMark(line: mark.line, column: mark.column))
        case YamlError.composer(_, let problem, let mark, _):
            let reason: YAMLFault.Reason = problem.contains("another document") ? .severalDocuments : .alias
            return YAMLFault(reason: reason, mark: YAMLMark(line: mark.line, column: mark.column))
        case YamlError.reader(_, let offset, _, let yaml):
            let line = yaml.prefix(offset ?? 0).unicodeScalars.count { $0 == "\n" } + 1
            return YAMLFault(reason: .encoding, mark: YAMLMark(line: line, column: 1))
        default:
            return YAMLFault(reason: .syntax, mark: .start)
        }
    }

    // MARK: Values

    private mutating func refuse(_ reason: YAMLFault.Reason, _ mark: YAMLMark, _ name: String = "") {
        // One of these is enough: what follows from it would only repeat it.
        if reason == .tooMany || reason == .tooDeep, faults.contains(where: { $0.reason == reason }) { return }
        faults.append(YAMLFault(reason: reason, mark: mark, name: name, path: path))
    }

    private static func mark(_ node: Node) -> YAMLMark {
        YAMLMark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private mutating func content(_ node: Node, depth: Int) -> YAMLValue.Content {
        let mark = Self.mark(node)
        values += 1
        if values > YAMLLimits.values || depth > YAMLLimits.depth || node.anchor != nil {
            refuse(node.anchor != nil ? .alias : depth > YAMLLimits.depth ? .tooDeep : .tooMany, mark)
            return .refused
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            if hasTag(scalar.tag, besides: isPlain ? nil : .str) { refuse(.tag, mark) }
            return .scalar(scalar.string, isPlain: isPlain)
        case .sequence(let sequence):
            if hasTag(sequence.tag, besides: nil) { refuse(.tag, mark) }
            var elements: [YAMLValue] = []
            for (position, element) in sequence.enumerated() {
                path.append(.position(position))
                elements.append(YAMLValue(content: content(element, depth: depth + 1), mark: Self.mark(element)))
                path.removeLast()
            }
            return .list(elements)
        case .mapping(let mapping):
            if hasTag(mapping.tag, besides: nil) { refuse(.tag, mark) }
            return .map(entries(mapping, depth: depth))
        case .alias:
            refuse(.alias, mark)
            return .refused
        }
    }

    /// Whether the author gave a type by name. Quoted scalars are text by themselves.
    private func hasTag(_ tag: Tag, besides own: Tag.Name?) -> Bool {
        let name = Tag.Name(rawValue: tag.description)
        return name != .implicit && name != own
    }

    private mutating func entries(_ mapping: Node.Mapping, depth: Int) -> [YAMLValue.Entry] {
        var entries: [YAMLValue.Entry] = []
        for pair in mapping {
            let mark = Self.mark(pair.key)
            guard case .scalar(let key) = pair.key, pair.key.anchor == nil else {
                refuse(.keyNotText, mark)
                continue
            }
            if hasTag(key.tag, besides: .str) { refuse(.tag, mark) }
            let isRepeated = key.string.unicodeScalars.first == Self.repeated
            let name = String(String.UnicodeScalarView(key.string.unicodeScalars.drop { $0 == Self.repeated }))
            path.append(.key(name))
            if isRepeated {
                refuse(.duplicateKey, mark, name)
            } else {
                let value = YAMLValue(content: content(pair.value, depth: depth + 1), mark: Self.mark(pair.value))
                entries.append(YAMLValue.Entry(key: name, mark: mark, value: value))
            }
            path.removeLast()
        }
        return entries
    }
}

/// Finds anchors that are used, before the parser would multiply them.
private enum YAMLAnchors {
    /// The first anchor `&name` for which `*name` stands somewhere: both where YAML lets one stand. Texts of mails and
    /// style sheets hold one of the two at most.
    static func used(in bytes: [UInt8]) -> YAMLFault? {
        let anchors = names(after: UInt8(ascii: "&"), in: bytes)
        guard !anchors.isEmpty else { return nil }
        let aliases = Set(names(after: UInt8(ascii: "*"), in: bytes).map(\.name))
        guard let first = anchors.first(where: { aliases.contains($0.name) }) else { return nil }
        return YAMLFault(reason: .alias, mark: first.mark, name: first.name)
    }

    private static func names(after sign: UInt8, in bytes: [UInt8]) -> [(name: String, mark: YAMLMark)] {
        let openers = Set(" \t\n\r[{,:?-!".utf8)
        var found: [(name: String, mark: YAMLMark)] = []
        var line = 1
        var lineStart = 0
        for (position, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") {
                line += 1
                lineStart = position + 1
            }
            guard byte == sign, position == 0 || openers.contains(bytes[position - 1]) else { continue }
            let name = bytes[(position + 1)...].prefix { isName($0) }
            if name.isEmpty { continue }
            let mark = YAMLMark(line: line, column: position - lineStart + 1)
            found.append((String(decoding: name, as: UTF8.self), mark))
        }
        return found
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
