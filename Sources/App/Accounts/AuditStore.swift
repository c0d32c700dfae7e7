// SPDX-License-Identifier: Apache-2.0
// The log of who changed or looked at what.
import Storage

/// The table `audit` of one centre.
struct AuditStore {
    let tx: any Transaction
    let tenant: TenantID

    func insert(_ entry: AuditEntry, at now: Moment) throws {
        let id: AuditID = tx.new()
        try tx.execute(
            """
            INSERT INTO audit (tenant_id, id, at, person_id, actor, action, subject_id, details)
            VALUES (\(tenant), \(id), \(now), \(entry.person), \(entry.actor), \(entry.action), \(entry.subject),
                \(try jsonText(entry.details)))
            """)
    }
}
