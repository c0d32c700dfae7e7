// SPDX-License-Identifier: Apache-2.0
// Reads JSON (RFC 8259) strictly and within limits, and says what is wrong and where: Foundation's reader takes any
// depth up to a crash guard, keeps one of two equal names in silence and names no place.

/// Reads one JSON text.
struct JSONReader {
    /// What is wrong, and at which byte.
    struct Fault: Error, Equatable {
        /// What may be wrong; the last part of the sentence's dictionary key.
        enum Reason: String { case syntax, depth, utf8, duplicate, end, number, count }
        let reason: Reason
        let position: Int
        var name = ""
    }

    /// How many values a text may hold where nothing else is said: each takes many times the memory of its letters.
    static let values = 500_000

    private let bytes: [UInt8]
    private let depthLimit: Int
    private let valueLimit: Int
    private var position = 0
    private var count = 0

    private init(_ bytes: [UInt8], depthLimit: Int, valueLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.valueLimit = valueLimit
    }

    /// The value of a whole text.
    static func value(of bytes: [UInt8], depthLimit: Int = 32, valueLimit: Int = values) throws(Fault) -> JSON {
        var reader = JSONReader(bytes, depthLimit: depthLimit, valueLimit: valueLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.fault(.syntax) }
        return value
    }

    private func fault(_ reason: Fault.Reason, name: String = "") -> Fault {
        Fault(reason: position >= bytes.count && reason == .syntax ? .end : reason, position: position + 1, name: name)
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSON {
        skipSpace()
        count += 1
        guard count <= valueLimit else { throw fault(.count) }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(Fault) -> JSON {
        for byte in word.description.utf8 where !take(byte) { throw fault(.syntax) }
        return value
    }

    private mutating func object(depth: Int) throws(Fault) -> JSON {
        guard depth <= depthLimit else { throw fault(.depth) }
        position += 1
        var members: [String: JSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault(.syntax) }
            let name = try string()
            guard members[name] == nil else { throw fault(.duplicate, name: String(name.prefix(100))) }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault(.syntax) }
            members[name] = try value(depth: depth)
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault(.syntax) }
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> JSON {
        guard depth <= depthLimit else { throw fault(.depth) }
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault(.syntax) }
        }
    }

    private mutating func number() throws(Fault) -> JSON {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let isZero = next == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !(isZero && whole > 1) else { throw fault(.syntax) }
        if take(UInt8(ascii: ".")), digits() == 0 { throw fault(.syntax) }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if digits() == 0 { throw fault(.syntax) }
        }
        guard position - start <= 40, let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            number.isFinite
        else { throw fault(.number) }
        return .number(number)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
        return position - start
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        let start = position
        var content: [UInt8] = []
        var isPlain = true
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let text =
                    isPlain
                    ? String(validating: bytes[start..<position], as: UTF8.self)
                    : String(validating: content, as: UTF8.self)
                guard let text else { throw fault(.utf8) }
                position += 1
                return text
            case UInt8(ascii: "\\"):
                if isPlain {
                    content = Array(bytes[start..<position])
                    isPlain = false
                }
                position += 1
                try escape(into: &content)
            case 0..<0x20: throw fault(.syntax)
            default:
                if !isPlain { content.append(byte) }
                position += 1
            }
        }
        throw fault(.end)
    }

    private mutating func escape(into content: inout [UInt8]) throws(Fault) {
        guard let byte = next else { throw fault(.end) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = try unicodeEscape() else { throw fault(.utf8) }
            content.append(contentsOf: String(Character(scalar)).utf8)
        default: throw fault(.syntax)
        }
    }

    /// The scalar of `\uXXXX`, or of two such that are a surrogate pair; nil for half a pair.
    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar? {
        let first = try fourHexDigits()
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { return nil }
        let second = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func fourHexDigits() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw fault(.end) }
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw fault(.syntax)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
