// SPDX-License-Identifier: Apache-2.0
// A centre's hours and retention periods in the database.
import Storage

/// The tables `business_hours` and `retention` of one centre.
struct CentreSettingsStore {
    let tx: any Transaction
    let tenant: TenantID

    func hours() throws -> BusinessHours? {
        try tx.one("SELECT content FROM business_hours WHERE tenant_id = \(tenant)").map { try fromJSON($0.at(0)) }
    }

    func save(_ hours: BusinessHours, at now: Moment) throws {
        try tx.execute(
            """
            INSERT INTO business_hours (tenant_id, content, changed_at)
            VALUES (\(tenant), \(try jsonText(hours)), \(now))
            ON CONFLICT (tenant_id) DO UPDATE SET content = excluded.content, changed_at = excluded.changed_at
            """)
    }

    func periods() throws -> RetentionPeriods? {
        let row = try tx.one("SELECT customer_days, inbox_days, audit_days FROM retention WHERE tenant_id = \(tenant)")
        return try row.map {
            RetentionPeriods(customerDays: try $0.at(0), inboxDays: try $0.at(1), auditDays: try $0.at(2))
        }
    }

    func save(_ periods: RetentionPeriods, at now: Moment) throws {
        try tx.execute(
            """
            INSERT INTO retention (tenant_id, customer_days, inbox_days, audit_days, customers_erased_to, changed_at)
            VALUES (\(tenant), \(periods.customerDays), \(periods.inboxDays), \(periods.auditDays), 0, \(now))
            ON CONFLICT (tenant_id) DO UPDATE SET customer_days = excluded.customer_days,
                inbox_days = excluded.inbox_days, audit_days = excluded.audit_days, changed_at = excluded.changed_at
            """)
    }
}
