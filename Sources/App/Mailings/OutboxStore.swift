// SPDX-License-Identifier: Apache-2.0
// The ledger as people read it: lists by state and recipient, page by page, and one message.
import Storage

/// What a list of the outbox is about.
struct OutboxFilter: Sendable, Equatable {
    /// Nil: all.
    var state: MessageState?
    /// A folded address; nil: all.
    var recipientFolded: String?
    var interaction: InteractionID?
    /// Only messages of runs that belong to these teams; nil: of all.
    var teams: [TeamID]?
    /// Only older ones than this.
    var before: MessageID?
}

/// One message as the outbox shows it.
struct OutboxMessage: Sendable, Equatable {
    let message: LedgerMessage
    let stateAt: Moment
    /// The name of the workflow that wrote it.
    let workflow: String?
}

/// The ledger of one centre, read.
enum OutboxStore {
    private static let columns: SQL = "\(LedgerStore.columns), m.state_at, w.name AS workflow"
    private static let tables: SQL = """
        message m
            LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.id = m.run_id
            LEFT JOIN workflow w ON w.tenant_id = r.tenant_id AND w.id = r.workflow_id
        """

    /// The newest messages that pass a filter.
    static func page(_ filter: OutboxFilter, of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT \(columns), NULL AS content FROM \(tables)
        WHERE m.tenant_id = \(tenant)\(conditions(filter))
        ORDER BY m.id DESC LIMIT \(limit)
        """
    }

    /// One message with its content; nothing when the teams do not reach it.
    static func message(_ id: MessageID, teams: [TeamID]?, of tenant: TenantID) -> SQL {
        """
        SELECT \(columns), c.content FROM \(tables)
            LEFT JOIN message_content c ON c.tenant_id = m.tenant_id AND c.message_id = m.id
        WHERE m.tenant_id = \(tenant) AND m.id = \(id)\(conditions(OutboxFilter(teams: teams)))
        """
    }

    /// Captured messages with their contents, the newest first.
    static func captured(of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT \(columns), c.content FROM \(tables)
            JOIN message_content c ON c.tenant_id = m.tenant_id AND c.message_id = m.id
        WHERE m.tenant_id = \(tenant) AND m.state = \(MessageState.captured)
        ORDER BY m.id DESC LIMIT \(limit)
        """
    }

    /// How many messages wait for the settings to work again.
    static func countHeld(of tenant: TenantID) -> SQL {
        "SELECT COUNT(*) FROM message WHERE tenant_id = \(tenant) AND state = \(MessageState.held)"
    }

    /// The recipient and the invitation of a message, for its unsubscribe link.
    static func recipient(_ id: MessageID, of tenant: TenantID) -> SQL {
        "SELECT recipient, invitation_id FROM message WHERE tenant_id = \(tenant) AND id = \(id)"
    }

    static func outboxMessage(_ row: Row) throws -> OutboxMessage {
        OutboxMessage(
            message: try LedgerStore.message(row), stateAt: try row.get("state_at"),
            workflow: try row.get("workflow"))
    }

    private static func conditions(_ filter: OutboxFilter) -> SQL {
        var text: SQL = ""
        if let state = filter.state { text = text + " AND m.state = \(state)" }
        if let recipient = filter.recipientFolded { text = text + " AND m.recipient_folded = \(recipient)" }
        if let interaction = filter.interaction { text = text + " AND m.interaction_id = \(interaction)" }
        if let before = filter.before { text = text + " AND m.id < \(before)" }
        if let teams = filter.teams {
            // No team is no message: a list of nothing matches nothing, and an id is never 0.
            let list = SQL.list(([TeamID(raw: 0)] + teams))
            text = text + " AND r.team_id IN (\(list))"
        }
        return text
    }
}
