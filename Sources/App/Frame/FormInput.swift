// SPDX-License-Identifier: Apache-2.0
// What a browser's form sends, read within limits.
import Hummingbird
import NIOCore

/// The fields of one submitted form (`application/x-www-form-urlencoded`), multi-valued, in the order sent.
public struct FormInput: Sendable {
    /// How much a form may hold.
    public enum Limits {
        /// Bytes of one form, unless the route says otherwise.
        public static let bytes = 64 * 1024
        /// Fields of one form.
        public static let fields = 4096
        /// Bytes of one name.
        public static let nameBytes = 200
    }

    private let fields: [String: [String]]

    /// Reads the body of a request.
    /// - Throws: ``Refusal``: 413 when it is too large, 415 when it is no form, 400 when it cannot be read.
    public init(_ request: Request, limit: Int = Limits.bytes) async throws {
        let type = request.headers[.contentType]?.split(separator: ";").first.map { $0.lowercased() } ?? ""
        guard type == "application/x-www-form-urlencoded" || type.isEmpty else {
            throw Refusal(.unsupported, code: "unsupported_media_type", key: "frame.notAForm")
        }
        try self.init(bytes: try await requestBytes(request, limit: limit))
    }

    /// Reads an address's query, with the same limits.
    public init(query: String?) throws { try self.init(bytes: Array((query ?? "").utf8)) }

    /// Reads encoded fields.
    public init(bytes: [UInt8]) throws {
        var fields: [String: [String]] = [:]
        let pairs = bytes.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true)
        guard pairs.count <= Limits.fields else { throw Self.unreadable }
        for pair in pairs {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, name.count <= Limits.nameBytes else { throw Self.unreadable }
            let value = parts.count == 2 ? try Self.decoded(parts[1]) : ""
            fields[try Self.decoded(name), default: []].append(value)
        }
        self.fields = fields
    }

    /// Fields that were read elsewhere.
    init(fields: [String: [String]]) { self.fields = fields }

    /// The names that were sent.
    public var names: Set<String> { Set(fields.keys) }

    /// The first value of a field, without white space at its ends; empty when it was not sent.
    public func text(_ name: String) -> String { fields[name]?.first?.trimmed ?? "" }

    /// The first value as it was sent: for passwords and texts whose spaces matter.
    public func exactText(_ name: String) -> String { fields[name]?.first ?? "" }

    /// All values of a field.
    public func values(_ name: String) -> [String] { fields[name] ?? [] }

    /// Whether a field was sent at all.
    public func has(_ name: String) -> Bool { fields[name] != nil }

    /// A check box: sent with any value but `0` and `false`.
    public func flag(_ name: String) -> Bool {
        guard let value = fields[name]?.last else { return false }
        return value != "0" && value != "false" && value != ""
    }

    /// A whole number; nil when the field is empty or no number.
    public func integer(_ name: String) -> Int? { Int(text(name)) }

    /// An id; nil when the field is empty or none.
    public func id<ID: Identifier>(_ name: String, as type: ID.Type = ID.self) -> ID? { ID(text(name)) }

    static let unreadable = Refusal(.malformed, code: "malformed_form", key: "frame.malformedForm")

    /// Percent-decoded UTF-8, with line ends as `\n`.
    private static func decoded(_ encoded: ArraySlice<UInt8>) throws -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var place = encoded.startIndex
        while place < encoded.endIndex {
            let byte = encoded[place]
            place += 1
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard place + 2 <= encoded.endIndex, let high = hexDigit(encoded[place]),
                    let low = hexDigit(encoded[place + 1])
                else { throw unreadable }
                place += 2
                append(high << 4 | low, to: &bytes)
            default: append(byte, to: &bytes)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw unreadable }
        return text
    }

    /// A line feed takes the place of a carriage return before it.
    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        if byte == UInt8(ascii: "\n"), bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        bytes.append(byte)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// A request's whole body.
/// - Throws: ``Refusal`` 413 when it is larger than the limit.
public func requestBytes(_ request: Request, limit: Int) async throws -> [UInt8] {
    let tooLarge = Refusal(
        .tooLarge, code: "too_large", key: "frame.tooLarge", arguments: ["limit": String(limit / 1024)])
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
    do {
        var buffer = try await request.body.collect(upTo: limit)
        return buffer.readBytes(length: buffer.readableBytes) ?? []
    } catch is NIOTooManyBytesError {
        throw tooLarge
    }
}
