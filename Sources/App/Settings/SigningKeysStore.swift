// SPDX-License-Identifier: Apache-2.0
// The table dkim_key. Secrets enter it sealed, and are erased when a key is revoked.
import Storage

/// The keys of one centre.
struct SigningKeysStore {
    let tx: any Transaction
    let tenant: TenantID

    static func query(_ tenant: TenantID) -> SQL {
        """
        SELECT id, domain, selector, algorithm, record, secret_sealed, created_at, revoked_at FROM dkim_key
        WHERE tenant_id = \(tenant) ORDER BY id
        """
    }

    static func key(_ row: Row) throws -> SigningKey {
        SigningKey(
            id: try row.get("id"), domain: try row.get("domain"), selector: try row.get("selector"),
            algorithm: try row.get("algorithm"), record: try row.get("record"), createdAt: try row.get("created_at"),
            revokedAt: try row.get("revoked_at"), sealed: try row.get("secret_sealed"))
    }

    func all() throws -> [SigningKey] { try tx.query(Self.query(tenant)).map(Self.key) }

    /// False when the domain has a key of that selector already.
    func insert(_ key: SigningKey) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO dkim_key (tenant_id, id, domain, selector, algorithm, record, secret_sealed, created_at)
            VALUES (\(tenant), \(key.id), \(key.domain), \(key.selector), \(key.algorithm), \(key.record),
                \(key.sealed), \(key.createdAt))
            ON CONFLICT (tenant_id, domain, selector) DO NOTHING
            """) == 1
    }

    /// Ends a key and erases its secret; false when it was ended already.
    func revoke(_ id: DKIMKeyID, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            UPDATE dkim_key SET revoked_at = \(now), secret_sealed = NULL
            WHERE tenant_id = \(tenant) AND id = \(id) AND revoked_at IS NULL
            """) == 1
    }
}
