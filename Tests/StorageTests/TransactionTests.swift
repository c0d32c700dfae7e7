// SPDX-License-Identifier: Apache-2.0
// What a transaction promises, the same on both engines: all or nothing, alone or in a group with others.
import Foundation
import NIOConcurrencyHelpers
import Storage
import TestSupport
import Testing

private struct Stopped: Error {}

@Suite struct TransactionTests {
    @Test(arguments: engines)
    func `broken constraints are told apart`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            try await database.write { try $0.execute("INSERT INTO pair VALUES (1, 'a')") }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO pair VALUES (1, 'b')") }
            } throws: { error in
                guard case StorageError.notUnique = error else { return false }
                return true
            }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO part VALUES (1, 77)") }
            } throws: { error in
                guard case StorageError.brokenReference = error else { return false }
                return true
            }
            await #expect {
                try await database.write { try $0.execute("INSERT INTO pair VALUES (2, \(SQLValue.null))") }
            } throws: { error in
                guard case StorageError.statement = error else { return false }
                return true
            }
        }
    }

    @Test(arguments: engines)
    func `an upsert returns the row that is there`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            for value in ["a", "b"] {
                let rows = try await database.write { transaction in
                    try transaction.query(
                        """
                        INSERT INTO pair (id, value) VALUES (\(1), \(value))
                        ON CONFLICT (id) DO UPDATE SET value = excluded.value RETURNING id, value
                        """)
                }
                #expect(rows.map(\.values) == [[.integer(1), .text(value)]])
            }
            let none = try await database.write { transaction in
                try transaction.query("INSERT INTO pair VALUES (1, 'c') ON CONFLICT DO NOTHING RETURNING id")
            }
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: engines)
    func `a failing body is undone alone while its neighbours commit`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let results = await withTaskGroup(of: Bool.self) { group in
                for id in 0..<200 {
                    group.addTask {
                        do {
                            try await database.write { transaction in
                                try transaction.execute("INSERT INTO pair VALUES (\(id), 'x')")
                                if id % 3 == 0 { throw Stopped() }
                                // Breaks the key: the engine itself refuses this member.
                                if id % 7 == 0 { try transaction.execute("INSERT INTO pair VALUES (\(id), 'y')") }
                            }
                            return id % 3 != 0 && id % 7 != 0
                        } catch {
                            return id % 3 == 0 || id % 7 == 0
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.allSatisfy { $0 })
            #expect(try await countPairs(database) == (0..<200).count { $0 % 3 != 0 && $0 % 7 != 0 })
        }
    }

    @Test(arguments: engines)
    func `an error that a body hides fails it nevertheless`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    try transaction.execute("INSERT INTO pair VALUES (1, 'a')")
                    _ = try? transaction.execute("INSERT INTO pair VALUES (1, 'b')")
                }
            }
            #expect(try await countPairs(database) == 0)
        }
    }

    @Test(arguments: engines)
    func `what follows a commit runs after it, and never after a failure`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let said = NIOLockedValueBox<[String]>([])
            try await database.write { transaction in
                transaction.afterCommit { said.withLockedValue { $0.append("first") } }
                transaction.afterCommit { said.withLockedValue { $0.append("second") } }
                try transaction.execute("INSERT INTO pair VALUES (1, 'a')")
            }
            #expect(said.withLockedValue { $0 } == ["first", "second"])
            await #expect(throws: Stopped.self) {
                try await database.write { transaction in
                    transaction.afterCommit { said.withLockedValue { $0.append("never") } }
                    throw Stopped()
                }
            }
            #expect(said.withLockedValue { $0 } == ["first", "second"])
        }
    }

    @Test(arguments: engines)
    func `of a hundred that decide the same exactly one wins`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await database.write { transaction in
                            try transaction.query(
                                """
                                INSERT INTO pair (id, value) VALUES (\(1), \(String(number)))
                                ON CONFLICT DO NOTHING RETURNING id
                                """
                            ).count
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test(arguments: engines)
    func `no count is lost when many change one row`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            try await database.write { try $0.execute("INSERT INTO pair VALUES (1, '0')") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await database.write { transaction in
                            let rows = try transaction.query("SELECT value FROM pair WHERE id = 1\(Fragment.forUpdate)")
                            let count = Int(try rows[0].get("value", as: String.self)) ?? 0
                            try transaction.execute("UPDATE pair SET value = \(String(count + 1)) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.query("SELECT value FROM pair")
            #expect(try rows[0].get("value", as: String.self) == "100")
        }
    }

    @Test(arguments: engines)
    func `rows locked in opposite orders are both changed`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            try await database.write { try $0.execute("INSERT INTO pair VALUES (1, ''), (2, '')") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    let order = number % 2 == 0 ? [1, 2] : [2, 1]
                    group.addTask {
                        try await database.write { transaction in
                            for id in order {
                                try transaction.execute("UPDATE pair SET value = value || 'x' WHERE id = \(id)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await database.query("SELECT value FROM pair")
            for row in rows { #expect(try row.get("value", as: String.self).count == 40) }
        }
    }

    @Test(arguments: engines)
    func `claims never give a row to two`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let list = (0..<300).map { "(\($0), '')" as SQL }.joined(separator: ", ")
            try await database.write { try $0.execute("INSERT INTO pair VALUES \(list)") }
            let claimed = try await withThrowingTaskGroup(of: [Int].self) { group in
                for worker in 1...6 {
                    group.addTask {
                        var mine: [Int] = []
                        while true {
                            let ids = try await claim(10, for: worker, in: database)
                            if ids.isEmpty { return mine }
                            mine += ids
                        }
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(claimed.sorted() == Array(0..<300))
        }
    }

    private func claim(_ count: Int, for worker: Int, in database: Database) async throws -> [Int] {
        try await database.write { transaction in
            try transaction.query(
                """
                UPDATE pair SET value = \(String(worker)) WHERE id IN (
                    SELECT id FROM pair WHERE value = '' ORDER BY id LIMIT \(count)\(Fragment.skipLocked)) RETURNING id
                """
            ).map { try $0.get("id") }
        }
    }

    @Test(arguments: engines)
    func `a read sees what was committed before it, as one state`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            for id in 0..<50 {
                try await database.write { try $0.execute("INSERT INTO pair VALUES (\(id), 'x')") }
                #expect(try await countPairs(database) == id + 1)
                let twice = try await database.read { transaction in
                    try (0..<2).map { _ in try transaction.query("SELECT id FROM pair").count }
                }
                #expect(twice == [id + 1, id + 1])
            }
        }
    }

    @Test(arguments: engines)
    func `reads cannot change anything`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            await #expect(throws: StorageError.self) {
                try await database.read { try $0.execute("INSERT INTO pair VALUES (1, 'x')") }
            }
            await #expect(throws: StorageError.self) {
                try await database.query("INSERT INTO pair VALUES (1, 'x') RETURNING id")
            }
            #expect(try await countPairs(database) == 0)
        }
    }

    @Test(arguments: engines)
    func `closing waits for what was asked and refuses the rest`(engine: Dialect) async throws {
        try await withTestDatabase(engine, hasSchema: false) { test in
            try await makePairs(test.database)
            let second = try await test.openAgain()
            let (entered, entry) = AsyncStream.makeStream(of: Void.self)
            async let written: Void = second.write { transaction in
                entry.yield()
                try transaction.execute("INSERT INTO pair VALUES (1, 'x')")
            }
            for await _ in entered { break }
            try await second.close()
            try await written
            #expect(try await countPairs(test.database) == 1)
            await #expect(throws: StorageError.closed) { try await second.query("SELECT 1") }
            await #expect(throws: StorageError.closed) { try await second.write { _ in } }
        }
    }

    @Test(arguments: engines)
    func `a cancelled read stops its statement`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            let (entered, entry) = AsyncStream.makeStream(of: Void.self)
            let reading = Task {
                try await database.read { transaction in
                    entry.yield()
                    return try transaction.query(
                        """
                        WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000000)
                        SELECT count(*) FROM c
                        """)
                }
            }
            for await _ in entered { break }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            let after = try await database.query("SELECT 1")
            #expect(after.count == 1)
        }
    }

    @Test(arguments: engines)
    func `another process is heard`(engine: Dialect) async throws {
        try await withTestDatabase(engine, hasSchema: false) { test in
            try await makePairs(test.database)
            let other = try await test.openAgain()
            try await closing(other) {
                let hints = other.hints()
                let telling = Task {
                    // SQLite notices a change after its first look at the file, PostgreSQL a word after LISTEN.
                    for id in 0..<1000 where !Task.isCancelled {
                        try await test.database.write { try $0.execute("INSERT INTO pair VALUES (\(id), 'x')") }
                        await test.database.notify()
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                var isHeard = false
                for await _ in hints {
                    isHeard = true
                    break
                }
                telling.cancel()
                _ = await telling.result
                #expect(isHeard)
            }
        }
    }

    @Test(arguments: engines)
    func `new ids grow and never repeat`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            let ids = try await database.write { transaction in (0..<10_000).map { _ in transaction.newID() } }
            #expect(Set(ids).count == ids.count)
            #expect(ids == ids.sorted())
        }
    }
}
