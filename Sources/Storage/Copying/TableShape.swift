// SPDX-License-Identifier: Apache-2.0
// Tables as the database's own catalogue describes them, so that nobody keeps a second list that may be forgotten.

/// One table: its columns, its key and the tables that it refers to.
public struct TableShape: Sendable, Equatable {
    /// The kinds of values that both engines store alike.
    public enum Kind: String, Sendable {
        case integer, real, text, bytes
    }

    /// One column.
    public struct Column: Sendable, Equatable {
        public let name: String
        public let kind: Kind
        /// How many bytes an integer has. PostgreSQL keeps to it, SQLite takes any number in any column.
        public let width: Int
    }

    public let name: String
    /// In the order of the table.
    public let columns: [Column]
    /// The columns of the primary key, in its order.
    public let key: [String]
    /// Tables whose rows have to be there first.
    public let refersTo: Set<String>
}

extension [TableShape] {
    /// The tables in an order in which each comes after those that it refers to.
    var inOrderOfReference: [TableShape] {
        var ordered: [TableShape] = []
        var left = self
        while !left.isEmpty {
            let waiting = Set(left.map(\.name))
            let ready = left.filter { $0.refersTo.subtracting([$0.name]).isDisjoint(with: waiting) }
            // Tables that refer to each other: nothing but a deferred constraint can be meant.
            ordered += ready.isEmpty ? left : ready
            left = ready.isEmpty ? [] : left.filter { table in !ready.contains { $0.name == table.name } }
        }
        return ordered
    }
}

/// A name as SQL takes it from the catalogue.
func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

/// Reads a database's tables by a connection.
struct TableCatalogue {
    let connection: any Connection

    /// Every table that is not the engine's or an extension's own, by name.
    /// - Parameter isStrict: whether a column of a type that the engines do not store alike is an error; else its table
    ///   comes without it.
    /// - Throws: ``StorageError/unexpectedValue(column:found:wanted:)`` for such a column.
    func tables(isStrict: Bool = true) throws -> [TableShape] {
        switch connection.dialect {
        case .sqlite: try sqliteTables(isStrict)
        case .postgres: try postgresTables(isStrict)
        }
    }

    /// The names alone, which can always be said.
    func names() throws -> [String] {
        let text =
            switch connection.dialect {
            case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
            case .postgres: "SELECT c.relname AS name " + Self.postgresTables
            }
        return try connection.run(text: text, values: []).rows.map { try $0.get("name") }.sorted()
    }

    func count(_ table: String) throws -> Int {
        let rows = try connection.run(text: "SELECT count(*) AS n FROM \(quoted(table))", values: []).rows
        return try rows.first?.get("n") ?? 0
    }

    // MARK: SQLite

    private func sqliteTables(_ isStrict: Bool) throws -> [TableShape] {
        try names().map { name in
            let rows = try connection.run(
                text: "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", values: [.text(name)]
            ).rows
            let references = try connection.run(
                text: "SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_list($1)", values: [.text(name)]
            ).rows
            return try shape(name, rows, Set(references.map { try $0.get("name") }), isStrict) { row in
                let type: String = try row.get("type")
                return Self.sqliteKinds[type.uppercased()]
            }
        }
    }

    private static let sqliteKinds: [String: (kind: TableShape.Kind, width: Int)] = [
        "BIGINT": (.integer, 8), "INTEGER": (.integer, 4), "SMALLINT": (.integer, 2), "TEXT": (.text, 0),
        "BLOB": (.bytes, 0), "DOUBLE PRECISION": (.real, 8),
    ]

    // MARK: PostgreSQL

    private static let postgresTables = """
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        """

    private static let postgresKinds: [String: (kind: TableShape.Kind, width: Int)] = [
        "int8": (.integer, 8), "int4": (.integer, 4), "int2": (.integer, 2), "float8": (.real, 8),
        "text": (.text, 0), "bytea": (.bytes, 0),
    ]

    private func postgresTables(_ isStrict: Bool) throws -> [TableShape] {
        let columns = try rowsByTable(
            """
            SELECT t.name AS "table", a.attname AS name, y.typname AS type,
                COALESCE(array_position(string_to_array(i.indkey::text, ' '), a.attnum::text), 0) AS pk
            FROM (SELECT c.oid, c.relname AS name \(Self.postgresTables)) t
                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type y ON y.oid = a.atttypid
                LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
            ORDER BY a.attnum
            """)
        let references = try rowsByTable(
            """
            SELECT f.relname AS "table", t.relname AS name FROM pg_constraint k
                JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
            WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace
            """)
        return try names().map { name in
            let referred = try (references[name] ?? []).map { try $0.get("name", as: String.self) }
            return try shape(name, columns[name] ?? [], Set(referred), isStrict) { row in
                Self.postgresKinds[try row.get("type")]
            }
        }
    }

    private func rowsByTable(_ text: String) throws -> [String: [Row]] {
        Dictionary(grouping: try connection.run(text: text, values: []).rows) { row in
            (try? row.get("table", as: String.self)) ?? ""
        }
    }

    private func shape(
        _ name: String, _ rows: [Row], _ refersTo: Set<String>, _ isStrict: Bool,
        kind: (Row) throws -> (kind: TableShape.Kind, width: Int)?
    ) throws -> TableShape {
        let columns = try rows.compactMap { row -> TableShape.Column? in
            let column: String = try row.get("name")
            guard let known = try kind(row) else {
                guard isStrict else { return nil }
                throw StorageError.unexpectedValue(
                    column: "\(name).\(column)", found: "the type \(try row.get("type", as: String.self))",
                    wanted: "a whole number, a real number, text or bytes")
            }
            return TableShape.Column(name: column, kind: known.kind, width: known.width)
        }
        let key = try rows.filter { try $0.get("pk", as: Int.self) > 0 }
            .sorted { try $0.get("pk", as: Int.self) < $1.get("pk", as: Int.self) }
        return TableShape(
            name: name, columns: columns, key: try key.map { try $0.get("name") }, refersTo: refersTo)
    }
}
