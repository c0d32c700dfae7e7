// SPDX-License-Identifier: Apache-2.0
// JSON text of small stored values, read and written in one pass over bytes: they are read at every step of every run,
// where Foundation's coders would cost more than the step.

/// Text that is not JSON, or too deep.
public struct JSONTextError: Error, Equatable {
    /// The byte at which it went wrong.
    public let position: Int
}

extension JSON {
    /// The value as JSON text, members in the order of their names.
    public var text: String {
        var writer = JSONWriter()
        writer.value(self)
        return writer.text
    }

    /// Reads JSON text (RFC 8259).
    public init(text: String) throws {
        var text = text
        self = try text.withUTF8 { utf8 in
            var reader = JSONTextReader(bytes: utf8)
            return try reader.document()
        }
    }

    /// Reads JSON text (RFC 8259) in UTF-8.
    public init(bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBufferPointer { bytes in
            var reader = JSONTextReader(bytes: bytes)
            return try reader.document()
        }
    }

    /// One step into a value.
    enum Step: Sendable, Hashable {
        case member(String)
        case index(Int)
    }

    /// The value that a way leads to in JSON text, made without the values beside it; nil when there is none, or the
    /// text is broken on the way.
    static func value(at steps: [Step], in text: String) -> JSON? {
        var text = text
        return text.withUTF8 { utf8 in
            var reader = JSONTextReader(bytes: utf8)
            return try? reader.value(at: steps)
        }
    }
}
