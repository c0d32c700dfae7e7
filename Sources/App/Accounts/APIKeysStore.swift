// SPDX-License-Identifier: Apache-2.0
// API keys in the database: their hashes only.
import Storage

/// The table `api_key`.
struct APIKeysStore {
    let tx: any Transaction

    func insert(_ new: NewAPIKey, hash: [UInt8], of tenant: TenantID, at now: Moment) throws -> APIKeyID {
        let id: APIKeyID = tx.new()
        let scopes = new.scopes.map(\.rawValue).sorted().joined(separator: " ")
        try tx.execute(
            """
            INSERT INTO api_key (id, tenant_id, hash, name, source, scopes, created_at)
            VALUES (\(id), \(tenant), \(hash), \(new.name), \(new.source), \(scopes), \(now))
            """)
        return id
    }

    /// The centre's keys, newest first, the revoked ones included.
    func keys(of tenant: TenantID) throws -> [APIKey] {
        try tx.query(
            """
            SELECT id, name, source, scopes, created_at, revoked_at FROM api_key WHERE tenant_id = \(tenant)
            ORDER BY id DESC LIMIT 200
            """
        ).map { row in
            APIKey(
                id: try row.get("id"), name: try row.get("name"), source: try row.get("source"),
                scopes: Self.scopes(try row.get("scopes")), createdAt: try row.get("created_at"),
                revokedAt: try row.get("revoked_at"))
        }
    }

    /// Ends a key; false when the centre has no such key that still works.
    func revoke(_ key: APIKeyID, of tenant: TenantID, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            UPDATE api_key SET revoked_at = \(now) WHERE id = \(key) AND tenant_id = \(tenant) AND revoked_at IS NULL
            """) == 1
    }

    /// Who holds keys that work, by the keys' hashes.
    static func holders(_ hashes: Set<[UInt8]>) -> SQL {
        """
        SELECT k.hash, k.id, k.tenant_id, k.source, k.scopes, t.surveys_enabled FROM api_key k
        JOIN tenant t ON t.id = k.tenant_id AND t.archived_at IS NULL
        WHERE k.hash IN (\(SQL.list(hashes))) AND k.revoked_at IS NULL
        """
    }

    static func holders(_ rows: [Row]) throws -> [[UInt8]: SignedInKey] {
        try Dictionary(uniqueKeysWithValues: rows.map { (try $0.get("hash"), try holder($0)) })
    }

    private static func holder(_ row: Row) throws -> SignedInKey {
        var key = SignedInKey(
            tenant: try row.get("tenant_id"), key: try row.get("id"), source: try row.get("source"),
            scopes: scopes(try row.get("scopes")))
        key.hasSurveys = try row.get("surveys_enabled")
        return key
    }

    private static func scopes(_ text: String) -> Set<SignedInKey.Scope> {
        Set(text.split(separator: " ").compactMap { SignedInKey.Scope(rawValue: String($0)) })
    }
}
