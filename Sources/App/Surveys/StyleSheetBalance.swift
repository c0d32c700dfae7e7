// SPDX-License-Identifier: Apache-2.0
// A form's style sheet is served inside `@scope (.survey) { … }`. The fence is the page's policy; this only makes sure
// that the sheet cannot close that brace, so it refuses what leaves a brace, a string or a comment open.

/// Why a style sheet is refused.
public enum StyleSheetFault: String, Sendable, Equatable {
    case brackets, string, comment
    /// An address without quotes that holds what would be read differently by different readers.
    case address
    /// A backslash outside of strings: it can hide an address from us.
    case escape
}

/// Reads a style sheet as CSS Syntax Level 3 tokenizes it, as far as nesting goes.
struct StyleSheetBalance {
    private let bytes: [UInt8]
    private var position = 0
    private var open: [UInt8] = []

    private init(_ sheet: String) { bytes = Array(sheet.utf8) }

    /// Nil when everything that is opened is closed.
    static func fault(in sheet: String) -> StyleSheetFault? {
        var balance = StyleSheetBalance(sheet)
        return balance.read()
    }

    private mutating func read() -> StyleSheetFault? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "/") where peek == UInt8(ascii: "*"):
                guard skipComment() else { return .comment }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard skipString(until: byte) else { return .string }
            case UInt8(ascii: "\\"): return .escape
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
            case UInt8(ascii: "("):
                if isAfterURL {
                    guard skipAddress() else { return .address }
                } else {
                    open.append(UInt8(ascii: ")"))
                }
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"):
                guard open.popLast() == byte else { return .brackets }
            default: break
            }
        }
        return open.isEmpty ? nil : .brackets
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipComment() -> Bool {
        position += 1
        while position + 1 < bytes.count {
            if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
                position += 2
                return true
            }
            position += 1
        }
        return false
    }

    private mutating func skipString(until quote: UInt8) -> Bool {
        while let byte = peek {
            position += 1
            switch byte {
            case quote: return true
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0C: return false
            case UInt8(ascii: "\\"): position += 1
            default: break
            }
        }
        return false
    }

    /// Whether the bracket just read follows the letters `url`, which make what follows an address.
    private var isAfterURL: Bool {
        guard position >= 4 else { return false }
        let name = bytes[(position - 4)..<(position - 1)].map { $0 | 0x20 }
        return name == Array("url".utf8)
    }

    /// An address with quotes ends at its bracket; one without holds nothing that could be read in two ways.
    private mutating func skipAddress() -> Bool {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
        if let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            position += 1
            guard skipString(until: quote), peek == UInt8(ascii: ")") else { return false }
            position += 1
            return true
        }
        let forbidden = Set("\"'(){}[]\\*; \t\r\n\u{C}".utf8).subtracting([UInt8(ascii: ")")])
        while let byte = peek {
            position += 1
            if byte == UInt8(ascii: ")") { return true }
            if forbidden.contains(byte) { return false }
        }
        return false
    }
}
