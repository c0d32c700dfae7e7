// SPDX-License-Identifier: Apache-2.0
// The room's SQL.
import Storage

/// Internal messages of one centre in one transaction.
struct InboxStore {
    /// Stands where the product itself is the sender, so that the unique index holds for notices too.
    static let noRun = RunID(raw: 0)

    let tenant: TenantID
    let tx: any Transaction

    /// A row to be inserted.
    struct NewMessage {
        let person: PersonID
        let run: RunID
        /// Nil for notices, which are not copied by mail.
        let workflow: WorkflowID?
        let block: String
        let title: String
        let body: String
    }

    /// Inserts what is not there yet, and notes what is to be copied by mail.
    func insert(_ rows: [NewMessage], at now: Moment) throws {
        guard !rows.isEmpty else { return }
        let new = rows.map { (id: tx.new(InternalMessageID.self), row: $0) }
        let values = new.map { id, row -> SQL in
            "(\(tenant), \(row.person), \(id), \(row.run), \(row.block), \(row.title), \(row.body), \(now))"
        }.joined(separator: ", ")
        let inserted = try tx.query(
            """
            INSERT INTO internal_message (tenant_id, person_id, id, run_id, block, title, body, created_at)
            VALUES \(values) ON CONFLICT DO NOTHING RETURNING id
            """)
        let ids = Set(try inserted.map { try $0.get("id", as: InternalMessageID.self) })
        let uncopied = new.filter { ids.contains($0.id) }.compactMap { id, row in
            row.workflow.map { "(\(tenant), \(row.person), \($0), \(row.block), \(id))" as SQL }
        }
        guard !uncopied.isEmpty else { return }
        try tx.execute(
            """
            INSERT INTO inbox_uncopied (tenant_id, person_id, workflow_id, block, message_id)
            VALUES \(uncopied.joined(separator: ", "))
            """)
    }

    /// Active people by their folded account names.
    func people(named names: Set<String>) throws -> [String: PersonID] {
        guard !names.isEmpty else { return [:] }
        let list = names.sorted().map { "\($0.folded)" as SQL }.joined(separator: ", ")
        let rows = try tx.query(
            """
            SELECT id, login_folded FROM person
            WHERE tenant_id = \(tenant) AND is_active = 1 AND login_folded IN (\(list))
            """)
        return Dictionary(
            try rows.map { (try $0.get("login_folded"), try $0.get("id")) }, uniquingKeysWith: { first, _ in first })
    }

    /// Active administrators and their languages.
    func administrators() throws -> [(person: PersonID, language: String)] {
        try tx.query(
            """
            SELECT p.id, p.language FROM person_role r
            JOIN person p ON p.tenant_id = r.tenant_id AND p.id = r.person_id
            WHERE r.tenant_id = \(tenant) AND r.role = \(Role.administrator.rawValue) AND p.is_active = 1
            ORDER BY p.id
            """
        ).map { (try $0.get("id"), try $0.get("language")) }
    }

    static func unread(of person: PersonID, of tenant: TenantID) -> SQL {
        """
        SELECT COUNT(*) AS unread FROM (
            SELECT 1 AS one FROM internal_message
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND read_at IS NULL LIMIT 100
        ) AS messages
        """
    }

    static func page(of person: PersonID, of tenant: TenantID, after: InboxPosition?, limit: Int) -> SQL {
        let isRead: SQL = "CASE WHEN read_at IS NULL THEN 0 ELSE 1 END"
        let from: SQL =
            if let after {
                "AND (\(isRead) > \(after.isRead) OR (\(isRead) = \(after.isRead) AND id < \(after.id)))"
            } else {
                ""
            }
        return """
            SELECT id, person_id, run_id, title, body, created_at, read_at FROM internal_message
            WHERE tenant_id = \(tenant) AND person_id = \(person) \(from)
            ORDER BY \(isRead), id DESC LIMIT \(limit)
            """
    }

    static func message(_ row: Row) throws -> InternalMessage {
        let run: RunID? = try row.get("run_id")
        return InternalMessage(
            id: try row.get("id"), person: try row.get("person_id"), run: run == noRun ? nil : run,
            title: try row.get("title"), body: try row.get("body"), createdAt: try row.get("created_at"),
            readAt: try row.get("read_at"))
    }

    /// Marks one message of the person read, or all.
    func markRead(_ message: InternalMessageID?, by person: PersonID, at now: Moment) throws {
        let one: SQL = message.map { "AND id = \($0)" } ?? ""
        try tx.execute(
            """
            UPDATE internal_message SET read_at = \(now)
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND read_at IS NULL \(one)
            """)
    }
}
