// SPDX-License-Identifier: Apache-2.0
// Wishes for a new password between the page and the mail.
import Storage

/// The table `password_request` of one centre.
struct PasswordRequestStore {
    let tx: any Transaction
    let tenant: TenantID

    func insert(_ wanted: String, from address: String, at now: Moment) throws -> PasswordRequestID {
        let id: PasswordRequestID = tx.new()
        try tx.execute(
            """
            INSERT INTO password_request (tenant_id, id, wanted, address, asked_at)
            VALUES (\(tenant), \(id), \(wanted), \(address), \(now))
            """)
        return id
    }

    /// Takes a wish away; nil when somebody else has.
    func take(_ id: PasswordRequestID) throws -> (wanted: String, address: String)? {
        try tx.one(
            "DELETE FROM password_request WHERE tenant_id = \(tenant) AND id = \(id) RETURNING wanted, address"
        ).map { (try $0.at(0), try $0.at(1)) }
    }
}
