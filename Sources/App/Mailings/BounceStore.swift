// SPDX-License-Identifier: Apache-2.0
// The table delivery_report, and what reports change in the ledger.
import Storage

/// Reports of one centre.
struct BounceStore {
    let tx: any Transaction
    let tenant: TenantID

    /// What has to be known of a message that came back.
    struct Sent {
        let id: MessageID
        let recipient: EmailAddress
        let state: MessageState
        let stateAt: Moment
        let run: RunID?
        let block: String?
        let invitation: InvitationID?
    }

    /// A message, locked; nil when there is none any more.
    func locked(_ id: MessageID) throws -> Sent? {
        let row = try tx.one(
            """
            SELECT recipient, state, state_at, run_id, block, invitation_id FROM message
            WHERE tenant_id = \(tenant) AND id = \(id)\(Fragment.forUpdate)
            """)
        guard let row, let recipient = EmailAddress(try row.at(0)) else { return nil }
        return Sent(
            id: id, recipient: recipient, state: try row.at(1), stateAt: try row.at(2), run: try row.at(3),
            block: try row.at(4), invitation: try row.at(5))
    }

    /// Keeps a report; false when it was there already.
    func insert(_ report: StoredReport, _ digest: [UInt8], blamesAddress: Bool) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO delivery_report (tenant_id, digest, id, message_id, kind, status, diagnostic, recipient,
                blames_address, received_at)
            VALUES (\(tenant), \(digest), \(tx.newID()), \(report.message.sqlValue), \(report.kind),
                \(report.status), \(report.diagnostic), \(report.recipient), \(blamesAddress),
                \(report.receivedAt))
            ON CONFLICT (tenant_id, digest) DO NOTHING
            """) == 1
    }

    /// The message came back.
    func bounce(_ id: MessageID, reason: String, at now: Moment) throws {
        try EventStore(tx: tx, tenant: tenant).keep([id])
        try tx.execute(
            """
            UPDATE message SET state = \(MessageState.bounced), reply = \(reason), state_at = \(now)
            WHERE tenant_id = \(tenant) AND id = \(id)
            """)
    }

    /// Whether another message of the same invitation has arrived, as far as anybody knows, or still may.
    func isElsewhere(_ invitation: InvitationID, than id: MessageID) throws -> Bool {
        let states = SQL.list(MessageState.allCases.filter { $0.isDelivered || $0.isPending })
        return try tx.one(
            """
            SELECT 1 FROM message o JOIN message m ON m.tenant_id = o.tenant_id AND m.run_id = o.run_id
            WHERE m.tenant_id = \(tenant) AND m.id = \(id) AND o.id <> m.id AND o.invitation_id = \(invitation)
                AND o.state IN (\(states))
            LIMIT 1
            """) != nil
    }

    /// Whether another message of the same block has arrived, as far as anybody knows, or still may. The run is locked,
    /// so that of several that come back at once the last one sees the others.
    func isElsewhere(_ message: Sent) throws -> Bool {
        _ = try tx.one(
            "SELECT id FROM run WHERE tenant_id = \(tenant) AND id = \(message.run.sqlValue)\(Fragment.forUpdate)")
        let states = SQL.list(MessageState.allCases.filter { $0.isDelivered || $0.isPending })
        return try tx.one(
            """
            SELECT 1 FROM message
            WHERE tenant_id = \(tenant) AND run_id = \(message.run.sqlValue) AND block = \(message.block)
                AND id <> \(message.id) AND state IN (\(states))
            LIMIT 1
            """) != nil
    }

    /// Whether so many messages to an address have come back for the address's own fault.
    func hasBounced(_ address: EmailAddress, times: Int) throws -> Bool {
        let rows = try tx.query(Self.returned(address.folded, of: tenant, limit: times))
        return rows.count >= times
    }

    /// The messages to an address that came back for its own fault.
    static func returned(_ addressFolded: String, of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT m.id FROM message m
        WHERE m.tenant_id = \(tenant) AND m.recipient_folded\(.byBytes) = \(addressFolded) AND EXISTS (
            SELECT 1 FROM delivery_report d
            WHERE d.tenant_id = m.tenant_id AND d.message_id = m.id AND d.blames_address = 1)
        LIMIT \(limit)
        """
    }

    /// The newest reports, at most so many.
    static func newest(of tenant: TenantID, limit: Int) -> SQL {
        """
        SELECT r.kind, r.status, r.diagnostic, r.received_at, r.message_id, r.recipient FROM delivery_report r
        WHERE r.tenant_id = \(tenant) ORDER BY r.id DESC LIMIT \(limit)
        """
    }

    static func report(_ row: Row) throws -> StoredReport {
        StoredReport(
            kind: try row.at(0), status: try row.at(1), diagnostic: try row.at(2), receivedAt: try row.at(3),
            message: try row.at(4), recipient: try row.at(5))
    }
}
