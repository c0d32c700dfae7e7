// SPDX-License-Identifier: Apache-2.0
// What the provider is shown of centres and of the installation: counts and times, nothing that a customer has said.
import Durable
import Storage

/// How busy one centre is.
public struct CentreActivity: Sendable, Equatable {
    public var people = 0
    /// Messages that may still leave.
    public var queued = 0
    /// Senders whose mail is held.
    public var holds = 0
    /// The last interaction or deed; nil where nothing has happened yet.
    public var lastAt: Moment?
}

/// One kind of work that waits.
public struct WorkQueue: Sendable, Equatable, Encodable {
    public let kind: String
    /// Not claimed by any node.
    public let waiting: Int
    /// Of those, how many are due now.
    public let due: Int
    /// Since when the oldest of those is due.
    public let oldestDueAt: Moment?
    /// Being done just now.
    public let claimed: Int
}

/// Reads over all centres: the provider's view alone.
enum ProviderStore {
    /// How busy some centres are, in one statement.
    static func activity(of tenants: [TenantID], in tx: any Transaction) throws -> [TenantID: CentreActivity] {
        if tenants.isEmpty { return [:] }
        let ids = tenants.map { "\($0)" as SQL }.joined(separator: ", ")
        let rows = try tx.query(
            """
            SELECT t.id,
                (SELECT COUNT(*) FROM person p WHERE p.tenant_id = t.id AND p.is_active = 1) AS people,
                (SELECT COUNT(*) FROM message m WHERE m.tenant_id = t.id
                    AND m.state IN ('queued', 'sending', 'retrying', 'held')) AS queued,
                (SELECT COUNT(*) FROM smtp_hold h WHERE h.tenant_id = t.id) AS holds,
                (SELECT MAX(i.changed_at) FROM interaction i WHERE i.tenant_id = t.id) AS changed_at,
                (SELECT a.at FROM audit a WHERE a.tenant_id = t.id ORDER BY a.id DESC LIMIT 1) AS acted_at
            FROM tenant t WHERE t.id IN (\(ids))
            """)
        var found: [TenantID: CentreActivity] = [:]
        for row in rows {
            let times = [try row.get("changed_at", as: Moment?.self), try row.get("acted_at", as: Moment?.self)]
            found[try row.get("id")] = CentreActivity(
                people: try row.get("people"), queued: try row.get("queued"), holds: try row.get("holds"),
                lastAt: times.compactMap { $0 }.max())
        }
        return found
    }

    /// Administrators who have not chosen a password yet: those whom a link can be made for.
    static func pendingAdministrators(of tenant: TenantID, in tx: any Transaction) throws -> [PersonID] {
        try tx.query(
            """
            SELECT p.id FROM person p
            JOIN person_role r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
            WHERE p.tenant_id = \(tenant) AND p.is_active = 1 AND p.password_hash IS NULL
                AND r.role = 'administrator'
            ORDER BY p.id LIMIT 20
            """
        ).map { try $0.at(0) }
    }

    // MARK: Health

    /// The queues, by the indexes of their kind: a million waiting rows are counted, not read.
    static func queues(at now: Moment, in tx: any Transaction) throws -> [WorkQueue] {
        let waiting = try tx.query(
            """
            SELECT kind, COUNT(*) AS waiting, SUM(CASE WHEN due_at <= \(now) THEN 1 ELSE 0 END) AS due,
                MIN(due_at) AS oldest_at
            FROM work WHERE node_id IS NULL GROUP BY kind
            """)
        var queues: [String: WorkQueue] = [:]
        for row in waiting {
            let (kind, oldest) = (try row.get("kind", as: String.self), try row.get("oldest_at", as: Moment.self))
            queues[kind] = WorkQueue(
                kind: kind, waiting: try row.get("waiting"), due: try row.get("due"),
                oldestDueAt: oldest <= now ? oldest : nil, claimed: 0)
        }
        for row in try tx.query("SELECT kind, COUNT(*) FROM work WHERE node_id IS NOT NULL GROUP BY kind") {
            let kind = try row.at(0, as: String.self)
            let queue = queues[kind]
            queues[kind] = WorkQueue(
                kind: kind, waiting: queue?.waiting ?? 0, due: queue?.due ?? 0, oldestDueAt: queue?.oldestDueAt,
                claimed: try row.at(1))
        }
        return queues.values.sorted { $0.kind < $1.kind }
    }

    /// How many nodes serve this database, and how many senders of how many centres are held.
    static func counts(in tx: any Transaction) throws -> (nodes: Int, holds: Int, centres: Int, archived: Int) {
        let row = try tx.one(
            """
            SELECT (SELECT COUNT(*) FROM node) AS nodes, (SELECT COUNT(*) FROM smtp_hold) AS holds,
                (SELECT COUNT(*) FROM tenant WHERE archived_at IS NULL) AS centres,
                (SELECT COUNT(*) FROM tenant WHERE archived_at IS NOT NULL) AS archived
            """)
        guard let row else { return (0, 0, 0, 0) }
        return (
            try row.get("nodes"), try row.get("holds"), try row.get("centres"), try row.get("archived")
        )
    }

    /// The schema's last step, the engine's version and the database's size in bytes.
    static func engine(in tx: any Transaction) throws -> (step: Int, version: String, bytes: Int64) {
        // Differs because each engine tells its version and its size in its own way.
        let question: SQL =
            tx.dialect == .sqlite
            ? """
            SELECT sqlite_version() AS version,
                (SELECT c.page_count * s.page_size FROM pragma_page_count() c, pragma_page_size() s) AS bytes
            """ : "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes"
        let row = try tx.one(question)
        let step = try tx.one("SELECT MAX(number) FROM schema_migration")
        return (try step?.at(0) ?? 0, try row?.get("version") ?? "", try row?.get("bytes") ?? 0)
    }
}
