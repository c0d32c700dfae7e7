// SPDX-License-Identifier: Apache-2.0
// Scheduling, settling and cancelling, on both engines.
import Storage
import TestSupport
import Testing

@testable import Durable

@Suite struct WorkTests {
    @Test(arguments: engines) func `due work is done once and is gone`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...25)
            let handled = try await world.workers(world.noting()).runDue(now: 0)
            #expect(handled == 25)
            #expect(try await world.effects() == Dictionary(uniqueKeysWithValues: (1...25).map { ($0, 1) }))
            let rows0 = try await world.counts().all
            #expect(rows0 == 0)
        }
    }

    @Test(arguments: engines) func `work is not done before it is due`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1, at: 1000)
            let workers = world.workers(world.noting())
            #expect(try await workers.runDue(now: 999) == 0)
            #expect(try await workers.runDue(now: 1000) == 1)
        }
    }

    @Test(arguments: engines) func `a subject has one alarm, and the last time counts`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1, at: 10)
            try await world.schedule(subject: 1, at: 500)
            let rows1 = try await world.counts().all
            #expect(rows1 == 1)
            let workers = world.workers(world.noting())
            #expect(try await workers.runDue(now: 499) == 0)
            #expect(try await workers.runDue(now: 500) == 1)
        }
    }

    @Test(arguments: engines) func `a batch may name a subject twice`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.database.write { tx in
                try Work.schedule(
                    [
                        (kind: .call, tenant: 1, subject: 7, at: 100), (kind: .call, tenant: 1, subject: 7, at: 200),
                        (kind: .letter, tenant: 1, subject: 7, at: 300),
                    ], in: tx)
            }
            let rows2 = try await world.counts().all
            #expect(rows2 == 2)
            #expect(try await world.claim(now: 199).isEmpty)
            #expect(try await world.claim(now: 200).map(\.dueAt) == [200])
        }
    }

    @Test(arguments: engines) func `ensuring moves no alarm that is there`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            for at: Int64 in [100, 5, 900] {
                try await world.database.write { try Work.ensure(.call, tenant: 1, subject: 1, at: at, in: $0) }
            }
            #expect(try await world.claim(now: 99).isEmpty)
            #expect(try await world.claim(now: 100).count == 1)
        }
    }

    @Test(arguments: engines) func `a rolled back transaction schedules nothing`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            await #expect(throws: Broken.self) {
                try await world.database.write { (tx: any Transaction) throws -> Void in
                    try Work.schedule(.call, tenant: 1, subject: 1, at: 0, in: tx)
                    throw Broken()
                }
            }
            let rows0 = try await world.counts().all
            #expect(rows0 == 0)
        }
    }

    @Test(arguments: engines) func `cancelled work is not done`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...2)
            try await world.database.write { try Work.cancel(.call, tenant: 1, subject: 1, in: $0) }
            #expect(try await world.workers(world.noting()).runDue(now: 0) == 1)
            #expect(try await world.effects() == [2: 1])
        }
    }

    @Test(arguments: engines) func `work that comes again is due at its new time`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1)
            let workers = world.workers(world.noting(as: .again(at: 70)))
            #expect(try await workers.runDue(now: 0) == 1)
            #expect(try await world.counts() == Counts(all: 1, leased: 0))
            #expect(try await workers.runDue(now: 69) == 0)
            #expect(try await world.claim(now: 70).map(\.attempt) == [1])
        }
    }

    @Test(arguments: engines) func `items of one batch end each in its own way`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subjects: 1...3)
            let items = try await world.claim()
            try await world.database.write { tx in
                try Work.settle(
                    [
                        (item: items[0], outcome: .done), (item: items[1], outcome: .again(at: 20)),
                        (item: items[2], outcome: .retry(after: .milliseconds(30))),
                    ], in: tx)
            }
            let again = try await world.claim(now: 30)
            #expect(again.map(\.subject) == [2, 3])
            #expect(again.map(\.dueAt) == [20, 30])
            #expect(again.map(\.attempt) == [1, 2])
        }
    }

    @Test(arguments: engines) func `batches of every size are settled whole`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            for size: Int64 in [1, 2, 3, 5, 31, 64, 65, 100] {
                try await world.schedule(subjects: 1...size)
                let items = try await world.claim(limit: 200)
                try await world.database.write { try Work.settle(items, as: .again(at: 0), in: $0) }
                #expect(try await world.counts() == Counts(all: Int(size), leased: 0))
                let again = try await world.claim(limit: 200)
                try await world.database.write { try Work.settle(again, as: .done, in: $0) }
                let rows0 = try await world.counts().all
                #expect(rows0 == 0)
            }
        }
    }

    @Test(arguments: engines) func `only what was handled ends, whatever lies between`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            for tenant: Int64 in 1...2 {
                try await world.schedule(tenant: tenant, subjects: 1...9)
                try await world.schedule(.letter, tenant: tenant, subjects: 1...9)
            }
            let items = try await world.claim(limit: 200)
            func settle(_ isEnding: (WorkItem) -> Bool) async throws -> [String] {
                let ending = items.filter(isEnding)
                try await world.database.write { try Work.settle(ending, as: .done, in: $0) }
                let rows = try await world.database.query(
                    "SELECT tenant_id, subject_id FROM work WHERE kind = 'call' ORDER BY tenant_id, subject_id")
                return try rows.map { "\(try $0.at(0, as: Int.self))/\(try $0.at(1, as: Int.self))" }
            }
            // Of one tenant, and of several.
            let even = try await settle { $0.tenant == 1 && $0.subject % 2 == 1 }
            #expect(even == [2, 4, 6, 8].map { "1/\($0)" } + (1...9).map { "2/\($0)" })
            let rest = try await settle { ($0.tenant == 1 && $0.subject > 4 || $0.tenant == 2) && $0.subject % 2 == 0 }
            #expect(rest == [2, 4].map { "1/\($0)" } + [1, 3, 5, 7, 9].map { "2/\($0)" })
            #expect(try await world.claim(.letter, limit: 200).count == 18)
        }
    }

    @Test(arguments: engines) func `scheduling while it is handled makes it run again`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1)
            let items = try await world.claim()
            try await world.schedule(subject: 1, at: 40)
            #expect(try await world.claim(now: 40).isEmpty)
            try await world.database.write { try Work.settle(items, as: .done, in: $0) }
            #expect(try await world.claim(now: 39).isEmpty)
            #expect(try await world.claim(now: 40).map(\.attempt) == [1])
        }
    }

    @Test(arguments: engines) func `a handler may schedule its own subject and be done`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.schedule(subject: 1)
            let items = try await world.claim()
            try await world.database.write { tx in
                try Work.schedule(.call, tenant: 1, subject: 1, at: 60, in: tx)
                try Work.settle(items, as: .done, in: tx)
            }
            #expect(try await world.counts() == Counts(all: 1, leased: 0))
            #expect(try await world.claim(now: 60).count == 1)
        }
    }

    @Test(arguments: engines) func `the plan of every look-up uses its index`(engine: Dialect) async throws {
        try await World.with(engine) { world in
            try await world.database.write { tx in
                let many = (1...4000 as ClosedRange<Int64>).map {
                    (kind: WorkKind.call, tenant: $0 % 40, subject: $0, at: 1_000_000 + $0)
                }
                try Work.schedule(many, in: tx)
                try tx.execute("ANALYZE work")
            }
            let lease = Lease(id: 1, now: { 0 })
            let item = WorkItem(
                kind: .call, tenant: 1, subject: 1, dueAt: 0, attempt: 1, revision: 1, lease: lease)
            let settlements = Settlement.batches(of: [(item: item, outcome: .done)])
            let looks: [(sql: SQL, index: String)] = [
                (Claims.nextDue(.call), "work_due"),
                (Claims.due(.call, moment: 5, limit: 100), "work_due"),
                (Claims.due(.call, tenants: [1, 2], moment: 5, share: 50), "work_tenant"),
                (Claims.tenants(.call, moment: 5), "work_tenant"),
                (Claims.claim(.call, Claims.due(.call, moment: 5, limit: 10), lease: 1, node: 1), "work_due"),
            ]
            for look in looks {
                let plan = try await world.plan(of: look.sql)
                #expect(plan.contains(look.index), "\(plan)")
                #expect(!plan.contains("Seq Scan on work") && !plan.contains("SCAN work"), "\(plan)")
            }
            for settlement in settlements {
                for sql in [settlement.delete(for: engine), settlement.free(for: engine)] {
                    let plan = try await world.plan(of: sql)
                    #expect(!plan.contains("Seq Scan on work") && !plan.contains("SCAN work"), "\(plan)")
                }
            }
        }
    }

    /// Rows that differ in their subjects only, and rows that were scheduled again differently often: a few ways, many.
    @Test(arguments: engines, [1, 2, 7])
    func `what is done is found by its key, however little is known of the table`(
        engine: Dialect, revisions: Int64
    ) async throws {
        try await World.with(engine) { world in
            let lease = Lease(id: 1, now: { 0 })
            let items = (1...20 as ClosedRange<Int64>).map { subject in
                let item = WorkItem(
                    kind: .call, tenant: 1, subject: subject, dueAt: 0, attempt: 1, revision: subject % revisions,
                    lease: lease)
                return (item: item, outcome: WorkOutcome.done)
            }
            for settlement in Settlement.batches(of: items) {
                for statement in [settlement.delete(for: engine), settlement.free(for: engine)] {
                    let plan = try await world.plan(of: statement)
                    let search = engine == .sqlite ? "SEARCH work" : "Index Cond"
                    let isByKey = plan.split(separator: "\n").contains { line in
                        line.contains(search) && line.contains("subject_id")
                    }
                    #expect(isByKey, "\(plan)")
                }
            }
        }
    }
}

extension World {
    func plan(of sql: SQL) async throws -> String {
        let explained: SQL = database.dialect == .sqlite ? "EXPLAIN QUERY PLAN \(sql)" : "EXPLAIN \(sql)"
        let rows = try await database.write { try $0.query(explained) }
        return rows.map { row in row.values.map { "\($0)" }.joined(separator: " ") }.joined(separator: "\n")
    }
}
