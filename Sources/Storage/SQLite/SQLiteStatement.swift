// SPDX-License-Identifier: Apache-2.0
// One prepared statement that serves reads and writes alike: values in by name, rows out.
import CSQLite
import Foundation

/// A prepared statement of one connection.
///
/// `$1` is a *named* parameter to SQLite, numbered by its first appearance: values are bound by name, so that the same
/// text means the same on PostgreSQL.
final class SQLiteStatement {
    /// Tells SQLite to copy what is bound.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    var lastUse = 0
    private let text: String
    private let handle: OpaquePointer
    private let statement: OpaquePointer
    /// For each of SQLite's parameters, the index of its value.
    private let order: [Int]
    private var columns = Columns([])
    /// How often SQLite had prepared the statement anew when `columns` was read.
    private var preparation: Int32 = -1

    init(_ text: String, on handle: OpaquePointer) throws {
        self.text = text
        self.handle = handle
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(handle, text, -1, flags, &prepared, nil) == SQLITE_OK else {
            throw StorageError.ofSQLite(handle, text: text)
        }
        guard let prepared else { throw StorageError.statement(text, code: "1", message: "There is no statement.") }
        statement = prepared
        order = (0..<sqlite3_bind_parameter_count(prepared)).map { index in
            guard let name = sqlite3_bind_parameter_name(prepared, index + 1) else { return Int(index) }
            return (Int(String(cString: name).dropFirst()) ?? 0) - 1
        }
    }

    deinit { sqlite3_finalize(statement) }

    /// Binds, runs to the end and gives the rows.
    func run(_ values: [SQLValue]) throws -> [Row] {
        defer {
            sqlite3_reset(statement)
            if !order.isEmpty { sqlite3_clear_bindings(statement) }
        }
        for (index, position) in order.enumerated() {
            guard values.indices.contains(position) else {
                throw StorageError.statement(text, code: "08P01", message: "A parameter has no value.")
            }
            try bind(values[position], at: Int32(index + 1))
        }
        var rows: [Row] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(row())
            case SQLITE_DONE: return rows
            default: throw StorageError.ofSQLite(handle, text: text)
            }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws {
        let code: Int32
        switch value {
        case .null: code = sqlite3_bind_null(statement, index)
        case .integer(let number): code = sqlite3_bind_int64(statement, index, number)
        case .real(let number): code = sqlite3_bind_double(statement, index, number)
        case .text(let string): code = try bindText(string, at: index)
        case .bytes(let bytes):
            code =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), Self.transient)
        }
        guard code == SQLITE_OK else { throw StorageError.ofSQLite(handle, text: text) }
    }

    /// PostgreSQL has no text with a zero byte in it; neither have we.
    private func bindText(_ string: String, at index: Int32) throws -> Int32 {
        var string = string
        return try string.withUTF8 { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                return sqlite3_bind_text(statement, index, "", 0, Self.transient)
            }
            if memchr(base, 0, bytes.count) != nil {
                throw StorageError.statement(text, code: "22021", message: "A text has a zero byte.")
            }
            return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                sqlite3_bind_text64(statement, index, $0, UInt64(bytes.count), Self.transient, UInt8(SQLITE_UTF8))
            }
        }
    }

    private func row() -> Row {
        let count = sqlite3_column_count(statement)
        let current = sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_REPREPARE, 0)
        if current != preparation {
            preparation = current
            columns = Columns((0..<count).map { String(cString: sqlite3_column_name(statement, $0)) })
        }
        return Row(columns: columns, values: (0..<count).map(value))
    }

    private func value(at column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, column)
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, column)
            let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            return .bytes([UInt8](bytes))
        default: return .null
        }
    }
}
