// SPDX-License-Identifier: Apache-2.0
// The table return_mailbox. Passwords leave and enter it sealed.
import Storage

/// The mailbox of one centre.
struct ReturnMailboxStore {
    let tx: any Transaction
    let tenant: TenantID
    let secret: ServerSecret

    /// Nil when the centre has none.
    func find() throws -> (mailbox: ReturnMailbox, state: ReturnMailboxState)? {
        let found = try tx.one(
            """
            SELECT host, port, secure, user_name, password_sealed, folder, uid_validity, last_uid, checked_at, problem
            FROM return_mailbox WHERE tenant_id = \(tenant)
            """)
        guard let row = found else { return nil }
        let mailbox = ReturnMailbox(
            host: try row.at(0), port: try row.at(1), secure: try row.at(2), userName: try row.at(3),
            password: try secret.open(try row.at(4)), folder: try row.at(5))
        let state = ReturnMailboxState(
            validity: try row.at(6), uid: try row.at(7), checkedAt: try row.at(8), problem: try row.at(9))
        return (mailbox, state)
    }

    /// Keeps a mailbox; another one is read from its beginning.
    func save(_ mailbox: ReturnMailbox, isAnother: Bool, at now: Moment) throws {
        let sealed = try secret.seal(mailbox.password)
        try tx.execute(
            """
            INSERT INTO return_mailbox (tenant_id, host, port, secure, user_name, password_sealed, folder, last_uid,
                changed_at)
            VALUES (\(tenant), \(mailbox.host), \(mailbox.port), \(mailbox.secure), \(mailbox.userName), \(sealed),
                \(mailbox.folder), 0, \(now))
            ON CONFLICT (tenant_id) DO UPDATE SET host = excluded.host, port = excluded.port,
                secure = excluded.secure, user_name = excluded.user_name,
                password_sealed = excluded.password_sealed, folder = excluded.folder, problem = NULL,
                changed_at = excluded.changed_at
            """)
        guard isAnother else { return }
        try tx.execute(
            "UPDATE return_mailbox SET uid_validity = NULL, last_uid = 0 WHERE tenant_id = \(tenant)")
    }

    /// Remembers how far it was read.
    func advance(to uid: Int64, validity: Int64) throws {
        try tx.execute(
            "UPDATE return_mailbox SET uid_validity = \(validity), last_uid = \(uid) WHERE tenant_id = \(tenant)")
    }

    /// Remembers how it went.
    func checked(problem: String?, at now: Moment) throws {
        try tx.execute(
            "UPDATE return_mailbox SET checked_at = \(now), problem = \(problem) WHERE tenant_id = \(tenant)")
    }

    /// False when there was none.
    func remove() throws -> Bool {
        try tx.execute("DELETE FROM return_mailbox WHERE tenant_id = \(tenant)") > 0
    }
}
