// SPDX-License-Identifier: Apache-2.0
// The house's own text, read once for all house tests.
import Foundation

/// One file of the repository.
struct SourceFile: Sendable {
    /// Below the repository's root, for example `Sources/App/Surveys/Survey.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// The room of the product that it lies in; nil outside of `Sources/App`.
    var room: String? {
        let parts = path.split(separator: "/")
        return parts.count > 3 && parts[0] == "Sources" && parts[1] == "App" ? String(parts[2]) : nil
    }
    /// Without comments and the contents of literals, lines kept.
    let code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        code = path.hasSuffix(".swift") ? SwiftText.withoutCommentsAndLiterals(text) : text
    }
}

/// The repository as text.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let files: [SourceFile] = ["Sources", "Tests", "Plugins", "scripts", "docs", "packaging"].flatMap(read)
    static let swift = files.filter { $0.path.hasSuffix(".swift") }
    static let product = swift.filter { $0.path.hasPrefix("Sources/") }
    static let rooms = product.filter { $0.room != nil }

    private static func read(_ folder: String) -> [SourceFile] {
        let url = root.appending(path: folder)
        let kinds: Set<String> = ["swift", "sql", "json", "mjs", "css", "md", "sh", "py", ""]
        let found = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.isRegularFileKey])
        var files: [SourceFile] = []
        for case let file as URL in found ?? .init() where kinds.contains(file.pathExtension) {
            guard let isFile = try? file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile, isFile,
                let content = try? Data(contentsOf: file)
            else { continue }
            let path = folder + file.path.dropFirst(url.path.count)
            files.append(SourceFile(path: path, text: String(decoding: content, as: UTF8.self)))
        }
        return files.sorted { $0.path < $1.path }
    }
}

/// A rough reader of Swift: enough to tell code from comments and literals.
enum SwiftText {
    private enum Place { case code, line, block(Int), string(hashes: Int, isMultiline: Bool), hole(Int) }

    /// The same text with every comment and every literal's content as blanks. Code in holes of literals stays.
    static func withoutCommentsAndLiterals(_ text: String) -> String {
        var reader = Reader(Array(text.utf8))
        return reader.read()
    }

    /// Walks over the bytes with a stack of places, since holes in literals hold code again.
    private struct Reader {
        let bytes: [UInt8]
        var output: [UInt8]
        var position = 0
        var stack: [Place] = [.code]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            output = bytes
        }

        mutating func read() -> String {
            while position < bytes.count {
                switch stack[stack.count - 1] {
                case .code: readCode(depth: nil)
                case .hole(let depth): readCode(depth: depth)
                case .line: readLineComment()
                case .block(let depth): readBlockComment(depth)
                case .string(let hashes, let isMultiline): readString(hashes, isMultiline)
                }
            }
            return String(decoding: output, as: UTF8.self)
        }

        private func isAt(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

        private mutating func blank(_ count: Int = 1) {
            for _ in 0..<count where position < bytes.count {
                if bytes[position] != UInt8(ascii: "\n") { output[position] = UInt8(ascii: " ") }
                position += 1
            }
        }

        private mutating func readCode(depth: Int?) {
            if isAt("//") { return stack.append(.line) }
            if isAt("/*") {
                stack.append(.block(1))
                return blank(2)
            }
            var hashes = 0
            while position + hashes < bytes.count, bytes[position + hashes] == UInt8(ascii: "#") { hashes += 1 }
            if position + hashes < bytes.count, bytes[position + hashes] == UInt8(ascii: "\"") {
                position += hashes
                let isMultiline = isAt("\"\"\"")
                position += isMultiline ? 3 : 1
                return stack.append(.string(hashes: hashes, isMultiline: isMultiline))
            }
            if let depth {
                if bytes[position] == UInt8(ascii: "(") { stack[stack.count - 1] = .hole(depth + 1) }
                if bytes[position] == UInt8(ascii: ")") {
                    if depth == 0 { stack.removeLast() } else { stack[stack.count - 1] = .hole(depth - 1) }
                }
            }
            position += max(1, hashes)
        }

        private mutating func readLineComment() {
            if bytes[position] == UInt8(ascii: "\n") {
                stack.removeLast()
                position += 1
            } else {
                blank()
            }
        }

        private mutating func readBlockComment(_ depth: Int) {
            if isAt("*/") {
                if depth == 1 { stack.removeLast() } else { stack[stack.count - 1] = .block(depth - 1) }
                return blank(2)
            }
            if isAt("/*") {
                stack[stack.count - 1] = .block(depth + 1)
                return blank(2)
            }
            blank()
        }

        private mutating func readString(_ hashes: Int, _ isMultiline: Bool) {
            let fence = String(repeating: "#", count: hashes)
            let end = (isMultiline ? "\"\"\"" : "\"") + fence
            if isAt(end) {
                position += end.utf8.count
                stack.removeLast()
            } else if isAt("\\" + fence + "(") {
                position += 2 + hashes
                stack.append(.hole(0))
            } else if isAt("\\" + fence) {
                blank(2 + hashes)
            } else {
                blank()
            }
        }
    }

    /// Functions and initialisers with their line numbers and lengths in lines.
    static func functions(in code: String) -> [(name: String, line: Int, length: Int)] {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
        var found: [(name: String, line: Int, length: Int)] = []
        for (index, line) in lines.enumerated() {
            let declaration = /^\s*(?:[a-z@()]+ )*?(?:func ([^(<]+)|(init|deinit)\b)/
            guard let match = line.firstMatch(of: declaration) else { continue }
            let name = match.1.map(String.init) ?? match.2.map(String.init) ?? "?"
            if let length = lengthOfBody(lines, from: index) { found.append((name, index + 1, length)) }
        }
        return found
    }

    private static func lengthOfBody(_ lines: [Substring], from start: Int) -> Int? {
        var braces = 0
        var parentheses = 0
        var hasBody = false
        for index in start..<lines.count {
            for character in lines[index] {
                switch character {
                case "(": parentheses += 1
                case ")": parentheses -= 1
                case "{":
                    braces += 1
                    if parentheses == 0 { hasBody = true }
                case "}": braces -= 1
                default: break
                }
            }
            if hasBody, braces <= 0 { return index - start + 1 }
            if braces < 0 || (!hasBody && index > start + 12) { return nil }
        }
        return nil
    }
}
