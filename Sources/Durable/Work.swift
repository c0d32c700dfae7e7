// SPDX-License-Identifier: Apache-2.0
// What rooms say about work inside their own transactions: schedule, ensure, cancel, settle.
import Storage

/// Work that outlives the process: at most one row for each kind, tenant and subject.
///
///     try database.write { tx in
///         try store.insert(run, in: tx)
///         try Work.schedule(.run, tenant: run.tenant.raw, subject: run.id.raw, at: due, in: tx)
///     }
public enum Work {
    /// Makes or moves the alarm of a subject; wakes a worker after the commit. A leased one is run again at that time
    /// after its handler has settled.
    public static func schedule(
        _ kind: WorkKind, tenant: Int64, subject: Int64, at dueAt: Int64, in tx: any Transaction
    ) throws {
        try schedule([(kind: kind, tenant: tenant, subject: subject, at: dueAt)], in: tx)
    }

    /// Makes or moves many alarms, with few statements. The last one counts where a subject is named twice.
    public static func schedule(
        _ items: [(kind: WorkKind, tenant: Int64, subject: Int64, at: Int64)], in tx: any Transaction
    ) throws {
        guard !items.isEmpty else { return }
        for chunk in rows(items) {
            try tx.send(
                """
                INSERT INTO work (kind, tenant_id, subject_id, due_at, attempt, revision)
                VALUES \(chunk)
                ON CONFLICT (kind, tenant_id, subject_id) DO UPDATE
                SET due_at = excluded.due_at, revision = work.revision + 1,
                    attempt = CASE WHEN work.node_id IS NULL THEN 0 ELSE work.attempt END
                """)
        }
        ring(items, in: tx)
    }

    /// Whether workers of this process do a kind of work, so that what is started may be handed over to them.
    public static func isDoneHere(_ kind: WorkKind, in tx: any Transaction) -> Bool {
        Bell.shared.pump(kind, on: tx.origin) != nil
    }

    /// Makes alarms that are due at once, for subjects that have none: new ones.
    ///
    /// Where this process works on the kind and keeps up with it, they are made as already claimed and handed over in
    /// memory after the commit, which saves the claim. Else they are scheduled as any other.
    /// - Parameter parcels: One for each subject, for its handler to find (``WorkItem/parcel``); or none at all.
    /// - Returns: Whether they are handed over, and their parcels with them; false also for none.
    @discardableResult
    public static func start(
        _ kind: WorkKind, _ subjects: [(tenant: Int64, subject: Int64)], at now: Int64, in tx: any Transaction,
        carrying parcels: [any AnyObject & Sendable] = []
    ) throws -> Bool {
        precondition(parcels.isEmpty || parcels.count == subjects.count, "Each subject has its parcel, or none has.")
        guard !subjects.isEmpty else { return false }
        let pump = Bell.shared.pump(kind, on: tx.origin)
        guard let offer = pump?.offer(subjects, carrying: parcels, at: now, lease: tx.newID()) else {
            try schedule(subjects.map { (kind, $0.tenant, $0.subject, now) }, in: tx)
            return false
        }
        for piece in offer.items.sorted(by: { ($0.tenant, $0.subject) < ($1.tenant, $1.subject) }).piecesForStatements {
            let values = piece.map { item -> SQL in
                """
                (\(kind.name), \(item.tenant), \(item.subject), \(now), \(offer.node), \(item.lease.id), 1, 1)
                """
            }.joined(separator: ", ")
            try tx.send(
                """
                INSERT INTO work (kind, tenant_id, subject_id, due_at, node_id, lease, attempt, revision)
                VALUES \(values)
                """)
        }
        tx.afterCommit { offer.accept() }
        return true
    }

    /// Makes an alarm if there is none, and leaves one that is there as it is: neither moved nor locked. For work that
    /// many transactions ask for at once, such as folding.
    ///
    /// One that is being handled counts as there, so its handler has to look again before it says it is done.
    public static func ensure(
        _ kind: WorkKind, tenant: Int64, subject: Int64, at dueAt: Int64, in tx: any Transaction
    ) throws {
        let items = [(kind: kind, tenant: tenant, subject: subject, at: dueAt)]
        for row in rows(items) {
            let made = try tx.execute(
                """
                INSERT INTO work (kind, tenant_id, subject_id, due_at, attempt, revision)
                VALUES \(row)
                ON CONFLICT (kind, tenant_id, subject_id) DO NOTHING
                """)
            if made > 0 { ring(items, in: tx) }
        }
    }

    /// Takes the alarm away. When it is being handled just now, that handler's settlement throws ``LeaseLost``.
    public static func cancel(_ kind: WorkKind, tenant: Int64, subject: Int64, in tx: any Transaction) throws {
        try tx.execute(
            """
            DELETE FROM work WHERE kind = \(kind.name) AND tenant_id = \(tenant) AND subject_id = \(subject)
            """)
    }

    /// Ends the items inside the handler's own transaction, so that effect and settlement are one commit.
    /// - Throws: ``LeaseLost`` if the lease of any of them is gone; nothing of the transaction may then stay.
    public static func settle(_ items: [WorkItem], as outcome: WorkOutcome, in tx: any Transaction) throws {
        try settle(items.map { (item: $0, outcome: outcome) }, in: tx)
    }

    /// Ends the items, each in its own way: one statement for those that are done, one for those that come again.
    /// - Throws: ``LeaseLost`` if the lease of any of them is gone.
    public static func settle(
        _ items: [(item: WorkItem, outcome: WorkOutcome)], in tx: any Transaction
    ) throws {
        for batch in Settlement.batches(of: items) { try batch.apply(in: tx) }
    }

    /// The rows of INSERTs, in the order of the key, so that two transactions cannot wait for each other.
    private static func rows(
        _ items: [(kind: WorkKind, tenant: Int64, subject: Int64, at: Int64)]
    ) -> [SQL] {
        var last: [WorkKey: Int64] = [:]
        for item in items { last[WorkKey(kind: item.kind, tenant: item.tenant, subject: item.subject)] = item.at }
        let sorted = last.sorted {
            ($0.key.kind.name, $0.key.tenant, $0.key.subject) < ($1.key.kind.name, $1.key.tenant, $1.key.subject)
        }
        return sorted.piecesForStatements.map { piece in
            piece.map { key, at -> SQL in
                "(\(key.kind.name), \(key.tenant), \(key.subject), \(at), 0, 1)"
            }.joined(separator: ", ")
        }
    }

    /// After the commit, tells the workers of this process the earliest due time of each kind.
    private static func ring(
        _ items: [(kind: WorkKind, tenant: Int64, subject: Int64, at: Int64)], in tx: any Transaction
    ) {
        var earliest: [WorkKind: Int64] = [:]
        for item in items { earliest[item.kind] = min(item.at, earliest[item.kind] ?? .max) }
        let rung = earliest
        tx.afterCommit {
            for (kind, at) in rung { Bell.shared.ring(kind, at: at) }
        }
    }
}
