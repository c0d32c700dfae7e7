// SPDX-License-Identifier: Apache-2.0
// Rows in every table of a database, made from the catalogue: what a migration adds is filled without anybody's help.
import Foundation
import TestSupport

@testable import App
@testable import Storage

/// A database of the product's schema, spoken to by its tables' names.
struct FilledDatabase {
    let connection: any Connection

    /// - Parameter address: As ``TestDatabase/address`` has it.
    init(_ engine: Dialect, _ address: String) throws {
        switch engine {
        case .sqlite: connection = try SQLiteConnection(path: address, isWriter: true)
        case .postgres:
            let postgres = try PostgresConnection(url: address)
            try postgres.perform("SET default_transaction_read_only = off")
            connection = postgres
        }
    }

    var tables: [TableShape] { get throws { try TableCatalogue(connection: connection).tables() } }

    /// Gives every table rows that differ in every column, with all that is hard to carry.
    func fill() throws {
        let empty = try Self.nullable(connection)
        for table in try tables where !["schema_migration", "installation"].contains(table.name) {
            for number in 1...3 {
                let values = table.columns.map { column -> SQLValue in
                    let mayBeNull = number == 3 && empty.contains("\(table.name).\(column.name)")
                    return mayBeNull ? .null : Self.value(column, number)
                }
                try insert(values, into: table)
            }
        }
        try run("INSERT INTO installation (key, value) VALUES ('secret', 'fingerprint')")
    }

    func insert(_ values: [SQLValue], into table: TableShape) throws {
        let names = table.columns.map { quoted($0.name) }.joined(separator: ", ")
        let holes = (1...values.count).map { "$\($0)" }.joined(separator: ", ")
        _ = try connection.run(
            text: "INSERT INTO \(quoted(table.name)) (\(names)) VALUES (\(holes))", values: values)
    }

    func run(_ text: String) throws { _ = try connection.run(text: text, values: []) }

    /// Every row of a table as values by their columns' names.
    func rows(of table: TableShape) throws -> Set<[String: SQLValue]> {
        let rows = try connection.run(text: "SELECT * FROM \(quoted(table.name))", values: []).rows
        return Set(rows.map { Dictionary(uniqueKeysWithValues: zip($0.columns.names, $0.values)) })
    }

    private static func value(_ column: TableShape.Column, _ number: Int) -> SQLValue {
        switch column.kind {
        case .integer where column.name == "number": .integer(Int64(number))
        case .integer where column.width == 8: .integer([9_007_199_254_740_993, Int64.min, Int64.max - 5][number - 1])
        case .integer: .integer([2_147_483_647, -2_147_483_648, 0][number - 1])
        case .real: .real([0.1, -1e300, 2.5e-308][number - 1])
        // PostgreSQL's indexes take no long texts; content may be larger than a buffer.
        case .text where column.name == "content" && number == 2: .text(String(repeating: "я", count: 150_000))
        case .text: .text(["", "Ж'\"\\\n\t\u{1F44D}\u{301}", String(repeating: "я", count: 200)][number - 1])
        case .bytes where column.name == "content" && number == 2: .bytes([UInt8](repeating: 7, count: 300_000))
        case .bytes: .bytes([[0, 255, 0x0A, 0x5C], [], [1]][number - 1])
        }
    }

    /// Columns that may be empty, by SQLite's word: the steps say the same to both engines.
    private static func nullable(_ connection: any Connection) throws -> Set<String> {
        let text =
            connection.dialect == .sqlite
            ? """
            SELECT m.name || '.' || i.name AS name FROM sqlite_master m, pragma_table_info(m.name) i
            WHERE m.type = 'table' AND i."notnull" = 0 AND i.pk = 0
            """
            : """
            SELECT table_name || '.' || column_name AS name FROM information_schema.columns
            WHERE table_schema = current_schema() AND is_nullable = 'YES'
            """
        return Set(try connection.run(text: text, values: []).rows.map { try $0.get("name") })
    }
}
