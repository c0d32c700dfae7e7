// SPDX-License-Identifier: Apache-2.0
// The ledger as people read it: lists by state, recipient, subject and time, page by page, and one message.
import Storage

/// What a list of the outbox is about.
struct OutboxFilter: Sendable, Equatable {
    /// Nil: all.
    var state: MessageState?
    var search: MessageSearch?
    var workflow: WorkflowID?
    var interaction: InteractionID?
    /// Made at this time or later, and before that.
    var from: Moment?
    var to: Moment?
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
    let interaction: InteractionID?
}

/// The ledger of one centre, read.
enum OutboxStore {
    /// The newest messages that a search by words finds, which the rest of a filter chooses from.
    static let mostFound = 10_000

    private static let columns: SQL = "\(LedgerStore.columns), m.state_at, m.interaction_id, w.name AS workflow"
    private static let joins: SQL = """

            LEFT JOIN run r ON r.tenant_id = m.tenant_id AND r.id = m.run_id
            LEFT JOIN workflow w ON w.tenant_id = r.tenant_id AND w.id = r.workflow_id
        """

    /// The newest messages that pass a filter.
    static func page(_ filter: OutboxFilter, of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT \(columns), NULL AS content FROM \(source(filter, of: tenant))\(joins)
        WHERE m.tenant_id = \(tenant)\(conditions(filter, of: tenant))
        ORDER BY m.id DESC LIMIT \(limit)
        """
    }

    /// The newest messages that pass a filter and can be treated so.
    static func ids(_ filter: OutboxFilter, for deed: MessageDeed, of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT m.id FROM \(source(filter, of: tenant))\(joins)
        WHERE m.tenant_id = \(tenant)\(conditions(filter, of: tenant))\(MessageDeedStore.fits(deed))
        ORDER BY m.id DESC LIMIT \(limit)
        """
    }

    /// How many messages pass a filter and can be treated so, counted up to a limit.
    static func count(_ filter: OutboxFilter, for deed: MessageDeed, of tenant: TenantID, limit: Int) -> SQL {
        "SELECT COUNT(*) FROM (\(ids(filter, for: deed, of: tenant, limit: limit))) counted"
    }

    /// Of some messages, those that can be treated so.
    static func count(_ ids: [MessageID], for deed: MessageDeed, of tenant: TenantID) -> SQL {
        """
        SELECT COUNT(*) FROM message m
        WHERE m.tenant_id = \(tenant) AND m.id IN (\(SQL.list(ids)))\(MessageDeedStore.fits(deed))
        """
    }

    /// One message with its content; nothing when the teams do not reach it.
    static func message(_ id: MessageID, teams: [TeamID]?, of tenant: TenantID) -> SQL {
        """
        SELECT \(columns), c.content FROM message m\(joins)
            LEFT JOIN message_content c ON c.tenant_id = m.tenant_id AND c.message_id = m.id
        WHERE m.tenant_id = \(tenant) AND m.id = \(id)\(conditions(OutboxFilter(teams: teams), of: tenant))
        """
    }

    /// Captured messages with their contents, the newest first.
    static func captured(of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT \(columns), c.content FROM message m\(joins)
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

    /// The workflows that a list can be narrowed to.
    static func workflows(of tenant: TenantID) -> SQL {
        "SELECT id, name FROM workflow WHERE tenant_id = \(tenant) ORDER BY name_folded"
    }

    static func outboxMessage(_ row: Row) throws -> OutboxMessage {
        OutboxMessage(
            message: try LedgerStore.message(row), stateAt: try row.get("state_at"),
            workflow: try row.get("workflow"), interaction: try row.get("interaction_id"))
    }

    /// Where messages are looked for: in what an index of texts found, or in the whole ledger.
    private static func source(_ filter: OutboxFilter, of tenant: TenantID) -> SQL {
        let before: SQL = filter.before.map { " AND id < \($0)" } ?? ""
        func found(_ name: SQL, _ text: String) -> SQL {
            """
            SELECT id FROM (
                SELECT id FROM message WHERE tenant_id = \(tenant) AND \(name)\(.byBytes) >= \(text)
                    AND \(name)\(.byBytes) < \(text + "\u{10FFFF}")\(before)
                ORDER BY id DESC LIMIT \(mostFound)) found_messages
            """
        }
        let ids: SQL
        switch filter.search {
        case nil, .id: return "message m"
        case .recipient(let text): ids = found("recipient_folded", text)
        case .words(let text):
            ids = "\(found("recipient_folded", text)) UNION \(found("subject_folded", text))"
        }
        return "(\(ids)) found_messages JOIN message m ON m.tenant_id = \(tenant) AND m.id = found_messages.id"
    }

    private static func runs(of interaction: InteractionID, tenant: TenantID) -> SQL {
        "SELECT id FROM run WHERE tenant_id = \(tenant) AND interaction_id = \(interaction)"
    }

    private static func conditions(_ filter: OutboxFilter, of tenant: TenantID) -> SQL {
        var text: SQL = ""
        if let state = filter.state { text = text + " AND m.state = \(state)" }
        if case .id(let id) = filter.search { text = text + " AND m.id = \(id)" }
        if let interaction = filter.interaction {
            // Its runs wrote them.
            text = text + " AND m.run_id IN (\(runs(of: interaction, tenant: tenant)))"
        }
        if let workflow = filter.workflow { text = text + " AND r.workflow_id = \(workflow)" }
        if let from = filter.from { text = text + " AND m.id >= \(IDMint.least(atMilliseconds: from.milliseconds))" }
        if let to = filter.to { text = text + " AND m.id < \(IDMint.least(atMilliseconds: to.milliseconds))" }
        if let before = filter.before { text = text + " AND m.id < \(before)" }
        if let teams = filter.teams {
            // No team is no message: a list of nothing matches nothing, and an id is never 0.
            let list = SQL.list(([TeamID(raw: 0)] + teams))
            text = text + " AND r.team_id IN (\(list))"
        }
        return text
    }
}
