// SPDX-License-Identifier: Apache-2.0
// A database with the two tables and what tests of work need: a node, workers, a log of what handlers saw.
import Foundation
import Logging
import NIOConcurrencyHelpers
import Storage
import TestSupport

@testable import Durable

extension WorkKind {
    static let call = WorkKind("call")
    static let letter = WorkKind("letter")
}

/// One database with a node on it. `effect` is a table of what handlers did, one row for each time.
struct World {
    let database: Database
    let node: Node

    static let logger = Logger(label: "durable.tests") { _ in SwiftLogNoOpLogHandler() }
    var logger: Logger { Self.logger }

    static func with(_ engine: Dialect, _ body: (World) async throws -> Void) async throws {
        try await withDatabase(engine) { database in
            try await database.migrate([
                DurableSchema.migration(number: 1),
                Migration(
                    number: 2, name: "effects",
                    text: "CREATE TABLE effect (tenant_id BIGINT NOT NULL, subject_id BIGINT NOT NULL);"),
            ])
            try await body(World(database: database, node: try await Node.join(database)))
        }
    }

    func schedule(_ kind: WorkKind = .call, tenant: Int64 = 1, subject: Int64, at: Int64 = 0) async throws {
        try await database.write { try Work.schedule(kind, tenant: tenant, subject: subject, at: at, in: $0) }
    }

    func schedule(
        _ kind: WorkKind = .call, tenant: Int64 = 1, subjects: ClosedRange<Int64>, at: Int64 = 0
    ) async throws {
        try await database.write { tx in
            try Work.schedule(subjects.map { (kind: kind, tenant: tenant, subject: $0, at: at) }, in: tx)
        }
    }

    func workers(
        _ handlers: WorkHandler..., node: Node? = nil, clock: @escaping @Sendable () -> Int64 = { 0 }
    ) -> Workers {
        Workers(database: database, node: node ?? self.node, handlers: handlers, clock: clock, logger: logger)
    }

    /// A handler that notes each item as an effect and settles it in the same transaction.
    func noting(_ kind: WorkKind = .call, batch: Int = 10, as outcome: WorkOutcome = .done) -> WorkHandler {
        let database = self.database
        return WorkHandler(kind: kind, batch: batch) { items, _ in
            try await database.write { tx in
                try World.note(items, in: tx)
                try Work.settle(items, as: outcome, in: tx)
            }
        }
    }

    static func note(_ items: [WorkItem], in tx: any Transaction) throws {
        for item in items {
            try tx.execute("INSERT INTO effect (tenant_id, subject_id) VALUES (\(item.tenant), \(item.subject))")
        }
    }

    /// How often each subject was done.
    func effects() async throws -> [Int64: Int] {
        let rows = try await database.query("SELECT subject_id, count(*) AS n FROM effect GROUP BY subject_id")
        return Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("subject_id"), try $0.get("n")) })
    }

    /// How many rows of work there are, and how many of them are leased.
    func counts() async throws -> Counts {
        let row = try await database.query("SELECT count(*) AS n, count(node_id) AS leased FROM work").first
        return Counts(all: try row?.get("n") ?? -1, leased: try row?.get("leased") ?? -1)
    }

    func claim(
        _ kind: WorkKind = .call, limit: Int = 10, now: Int64 = 0, node: Node? = nil
    ) async throws -> [WorkItem] {
        try await Claims(kind: kind, database: database).claim(for: node ?? self.node, limit: limit, now: { now })
    }

    /// What the database sees of a node whose machine lost its power half a minute ago.
    func kill(_ node: Node) async throws {
        try await database.write { tx in
            _ = try tx.execute("UPDATE node SET heartbeat_at = heartbeat_at - 30000 WHERE id = \(node.id)")
        }
    }

    /// A second node, as another process on the same database would be.
    func anotherNode() async throws -> Node { try await Node.makeAnother(on: database) }
}

/// Rows of work, and how many of them are leased.
struct Counts: Equatable {
    let all: Int
    let leased: Int
}

/// Values that handlers on several tasks leave for the test.
final class Log<Value: Sendable>: Sendable {
    private let box = NIOLockedValueBox<[Value]>([])
    var all: [Value] { box.withLockedValue { $0 } }
    func add(_ value: Value) { box.withLockedValue { $0.append(value) } }
}

/// A door that handlers wait at until the test opens it.
final class Door: Sendable {
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    func open() { continuation.finish() }
    func pass() async { for await _ in stream {} }
}

struct Broken: Error {}
