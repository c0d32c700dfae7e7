// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's kept statements: what is known of tables as they grow, and statements that are bound to NULL and values.
import Dispatch
import NIOPosix
import TestSupport
import Testing

@testable import Storage

@Suite(.enabled(if: engines.contains(.postgres))) struct PostgresPlanTests {
    @Test func `a table that is filled by many writes is known to be large before a minute is over`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { tx in
                try tx.execute("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")
            }
            // PostgreSQL's own look comes later than the time that is given here.
            let deadline = ContinuousClock.now + .seconds(50)
            var known = -1.0
            var number: Int64 = 0
            while known < 500, ContinuousClock.now < deadline {
                for _ in 0..<PostgresFreshness.writesBetween {
                    let first = number
                    try await database.write { tx in
                        let rows = (first..<first + 8).map { "(\($0), 'name')" as SQL }
                        try tx.execute("INSERT INTO thing (id, name) VALUES \(rows.joined(separator: ", "))")
                    }
                    number += 8
                }
                let rows = try await database.query(
                    "SELECT CAST(reltuples AS DOUBLE PRECISION) AS known FROM pg_class WHERE relname = 'thing'")
                known = try rows[0].get("known")
            }
            #expect(known >= 500)
        }
    }

    @Test func `a table that somebody holds for himself keeps nobody from writing others`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { tx in
                try tx.execute("CREATE TABLE held (id BIGINT PRIMARY KEY)")
                try tx.execute("CREATE TABLE thing (id BIGINT PRIMARY KEY)")
            }
            let (isHeld, goesOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let holding: Void = database.write { tx in
                try tx.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
                isHeld.signal()
                #expect(goesOn.wait(timeout: .now() + 30) == .success)
            }
            try await NIOThreadPool.singleton.runIfActive { isHeld.wait() }
            // So many that each connection would have looked.
            for number in 0..<Int64(PostgresFreshness.writesBetween * 12) {
                try await database.write { tx in try tx.execute("INSERT INTO thing (id) VALUES (\(number))") }
            }
            goesOn.signal()
            try await holding
        }
    }

    @Test func `a writer finds rows by their keys also in what PostgreSQL takes for a small table`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { tx in
                try tx.execute("CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL)")
                try tx.execute("INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')")
            }
            try await database.write { tx in try tx.execute("ANALYZE thing") }
            let plan: @Sendable (any Transaction) throws -> String = { tx in
                try tx.query("EXPLAIN SELECT name FROM thing WHERE id IN (1, 3)").map { try $0.at(0) }
                    .joined(separator: "\n")
            }
            #expect(try await database.read(plan).contains("Seq Scan"))
            #expect(try await !database.write(plan).contains("Seq Scan"))
            // The same for those that share a transaction.
            let plans = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<40 { group.addTask { try await database.write(plan) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(plans.count == 40 && !plans.contains { $0.contains("Seq Scan") })
        }
    }

    @Test func `a statement serves values and NULLs in any mixture, prepared few times`() async throws {
        try await withDatabase(.postgres) { database in
            try await database.write { tx in
                try tx.execute(
                    "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT, size BIGINT, share DOUBLE PRECISION)")
            }
            let mixtures: [(String?, Int64?, Double?)] = [
                (nil, nil, nil), ("a", nil, nil), (nil, 2, nil), ("c", 3, nil), (nil, nil, 4.5), ("e", 5, 5.5),
                (nil, nil, nil), ("g", nil, 7.5),
            ]
            let prepared = try await database.write { tx -> Int in
                for (id, (name, size, share)) in mixtures.enumerated() {
                    try tx.execute(
                        """
                        INSERT INTO thing (id, name, size, share)
                        VALUES (\(Int64(id)), \(name.sqlValue), \(size.sqlValue), \(share.sqlValue))
                        """)
                }
                return try tx.query("SELECT name FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO thing%'")
                    .count
            }
            // None known, the name, the size, the share: from then on one serves all.
            #expect(prepared == 4)
            let rows = try await database.query("SELECT name, size, share FROM thing ORDER BY id")
            #expect(try rows.map { try $0.get("name", as: String?.self) } == mixtures.map(\.0))
            #expect(try rows.map { try $0.get("size", as: Int64?.self) } == mixtures.map(\.1))
            #expect(try rows.map { try $0.get("share", as: Double?.self) } == mixtures.map(\.2))
        }
    }

    @Test func `the same text bound to another type is another statement`() async throws {
        try await withDatabase(.postgres) { database in
            let answers = try await database.read { tx in
                [
                    try tx.query("SELECT CAST(\(Int64(7)) AS TEXT) AS word")[0].get("word", as: String.self),
                    try tx.query("SELECT CAST(\("seven") AS TEXT) AS word")[0].get("word", as: String.self),
                    try tx.query("SELECT CAST(\(7.5) AS TEXT) AS word")[0].get("word", as: String.self),
                    try tx.query("SELECT CAST(\(Int64(8)) AS TEXT) AS word")[0].get("word", as: String.self),
                ]
            }
            #expect(answers == ["7", "seven", "7.5", "8"])
        }
    }
}
