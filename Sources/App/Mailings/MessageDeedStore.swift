// SPDX-License-Identifier: Apache-2.0
// The ledger's rows that people treat by hand.
import Storage

/// Messages of one centre that a person resends or cancels.
struct MessageDeedStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Those of the messages that can be treated so, locked. Their contents are not read.
    func locked(_ ids: [MessageID], for deed: MessageDeed) throws -> [LedgerMessage] {
        if ids.isEmpty { return [] }
        return try tx.query(
            """
            SELECT \(LedgerStore.columns), NULL AS content FROM message m
            WHERE m.tenant_id = \(tenant) AND m.id IN (\(SQL.list(ids)))\(Self.fits(deed))
            ORDER BY m.id\(Fragment.forUpdate)
            """
        ).map(LedgerStore.message)
    }

    /// The condition of a message's row that a deed is possible. What was erased cannot be sent.
    static func fits(_ deed: MessageDeed) -> SQL {
        let states: SQL = " AND m.state IN (\(SQL.list(deed.states)))"
        guard deed == .resending else { return states }
        return """
            \(states) AND EXISTS (
                SELECT 1 FROM message_content c WHERE c.tenant_id = m.tenant_id AND c.message_id = m.id)
            """
    }

    /// Makes messages what they were when they were written, but for their attempts.
    func queue(_ ids: [MessageID], until end: Moment, at now: Moment) throws {
        try tx.execute(
            """
            UPDATE message SET state = \(MessageState.queued), reply = NULL, unknowns = 0, state_at = \(now),
                window_ends_at = CASE WHEN window_ends_at > \(end) THEN window_ends_at ELSE \(end) END
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
            """)
    }

    /// Whoever is about to send the messages is not at their attempt any more.
    func endAttempt(_ ids: [MessageID]) throws {
        try tx.execute(
            "UPDATE message SET attempt = attempt + 1 WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))")
    }
}
