// SPDX-License-Identifier: Apache-2.0
// What can be bound to a statement and come back from one. The five kinds are those that both engines store alike.

/// One bound or returned value.
///
/// Booleans travel as the integers 0 and 1, moments as milliseconds since 1970 in UTC, JSON as text.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
}

/// A Swift type that has one SQL form, the same on both engines.
public protocol SQLConvertible: Sendable {
    /// The value as it is bound.
    var sqlValue: SQLValue { get }
    /// Reads the value back.
    /// - Throws: ``StorageError/unexpectedValue(column:found:wanted:)`` when the stored value is of another kind.
    static func from(_ value: SQLValue, column: String) throws -> Self
}

extension Int64: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .integer(self) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Int64 {
        guard case .integer(let number) = value else { throw StorageError.unexpected(value, column, "integer") }
        return number
    }
}

extension Int: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .integer(Int64(self)) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Int {
        Int(try Int64.from(value, column: column))
    }
}

extension Bool: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Bool {
        try Int64.from(value, column: column) != 0
    }
}

extension Double: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .real(self) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Double {
        switch value {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        default: throw StorageError.unexpected(value, column, "number")
        }
    }
}

extension String: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .text(self) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> String {
        guard case .text(let text) = value else { throw StorageError.unexpected(value, column, "text") }
        return text
    }
}

extension [UInt8]: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { .bytes(self) }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> [UInt8] {
        guard case .bytes(let bytes) = value else { throw StorageError.unexpected(value, column, "bytes") }
        return bytes
    }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Wrapped? {
        if case .null = value { return nil }
        return try Wrapped.from(value, column: column)
    }
}

/// Enumerations with a raw value are stored as that raw value; an unknown one is an error, not a default.
extension SQLConvertible where Self: RawRepresentable, RawValue: SQLConvertible {
    @inlinable
    public var sqlValue: SQLValue { rawValue.sqlValue }
    @inlinable
    public static func from(_ value: SQLValue, column: String) throws -> Self {
        let raw = try RawValue.from(value, column: column)
        guard let known = Self(rawValue: raw) else { throw StorageError.unexpected(value, column, "\(Self.self)") }
        return known
    }
}
