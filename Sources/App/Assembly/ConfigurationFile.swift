// SPDX-License-Identifier: Apache-2.0
// Options from a YAML file: one level of names and values, and a sentence with file and line for whatever is wrong.
import Foundation
import Yams

/// The options that a file gives.
struct ConfigurationFile {
    /// A value as text, and where it stands.
    struct Entry: Equatable {
        let text: String
        let line: Int
        /// Several values, one under the other.
        let isList: Bool
    }

    /// More than any such file needs.
    static let mostBytes = 64 * 1024

    let path: String
    let entries: [String: Entry]

    /// Reads a file.
    /// - Throws: ``ConfigurationError`` when it cannot be read, is no YAML, or holds more than names and values.
    init(path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(description: "The configuration file \(path) cannot be read.")
        }
        guard content.count <= Self.mostBytes, let text = String(bytes: content, encoding: .utf8) else {
            throw ConfigurationError(
                description:
                    "\(path) is no configuration file: UTF-8 text of at most \(Self.mostBytes) bytes is wanted.")
        }
        try self.init(text: text, path: path)
    }

    init(text: String, path: String) throws {
        self.path = path
        let document: Node?
        do {
            document = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(description: "\(path): \(Self.words(for: error))")
        }
        entries = try document.map { try Self.entries(of: $0, path: path) } ?? [:]
    }

    private static func entries(of document: Node, path: String) throws -> [String: Entry] {
        if case .scalar(let scalar) = document, scalar.string.isEmpty { return [:] }
        guard case .mapping(let mapping) = document else {
            throw ConfigurationError(description: "\(path): lines such as \u{201C}port: 8080\u{201D} are wanted.")
        }
        var entries: [String: Entry] = [:]
        for (key, value) in mapping {
            let line = key.mark?.line ?? 0
            guard case .scalar(let name) = key else {
                throw ConfigurationError(description: "\(path):\(line): an option's name is wanted.")
            }
            switch value {
            case .scalar(let scalar):
                entries[name.string] = Entry(text: scalar.string, line: line, isList: false)
            case .sequence(let sequence) where sequence.allSatisfy { $0.scalar != nil }:
                let texts = sequence.compactMap { $0.scalar?.string }
                entries[name.string] = Entry(text: texts.joined(separator: ","), line: line, isList: true)
            case .sequence, .mapping, .alias:
                throw ConfigurationError(
                    description: "\(path):\(line): \(name.string): a value or a list of values is wanted.")
            }
        }
        return entries
    }

    /// Says what YAML's reader does not like, in one line.
    private static func words(for error: any Error) -> String {
        switch error {
        case YamlError.composer:
            return "one document is wanted, not several."
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
            return "line \(mark.line) is no YAML: \(problem)."
        case YamlError.duplicatedKeysInMapping(let duplicates, _):
            let names = duplicates.joined(separator: ", ")
            return "\(names) is given twice."
        default:
            return "no YAML: \(error)"
        }
    }
}
