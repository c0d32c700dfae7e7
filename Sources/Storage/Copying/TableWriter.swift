// SPDX-License-Identifier: Apache-2.0
// Whole tables into a database, in one transaction, from the form of `RowBuffer`.
import CPostgres
import CSQLite
import Foundation

/// A connection that takes whole tables.
protocol TableWriter: TableReader {
    /// Writes a table; `rows` calls what it is given for every buffer.
    func write(_ table: TableOnItsWay, rows: ((RowBuffer) throws -> Void) throws -> Void) throws
}

extension PostgresConnection: TableWriter {
    /// The table was made in the same transaction, so that its rows can be written as if they had always been there:
    /// no later pass has to mark them.
    func write(_ table: TableOnItsWay, rows: ((RowBuffer) throws -> Void) throws -> Void) throws {
        let name = quoted(table.shape.name)
        let text = "COPY \(name) (\(table.columnList)) FROM STDIN (FORMAT binary, FREEZE)"
        try expect(PGRES_COPY_IN, PQexec(handle, text), text)
        try Self.copyHeader.withUnsafeBytes { try put($0, text) }
        try rows { buffer in
            if buffer.count > 0 { try put(buffer.bytes, text) }
        }
        try [UInt8](arrayLiteral: 0xFF, 0xFF).withUnsafeBytes { try put($0, text) }
        guard PQputCopyEnd(handle, nil) == 1 else {
            throw StorageError.unavailable("The connection to PostgreSQL was lost.")
        }
        try endCopy(text)
    }

    private func put(_ bytes: UnsafeRawBufferPointer, _ text: String) throws {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard PQputCopyData(handle, start, Int32(bytes.count)) == 1 else {
            // What PostgreSQL had against a row that was sent before.
            try endCopy(text)
            throw StorageError.unavailable("The connection to PostgreSQL was lost.")
        }
    }
}

extension SQLiteConnection: TableWriter {
    func write(_ table: TableOnItsWay, rows: ((RowBuffer) throws -> Void) throws -> Void) throws {
        let holes = (1...max(1, table.columns.count)).map { "?\($0)" }.joined(separator: ", ")
        let text = "INSERT INTO \(quoted(table.shape.name)) (\(table.columnList)) VALUES (\(holes))"
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, text, -1, 0, &statement, nil) == SQLITE_OK, let statement else {
            throw StorageError.ofSQLite(handle, text: text)
        }
        defer { sqlite3_finalize(statement) }
        try rows { buffer in
            var fields = RowFields(buffer.bytes)
            for _ in 0..<buffer.rows {
                try fields.beginRow(fields: table.columns.count)
                for (index, column) in table.columns.enumerated() {
                    let code = Self.bind(try fields.next(), as: column.kind, at: Int32(index + 1), to: statement)
                    guard code == SQLITE_OK else { throw StorageError.ofSQLite(handle, text: text) }
                }
                guard sqlite3_step(statement) == SQLITE_DONE else { throw StorageError.ofSQLite(handle, text: text) }
                sqlite3_reset(statement)
            }
        }
    }

    /// Binds in place: the buffer stays as it is until the row is in its table.
    private static func bind(
        _ field: UnsafeRawBufferPointer?, as kind: TableShape.Kind, at index: Int32, to statement: OpaquePointer
    ) -> Int32 {
        guard let field else { return sqlite3_bind_null(statement, index) }
        switch kind {
        case .integer: return sqlite3_bind_int64(statement, index, field.wholeNumber)
        case .real: return sqlite3_bind_double(statement, index, field.realNumber)
        case .text:
            let start = field.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard let start, !field.isEmpty else { return sqlite3_bind_text(statement, index, "", 0, nil) }
            return sqlite3_bind_text64(statement, index, start, UInt64(field.count), nil, UInt8(SQLITE_UTF8))
        case .bytes:
            guard !field.isEmpty else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob64(statement, index, field.baseAddress, UInt64(field.count), nil)
        }
    }
}
