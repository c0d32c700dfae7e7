// SPDX-License-Identifier: Apache-2.0
// One row of a result, detached from the engine that made it.

/// The column names of a result, shared by its rows.
public final class Columns: Sendable {
    /// In the order of the statement.
    public let names: [String]
    private let positions: [String: Int]

    public init(_ names: [String]) {
        self.names = names
        positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @usableFromInline
    func position(of name: String) -> Int? { positions[name] }
}

/// One row of a result.
public struct Row: Sendable {
    public let columns: Columns
    /// In the order of ``Columns/names``.
    public let values: [SQLValue]

    public init(columns: Columns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of a column, as the wanted type.
    /// - Throws: ``StorageError`` when the column is not in the result or holds another kind of value.
    @inlinable
    public func get<Value: SQLConvertible>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        guard let position = columns.position(of: name) else { throw StorageError.unknownColumn(name) }
        return try Value.from(values[position], column: name)
    }

    /// The value at a position, for results that are read often enough for the name's look-up to matter.
    @inlinable
    public func at<Value: SQLConvertible>(_ position: Int, as type: Value.Type = Value.self) throws -> Value {
        try Value.from(values[position], column: columns.names[position])
    }
}
