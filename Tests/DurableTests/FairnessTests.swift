// SPDX-License-Identifier: Apache-2.0
// A tenant whose work is slow, or more than anybody else's, leaves room for the others. Counted, not timed.
import Storage
import TestSupport
import Testing

@testable import Durable

@Suite struct FairnessTests {
    private func items(_ tenant: Int64, _ count: Int) -> [WorkItem] {
        let lease = Lease(id: 1, now: { 0 })
        return (0..<count).map {
            WorkItem(kind: .call, tenant: tenant, subject: Int64($0), dueAt: 0, attempt: 1, revision: 1, lease: lease)
        }
    }

    @Test func `one tenant gets half of the room, and some is left however many come`() {
        var shares = Shares(room: 80)
        for tenant: Int64 in 1...6 {
            var begun = 0
            while shares.mayBegin(tenant) {
                shares.begin(items(tenant, 1))
                begun += 1
            }
            #expect(begun == [40, 20, 10, 5, 3, 1][Int(tenant) - 1])
            #expect(shares.free > 0)
        }
        #expect(shares.sated.contains(1) && !shares.sated.contains(7))
        shares.end(items(1, 40))
        #expect(shares.mayBegin(1) && shares.total == 39)
    }

    /// Workers whose handler keeps the items of some tenants until the door opens, and the log of what was handed over.
    private func withStuck(
        _ engine: Dialect, _ tenants: ClosedRange<Int64>, isOffered: Bool = false,
        _ body: (World, Log<WorkItem>, Door) async throws -> Void
    ) async throws {
        try await World.with(engine) { world in
            let (log, door, others) = (Log<WorkItem>(), Door(), Door())
            let database = world.database
            let handler = WorkHandler(kind: .call, batch: 10, concurrency: 8, isByTenant: true) { items, _ in
                for item in items { log.add(item) }
                if items.allSatisfy({ tenants.contains($0.tenant) }) { await door.pass() } else { others.open() }
                try await database.write { tx in try Work.settle(items, as: .done, in: tx) }
            }
            if !isOffered {
                for tenant in tenants {
                    try await world.schedule(tenant: tenant, subjects: (tenant * 1000)...(tenant * 1000 + 299))
                }
            }
            let workers = world.workers(handler)
            let running = Task { try await workers.run() }
            try await body(world, log, others)
            door.open()
            workers.stop()
            try await running.value
        }
    }

    @Test(arguments: engines, [1, 3] as [Int64]) func `a single item passes those of tenants that stand still`(
        _ engine: Dialect, _ stuck: Int64
    ) async throws {
        try await withStuck(engine, 1...stuck) { world, log, others in
            try await world.schedule(tenant: 9, subject: 9)
            await others.pass()
            let order = log.all.map(\.tenant)
            let before = try #require(order.firstIndex(of: 9))
            // Never the whole room, and a batch beyond the share at most.
            #expect(before < 80)
            for tenant in 1...stuck { #expect(order.count { $0 == tenant } <= 50) }
        }
    }

    @Test(arguments: engines) func `what is offered in memory does not fill the room either`(
        _ engine: Dialect
    ) async throws {
        try await withStuck(engine, 1...1, isOffered: true) { world, log, others in
            for subject: Int64 in 1...200 {
                try await world.database.write { try Work.start(.call, [(1, subject)], at: 0, in: $0) }
            }
            try await world.database.write { try Work.start(.call, [(9, 9)], at: 0, in: $0) }
            await others.pass()
            #expect(log.all.count { $0.tenant == 1 } <= 50)
        }
    }

    @Test(arguments: engines) func `in a mixed batch nobody waits for another tenant, and no lease is lost`(
        _ engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let door = Door()
            let database = world.database
            let handler = WorkHandler(kind: .call, batch: 10, concurrency: 2, isByTenant: true) { items, _ in
                if items[0].tenant == 1 { await door.pass() }
                try await database.write { tx in
                    try World.note(items, in: tx)
                    try Work.settle(items, as: .done, in: tx)
                }
                if items[0].tenant == 2 {
                    // The beat frees what no handler holds: the other part is still held.
                    try await world.node.tend()
                    door.open()
                }
            }
            try await world.schedule(tenant: 1, subjects: 1...4)
            try await world.schedule(tenant: 2, subjects: 11...14)
            let workers = world.workers(handler)
            let running = Task { try await workers.run() }
            await door.pass()
            workers.stop()
            try await running.value
            #expect(
                try await world.effects()
                    == Dictionary(uniqueKeysWithValues: (Array(1...4) + Array(11...14)).map { ($0, 1) }))
        }
    }
}
