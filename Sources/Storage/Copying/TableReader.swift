// SPDX-License-Identifier: Apache-2.0
// Whole tables out of a database, row after row in the form of `RowBuffer`, summed while they pass.
import CPostgres
import CSQLite
import Foundation

/// A table on its way: its columns by name, whose widths both sides have agreed upon.
struct TableOnItsWay {
    let shape: TableShape
    let columns: [TableShape.Column]
    /// Columns whose content is worth nothing elsewhere: they are read as NULL.
    var void: Set<String> = []

    /// - Parameter widths: the table as PostgreSQL has it; nil when it takes no part, and any number may come.
    init(_ shape: TableShape, widths: TableShape?) {
        self.shape = shape
        columns = (widths ?? shape).columns.sorted { $0.name < $1.name }.map { column in
            guard widths == nil, column.kind == .integer else { return column }
            return TableShape.Column(name: column.name, kind: .integer, width: 8)
        }
    }

    var columnList: String { columns.map { quoted($0.name) }.joined(separator: ", ") }

    /// The text that reads all of it. In the order of the key the other side's trees grow at their end.
    func selection(inKeyOrder: Bool, for dialect: Dialect) -> String {
        let list = columns.map { void.contains($0.name) ? "NULL AS \(quoted($0.name))" : quoted($0.name) }
        let text = "SELECT \(list.joined(separator: ", ")) FROM \(quoted(shape.name))"
        guard inKeyOrder, !shape.key.isEmpty else { return text }
        let kinds = Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.kind) })
        let order = shape.key.map { name in
            // SQLite compares bytes; so does this collation.
            dialect == .postgres && kinds[name] == .text ? "\(quoted(name)) COLLATE \"C\"" : quoted(name)
        }
        return text + " ORDER BY " + order.joined(separator: ", ")
    }
}

/// A connection that gives whole tables.
protocol TableReader: Connection {
    /// Reads a table, hands the buffer on whenever it is full and once at the end, and gives the sum of what it read.
    func read(
        _ table: TableOnItsWay, inKeyOrder: Bool, into buffer: RowBuffer, full: (RowBuffer) throws -> Void
    ) throws -> TableSum
}

extension SQLiteConnection: TableReader {
    func read(
        _ table: TableOnItsWay, inKeyOrder: Bool, into buffer: RowBuffer, full: (RowBuffer) throws -> Void
    ) throws -> TableSum {
        let text = table.selection(inKeyOrder: inKeyOrder, for: .sqlite)
        var statement: OpaquePointer?
        guard sqlite3_prepare_v3(handle, text, -1, 0, &statement, nil) == SQLITE_OK, let statement else {
            throw StorageError.ofSQLite(handle, text: text)
        }
        defer { sqlite3_finalize(statement) }
        var sum = TableSum()
        buffer.clear()
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else { throw StorageError.ofSQLite(handle, text: text) }
                break
            }
            let start = buffer.count
            buffer.append(Int16(table.columns.count))
            for (index, column) in table.columns.enumerated() {
                let isFitting = Self.append(Int32(index), of: statement, as: column, to: buffer)
                if !isFitting { throw CopyFault.unfitting(table: table.shape.name, column: column.name) }
            }
            _ = try sum.add(buffer.bytes, from: start, table.columns)
            buffer.rows += 1
            if buffer.isFull {
                try full(buffer)
                buffer.clear()
            }
        }
        try full(buffer)
        return sum
    }

    /// SQLite takes any value in any column: false when it is none of the column's kind.
    private static func append(
        _ index: Int32, of statement: OpaquePointer, as column: TableShape.Column, to buffer: RowBuffer
    ) -> Bool {
        switch (sqlite3_column_type(statement, index), column.kind) {
        case (SQLITE_NULL, _): buffer.append(Int32(-1))
        case (SQLITE_INTEGER, .integer):
            return append(sqlite3_column_int64(statement, index), width: column.width, to: buffer)
        case (SQLITE_INTEGER, .real), (SQLITE_FLOAT, .real):
            buffer.append(Int32(8))
            buffer.append(sqlite3_column_double(statement, index).bitPattern)
        case (SQLITE_TEXT, .text):
            let start = sqlite3_column_text(statement, index)
            let size = sqlite3_column_bytes(statement, index)
            buffer.append(size)
            buffer.append(start, Int(size))
        case (SQLITE_BLOB, .bytes):
            let start = sqlite3_column_blob(statement, index)
            let size = sqlite3_column_bytes(statement, index)
            buffer.append(size)
            buffer.append(start, Int(size))
        default: return false
        }
        return true
    }

    private static func append(_ number: Int64, width: Int, to buffer: RowBuffer) -> Bool {
        buffer.append(Int32(width))
        switch width {
        case 8: buffer.append(number)
        case 4:
            guard let short = Int32(exactly: number) else { return false }
            buffer.append(short)
        default:
            guard let short = Int16(exactly: number) else { return false }
            buffer.append(short)
        }
        return true
    }
}

extension PostgresConnection: TableReader {
    func read(
        _ table: TableOnItsWay, inKeyOrder: Bool, into buffer: RowBuffer, full: (RowBuffer) throws -> Void
    ) throws -> TableSum {
        let text = "COPY (\(table.selection(inKeyOrder: inKeyOrder, for: .postgres))) TO STDOUT (FORMAT binary)"
        try expect(PGRES_COPY_OUT, PQexec(handle, text), text)
        var sum = TableSum()
        var isFirst = true
        buffer.clear()
        while true {
            var piece: UnsafeMutablePointer<CChar>?
            let size = PQgetCopyData(handle, &piece, 0)
            guard size > 0, let piece else { break }
            defer { PQfreemem(piece) }
            let header = isFirst ? Self.copyHeader.count : 0
            isFirst = false
            // One row a piece; behind the last one stands an end of two bytes.
            guard Int(size) > header + 2 else { continue }
            let start = buffer.count
            buffer.append(piece + header, Int(size) - header)
            _ = try sum.add(buffer.bytes, from: start, table.columns)
            buffer.rows += 1
            if buffer.isFull {
                try full(buffer)
                buffer.clear()
            }
        }
        try endCopy(text)
        try full(buffer)
        return sum
    }

    /// What PostgreSQL's binary form begins with: its signature, no flags, nothing more.
    static let copyHeader: [UInt8] = [
        0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0,
    ]

    /// - Throws: What a result says instead of the wanted status.
    func expect(_ wanted: ExecStatusType, _ result: OpaquePointer?, _ text: String) throws {
        defer { PQclear(result) }
        guard PQresultStatus(result) != wanted else { return }
        try check(result, text)
        throw StorageError.statement(text, code: "08P01", message: "PostgreSQL answered something else.")
    }

    /// Takes what PostgreSQL says behind the last piece.
    func endCopy(_ text: String) throws {
        var failure: (any Error)?
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            do {
                try check(result, text)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        if isLost { throw StorageError.unavailable("The connection to PostgreSQL was lost.") }
    }
}
