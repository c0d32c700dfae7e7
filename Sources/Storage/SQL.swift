// SPDX-License-Identifier: Apache-2.0
// A statement as a value. Interpolation can only bind: there is no way to splice a string into the text.

/// A statement and its bound values.
///
///     let found: SQL = "SELECT id FROM service WHERE tenant_id = \(tenant) AND name_folded = \(name)"
///
/// The text uses `$1…` for both engines. Another `SQL` may be interpolated: its text is put in and its values are
/// renumbered. Where the engines differ, a named ``Fragment`` of `Dialect.swift` is interpolated.
public struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// A piece of the statement's text, or a bound value, or a place where the engines differ.
    enum Piece: Sendable, Hashable {
        case text(String)
        case value(SQLValue)
        case fragment(Fragment)
    }

    var pieces: [Piece]

    /// A statement without values. The literal is the only way in, so that no text from outside becomes SQL.
    public init(stringLiteral value: StaticString) {
        pieces = [.text(value.description)]
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
            pieces.append(.text(literal.description))
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some SQLConvertible) {
            pieces.append(.value(value.sqlValue))
        }

        /// Binds a value or NULL.
        public mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
            pieces.append(.value(value.sqlValue))
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
    public func rendered(for dialect: Dialect) -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .fragment(let fragment): text += fragment.text(for: dialect)
            case .value(let value):
                values.append(value)
                text += "$\(values.count)"
            }
        }
        return (text, values)
    }

    /// Two statements' texts one after the other.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.pieces += right.pieces
        return sum
    }
}

extension Sequence<SQL> {
    /// The statements' texts with a separator between them, for lists of values or conditions of varying length.
    public func joined(separator: SQL) -> SQL {
        var whole: SQL = ""
        var isFirst = true
        for sql in self {
            if !isFirst { whole.pieces += separator.pieces }
            whole.pieces += sql.pieces
            isFirst = false
        }
        return whole
    }
}
