// SPDX-License-Identifier: Apache-2.0
// JSON text read in one pass over its bytes, whole or only where a way leads.

/// Reads one JSON document (RFC 8259) from bytes that outlive it.
struct JSONTextReader {
    static let deepest = 64
    let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws -> JSON {
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure }
        return value
    }

    /// The value that a way leads to; what stands beside the way is passed.
    mutating func value(at steps: [JSON.Step]) throws -> JSON? {
        for (depth, step) in steps.enumerated() {
            guard try enter(step, depth: depth) else { return nil }
        }
        return try value(depth: steps.count)
    }

    /// Goes to a member or an element of the value that begins here; false when it has none.
    private mutating func enter(_ step: JSON.Step, depth: Int) throws -> Bool {
        skipSpace()
        switch step {
        case .member(let name):
            guard take(UInt8(ascii: "{")) else { return false }
            skipSpace()
            if take(UInt8(ascii: "}")) { return false }
            repeat {
                skipSpace()
                let found = try string()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw failure }
                if found == name { return true }
                try pass()
            } while take(UInt8(ascii: ","))
        case .index(let index):
            guard take(UInt8(ascii: "[")) else { return false }
            skipSpace()
            if take(UInt8(ascii: "]")) { return false }
            var passed = 0
            repeat {
                if passed == index { return true }
                try pass()
                passed += 1
            } while take(UInt8(ascii: ","))
        }
        return false
    }

    /// Passes a value, and the space behind it, without making it.
    private mutating func pass() throws {
        skipSpace()
        var open = 0
        repeat {
            guard position < bytes.count else { throw failure }
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
            case UInt8(ascii: "\""): try passString()
            default: if open == 0 { passWord() }
            }
        } while open > 0
        skipSpace()
    }

    /// Passes the rest of a number or a word.
    private mutating func passWord() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 32, 9, 10, 13: return
            default: position += 1
            }
        }
    }

    /// Passes the rest of a string, behind its first quotation mark.
    private mutating func passString() throws {
        while position < bytes.count {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        throw failure
    }

    private var failure: JSONTextError { JSONTextError(position: position) }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSON {
        guard depth < Self.deepest else { throw failure }
        skipSpace()
        guard position < bytes.count else { throw failure }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
        for byte in word.description.utf8 where !take(byte) { throw failure }
        return value
    }

    private mutating func number() throws -> JSON {
        let start = position
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default: break scan
            }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text) else { throw failure }
        return .number(number)
    }

    private mutating func array(depth: Int) throws -> JSON {
        position += 1
        var values: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure }
        return .array(values)
    }

    private mutating func object(depth: Int) throws -> JSON {
        position += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([:]) }
        repeat {
            skipSpace()
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure }
            members[name] = try value(depth: depth + 1)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure }
        return .object(members)
    }

    private mutating func string() throws -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure }
        var start = position
        var text = ""
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let rest = String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text.isEmpty ? rest : text + rest
            }
            if byte == UInt8(ascii: "\\") {
                text += String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                text.unicodeScalars.append(try escaped())
                start = position
            } else {
                position += 1
            }
        }
        throw failure
    }

    private mutating func escaped() throws -> Unicode.Scalar {
        guard position < bytes.count else { throw failure }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return try codePoint()
        default: return Unicode.Scalar(byte)
        }
    }

    private mutating func codePoint() throws -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800..<0xDC00).contains(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            return "\u{FFFD}"
        }
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { return "\u{FFFD}" }
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard position + 4 <= bytes.count,
            let number = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure }
        position += 4
        return number
    }
}
