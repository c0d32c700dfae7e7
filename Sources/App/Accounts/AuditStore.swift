// SPDX-License-Identifier: Apache-2.0
// The log of who changed or looked at what.
import Storage

/// The table `audit` of one centre.
struct AuditStore {
    let tx: any Transaction
    let tenant: TenantID

    func insert(_ entry: AuditEntry, at now: Moment) throws { try insert([entry], at: now) }

    /// Writes entries, in a few statements however many they are.
    func insert(_ entries: [AuditEntry], at now: Moment) throws {
        for piece in entries.piecesForStatements {
            let values = try piece.map { entry -> SQL in
                let id: AuditID = tx.new()
                return """
                    (\(tenant), \(id), \(now), \(entry.person.sqlValue), \(entry.actor), \(entry.address),
                        \(entry.action), \(entry.subject), \(try jsonText(entry.details)))
                    """
            }
            try tx.execute(
                """
                INSERT INTO audit (tenant_id, id, at, person_id, actor, address, action, subject_id, details)
                VALUES \(values.joined(separator: ", "))
                """)
        }
    }
}
