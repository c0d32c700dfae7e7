// SPDX-License-Identifier: Apache-2.0
// How leased work ends: one statement for a whole batch, and an error when the lease is gone.
import Storage

/// Items of one kind that end alike.
struct Settlement {
    let kind: WorkKind
    /// Nil: done. Else when each is due again.
    let rows: [(item: WorkItem, dueAt: Int64?)]
    let isRetry: Bool

    /// Groups items by kind and manner of ending. Work in memory only.
    static func batches(of items: [(item: WorkItem, outcome: WorkOutcome)]) -> [Settlement] {
        /// What items of one batch have in common.
        struct Manner: Hashable {
            let kind: WorkKind
            let isDone: Bool
            let isRetry: Bool
        }
        var groups: [Manner: [(item: WorkItem, dueAt: Int64?)]] = [:]
        var order: [Manner] = []
        for (item, outcome) in items {
            let dueAt: Int64? =
                switch outcome {
                case .done: nil
                case .again(let at): at
                case .retry(let delay):
                    item.lease.now() + (delay ?? RetryDelay.after(attempt: item.attempt)).milliseconds
                }
            var isRetry = false
            if case .retry = outcome { isRetry = true }
            let manner = Manner(kind: item.kind, isDone: dueAt == nil, isRetry: isRetry)
            if groups[manner] == nil { order.append(manner) }
            groups[manner, default: []].append((item, dueAt))
        }
        return order.compactMap { manner in
            groups[manner].map { Settlement(kind: manner.kind, rows: $0, isRetry: manner.isRetry) }
        }
    }

    /// - Throws: ``LeaseLost`` when a row is no longer held by its lease.
    func apply(in tx: any Transaction) throws {
        let settled = try applyLeniently(in: tx)
        guard settled == rows.count else { throw LeaseLost() }
    }

    /// Ends what is still held, and returns how many that were.
    @discardableResult func applyLeniently(in tx: any Transaction) throws -> Int {
        let groups = Dictionary(grouping: rows.map(\.item), by: \.lease.id).values
        tx.afterCommit {
            for items in groups { items.first?.lease.note(settled: items.map(\.key)) }
        }
        if rows.allSatisfy({ $0.dueAt == nil }) {
            let deleted = try tx.execute(delete(for: tx.dialect))
            if deleted == rows.count { return deleted }
            return try deleted + tx.execute(free(for: tx.dialect))
        }
        let changed = try tx.execute(free(for: tx.dialect))
        if let earliest = rows.compactMap(\.dueAt).min() {
            let kind = self.kind
            tx.afterCommit { Bell.shared.ring(kind, at: earliest) }
        }
        return changed
    }

    /// Between which keys the rows lie. PostgreSQL often knows the table as all but empty: without, it would read
    /// everything of the kind, with what was deleted since it last cleaned up. A range is used by the index in any
    /// case, a list is not. SQLite looks each key up, and would read everything between them.
    private func range(for dialect: Dialect) -> SQL {
        if dialect == .sqlite { return "" }
        let tenants = rows.map(\.item.tenant)
        let subjects = rows.map(\.item.subject)
        guard let tenant = tenants.min(), let lastTenant = tenants.max(), let subject = subjects.min(),
            let lastSubject = subjects.max()
        else { return "" }
        let ofTenants: SQL =
            tenant == lastTenant
            ? "work.tenant_id = \(tenant)" : "work.tenant_id >= \(tenant) AND work.tenant_id <= \(lastTenant)"
        return " AND \(ofTenants) AND work.subject_id >= \(subject) AND work.subject_id <= \(lastSubject)"
    }

    /// Ends those that nobody scheduled again meanwhile.
    ///
    /// The rows of one centre come from a few claims, and those of one claim differ in their subjects only: so they are
    /// told apart by few conditions. Else each row is compared with a list of values, which costs PostgreSQL several
    /// times the deleting.
    func delete(for dialect: Dialect) -> SQL {
        /// What the rows of one condition have in common.
        struct Hold: Hashable {
            let revision: Int64
            let lease: Int64
        }
        let holds = Dictionary(grouping: rows.map(\.item)) { Hold(revision: $0.revision, lease: $0.lease.id) }
        guard let tenant = rows.first?.item.tenant, rows.allSatisfy({ $0.item.tenant == tenant }),
            holds.count <= Self.mostHolds, let longest = holds.values.map(\.count).max()
        else { return deleteAny(for: dialect) }
        let conditions = holds.map { hold, items -> SQL in
            // Lists of one length, so that few texts arise.
            let subjects = items.map(\.subject) + repeatElement(items[0].subject, count: longest - items.count)
            return """
                (revision = \(hold.revision) AND lease = \(hold.lease) AND subject_id IN (\(SQL.list(subjects))))
                """
        }
        let keys: SQL =
            dialect == .sqlite
            ? " AND subject_id IN (\(SQL.list(rows.map(\.item.subject))))" : range(for: dialect)
        return """
            DELETE FROM work
            WHERE kind = \(kind.name) AND tenant_id = \(tenant)\(keys) AND (\(conditions.joined(separator: " OR ")))
            """
    }

    private static let mostHolds = 4

    private func deleteAny(for dialect: Dialect) -> SQL {
        """
        WITH settled(tenant_id, subject_id, revision, lease) AS (VALUES \(values))
        DELETE FROM work
        WHERE kind = \(kind.name)\(range(for: dialect))
            AND (tenant_id, subject_id, revision, lease) IN (SELECT tenant_id, subject_id, revision, lease FROM settled)
        """
    }

    /// Frees the rows. One that was scheduled during the handling keeps the time that it was given there.
    func free(for dialect: Dialect) -> SQL {
        let attempt: SQL = isRetry ? "CASE WHEN work.revision = settled.revision THEN work.attempt ELSE 0 END" : "0"
        return """
            WITH settled(tenant_id, subject_id, revision, lease, due_at) AS (VALUES \(valuesWithTimes))
            UPDATE work
            SET node_id = NULL, lease = NULL, attempt = \(attempt),
                due_at = CASE WHEN work.revision = settled.revision THEN settled.due_at ELSE work.due_at END
            FROM settled
            WHERE work.kind = \(kind.name) AND work.tenant_id = settled.tenant_id
                AND work.subject_id = settled.subject_id AND work.lease = settled.lease\(range(for: dialect))
            """
    }

    private var values: SQL {
        rows.paddedForStatement.map { row -> SQL in
            "(\(row.item.tenant), \(row.item.subject), \(row.item.revision), \(row.item.lease.id))"
        }.joined(separator: ", ")
    }

    private var valuesWithTimes: SQL {
        rows.paddedForStatement.map { row -> SQL in
            """
            (\(row.item.tenant), \(row.item.subject), \(row.item.revision), \(row.item.lease.id),
                \(row.dueAt ?? row.item.dueAt))
            """
        }.joined(separator: ", ")
    }
}

/// How long a failed attempt waits: doubled each time, up to a quarter of an hour, a quarter more or less by chance so
/// that what failed together does not come back together.
enum RetryDelay {
    static let longest = Duration.seconds(900)

    static func after(attempt: Int, chance: Double = .random(in: 0.75...1.25)) -> Duration {
        let doubled = attempt > 10 ? longest : .seconds(1 << max(0, attempt - 1))
        return .milliseconds(Int64(Double(min(doubled, longest).milliseconds) * chance))
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
