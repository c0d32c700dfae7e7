// SPDX-License-Identifier: Apache-2.0
// The tables message and message_content: rows are made, taken to be sent, and given their outcome.
import Storage

/// The Email block of a run that wrote messages.
struct BlockOfRun: Hashable {
    let run: RunID
    let block: String
}

/// The ledger of one centre.
struct LedgerStore {
    let tx: any Transaction
    let tenant: TenantID

    /// A row to be made.
    struct NewMessage: Sendable {
        let id: MessageID
        let kind: MessageKind
        var run: RunID?
        var block: String?
        var invitation: InvitationID?
        var interaction: InteractionID?
        /// The employee whom it is for.
        var person: PersonID?
        let recipient: EmailAddress
        /// What it can be found by, as it was when the message was made.
        let subject: String
        let senderName: String
        let senderEmail: String
        var replyTo: String?
        let messageID: String
        /// How many messages the block wrote for the run.
        var recipients = 1
        let windowEndsAt: Moment
        var isTest = false
        /// Whether its gates have just been asked; so they have where it has none.
        var areGatesAsked = true
        let content: MailContent
        /// The content as it is kept.
        let packed: [UInt8]
    }

    /// Makes rows, in a few statements however many they are.
    /// - Parameter areBegun: Whether they are made as being sent (``FreshMessage``).
    func insert(_ messages: [NewMessage], areBegun: Bool = false, at now: Moment) throws {
        let state = areBegun ? MessageState.sending : .queued
        let attempt = areBegun ? FreshMessage.attempt : 0
        for chunk in messages.piecesForStatements {
            let rows = chunk.map { message -> SQL in
                """
                (\(tenant), \(message.id), \(message.kind), \(message.run.sqlValue), \(message.block.sqlValue),
                \(message.invitation.sqlValue), \(message.interaction.sqlValue), \(message.person.sqlValue),
                \(message.recipient.description), \(message.recipient.folded),
                \(String(message.subject.folded.prefix(MailLimits.subjectLetters))), \(message.senderName),
                \(message.senderEmail), \(message.replyTo), \(message.messageID), \(state), \(attempt), 0,
                \(message.recipients), \(message.windowEndsAt), \(now), \(now), \(message.isTest))
                """
            }
            try tx.send(
                """
                INSERT INTO message (tenant_id, id, kind, run_id, block, invitation_id, interaction_id, person_id,
                    recipient, recipient_folded, subject_folded, sender_name, sender_email, reply_to, message_id, state,
                    attempt, unknowns, recipients, window_ends_at, created_at, state_at, is_test)
                VALUES \(rows.joined(separator: ", "))
                """)
            let erasedAt = now.adding(days: MailLimits.contentDays)
            let contents = chunk.map { "(\(tenant), \($0.id), \($0.packed), \(erasedAt))" as SQL }
            try tx.send(
                """
                INSERT INTO message_content (tenant_id, message_id, content, erase_at)
                VALUES \(contents.joined(separator: ", "))
                """)
        }
    }

    /// Erases the oldest contents whose time is over, with the subjects that messages were found by, and says how many.
    /// Ids are in order of time, so the key finds them without an index of its own.
    func eraseContents(atMost limit: Int, at now: Moment) throws -> Int {
        let end = IDMint.least(atMilliseconds: now.adding(days: -MailLimits.contentDays).milliseconds)
        let erased = try tx.query(
            """
            DELETE FROM message_content WHERE tenant_id = \(tenant) AND message_id IN (
                SELECT c.message_id FROM message_content c
                WHERE c.tenant_id = \(tenant) AND c.message_id < \(end) AND c.erase_at <= \(now)
                ORDER BY c.message_id LIMIT \(limit))
            RETURNING message_id
            """
        ).map { try $0.at(0, as: MessageID.self) }
        if !erased.isEmpty {
            try tx.execute(
                "UPDATE message SET subject_folded = NULL WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(erased)))")
        }
        return erased.count
    }

    static let columns: SQL =
        """
        m.id, m.kind, m.run_id, m.block, m.invitation_id, m.recipient, m.recipient_folded, m.sender_name,
            m.sender_email, m.reply_to, m.message_id, m.state, m.attempt, m.unknowns, m.recipients, m.reply,
            m.window_ends_at, m.created_at, m.is_test
        """

    /// Messages with their contents.
    func load(_ ids: [MessageID]) throws -> [LedgerMessage] {
        if ids.isEmpty { return [] }
        return try tx.query(
            """
            SELECT \(Self.columns), c.content FROM message m
            LEFT JOIN message_content c ON c.tenant_id = m.tenant_id AND c.message_id = m.id
            WHERE m.tenant_id = \(tenant) AND m.id IN (\(Self.list(ids)))
            """
        ).map(Self.message)
    }

