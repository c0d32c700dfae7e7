// SPDX-License-Identifier: Apache-2.0
// JSON text written member by member: what is stored with every run and every mail is never a tree of values first.

/// Writes JSON text (RFC 8259) in the order in which it is told.
///
/// Stored texts have their members in the order of their names, as ``JSON/text`` writes them; whoever uses this keeps
/// to that order.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element has one before it.
    private var follows = false

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// A value by itself, or an element of an array.
    mutating func value(_ value: JSON) {
        separate()
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let values): array { for value in values { $0.value(value) } }
        case .object(let members):
            object { writer in
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    writer.name(name)
                    writer.value(value)
                }
            }
        }
        follows = true
    }

    /// A member whose value is text; nil leaves it out.
    mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        self.name(name)
        string(text)
        follows = true
    }

    mutating func member(_ name: StaticString, _ value: JSON) {
        self.name(name)
        self.value(value)
    }

    /// A member that is an object.
    mutating func object(_ name: StaticString, _ write: (inout JSONWriter) -> Void) {
        self.name(name)
        object(write)
    }

    /// A member that is an array.
    mutating func array(_ name: StaticString, _ write: (inout JSONWriter) -> Void) {
        self.name(name)
        array(write)
    }

    /// An object by itself, or as an element of an array.
    mutating func object(_ write: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), write)
    }

    private mutating func array(_ write: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), write)
    }

    private mutating func enclose(_ start: UInt8, _ end: UInt8, _ write: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(start)
        follows = false
        write(&self)
        bytes.append(end)
        follows = true
    }

    private mutating func separate() {
        if follows { bytes.append(UInt8(ascii: ",")) }
        follows = false
    }

    /// A name that needs no escape.
    private mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func name(_ name: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func number(_ value: Double) {
        if let whole = Int64(exactly: value) {
            bytes += String(whole).utf8
        } else {
            bytes += (value.isFinite ? String(value) : "null").utf8
        }
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            for position in utf8.indices where Self.needsEscape(utf8[position]) {
                bytes += UnsafeBufferPointer(rebasing: utf8[start..<position])
                escape(utf8[position])
                start = position + 1
            }
            bytes += UnsafeBufferPointer(rebasing: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 10: bytes += "\\n".utf8
        case 0..<32: bytes += ((byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16)).utf8
        default: bytes += [UInt8(ascii: "\\"), byte]
        }
    }
}
