// SPDX-License-Identifier: Apache-2.0
// Full disks, servers that restart, wrong addresses: clear errors, nothing acknowledged that is not kept, and on again.
import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Storage

@Suite struct TroubleTests {
    @Test func `a full disk fails clearly and is recovered from`() async throws {
        try await withDatabase(.sqlite) { database in
            try await makePairs(database)
            try await limitPages(of: database, above: 40)
            let kept: [Int] = await withTaskGroup(of: Int?.self) { group in
                for id in 0..<40 {
                    group.addTask {
                        do {
                            let text = String(repeating: "x", count: id % 4 == 0 ? 60_000 : 10)
                            try await database.write { try $0.execute("INSERT INTO pair VALUES (\(id), \(text))") }
                            return id
                        } catch {
                            #expect(error as? StorageError == .full)
                            return nil
                        }
                    }
                }
                return await group.reduce(into: [Int]()) { if let id = $1 { $0.append(id) } }
            }
            #expect(kept.count < 40)
            let rows = try await database.query("SELECT id FROM pair ORDER BY id")
            let stored = try rows.map { try $0.get("id", as: Int.self) }
            #expect(stored == kept.sorted())
            try await limitPages(of: database, above: 100_000)
            let text = String(repeating: "x", count: 90_000)
            try await database.write { try $0.execute("INSERT INTO pair VALUES (1000, \(text))") }
            #expect(try await countPairs(database) == kept.count + 1)
        }
    }

    private func limitPages(of database: Database, above count: Int) async throws {
        let pages = try await database.query("PRAGMA page_count")[0].at(0, as: Int.self)
        try await database.write { transaction in
            try (transaction as? OpenTransaction)?.executeSchemaChange("PRAGMA max_page_count = \(pages + count)")
        }
    }

    @Test func `the embedded database answers a commit only when it is on the disk`() async throws {
        try await withDatabase(.sqlite) { database in
            let rows = try await database.write { transaction in
                try transaction.query("PRAGMA synchronous") + transaction.query("PRAGMA journal_mode")
            }
            #expect(rows.map(\.values) == [[.integer(2)], [.text("wal")]])
        }
    }

    @Test(.enabled(if: engines.contains(.postgres)), arguments: ["fast", "immediate"])
    func `PostgreSQL may be restarted while we write`(mode: String) async throws {
        let cluster = PostgresCluster(waitsForDisk: true)
        let address = try await cluster.makeDatabase(hasSchema: false)
        let database = try await Database.openPostgres(url: address, connections: 4)
        try await makePairs(database)
        let (running, beat) = AsyncStream.makeStream(of: Void.self)
        let isStopping = NIOLockedValueBox(false)
        async let writing = withTaskGroup(of: [Int].self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var kept: [Int] = []
                    for number in 0..<5000 where !isStopping.withLockedValue({ $0 }) {
                        let id = worker * 5000 + number
                        do {
                            try await database.write { transaction in
                                // Half of them travel together with their COMMIT.
                                if id % 2 == 0 {
                                    try transaction.execute("INSERT INTO pair VALUES (\(id), 'x')")
                                } else {
                                    _ = try transaction.query("SELECT 1")
                                    try transaction.send("INSERT INTO pair VALUES (\(id), 'x')")
                                }
                            }
                            kept.append(id)
                            beat.yield()
                        } catch {
                            // The transaction of a lost COMMIT may be there, or not: it says so.
                            guard case StorageError.unavailable = error else {
                                Issue.record(error)
                                continue
                            }
                        }
                    }
                    return kept
                }
            }
            return await group.reduce([], +)
        }
        var beats = running.makeAsyncIterator()
        for _ in 0..<100 { await beats.next() }
        try await cluster.restart(mode: mode)
        for _ in 0..<100 { await beats.next() }
        isStopping.withLockedValue { $0 = true }
        let kept = await writing
        let rows = try await database.query("SELECT id FROM pair")
        let stored = Set(try rows.map { try $0.get("id", as: Int.self) })
        #expect(stored.isSuperset(of: kept))
        #expect(kept.count >= 200)
        try await database.close()
        try await cluster.stop()
    }

    @Test func `a data folder has one server`() async throws {
        try await withTemporaryFolder { folder in
            var lock: FolderLock? = try FolderLock(folder: folder)
            #expect(throws: StorageError.self) { try FolderLock(folder: folder) }
            #expect(lock != nil)
            lock = nil
            #expect(throws: Never.self) { try FolderLock(folder: folder) }
        }
    }
}
