// SPDX-License-Identifier: Apache-2.0
// What workers promise: at least once, never twice, fair, and nothing lost when they stop or die.
import Logging
import Storage
import TestSupport
import Testing

@testable import Durable

@Suite struct WorkersTests {
    @Test(arguments: engines) func `two workers at once do everything once`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            for tenant: Int64 in 1...4 {
                try await world.schedule(tenant: tenant, subjects: (tenant * 1000)...(tenant * 1000 + 99))
            }
            let other = try await world.anotherNode()
            async let first = world.workers(world.noting(batch: 7)).runDue(now: 0)
            async let second = world.workers(world.noting(batch: 13), node: other).runDue(now: 0)
            #expect(try await first + second == 400)
            let effects = try await world.effects()
            #expect(effects.count == 400)
            #expect(effects.values.allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: engines) func `a dead node's work is taken over and its settlement fails`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...3)
            let dead = try await world.anotherNode()
            let held = try await world.claim(node: dead)
            #expect(held.count == 3)
            #expect(try await world.node.tend() == 0)
            #expect(try await world.claim().isEmpty)
            try await world.kill(dead)
            #expect(try await world.node.tend() == 3)
            #expect(try await world.workers(world.noting()).runDue(now: 0) == 3)
            await #expect(throws: LeaseLost.self) {
                try await world.database.write { tx in
                    try World.note(held, in: tx)
                    try Work.settle(held, as: .done, in: tx)
                }
            }
            #expect(try await world.effects() == [1: 1, 2: 1, 3: 1])
        }
    }

    @Test(arguments: engines) func `a node that was taken for dead joins again as another`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let before = world.node.identity
            try await world.schedule(subject: 1)
            let held = try await world.claim()
            try await world.kill(world.node)
            #expect(try await world.node.tend() == 1)
            #expect(world.node.identity.id != before.id)
            #expect(world.node.number != before.number)
            #expect(try await world.claim().count == 1)
            await #expect(throws: LeaseLost.self) {
                try await world.database.write { try Work.settle(held, as: .done, in: $0) }
            }
        }
    }

    @Test(arguments: engines) func `cancelling during the handling rolls the handler back`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...3)
            let database = world.database
            let cancelling = WorkHandler(kind: .call, batch: 10) { items, _ in
                if items.count == 3 {
                    try await database.write { try Work.cancel(.call, tenant: 1, subject: 2, in: $0) }
                }
                try await database.write { tx in
                    try World.note(items, in: tx)
                    try Work.settle(items, as: .done, in: tx)
                }
            }
            try await world.workers(cancelling).runDue(now: 0)
            #expect(try await world.effects() == [1: 1, 3: 1])
            let rows0 = try await world.counts().all
            #expect(rows0 == 0)
        }
    }

    @Test(arguments: engines) func `one bad item holds up nobody else`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...5)
            let database = world.database
            let picky = WorkHandler(kind: .call, batch: 10) { items, _ in
                try await database.write { tx in
                    try World.note(items, in: tx)
                    if items.contains(where: { $0.subject == 3 }) { throw Broken() }
                    try Work.settle(items, as: .done, in: tx)
                }
            }
            await #expect(throws: WorkFailed.self) { try await world.workers(picky).runDue(now: 0) }
            #expect(try await world.effects() == [1: 1, 2: 1, 4: 1, 5: 1])
            #expect(try await world.counts() == Counts(all: 1, leased: 0))
        }
    }

    @Test(arguments: engines) func `what a handler forgets is retried, later each time`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1)
            let dues = Log<Int64>()
            let forgetful = WorkHandler(kind: .call) { items, _ in
                for item in items { dues.add(item.dueAt) }
            }
            var now: Int64 = 0
            for attempt in 1...5 {
                try await world.workers(forgetful).runDue(now: now)
                #expect(dues.all.count == attempt)
                now = try await world.database.query(Claims.nextDue(.call)).first?.at(0) ?? -1
            }
            let waits = zip(dues.all, dues.all.dropFirst()).map { $1 - $0 }
            #expect(waits == waits.sorted())
            #expect(waits.allSatisfy { $0 > 0 })
        }
    }

    @Test func `delays double up to a quarter of an hour`() {
        for attempt in 1...12 {
            let least = RetryDelay.after(attempt: attempt, chance: 0.75)
            let most = RetryDelay.after(attempt: attempt, chance: 1.25)
            #expect(least < most)
            #expect(most <= .seconds(1125))
            if attempt < 10 { #expect(most < RetryDelay.after(attempt: attempt + 1, chance: 0.75)) }
        }
        #expect(RetryDelay.after(attempt: 1, chance: 1) == .seconds(1))
        #expect(RetryDelay.after(attempt: 5, chance: 1) == .seconds(16))
    }

    @Test(arguments: engines) func `a busy tenant delays nobody`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(tenant: 1, subjects: 1...500, at: 0)
            for tenant: Int64 in 2...6 { try await world.schedule(tenant: tenant, subject: tenant * 1000, at: 9) }
            let claims = Claims(kind: .call, database: world.database)
            var seen: [Int64] = []
            for _ in 1...2 { seen += try await claims.claim(for: world.node, limit: 20, now: { 10 }).map(\.tenant) }
            #expect(Set(seen) == [1, 2, 3, 4, 5, 6])
            var rest = seen.count
            while case let more = try await claims.claim(for: world.node, limit: 20, now: { 10 }), !more.isEmpty {
                rest += more.count
            }
            #expect(rest == 505)
        }
    }

    @Test(arguments: engines) func `busy tenants take turns`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            for tenant: Int64 in 1...25 {
                try await world.schedule(tenant: tenant, subjects: (tenant * 1000)...(tenant * 1000 + 39))
            }
            let claims = Claims(kind: .call, database: world.database)
            _ = try await claims.claim(for: world.node, limit: 20, now: { 0 })
            var turns: [Int64: Int] = [:]
            for _ in 1...3 {
                for item in try await claims.claim(for: world.node, limit: 20, now: { 0 }) {
                    turns[item.tenant, default: 0] += 1
                }
            }
            #expect(turns.count == 25)
            #expect((turns.values.max() ?? 0) <= 4)
        }
    }

    @Test(arguments: engines) func `a graceful stop lets handlers finish and returns the rest`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...4)
            let (begun, door) = (Door(), Door())
            let database = world.database
            let slow = WorkHandler(kind: .call, batch: 2, concurrency: 1) { items, context in
                begun.open()
                await door.pass()
                guard context.isStopping() else { throw Broken() }
                try await database.write { tx in
                    try World.note([items[0]], in: tx)
                    try Work.settle([items[0]], as: .done, in: tx)
                }
            }
            let workers = world.workers(slow)
            let running = Task { try await workers.run() }
            await begun.pass()
            workers.stop()
            door.open()
            try await running.value
            #expect(try await world.effects() == [1: 1])
            #expect(try await world.counts() == Counts(all: 3, leased: 0))
            #expect(try await database.query("SELECT id FROM node").isEmpty)
            let attempts = try await database.query("SELECT attempt FROM work").map { try $0.at(0, as: Int.self) }
            #expect(attempts == [0, 0, 0])
        }
    }

    @Test(arguments: engines) func `running workers wake for what is scheduled and for what becomes due`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let (seen, seer) = AsyncStream.makeStream(of: Int64.self)
            let database = world.database
            let handler = WorkHandler(kind: .call) { items, _ in
                try await database.write { try Work.settle(items, as: .done, in: $0) }
                for item in items { seer.yield(item.subject) }
            }
            let clock = ContinuousClock()
            let start = clock.now
            let workers = world.workers(handler, clock: { (clock.now - start).milliseconds })
            let running = Task { try await workers.run() }
            var iterator = seen.makeAsyncIterator()
            try await world.schedule(subject: 1, at: 0)
            #expect(await iterator.next() == 1)
            try await world.schedule(subject: 2, at: (clock.now - start).milliseconds + 40)
            #expect(await iterator.next() == 2)
            running.cancel()
            try await running.value
            let rows0 = try await world.counts().all
            #expect(rows0 == 0)
        }
    }

    @Test(arguments: engines) func `a kill at any point loses nothing and repeats no effect`(
        engine: Dialect
    ) async throws {
        /// Where the process dies: with the claim, in the transaction, before the settlement, after the commit.
        enum Point: CaseIterable { case claimed, inTransaction, beforeSettlement, committed }
        try await World.with(engine) { world in
            for (index, point) in Point.allCases.enumerated() {
                let subject = Int64(index + 1)
                try await world.schedule(subject: subject)
                let dead = try await world.anotherNode()
                let held = try await world.claim(node: dead)
                #expect(held.map(\.subject) == [subject])
                if point != .claimed {
                    _ = try? await world.database.write { tx in
                        try World.note(held, in: tx)
                        if point == .inTransaction { throw Broken() }
                        if point == .beforeSettlement { throw Broken() }
                        try Work.settle(held, as: .done, in: tx)
                    }
                }
                try await world.kill(dead)
                try await world.node.tend()
                try await world.workers(world.noting()).runDue(now: 0)
            }
            let wanted = Dictionary(uniqueKeysWithValues: Point.allCases.indices.map { (Int64($0 + 1), 1) })
            #expect(try await world.effects() == wanted)
            let rows0 = try await world.counts().all
            #expect(rows0 == 0)
        }
    }

    @Test(arguments: engines) func `a claim whose answer was lost is freed by the next beat`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...2)
            let items = try await world.claim()
            #expect(try await world.node.tend() == 0)
            world.node.forget(items[0].lease.id)
            #expect(try await world.node.tend() == 2)
            #expect(try await world.claim().count == 2)
        }
    }

    @Test(arguments: engines) func `nodes have numbers of their own, and a dead one's rests`(
        engine: Dialect
    ) async throws {
        try await World.with(engine) { world in
            let second = try await world.anotherNode()
            #expect(world.node.number == 0)
            #expect(second.number == 1)
            try await world.kill(second)
            try await world.node.tend()
            #expect(try await world.anotherNode().number == 2)
            try await world.node.leave()
            #expect(try await world.anotherNode().number == 0)
        }
    }

    @Test(arguments: engines) func `a skewed clock may not join`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            let now: Int64 = try await world.database.query("SELECT \(.databaseNow) AS now").first?.at(0) ?? 0
            await #expect(throws: NodeError.self) {
                _ = try await Node.join(world.database, clock: { now + 60_000 })
            }
            await #expect(throws: NodeError.self) {
                _ = try await Node.join(world.database, clock: { now - 60_000 })
            }
        }
    }

    @Test(arguments: engines) func `work that never ends is noticed`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1)
            let workers = world.workers(world.noting(as: .again(at: 0)))
            await #expect(throws: EndlessWork.self) { try await workers.runDue(now: 0, limit: 20) }
        }
    }
}

@Suite struct EmbeddedNodeTests {
    @Test func `on SQLite a start makes earlier leases void`() async throws {
        try await World.with(.sqlite) { world in
            try await world.schedule(subjects: 1...3)
            #expect(try await world.claim().count == 3)
            let next = try await Node.join(world.database)
            #expect(next.number == 0)
            #expect(try await world.claim(node: next).count == 3)
        }
    }
}
