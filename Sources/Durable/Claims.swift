// SPDX-License-Identifier: Apache-2.0
// Claiming: a batch for one statement, in turns over the tenants as soon as more is due than one batch.
import NIOConcurrencyHelpers
import Storage

/// Claims the due work of one kind, fairly.
///
/// As long as less than a batch is due, everything due is taken in order of time. Once a batch is full, the tenants
/// that have due work are listed (a skip scan over the index, one seek each) and take turns, each with its share of a
/// batch, until everybody on the list had a turn; then the list is made anew. What is kept is one number for each
/// tenant with due work: waiting rows cost no memory.
final class Claims: Sendable {
    private struct State {
        /// Tenants whose turn is still to come.
        var turns: [Int64] = []
        /// True when the last claim found more than it could take.
        var isCrowded = false
    }

    /// How many tenants share one batch at most.
    static let tenantsInBatch = 10

    let kind: WorkKind
    private let database: Database
    private let state = NIOLockedValueBox(State())

    init(kind: WorkKind, database: Database) {
        self.kind = kind
        self.database = database
    }

    /// What is done with claimed items in the claim's own transaction.
    typealias Deed = @Sendable ([WorkItem], any Transaction) throws -> Void

    /// Whether more was due than could be taken: then nothing new may pass those that wait.
    var isCrowded: Bool { state.withLockedValue { $0.isCrowded } }

    /// Up to `limit` due items, now held by the node; empty when nothing is due.
    /// - Parameters:
    ///   - sated: Tenants that get nothing now; their rows are passed over by the index.
    ///   - deed: done with them before the claim is committed; when it throws, nothing was claimed.
    func claim(
        for node: Node, limit: Int, without sated: Set<Int64> = [], now: @escaping @Sendable () -> Int64,
        deed: @escaping Deed = { _, _ in }
    ) async throws -> [WorkItem] {
        let moment = now()
        if !sated.isEmpty || isCrowded {
            let turn = Turn(node: node, limit: limit, sated: sated, moment: moment)
            let claimed = try await claimInTurns(turn, now: now, deed: deed)
            if !claimed.isEmpty || !sated.isEmpty { return claimed }
        }
        let lease = Lease(id: database.mint.next(), now: now)
        let claimed = try await take(Self.due(kind, moment: moment, limit: limit), as: lease, for: node, deed: deed)
        state.withLockedValue { $0.isCrowded = claimed.count == limit }
        return claimed
    }

    /// When the next free item is due; nil when there is none.
    func nextDue() async throws -> Int64? {
        try await database.query(Self.nextDue(kind)).first?.at(0, as: Int64?.self)
    }

    /// Those of the items that the node still holds.
    func held(of items: [WorkItem], by node: Int64) async throws -> [WorkItem] {
        guard !items.isEmpty else { return [] }
        let rows = try await database.query(
            """
            SELECT tenant_id, subject_id FROM work
            WHERE node_id = \(node) AND kind = \(kind.name) AND lease IN (\(SQL.list(items.leases.sorted())))
            """)
        let held = Set(
            try rows.map { WorkKey(kind: kind, tenant: try $0.at(0), subject: try $0.at(1)) })
        return items.filter { held.contains($0.key) }
    }

    /// Whose claim it is, how much it takes and from whom.
    private struct Turn {
        let node: Node
        let limit: Int
        let sated: Set<Int64>
        let moment: Int64
    }

    private func claimInTurns(
        _ claim: Turn, now: @escaping @Sendable () -> Int64, deed: @escaping Deed
    ) async throws -> [WorkItem] {
        let (limit, moment) = (claim.limit, claim.moment)
        // A turn may be void, since another node or batch was quicker; a fresh list with nothing left ends the loop.
        var isFresh = false
        while true {
            if state.withLockedValue({ $0.turns.isEmpty }) {
                if isFresh { return [] }
                let tenants = try await database.query(Self.tenants(kind, moment: moment))
                    .map { try $0.at(0, as: Int64.self) }.filter { !claim.sated.contains($0) }
                if tenants.isEmpty { return [] }
                state.withLockedValue { $0.turns = tenants.reversed() }
                isFresh = true
            }
            let turn = state.withLockedValue { state -> [Int64] in
                let turn = Array(state.turns.suffix(min(Self.tenantsInBatch, limit)))
                state.turns.removeLast(turn.count)
                return turn.filter { !claim.sated.contains($0) }
            }
            if turn.isEmpty { continue }
            let lease = Lease(id: database.mint.next(), now: now)
            let share = (limit + turn.count - 1) / turn.count
            let source = Self.due(kind, tenants: turn, moment: moment, share: share)
            let claimed = try await take(source, as: lease, for: claim.node, deed: deed)
            if !claimed.isEmpty { return claimed }
        }
    }

