// SPDX-License-Identifier: Apache-2.0
// What goes in comes back, the same on both engines.
import TestSupport
import Testing

@testable import Storage

@Suite struct ValueTests {
    @Test(arguments: engines)
    func `values of every kind come back as they went in`(engine: Dialect) async throws {
        let values: [SQLValue] = [
            .integer(0), .integer(.max), .integer(.min), .real(0.1), .real(-1e300), .text(""), .text("Ёжик 🦔 'x' $1"),
            .bytes([]), .bytes([0, 255, 1]), .text(String(repeating: "ы", count: 100_000)),
        ]
        try await withDatabase(engine) { database in
            for value in values {
                let rows = try await database.query("SELECT \(value) AS v, \(SQLValue.null) AS n")
                #expect(rows.first?.values == [value, .null])
            }
        }
    }

    @Test(arguments: engines)
    func `values come back from the columns they were stored in`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await database.migrate([
                Migration(
                    number: 1, name: "kinds",
                    text: "CREATE TABLE kinds (a BIGINT, b DOUBLE PRECISION, c TEXT, d /*bytes*/, e INTEGER);")
            ])
            let some: [SQLValue] = [.integer(1 << 60), .real(3), .text("Да"), .bytes([0, 1]), .integer(1)]
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO kinds VALUES (\(some[0]), \(some[1]), \(some[2]), \(some[3]), \(some[4]))")
                try transaction.execute(
                    "INSERT INTO kinds VALUES (\(SQLValue.null), \(7), \(SQLValue.null), \(SQLValue.null), \(true))")
            }
            let rows = try await database.query("SELECT a, b, c, d, e FROM kinds ORDER BY c NULLS LAST")
            #expect(rows[0].values == some)
            #expect(rows[1].values == [.null, .real(7), .null, .null, .integer(1)])
            #expect(try rows[1].get("a", as: Int64?.self) == nil)
            #expect(throws: StorageError.unknownColumn("z")) { try rows[0].get("z", as: Int.self) }
            let sums = try await database.query("SELECT sum(a), sum(e), avg(e), count(*) FROM kinds")
            #expect(sums[0].values == [.integer(1 << 60), .integer(2), .real(1), .integer(2)])
        }
    }

    @Test(arguments: engines)
    func `values are bound by number, repeated and out of order`(engine: Dialect) async throws {
        try await withTestDatabase(engine, hasSchema: false) { test in
            let connection: any Connection =
                switch engine {
                case .sqlite: try SQLiteConnection(path: test.address, isWriter: true)
                case .postgres: try PostgresConnection(url: test.address)
                }
            for _ in 1...2 {
                let rows = try connection.run(text: "SELECT $2, $1, $2", values: [.text("a"), .text("b")]).rows
                #expect(rows[0].values == [.text("b"), .text("a"), .text("b")])
            }
        }
    }

    @Test(arguments: engines)
    func `the same text takes other kinds of values another time`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            for value in [SQLValue.integer(1), .text("one"), .real(1.5)] {
                let rows = try await database.query("SELECT \(value) AS v")
                #expect(rows[0].values == [value])
            }
        }
    }

    @Test(arguments: engines)
    func `a text with a zero byte is refused`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            await #expect {
                try await database.query("SELECT \("a\0b") AS v")
            } throws: { error in
                guard case StorageError.statement(_, "22021", _) = error else { return false }
                return true
            }
        }
    }

    @Test(arguments: engines)
    func `more statements than are kept go on working`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            for number in 0..<512 {
                let digits = (0..<9).map { place in (number >> place) & 1 == 1 ? "10" as SQL : "0" }
                let rows = try await database.query("SELECT \(digits.joined(separator: " + ")) AS total")
                #expect(try rows[0].get("total", as: Int.self) == number.nonzeroBitCount * 10)
            }
        }
    }

    @Test(arguments: engines)
    func `changes are counted`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let counts = try await database.write { transaction in
                [
                    try transaction.execute("INSERT INTO pair VALUES (1, 'a'), (2, 'b'), (3, 'c')"),
                    try transaction.execute("UPDATE pair SET value = 'x' WHERE id > 1"),
                    try transaction.execute("SELECT * FROM pair"),
                    try transaction.execute("DELETE FROM pair WHERE id = 99"),
                ]
            }
            #expect(counts == [3, 2, 0, 0])
        }
    }
}

/// The table that most of these tests use.
func makePairs(_ database: Database) async throws {
    try await database.migrate([
        Migration(
            number: 1, name: "pair",
            text: """
                CREATE TABLE pair (id BIGINT PRIMARY KEY, value TEXT NOT NULL); -- the only one; really
                CREATE TABLE part (id BIGINT PRIMARY KEY, pair_id BIGINT NOT NULL REFERENCES pair (id));
                """)
    ])
}

/// How many pairs there are.
func countPairs(_ database: Database) async throws -> Int {
    try await database.query("SELECT count(*) AS n FROM pair")[0].get("n")
}
