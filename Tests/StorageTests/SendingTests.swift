// SPDX-License-Identifier: Apache-2.0
// Statements that nobody waits for: carried out in their order, and their errors end the transaction as any other's.
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Storage

@Suite struct SendingTests {
    @Test(arguments: engines)
    func `what was sent is there for the next statement and after the commit`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            // More than travel at once.
            let seen = try await database.write { transaction -> [Int] in
                var seen: [Int] = []
                for id in 0..<200 {
                    try transaction.send("INSERT INTO pair VALUES (\(id), 'x')")
                    if id % 70 == 0 { seen.append(try transaction.query("SELECT id FROM pair").count) }
                }
                try transaction.send("UPDATE pair SET value = 'y' WHERE id < 150")
                return seen
            }
            #expect(seen == [1, 71, 141])
            let rows = try await database.query("SELECT id FROM pair WHERE value = 'y'")
            #expect(rows.count == 150)
            #expect(try await countPairs(database) == 200)
        }
    }

    @Test(arguments: engines, [true, false])
    func `an error of what was sent is told as it is`(engine: Dialect, isLast: Bool) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            await #expect {
                try await database.write { transaction in
                    try transaction.send("INSERT INTO pair VALUES (1, 'a')")
                    try transaction.send("INSERT INTO pair VALUES (1, 'b')")
                    try transaction.send("INSERT INTO pair VALUES (2, 'c')")
                    if !isLast { try transaction.execute("INSERT INTO pair VALUES (3, 'd')") }
                }
            } throws: { error in
                guard case StorageError.notUnique = error else { return false }
                return true
            }
            #expect(try await countPairs(database) == 0)
            try await database.write { try $0.send("INSERT INTO pair VALUES (1, 'a')") }
            #expect(try await countPairs(database) == 1)
        }
    }

    @Test(arguments: engines)
    func `an error of what was sent fails a body that hides it`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            await #expect(throws: StorageError.self) {
                try await database.write { transaction in
                    try transaction.send("INSERT INTO pair VALUES (1, 'a')")
                    try? transaction.send("INSERT INTO pair VALUES (1, 'b')")
                    _ = try? transaction.query("SELECT id FROM pair")
                }
            }
            #expect(try await countPairs(database) == 0)
        }
    }

    /// What follows a statement that changed less than it should have.
    enum Follower: CaseIterable { case nothing, query, execution, failure }

    @Test(arguments: engines, Follower.allCases)
    func `a statement that changes less than it must undoes everything`(
        engine: Dialect, follower: Follower
    ) async throws {
        struct Missed: Error, Equatable { let number: Int }
        try await withDatabase(engine) { database in
            try await makePairs(database)
            try await database.write { tx in
                try tx.send(
                    "INSERT INTO pair VALUES (1, 'a'), (2, 'b')", changing: 2, otherwise: Missed(number: 0))
            }
            await #expect(throws: Missed(number: 1)) {
                try await database.write { tx in
                    try tx.send("INSERT INTO pair VALUES (3, 'c')", changing: 1, otherwise: Missed(number: 0))
                    try tx.send(
                        "INSERT INTO pair VALUES (2, 'x'), (4, 'd') ON CONFLICT DO NOTHING", changing: 2,
                        otherwise: Missed(number: 1))
                    switch follower {
                    case .nothing: break
                    case .query: _ = try tx.query("SELECT id FROM pair")
                    case .execution: try tx.execute("INSERT INTO pair VALUES (5, 'e')")
                    case .failure: try tx.send("INSERT INTO pair VALUES (1, 'f')")
                    }
                    try tx.send("UPDATE pair SET value = 'z'", changing: 1000, otherwise: Missed(number: 2))
                }
            }
            let rows = try await database.query("SELECT id, value FROM pair ORDER BY id")
            #expect(try rows.map { "\(try $0.at(0, as: Int.self))\(try $0.at(1, as: String.self))" } == ["1a", "2b"])
        }
    }

    @Test(arguments: engines)
    func `of many at once those that change less than they must are undone alone`(engine: Dialect) async throws {
        struct Missed: Error {}
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let kept = await withTaskGroup(of: Int?.self) { group in
                for id in 0..<200 {
                    group.addTask {
                        do {
                            try await database.write { tx in
                                try tx.send(
                                    "INSERT INTO pair VALUES (\(id), 'x')", changing: id % 5 == 0 ? 2 : 1,
                                    otherwise: Missed())
                            }
                            return id
                        } catch {
                            return error is Missed ? nil : -1
                        }
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let id = $1 { $0.insert(id) } }
            }
            #expect(kept == Set((0..<200).filter { $0 % 5 != 0 }))
            let rows = try await database.query("SELECT id FROM pair")
            #expect(try Set(rows.map { try $0.get("id", as: Int.self) }) == kept)
        }
    }

    @Test(arguments: engines)
    func `of many that send at once the failing are undone alone`(engine: Dialect) async throws {
        try await withDatabase(engine) { database in
            try await makePairs(database)
            let kept = await withTaskGroup(of: Int?.self) { group in
                for id in 0..<300 {
                    group.addTask {
                        do {
                            try await database.write { transaction in
                                try transaction.send("INSERT INTO pair VALUES (\(id), 'x')")
                                if id % 7 == 0 { try transaction.send("INSERT INTO pair VALUES (\(id), 'y')") }
                            }
                            return id
                        } catch {
                            return nil
                        }
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let id = $1 { $0.insert(id) } }
            }
            #expect(kept == Set((0..<300).filter { $0 % 7 != 0 }))
            let rows = try await database.query("SELECT id FROM pair")
            #expect(try Set(rows.map { try $0.get("id", as: Int.self) }) == kept)
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `a connection that was lost while nobody used it is replaced before anything is sent for good`() async throws {
        try await withTestDatabase(.postgres, hasSchema: false) { test in
            try await makePairs(test.database)
            let other = try await test.openAgain()
            try await closing(other) {
                for id in 0..<5 {
                    _ = try await other.query(
                        """
                        SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)
                    try await test.database.write { try $0.send("INSERT INTO pair VALUES (\(id), 'x')") }
                }
            }
            #expect(try await countPairs(test.database) == 5)
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `a connection that is lost in the middle of a transaction costs nothing`() async throws {
        try await withDatabase(.postgres) { database in
            try await makePairs(database)
            let isFirst = NIOLockedValueBox(true)
            try await database.write { transaction in
                try transaction.send("INSERT INTO pair VALUES (1, 'x')")
                if isFirst.withLockedValue({ isFirst in
                    defer { isFirst = false }
                    return isFirst
                }) {
                    try transaction.send("SELECT pg_terminate_backend(pg_backend_pid())")
                    try transaction.send("INSERT INTO pair VALUES (2, 'x')")
                    _ = try transaction.query("SELECT id FROM pair")
                }
                try transaction.send("INSERT INTO pair VALUES (3, 'x')")
            }
            #expect(try await countPairs(database) == 2)
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)))
    func `writes are planned once, but for those that read up to a limit`() async throws {
        try await withDatabase(.postgres) { database in
            try await makePairs(database)
            let mode: SQL = "SELECT current_setting('plan_cache_mode') AS mode"
            let modes = try await database.write { transaction in
                var modes = try transaction.query(mode)
                _ = try transaction.query("SELECT id FROM pair ORDER BY id LIMIT \(5)")
                modes += try transaction.query(mode)
                return try modes.map { try $0.get("mode", as: String.self) }
            }
            #expect(modes == ["force_generic_plan", "auto"])
            let reading = try await database.query(mode)[0].get("mode", as: String.self)
            #expect(reading == "auto")
        }
    }
}
