// SPDX-License-Identifier: Apache-2.0
// The table message_event: what a message's row said before it said what it says now.
import Storage

/// One line of a message's history.
struct MessageEvent: Sendable, Equatable {
    let at: Moment
    let state: MessageState
    /// A sentence's key with the server's words behind it, or the server's words alone.
    let reply: String?
}

/// Histories of one centre's messages. What leaves at the first attempt has none: its row says it all.
struct EventStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Adds a line to each message's history.
    func insert(_ events: [(message: MessageID, state: MessageState, reply: String?)], at now: Moment) throws {
        for piece in events.piecesForStatements {
            let values = piece.map { "(\(tenant), \($0.message), \(now), \($0.state), \($0.reply))" as SQL }
            try tx.send(
                """
                INSERT INTO message_event (tenant_id, message_id, at, state, reply)
                VALUES \(values.joined(separator: ", ")) ON CONFLICT DO NOTHING
                """)
        }
    }

    /// Keeps what the rows of messages say now, before they say something else.
    func keep(_ ids: [MessageID]) throws {
        if ids.isEmpty { return }
        try tx.execute(
            """
            INSERT INTO message_event (tenant_id, message_id, at, state, reply)
            SELECT tenant_id, id, state_at, state, reply FROM message
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
            ON CONFLICT DO NOTHING
            """)
    }

    /// The newest lines of a message, the newest first.
    static func newest(of id: MessageID, tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT at, state, reply FROM message_event WHERE tenant_id = \(tenant) AND message_id = \(id)
        ORDER BY at DESC, state DESC LIMIT \(limit)
        """
    }

    static func event(_ row: Row) throws -> MessageEvent {
        MessageEvent(at: try row.at(0), state: try row.at(1), reply: try row.at(2))
    }
}
