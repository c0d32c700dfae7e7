// SPDX-License-Identifier: Apache-2.0
// Addresses that must not be asked.
import Storage

/// The table `suppression` of one centre.
struct SuppressionStore {
    let tx: any Transaction
    let tenant: TenantID

    func suppressed(among addresses: [String]) throws -> Set<String> {
        if addresses.isEmpty { return [] }
        let rows = try tx.query(
            """
            SELECT address_folded FROM suppression
            WHERE tenant_id = \(tenant)
                AND address_folded IN (\(SQL.list(addresses)))
            """)
        return Set(try rows.map { try $0.at(0) })
    }

    /// False when it was suppressed already.
    func suppress(_ address: String, because reason: SuppressionReason, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO suppression (tenant_id, address_folded, reason, created_at)
            VALUES (\(tenant), \(address), \(reason), \(now))
            ON CONFLICT (tenant_id, address_folded) DO NOTHING
            """) > 0
    }
}
