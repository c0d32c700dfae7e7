// SPDX-License-Identifier: Apache-2.0
// Forgetting what is older than a centre's periods, in pieces: each a short transaction with an index behind it.
import Storage

/// What one piece of the daily work does for one centre.
struct RetentionStore {
    /// Rows of one kind that are forgotten in one transaction.
    static let piece = 500

    let tx: any Transaction
    let tenant: TenantID

    /// Forgets one piece of everything.
    /// - Returns: whether there may be more.
    func forget(_ periods: RetentionPeriods, at now: Moment) throws -> Bool {
        var isMore = false
        if let days = periods.customerDays, try customers(before: now.adding(days: -Int64(days))) { isMore = true }
        if let days = periods.inboxDays, try notices(before: now.adding(days: -Int64(days))) { isMore = true }
        if let days = periods.auditDays, try deeds(before: now.adding(days: -Int64(days))) { isMore = true }
        return isMore
    }

    /// Interactions keep what is counted and lose who it was. Where the last piece ended is remembered.
    private func customers(before end: Moment) throws -> Bool {
        let rows = try tx.query(
            """
            SELECT i.id, i.changed_at FROM interaction i
            WHERE i.tenant_id = \(tenant) AND i.changed_at < \(end) AND i.changed_at >= (
                SELECT r.customers_erased_to FROM retention r WHERE r.tenant_id = \(tenant))
                AND (i.customer_name IS NOT NULL OR i.customer_email IS NOT NULL OR i.customer_phone IS NOT NULL
                    OR i.contact_id IS NOT NULL OR i.data <> '{}')
            ORDER BY i.changed_at LIMIT \(Self.piece)
            """)
        guard let last = rows.last else {
            try remember(end)
            return false
        }
        let ids = SQL.list(try rows.map { try $0.get("id", as: InteractionID.self) })
        try tx.execute(
            """
            UPDATE interaction SET customer_name = NULL, customer_email = NULL, customer_phone = NULL,
                contact_id = NULL, data = '{}'
            WHERE tenant_id = \(tenant) AND id IN (\(ids))
            """)
        try tx.execute(
            "UPDATE interaction_part SET note = '' WHERE tenant_id = \(tenant) AND interaction_id IN (\(ids))")
        try remember(try last.get("changed_at"))
        return rows.count == Self.piece
    }

    private func remember(_ moment: Moment) throws {
        try tx.execute(
            """
            UPDATE retention SET customers_erased_to = \(moment)
            WHERE tenant_id = \(tenant) AND customers_erased_to < \(moment)
            """)
    }

    private func notices(before end: Moment) throws -> Bool {
        try tx.execute(
            """
            DELETE FROM internal_message WHERE tenant_id = \(tenant) AND (person_id, id) IN (
                SELECT m.person_id, m.id FROM internal_message m
                WHERE m.tenant_id = \(tenant) AND m.created_at < \(end) LIMIT \(Self.piece))
            """) == Self.piece
    }

    private func deeds(before end: Moment) throws -> Bool {
        try tx.execute(
            """
            DELETE FROM audit WHERE tenant_id = \(tenant) AND id IN (
                SELECT a.id FROM audit a WHERE a.tenant_id = \(tenant) AND a.at < \(end)
                ORDER BY a.id LIMIT \(Self.piece))
            """) == Self.piece
    }
}