    static func message(_ row: Row) throws -> LedgerMessage {
        LedgerMessage(
            id: try row.at(0), kind: try row.at(1), run: try row.at(2), block: try row.at(3),
            invitation: try row.at(4), recipient: try row.at(5), recipientFolded: try row.at(6),
            senderName: try row.at(7), senderEmail: try row.at(8), replyTo: try row.at(9), messageID: try row.at(10),
            state: try row.at(11), attempt: try row.at(12), unknowns: try row.at(13), recipients: try row.at(14),
            reply: try row.at(15), windowEndsAt: try row.at(16), createdAt: try row.at(17), isTest: try row.at(18),
            packed: try row.get("content"))
    }

    /// Commits the intent to send, just before a message's first byte: the attempts by message. A message that is not
    /// to be sent any more is not among them.
    func begin(_ ids: [MessageID], at now: Moment) throws -> [MessageID: Int] {
        if ids.isEmpty { return [:] }
        let rows = try tx.query(
            """
            UPDATE message SET state = \(MessageState.sending), attempt = attempt + 1,
                state_at = \(now)
            WHERE tenant_id = \(tenant) AND id IN (\(Self.list(ids)))
                AND state IN (\(MessageState.queued), \(MessageState.retrying), \(MessageState.held),
                    \(MessageState.unknown), \(MessageState.sending))
            RETURNING id, attempt
            """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.at(0), try $0.at(1)) })
    }

    /// Takes the intent of messages back none of whose bytes has left, before their outcomes are written.
    func takeBack(_ ids: [MessageID]) throws {
        if ids.isEmpty { return }
        try tx.execute(
            """
            UPDATE message SET attempt = attempt - 1
            WHERE tenant_id = \(tenant) AND id IN (\(Self.list(ids))) AND attempt = \(FreshMessage.attempt)
            """)
    }

    /// What became of a message.
    struct Change: Sendable {
        let id: MessageID
        /// The attempt that it is about; the row must still be at it.
        let attempt: Int
        let state: MessageState
        let reply: String?
        let addsUnknown: Bool
    }

    /// Writes outcomes where attempt and message still match, in one statement: the messages that matched.
    func record(
        _ changes: [Change], at now: Moment, lookingUp others: @autoclosure () -> [SQL] = []
    ) throws -> Set<MessageID> {
        if changes.isEmpty { return [] }
        let values = changes.paddedForStatement.map { change -> SQL in
            """
            (\(change.id), \(change.attempt), \(change.state), CAST(\(change.reply) AS TEXT),
                \(change.addsUnknown ? 1 : 0))
            """
        }
        let rows = try tx.query(
            """
            WITH outcome (id, attempt, state, reply, unknowns) AS (VALUES \(values.joined(separator: ", ")))
            UPDATE message SET state = outcome.state, reply = COALESCE(outcome.reply, message.reply),
                unknowns = message.unknowns + outcome.unknowns, state_at = \(now)
            FROM outcome
            WHERE message.tenant_id = \(tenant) AND message.id = outcome.id AND message.attempt = outcome.attempt
            RETURNING message.id
            """, lookingUp: others())
        return Set(try rows.map { try $0.at(0) })
    }

    /// All messages of runs by the blocks that wrote them, locked, so that the last one tells the run.
    func siblings(of runs: Set<RunID>) throws -> [BlockOfRun: [(state: MessageState, reply: String?)]] {
        let list = runs.sorted().map { "\($0)" as SQL }.joined(separator: ", ")
        let rows = try tx.query(
            """
            SELECT run_id, block, state, reply FROM message
            WHERE tenant_id = \(tenant) AND run_id IN (\(list)) AND block IS NOT NULL
            ORDER BY id\(Fragment.forUpdate)
            """)
        var siblings: [BlockOfRun: [(state: MessageState, reply: String?)]] = [:]
        for row in rows {
            siblings[BlockOfRun(run: try row.at(0), block: try row.at(1)), default: []]
                .append((try row.at(2), try row.at(3)))
        }
        return siblings
    }

    /// Messages that wait for the settings to work again, oldest first.
    func held(after id: MessageID?, limit: Int) throws -> [MessageID] {
        let rows = try tx.query(
            """
            SELECT id FROM message
            WHERE tenant_id = \(tenant) AND state = \(MessageState.held) AND id > \(id?.raw ?? 0)
            ORDER BY id LIMIT \(limit)
            """)
        return try rows.map { try $0.at(0) }
    }

    /// The newest message that waits for the settings to work again and whose send window is open: of one sender, or
    /// of any that is not held by itself.
    func newestHeld(of senderEmail: String?, at now: Moment) throws -> MessageID? {
        let senders: SQL =
            if let senderEmail {
                "= \(senderEmail)"
            } else {
                """
                NOT IN (SELECT h.sender_email FROM smtp_hold h WHERE h.tenant_id = \(tenant) AND h.sender_email <> '')
                """
            }
        let rows = try tx.query(
            """
            SELECT id FROM message
            WHERE tenant_id = \(tenant) AND state = \(MessageState.held) AND window_ends_at > \(now)
                AND sender_email \(senders)
            ORDER BY id DESC LIMIT 1
            """)
        return try rows.first?.at(0)
    }

    static func list(_ ids: [MessageID]) -> SQL {
        SQL.list(ids)
    }
}
