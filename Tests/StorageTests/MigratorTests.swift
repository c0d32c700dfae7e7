// SPDX-License-Identifier: Apache-2.0
// Schema changes: forward, all or nothing, and the same on both engines.
import App
import TestSupport
import Testing

@testable import Storage

@Suite struct MigratorTests {
    private let first = Migration(number: 1, name: "first", text: "CREATE TABLE one (a BIGINT); -- open; 'quoted")
    private let second = Migration(
        number: 2, name: "second",
        text: "CREATE TABLE two (a TEXT DEFAULT ';--' /* ; */);\nINSERT INTO two VALUES ('x');")

    @Test(arguments: engines)
    func `steps are applied once, in order`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await database.migrate([second, first])
            try await database.migrate([first, second])
            let rows = try await database.query("SELECT number, name FROM schema_migration ORDER BY number")
            #expect(rows.map(\.values) == [[.integer(1), .text("first")], [.integer(2), .text("second")]])
            #expect(try await database.query("SELECT a FROM two").map(\.values) == [[.text("x")]])
        }
    }

    @Test(arguments: engines)
    func `two processes may migrate at once`(engine: Dialect) async throws {
        try await withTestDatabase(engine, hasSchema: false) { test in
            let other = try await test.openAgain()
            try await closing(other) {
                async let one: Void = test.database.migrate([first, second])
                async let two: Void = other.migrate([first, second])
                try await one
                try await two
            }
            #expect(try await test.database.query("SELECT a FROM two").count == 1)
        }
    }

    @Test(arguments: engines)
    func `a newer database is refused`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await database.migrate([first, second])
            await #expect(throws: StorageError.newerDatabase(found: 2, known: 1)) {
                try await database.migrate([first])
            }
        }
    }

    @Test(arguments: engines)
    func `an applied step with another text is refused`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await database.migrate([first])
            let changed = Migration(number: 1, name: "first", text: "CREATE TABLE one (a TEXT);")
            await #expect(throws: StorageError.changedMigration(number: 1, name: "first")) {
                try await database.migrate([changed, second])
            }
        }
    }

    @Test(arguments: engines)
    func `a broken step leaves the state before it`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            let broken = Migration(
                number: 2, name: "broken", text: "CREATE TABLE two (a TEXT); CREATE TABLE one (b TEXT);")
            await #expect {
                try await database.migrate([first, broken])
            } throws: { error in
                guard case StorageError.migration(2, "broken", _) = error else { return false }
                return true
            }
            try await database.migrate([first, second])
            #expect(try await database.query("SELECT a FROM two").count == 1)
        }
    }

    @Test(arguments: engines)
    func `a database that is at work may be migrated by another process`(engine: Dialect) async throws {
        try await withTestDatabase(engine, hasSchema: false) { test in
            try await test.database.migrate([first])
            #expect(try await test.database.query("SELECT * FROM one").isEmpty)
            let other = try await test.openAgain()
            try await closing(other) {
                let wider = Migration(number: 2, name: "wider", text: "ALTER TABLE one ADD COLUMN b BIGINT DEFAULT 5;")
                try await other.migrate([first, wider])
                try await other.write { try $0.execute("INSERT INTO one (a) VALUES (1)") }
            }
            for _ in 1...8 {
                let rows = try await test.database.query("SELECT * FROM one")
                #expect(try rows[0].get("b", as: Int.self) == 5)
            }
        }
    }

    @Test(.enabled(if: engines.count == 2))
    func `both engines come to the same schema`() async throws {
        let columns = try await withAppDatabase(.sqlite) { database in
            try await database.query(
                """
                SELECT m.name || '.' || c.name AS name, c.type AS type, c."notnull" AS required
                FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1
                """)
        }
        let same = try await withAppDatabase(.postgres) { database in
            try await database.query(
                """
                SELECT table_name || '.' || column_name AS name, upper(data_type) AS type,
                    is_nullable = 'NO' AS required
                FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1
                """)
        }
        let spelled = ["BLOB": "BYTEA"]
        let left = try columns.map { row in
            let type = try row.get("type", as: String.self)
            return "\(try row.get("name", as: String.self)) \(spelled[type] ?? type)"
        }
        let right = try same.map { row in
            "\(try row.get("name", as: String.self)) \(try row.get("type", as: String.self))"
        }
        #expect(left.sorted() == right.sorted())
        #expect(left.count > 100)
        let indexes = try await withAppDatabase(.sqlite) { database in
            try await database.query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        }
        let sameIndexes = try await withAppDatabase(.postgres) { database in
            try await database.query(
                """
                SELECT CAST(c.relname AS TEXT) AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
                WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
                """)
        }
        let names = try Set(indexes.map { try $0.get("name", as: String.self) })
        let sameNames = try Set(sameIndexes.map { try $0.get("name", as: String.self) })
        #expect(names == sameNames)
    }

    @Test func `statements are split outside comments and quotes only`() {
        var splitter = StatementSplitter()
        let found = splitter.split(
            """
            CREATE TABLE a ( -- first; one
                b TEXT DEFAULT 'it''s; --', /* c; */
                "d;" TEXT); ;
            INSERT INTO a VALUES (';')
            """)
        #expect(found.count == 2)
        #expect(found.last == "INSERT INTO a VALUES (';')")
        #expect(!found[0].contains("first"))
        #expect(found[0].contains("'it''s; --'"))
    }
}
