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
        try insert([(address, reason)], at: now) > 0
    }

    /// Adds addresses; how many were not there. The first reason of an address stays.
    func insert(_ entries: [(address: String, reason: SuppressionReason)], at now: Moment) throws -> Int {
        var added = 0
        // One order for all transactions, so that two imports wait for each other instead of both giving up.
        for piece in entries.sorted(by: { $0.address < $1.address }).piecesForStatements {
            let rows = piece.map { "(\(tenant), \($0.address), \($0.reason), \(now))" as SQL }
            added += try tx.execute(
                """
                INSERT INTO suppression (tenant_id, address_folded, reason, created_at)
                VALUES \(rows.joined(separator: ", "))
                ON CONFLICT (tenant_id, address_folded) DO NOTHING
                """)
        }
        return added
    }

    /// False when it was not on the list.
    func remove(_ address: String) throws -> Bool {
        try tx.execute(
            "DELETE FROM suppression WHERE tenant_id = \(tenant) AND address_folded = \(address)") > 0
    }

    /// A page of the list, by address.
    static func page(_ filter: SuppressionFilter, of tenant: TenantID, limit: Int) -> SQL {
        var conditions: SQL = ""
        if let reason = filter.reason { conditions = conditions + " AND reason = \(reason)" }
        if let after = filter.after { conditions = conditions + " AND address_folded > \(after)" }
        if let search = filter.search {
            conditions = conditions + " AND address_folded LIKE \(pattern(search)) ESCAPE '!'"
        }
        return """
            SELECT address_folded, reason, created_at FROM suppression
            WHERE tenant_id = \(tenant)\(conditions) ORDER BY address_folded LIMIT \(limit)
            """
    }

    /// One entry.
    static func entry(_ address: String, of tenant: TenantID) -> SQL {
        """
        SELECT address_folded, reason, created_at FROM suppression
        WHERE tenant_id = \(tenant) AND address_folded = \(address)
        """
    }

    static func suppression(_ row: Row) throws -> Suppression {
        Suppression(address: try row.at(0), reason: try row.at(1), createdAt: try row.at(2))
    }

    /// The text anywhere in a value, to the letter.
    private static func pattern(_ text: String) -> String {
        "%" + text.replacing("!", with: "!!").replacing("%", with: "!%").replacing("_", with: "!_") + "%"
    }
}