    private func take(
        _ source: SQL, as lease: Lease, for node: Node, deed: @escaping Deed
    ) async throws -> [WorkItem] {
        let statement = Self.claim(kind, source, lease: lease.id, node: node.id)
        let kind = self.kind
        // Remembered before and forgotten after, so that rows of a claim whose answer was lost are found and freed.
        node.remember(lease.id)
        let items: [WorkItem]
        do {
            items = try await database.write { tx in
                let items = try tx.query(statement).map { row in
                    WorkItem(
                        kind: kind, tenant: try row.at(0), subject: try row.at(1), dueAt: try row.at(2),
                        attempt: try row.at(3), revision: try row.at(4), lease: lease)
                }.sorted { ($0.dueAt, $0.tenant, $0.subject) < ($1.dueAt, $1.tenant, $1.subject) }
                if !items.isEmpty { try deed(items, tx) }
                return items
            }
        } catch {
            node.forget(lease.id)
            throw error
        }
        if items.isEmpty { node.forget(lease.id) }
        return items
    }
}

extension Claims {
    /// The first due rows of all tenants.
    static func due(_ kind: WorkKind, moment: Int64, limit: Int) -> SQL {
        """
        SELECT tenant_id, subject_id FROM work
        WHERE kind = \(kind.name) AND node_id IS NULL AND due_at <= \(moment)
        ORDER BY due_at LIMIT \(limit)\(.skipLocked)
        """
    }

    /// The first due rows of each of some tenants.
    static func due(_ kind: WorkKind, tenants: [Int64], moment: Int64, share: Int) -> SQL {
        tenants.map { tenant -> SQL in
            """
            SELECT tenant_id, subject_id FROM (
                SELECT tenant_id, subject_id FROM work
                WHERE kind = \(kind.name) AND tenant_id = \(tenant) AND node_id IS NULL AND due_at <= \(moment)
                ORDER BY due_at LIMIT \(share)\(.skipLocked)) AS turn
            """
        }.joined(separator: " UNION ALL ")
    }

    /// Takes what a source names. It is materialised, so that PostgreSQL cannot lock more than it takes, and its
    /// columns get names of their own, so that RETURNING means the table's.
    static func claim(_ kind: WorkKind, _ source: SQL, lease: Int64, node: Int64) -> SQL {
        """
        WITH due(due_tenant, due_subject) AS MATERIALIZED (\(source))
        UPDATE work SET node_id = \(node), lease = \(lease), attempt = attempt + 1
        FROM due
        WHERE work.kind = \(kind.name) AND work.tenant_id = due.due_tenant AND work.subject_id = due.due_subject
            AND work.node_id IS NULL
        RETURNING tenant_id, subject_id, due_at, attempt, revision
        """
    }

    static func nextDue(_ kind: WorkKind) -> SQL {
        "SELECT min(due_at) AS due_at FROM work WHERE kind = \(kind.name) AND node_id IS NULL"
    }

    /// The tenants with due work: from one tenant to the next by one seek each, however many rows they have.
    static func tenants(_ kind: WorkKind, moment: Int64) -> SQL {
        """
        WITH RECURSIVE waiting(tenant_id) AS (
            SELECT min(tenant_id) FROM work WHERE kind = \(kind.name) AND node_id IS NULL
            UNION ALL
            SELECT (
                SELECT min(work.tenant_id) FROM work
                WHERE work.kind = \(kind.name) AND work.node_id IS NULL AND work.tenant_id > waiting.tenant_id)
            FROM waiting WHERE waiting.tenant_id IS NOT NULL)
        SELECT tenant_id FROM waiting
        WHERE tenant_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM work
            WHERE work.kind = \(kind.name) AND work.tenant_id = waiting.tenant_id AND work.node_id IS NULL
                AND work.due_at <= \(moment))
        """
    }
}
