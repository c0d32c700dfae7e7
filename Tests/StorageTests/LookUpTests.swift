// SPDX-License-Identifier: Apache-2.0
// Look-ups that travel along with a query: the same rows as if each had been run by itself.
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Storage

@Suite struct LookUpTests {
    @Test(arguments: engines)
    func `what was looked up ahead is as if it were looked up when it is taken`(engine: Dialect) async throws {
        try await withPairs(engine) { tx in
            let first = try tx.query(Self.value(1), lookingUp: [Self.value(2), Self.value(3), Self.value(9)])
            #expect(try Self.texts(first) == ["b"])
            // In another order than they travelled, and one that nobody looked up ahead among them.
            #expect(try Self.texts(tx.query(Self.value(3))) == ["d"])
            #expect(try Self.texts(tx.query(Self.value(0))) == ["a"])
            #expect(try Self.texts(tx.query(Self.value(2))) == ["c"])
            #expect(try Self.texts(tx.query(Self.value(9))) == [])
        }
    }

    @Test(arguments: engines)
    func `what was sent before is seen, and a statement is carried out once`(engine: Dialect) async throws {
        try await withPairs(engine) { tx in
            let change: SQL = "UPDATE pair SET value = value || '!' WHERE id = 1 RETURNING value"
            try tx.send("UPDATE pair SET value = 'x' WHERE id = 1")
            _ = try tx.query(Self.value(0), lookingUp: [change, Self.value(2)])
            #expect(try Self.texts(tx.query(change)) == ["x!"])
            #expect(try Self.texts(tx.query(Self.value(1))) == ["x!"])
            // Run again it is carried out again.
            #expect(try Self.texts(tx.query(change)) == ["x!!"])
        }
    }

    @Test(arguments: engines)
    func `a look-up serves once, and not after it was forgotten`(engine: Dialect) async throws {
        try await withPairs(engine) { tx in
            _ = try tx.query(Self.value(0), lookingUp: [Self.value(1), Self.value(2)])
            #expect(try Self.texts(tx.query(Self.value(1))) == ["b"])
            tx.forgetLookUps()
            try tx.execute("UPDATE pair SET value = 'z'")
            #expect(try Self.texts(tx.query(Self.value(1))) == ["z"])
            #expect(try Self.texts(tx.query(Self.value(2))) == ["z"])
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `on PostgreSQL a look-up is carried out along with the query`() async throws {
        try await withPairs(.postgres) { tx in
            _ = try tx.query(Self.value(0), lookingUp: [Self.value(1)])
            try tx.execute("UPDATE pair SET value = 'z'")
            #expect(try Self.texts(tx.query(Self.value(1))) == ["b"])
        }
    }

    @Test(arguments: engines)
    func `more look-ups than travel at once all come back`(engine: Dialect) async throws {
        try await withPairs(engine) { tx in
            for id in 10..<200 { try tx.send("INSERT INTO pair VALUES (\(id), 'x')") }
            _ = try tx.query(Self.value(0), lookingUp: (10..<200).map(Self.value))
            for id in 10..<200 { #expect(try Self.texts(tx.query(Self.value(id))) == ["x"]) }
        }
    }

    @Test(arguments: engines, [true, false])
    func `a look-up that fails undoes everything`(engine: Dialect, isTaken: Bool) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let wrong: SQL = "INSERT INTO pair VALUES (1, 'b') RETURNING value"
            await #expect(throws: StorageError.self) {
                try await database.write { tx in
                    try tx.send("INSERT INTO pair VALUES (1, 'a')")
                    _ = try? tx.query(Self.value(0), lookingUp: [wrong])
                    // On SQLite nobody has run it yet.
                    if isTaken || engine == .sqlite { _ = try? tx.query(wrong) }
                }
            }
            #expect(try await countPairs(database) == 0)
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `a connection that is lost while look-ups travel costs nothing`() async throws {
        try await withDatabase(.postgres) { database in
            try await makePairs(database)
            let isFirst = NIOLockedValueBox(true)
            let end: SQL = "SELECT 'x' AS value, pg_terminate_backend(pg_backend_pid())"
            try await database.write { tx in
                try tx.send("INSERT INTO pair VALUES (1, 'a')")
                let isLost = isFirst.withLockedValue { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                _ = try tx.query(Self.value(0), lookingUp: isLost ? [end, Self.value(1)] : [])
                _ = try tx.query(Self.value(1))
            }
            #expect(try await countPairs(database) == 1)
        }
    }

    private static func value(_ id: Int) -> SQL { "SELECT value FROM pair WHERE id = \(id)" }

    private static func texts(_ rows: [Row]) throws -> [String] { try rows.map { try $0.at(0) } }

    /// A transaction among four pairs: 0 and a, 1 and b, 2 and c, 3 and d.
    private func withPairs(
        _ engine: Dialect, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            try await database.write { tx in
                for (id, value) in ["a", "b", "c", "d"].enumerated() {
                    try tx.execute("INSERT INTO pair VALUES (\(id), \(value))")
                }
            }
            try await database.write { try body($0) }
        }
    }
}
