// SPDX-License-Identifier: Apache-2.0
// What has to be copied to whose mail, and what was.
import Storage

/// The copies of one centre in one transaction.
struct InboxCopyStore {
    let tenant: TenantID
    let tx: any Transaction

    /// What waits to be copied to some people, and when the same block was last copied to them.
    func waiting(for people: [PersonID]) throws -> [CopyGroup: Moment?] {
        let rows = try tx.query(Self.waiting(for: people, of: tenant))
        return Dictionary(
            try rows.map {
                let group = CopyGroup(
                    person: try $0.get("person_id"), workflow: try $0.get("workflow_id"), block: try $0.get("block"))
                return (group, try $0.get("copied_at", as: Moment?.self))
            }, uniquingKeysWith: { first, _ in first })
    }

    static func waiting(for people: [PersonID], of tenant: TenantID) -> SQL {
        """
        SELECT m.person_id, m.workflow_id, m.block, (
            SELECT c.copied_at FROM inbox_copy c
            WHERE c.tenant_id = \(tenant) AND c.person_id = m.person_id AND c.workflow_id = m.workflow_id
                AND c.block = m.block
        ) AS copied_at
        FROM (
            SELECT DISTINCT person_id, workflow_id, block FROM inbox_uncopied
            WHERE tenant_id = \(tenant) AND person_id IN (\(list(people)))
        ) AS m
        """
    }

    /// Takes what is copied now: the messages of each group, oldest first. Each is taken once, whoever asks.
    func take(_ groups: Set<CopyGroup>, at now: Moment) throws -> [CopyGroup: [InternalMessageID]] {
        guard !groups.isEmpty else { return [:] }
        var taken: [CopyGroup: [InternalMessageID]] = [:]
        for row in try tx.query(Self.taking(groups, of: tenant)) {
            let group = CopyGroup(
                person: try row.get("person_id"), workflow: try row.get("workflow_id"), block: try row.get("block"))
            taken[group, default: []].append(try row.get("message_id"))
        }
        let values = taken.keys.map { "(\(tenant), \($0.person), \($0.workflow), \($0.block), \(now))" as SQL }
        if !values.isEmpty {
            try tx.execute(
                """
                INSERT INTO inbox_copy (tenant_id, person_id, workflow_id, block, copied_at)
                VALUES \(values.joined(separator: ", "))
                ON CONFLICT (tenant_id, person_id, workflow_id, block) DO UPDATE SET copied_at = excluded.copied_at
                """)
        }
        return taken.mapValues { $0.sorted() }
    }

    static func taking(_ groups: Set<CopyGroup>, of tenant: TenantID) -> SQL {
        let values = groups.map { "(\($0.person), \($0.workflow), \($0.block))" as SQL }.joined(separator: ", ")
        return """
            WITH due(person_id, workflow_id, block) AS (VALUES \(values))
            DELETE FROM inbox_uncopied
            WHERE tenant_id = \(tenant)
                AND (person_id, workflow_id, block) IN (SELECT person_id, workflow_id, block FROM due)
            RETURNING person_id, workflow_id, block, message_id
            """
    }

    /// Messages by their ids and readers.
    func messages(_ ids: [InternalMessageID], of people: [PersonID]) throws -> [InternalMessageID: InternalMessage] {
        guard !ids.isEmpty else { return [:] }
        let list = ids.map { "\($0)" as SQL }.joined(separator: ", ")
        let rows = try tx.query(
            """
            SELECT id, person_id, run_id, title, body, created_at, read_at FROM internal_message
            WHERE tenant_id = \(tenant) AND person_id IN (\(Self.list(people))) AND id IN (\(list))
            """)
        return Dictionary(
            try rows.map(InboxStore.message).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// People as readers of mail.
    func readers(_ people: [PersonID]) throws -> [PersonID: CopyReader] {
        let rows = try tx.query(
            """
            SELECT p.id, p.email, p.language, p.is_active, COALESCE(p.time_zone, t.time_zone) AS zone
            FROM person p JOIN tenant t ON t.id = p.tenant_id
            WHERE p.tenant_id = \(tenant) AND p.id IN (\(Self.list(people)))
            """)
        return Dictionary(
            try rows.map { row in
                let isActive: Bool = try row.get("is_active")
                let email: String? = try row.get("email")
                let reader = CopyReader(
                    address: isActive ? email.flatMap { EmailAddress($0) } : nil, language: try row.get("language"),
                    zone: try row.get("zone"))
                return (try row.get("id"), reader)
            }, uniquingKeysWith: { first, _ in first })
    }

    private static func list(_ people: [PersonID]) -> SQL {
        people.map { "\($0)" as SQL }.joined(separator: ", ")
    }
}
