// SPDX-License-Identifier: Apache-2.0
// A statement as a value. Interpolation can only bind: there is no way to splice a string into the text.

/// A statement and its bound values.
///
///     let found: SQL = "SELECT id FROM service WHERE tenant_id = \(tenant) AND name_folded = \(name)"
///
/// The text uses `$1…` for both engines. Another `SQL` may be interpolated: its text is put in and its values are
/// renumbered. Where the engines differ, a named ``Fragment`` of `Dialect.swift` is interpolated.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// A piece of the statement's text, or a bound value, or a place where the engines differ.
    enum Piece: Sendable {
        case text(StaticString)
        case value(SQLValue)
        case fragment(Fragment)
        /// A table's or a column's name out of the catalogue, quoted: never one from outside.
        case name(String)
        /// Statements with a text between them: kept whole, since copying the pieces of long lists costs more than
        /// writing them.
        case list([SQL], separator: StaticString)
    }

    var pieces: [Piece]

    init(pieces: [Piece]) { self.pieces = pieces }

    /// A statement without values. The literal is the only way in, so that no text from outside becomes SQL.
    public init(stringLiteral value: StaticString) {
        pieces = [.text(value)]
    }

    public init(stringInterpolation: Interpolation) {
        pieces = stringInterpolation.pieces
    }

    /// Collects the literal text and the bound values.
    public struct Interpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(interpolationCount * 2 + 1)
        }

        public mutating func appendLiteral(_ literal: StaticString) {
            if literal.utf8CodeUnitCount > 0 { pieces.append(.text(literal)) }
        }

        /// Binds a value. In the caller's module, like all that is done for every value: else its type would have to
        /// be found out each time.
        @inlinable
        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            appendInterpolation(value.sqlValue)
        }

        /// Binds a value or NULL.
        @inlinable
        public mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
            appendInterpolation(value.sqlValue)
        }

        /// Binds a value of which only the SQL form is known.
        public mutating func appendInterpolation(_ value: SQLValue) {
            pieces.append(.value(value))
        }

        /// Puts another statement's text in, its values renumbered.
        public mutating func appendInterpolation(_ sql: SQL) {
            pieces.append(contentsOf: sql.pieces)
        }

        /// Puts in what this engine needs at this place.
        public mutating func appendInterpolation(_ fragment: Fragment) {
            pieces.append(.fragment(fragment))
        }
    }

    /// The text for one engine, and the values in the order of their numbers.
    ///
    /// Written in one pass into memory that is large enough: lists of rows have thousands of pieces.
    public func rendered(for dialect: Dialect) -> (text: String, values: [SQLValue]) {
        let (room, count) = size(for: dialect)
        var values: [SQLValue] = []
        values.reserveCapacity(count)
        let text = String(unsafeUninitializedCapacity: room) { buffer in
            var end = 0
            write(to: buffer, end: &end, values: &values, for: dialect)
            return end
        }
        return (text, values)
    }

    /// How many bytes the text has at most, and how many values there are.
    private func size(for dialect: Dialect) -> (bytes: Int, values: Int) {
        var (bytes, values) = (0, 0)
        for piece in pieces {
            switch piece {
            case .text(let literal): bytes += literal.utf8CodeUnitCount
            case .fragment(let fragment): bytes += fragment.text(for: dialect).utf8.count
            case .name(let name): bytes += quoted(name).utf8.count
            case .value:
                values += 1
                bytes += 1 + Self.mostDigits
            case .list(let members, let separator):
                bytes += members.count * separator.utf8CodeUnitCount
                for member in members {
                    let size = member.size(for: dialect)
                    bytes += size.bytes
                    values += size.values
                }
            }
        }
        return (bytes, values)
    }

    private func write(
        to buffer: UnsafeMutableBufferPointer<UInt8>, end: inout Int, values: inout [SQLValue], for dialect: Dialect
    ) {
        for piece in pieces {
            switch piece {
            case .text(let literal): Self.write(literal, to: buffer, end: &end)
            case .fragment(let fragment): Self.write(fragment.text(for: dialect), to: buffer, end: &end)
            case .name(let name): Self.write(quoted(name), to: buffer, end: &end)
            case .value(let value):
                values.append(value)
                end = Self.writeParameter(values.count, to: buffer, at: end)
            case .list(let members, let separator):
                for (position, member) in members.enumerated() {
                    if position > 0 { Self.write(separator, to: buffer, end: &end) }
                    member.write(to: buffer, end: &end, values: &values, for: dialect)
                }
            }
        }
    }

    private static func write(
        _ literal: StaticString, to buffer: UnsafeMutableBufferPointer<UInt8>, end: inout Int
    ) {
        let source = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        end = buffer[end...].update(fromContentsOf: source)
    }

    private static func write(_ text: String, to buffer: UnsafeMutableBufferPointer<UInt8>, end: inout Int) {
        for byte in text.utf8 {
            buffer[end] = byte
            end += 1
        }
    }

    /// Digits of the largest parameter number that either engine knows.
    private static let mostDigits = 6

    /// Writes `$17` and says where it ends.
    private static func writeParameter(
        _ number: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int
    ) -> Int {
        precondition(number < 1_000_000, "A statement has fewer than a million values.")
        buffer[start] = UInt8(ascii: "$")
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        rest = number
        for position in stride(from: start + digits, to: start, by: -1) {
            buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return start + 1 + digits
    }

    /// Two statements' texts one after the other.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.pieces += right.pieces
        return sum
    }
}

extension SQL {
    @usableFromInline
    init(_ members: [SQL], separator: StaticString) {
        pieces = [.list(members, separator: separator)]
    }
}

extension Sequence<SQL> {
    /// The statements' texts with a separator between them, for lists of values or conditions of varying length.
    @inlinable
    public func joined(separator: StaticString) -> SQL { SQL(Array(self), separator: separator) }
}
