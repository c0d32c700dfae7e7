// SPDX-License-Identifier: Apache-2.0
// The table smtp_hold: who is held, since when and why.
import Storage

/// The table smtp_hold of one centre.
struct HoldStore {
    let tx: any Transaction
    let tenant: TenantID

    func all() throws -> [Hold] {
        try tx.query(Self.query(tenant)).map(Self.hold)
    }

    static func query(_ tenant: TenantID) -> SQL {
        """
        SELECT sender_email, held_since, reason, probed_message_id FROM smtp_hold
        WHERE tenant_id = \(tenant) ORDER BY sender_email
        """
    }

    static func hold(_ row: Row) throws -> Hold {
        Hold(
            senderEmail: try row.get("sender_email", as: String.self).nonEmpty, since: try row.get("held_since"),
            reason: try row.get("reason"), probed: try row.get("probed_message_id"))
    }

    /// Holds; false when it is held already, so that administrators are told once.
    func hold(senderEmail: String, because reason: String, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO smtp_hold (tenant_id, sender_email, held_since, reason)
            VALUES (\(tenant), \(senderEmail), \(now), \(reason))
            ON CONFLICT (tenant_id, sender_email) DO NOTHING
            """) > 0
    }

    /// Says which message is tried first; nil for none any more.
    func probe(_ hold: Hold, with message: MessageID?) throws {
        try tx.execute(
            """
            UPDATE smtp_hold SET probed_message_id = \(message)
            WHERE tenant_id = \(tenant) AND sender_email = \(hold.senderEmail ?? "")
            """)
    }

    func release(_ hold: Hold) throws {
        try tx.execute(
            "DELETE FROM smtp_hold WHERE tenant_id = \(tenant) AND sender_email = \(hold.senderEmail ?? "")")
    }

    func release() throws {
        try tx.execute("DELETE FROM smtp_hold WHERE tenant_id = \(tenant)")
    }
}
