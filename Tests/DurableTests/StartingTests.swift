// SPDX-License-Identifier: Apache-2.0
// Work that is made as claimed: handed over in memory, and lost by nobody.
import NIOConcurrencyHelpers
import Storage
import TestSupport
import Testing

@testable import Durable

@Suite(.timeLimit(.minutes(2))) struct StartingTests {
    /// Runs workers with one handler for as long as the body takes.
    private func working(
        _ world: World, _ handler: WorkHandler, _ body: () async throws -> Void
    ) async throws {
        try await TestSupport.working(world.workers(handler), on: .call, of: world.database, body)
    }

    private func start(_ world: World, _ subjects: ClosedRange<Int64>) async throws -> Counts {
        try await world.database.write { tx in
            try Work.start(.call, subjects.map { (tenant: 1, subject: $0) }, at: 0, in: tx)
            let row = try tx.one("SELECT count(*), count(node_id) FROM work")
            return Counts(all: try row?.at(0) ?? -1, leased: try row?.at(1) ?? -1)
        }
    }

    /// Notes and settles, and tells how large the batches were.
    private func telling(_ world: World, _ sizes: AsyncStream<Int>.Continuation) -> WorkHandler {
        let database = world.database
        return WorkHandler(kind: .call, batch: 10) { items, _ in
            try await database.write { tx in
                try World.note(items, in: tx)
                try Work.settle(items, as: .done, in: tx)
            }
            sizes.yield(items.count)
        }
    }

    private func wait(for count: Int, _ sizes: AsyncStream<Int>) async {
        var seen = 0
        for await size in sizes {
            seen += size
            if seen >= count { return }
        }
    }

    @Test(arguments: engines) func `what is started while workers run is claimed from the first`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let (sizes, teller) = AsyncStream.makeStream(of: Int.self)
            try await working(world, telling(world, teller)) { () async throws -> Void in
                #expect(try await start(world, 1...3) == Counts(all: 3, leased: 3))
                await wait(for: 3, sizes)
            }
            #expect(try await world.effects() == [1: 1, 2: 1, 3: 1])
            #expect(try await world.counts() == Counts(all: 0, leased: 0))
        }
    }

    @Test(arguments: engines) func `a parcel comes with its subject, and with no later try`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let database = world.database
            let seen = Log<String>()
            let (done, teller) = AsyncStream.makeStream(of: Int.self)
            let handler = WorkHandler(kind: .call, batch: 10) { items, _ in
                for item in items { seen.add("\(item.subject) \((item.parcel as? Parcel)?.text ?? "-")") }
                try await database.write { tx in
                    try Work.settle(
                        items.map { ($0, $0.parcel == nil ? .done : .again(at: 0)) }, in: tx)
                }
                teller.yield(items.count)
            }
            try await working(world, handler) { () async throws -> Void in
                let isHandedOver = try await database.write { tx in
                    try Work.start(
                        .call, [(tenant: 1, subject: 1), (tenant: 1, subject: 2)], at: 0, in: tx,
                        carrying: [Parcel("a"), Parcel("b")])
                }
                #expect(isHandedOver)
                await wait(for: 4, done)
            }
            #expect(seen.all.sorted() == ["1 -", "1 a", "2 -", "2 b"])
            // Without workers nobody takes it.
            let isHandedOver = try await database.write { tx in
                try Work.start(.call, [(tenant: 1, subject: 3)], at: 0, in: tx, carrying: [Parcel("c")])
            }
            #expect(!isHandedOver)
        }
    }

    @Test(arguments: engines) func `who stops hands over what carries something, and returns the rest`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let database = world.database
            let door = Door()
            let handed = Log<String>()
            let handler = WorkHandler(kind: .call, batch: 10, concurrency: 1) { items, context in
                for item in items { handed.add("\(item.subject) \(context.isStopping())") }
                if items.contains(where: { $0.subject == 1 }) { await door.pass() }
                try await database.write { try Work.settle(items, as: .done, in: $0) }
            }
            let workers = world.workers(handler)
            let running = Task { try await workers.run() }
            while Bell.shared.pump(.call, on: database.origin) !== workers.pumps[0] { await Task.yield() }
            _ = try await start(world, 1...1)
            while handed.all.isEmpty { await Task.yield() }
            _ = try await start(world, 2...3)
            let isHandedOver = try await database.write { tx in
                try Work.start(.call, [(tenant: 1, subject: 4)], at: 0, in: tx, carrying: [Parcel("d")])
            }
            #expect(isHandedOver)
            workers.stop()
            while handed.all.count < 2 { await Task.yield() }
            door.open()
            try await running.value
            #expect(handed.all == ["1 false", "4 true"])
            #expect(try await world.counts() == Counts(all: 2, leased: 0))
        }
    }

    @Test(arguments: engines) func `without workers it waits in the table`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            let counts = try await start(world, 1...3)
            #expect(counts == Counts(all: 3, leased: 0))
            let done = try await world.workers(world.noting()).runDue(now: 0)
            #expect(done == 3)
        }
    }

    @Test(arguments: engines) func `more than memory has room for waits in the table and is done as well`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let (sizes, teller) = AsyncStream.makeStream(of: Int.self)
            try await working(world, telling(world, teller)) { () async throws -> Void in
                #expect(try await start(world, 1...500) == Counts(all: 500, leased: 0))
                await wait(for: 500, sizes)
                #expect(try await start(world, 501...503).all == 3)
                await wait(for: 3, sizes)
            }
            let effects = try await world.effects()
            #expect(effects.count == 503)
            #expect(effects.allSatisfy { $0.value == 1 })
        }
    }

    @Test(arguments: engines) func `a rolled back transaction leaves neither work nor lease`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let (sizes, teller) = AsyncStream.makeStream(of: Int.self)
            let lease = NIOLockedValueBox<Int64>(0)
            try await working(world, telling(world, teller)) { () async throws -> Void in
                await #expect(throws: Broken.self) {
                    try await world.database.write { tx in
                        try Work.start(.call, [(tenant: 1, subject: 1)], at: 0, in: tx)
                        let row = try tx.one("SELECT lease FROM work")
                        let found: Int64 = try row?.at(0) ?? 0
                        lease.withLockedValue { $0 = found }
                        #expect(world.node.holds(found))
                        throw Broken()
                    }
                }
                #expect(try await world.counts().all == 0)
                #expect(lease.withLockedValue { $0 } != 0)
                #expect(!world.node.holds(lease.withLockedValue { $0 }))
                // The next one is not disturbed.
                _ = try await start(world, 2...2)
                await wait(for: 1, sizes)
            }
            #expect(try await world.effects() == [2: 1])
        }
    }

    @Test(arguments: engines) func `one bad item among several leases holds up nobody else`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let database = world.database
            let door = Door()
            let (done, teller) = AsyncStream.makeStream(of: Int.self)
            let handler = WorkHandler(kind: .call, batch: 10, concurrency: 1) { items, _ in
                // The first batch keeps the door shut until the others wait behind it.
                if items.contains(where: { $0.subject == 1 }) { await door.pass() }
                if items.contains(where: { $0.subject == 3 }) {
                    if items.count == 1 { teller.yield(1) }
                    throw Broken()
                }
                try await database.write { tx in
                    try World.note(items, in: tx)
                    try Work.settle(items, as: .done, in: tx)
                }
                teller.yield(items.count)
            }
            try await working(world, handler) { () async throws -> Void in
                for subject in 1...5 as ClosedRange<Int64> { _ = try await start(world, subject...subject) }
                door.open()
                await wait(for: 5, done)
            }
            #expect(try await world.effects() == [1: 1, 2: 1, 4: 1, 5: 1])
            #expect(try await world.counts() == Counts(all: 1, leased: 0))
        }
    }

    @Test(arguments: engines) func `a node that was taken for dead leaves what it had been offered to others`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let database = world.database
            let door = Door()
            let (done, teller) = AsyncStream.makeStream(of: Int.self)
            let handed = Log<Int64>()
            let areSafe = Log<Bool>()
            let handler = WorkHandler(kind: .call, batch: 10, concurrency: 1) { items, context in
                for item in items { handed.add(item.subject) }
                if items.contains(where: { $0.subject == 1 }) {
                    await door.pass()
                    areSafe.add(context.isLeaseSafe())
                }
                do {
                    try await database.write { try Work.settle(items, as: .done, in: $0) }
                } catch is LeaseLost {}
                teller.yield(items.count)
            }
            try await working(world, handler) { () async throws -> Void in
                _ = try await start(world, 1...1)
                while handed.all.isEmpty { await Task.yield() }
                _ = try await start(world, 2...2)
                try await world.kill(world.node)
                try await world.node.tend()
                // The beat frees what its former self held; the next one is that of the new.
                try await world.node.tend()
                door.open()
                await wait(for: 3, done)
            }
            // Its own first one twice, since it was lost while it was being done; the offered one once.
            #expect(handed.all.sorted() == [1, 1, 2])
            // It lives again, but what its former self held is others'.
            #expect(areSafe.all.filter { $0 }.count == 1 && areSafe.all.count == 2)
            let counts = try await world.counts()
            #expect(counts.all == 0)
        }
    }

    @Test(arguments: engines) func `another node takes over what a dead one had started`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let dead = try await world.anotherNode()
            let pump = Pump(
                world.noting(), database: world.database, node: dead, stopping: Stopping(), logger: world.logger)
            let offer = Offer(
                [
                    WorkItem(
                        kind: .call, tenant: 1, subject: 1, dueAt: 0, attempt: 1, revision: 1,
                        lease: Lease(id: 77, now: { 0 }))
                ], pump: pump, node: dead)
            try await world.database.write { tx in
                _ = try tx.execute(
                    """
                    INSERT INTO work (kind, tenant_id, subject_id, due_at, node_id, lease, attempt, revision)
                    VALUES ('call', 1, 1, 0, \(offer.node), 77, 1, 1)
                    """)
            }
            try await world.kill(dead)
            #expect(try await world.node.tend() == 1)
            #expect(try await world.workers(world.noting()).runDue(now: 0) == 1)
            // Its own settlement comes too late.
            await #expect(throws: LeaseLost.self) {
                try await world.database.write { try Work.settle(offer.items, as: .done, in: $0) }
            }
        }
    }
}

/// What a transaction hands over with its work.
private final class Parcel: Sendable {
    let text: String
    init(_ text: String) { self.text = text }
}
