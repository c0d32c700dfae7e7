// SPDX-License-Identifier: Apache-2.0
// Second factors in the database: keys sealed, recovery codes by their digests.
import Storage

/// The tables `second_factor` and `recovery_code` of one centre.
struct SecondFactorStore {
    let tx: any Transaction
    let tenant: TenantID

    /// A key as it is stored.
    struct Stored {
        let sealed: [UInt8]
        let enabledAt: Moment?
    }

    func find(_ person: PersonID) throws -> Stored? {
        try tx.one(
            """
            SELECT secret_sealed, enabled_at FROM second_factor
            WHERE tenant_id = \(tenant) AND person_id = \(person)
            """
        ).map { Stored(sealed: try $0.at(0), enabledAt: try $0.at(1)) }
    }

    func isEnabled(of person: PersonID) throws -> Bool {
        try tx.one(
            """
            SELECT 1 AS found FROM second_factor
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND enabled_at IS NOT NULL
            """) != nil
    }

    /// A new key in place of one that never counted; one that counts stays.
    func begin(_ person: PersonID, sealed: [UInt8], at now: Moment) throws {
        try tx.execute(
            """
            INSERT INTO second_factor (tenant_id, person_id, secret_sealed, last_step, created_at)
            VALUES (\(tenant), \(person), \(sealed), 0, \(now))
            ON CONFLICT (tenant_id, person_id) DO UPDATE SET secret_sealed = excluded.secret_sealed, last_step = 0,
                created_at = excluded.created_at
            WHERE second_factor.enabled_at IS NULL
            """)
    }

    func enable(_ person: PersonID, at now: Moment) throws {
        try tx.execute(
            """
            UPDATE second_factor SET enabled_at = \(now)
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND enabled_at IS NULL
            """)
    }

    /// Uses a step of the clock up; false when it, or a later one, was used before. Of two at once one succeeds.
    func use(_ step: Int64, of person: PersonID) throws -> Bool {
        try tx.execute(
            """
            UPDATE second_factor SET last_step = \(step)
            WHERE tenant_id = \(tenant) AND person_id = \(person) AND last_step < \(step)
            """) == 1
    }

    /// False when there was none.
    func remove(_ person: PersonID) throws -> Bool {
        try tx.execute("DELETE FROM recovery_code WHERE tenant_id = \(tenant) AND person_id = \(person)")
        return try tx.execute("DELETE FROM second_factor WHERE tenant_id = \(tenant) AND person_id = \(person)") == 1
    }

    // MARK: Recovery codes

    func replaceCodes(of person: PersonID, with hashes: [[UInt8]]) throws {
        try tx.execute("DELETE FROM recovery_code WHERE tenant_id = \(tenant) AND person_id = \(person)")
        let values = hashes.map { "(\(tenant), \(person), \($0))" as SQL }
        try tx.execute(
            "INSERT INTO recovery_code (tenant_id, person_id, hash) VALUES \(values.joined(separator: ", "))")
    }

    /// Uses a code up; false when there is none such any more. Of two at once one succeeds.
    func useCode(_ hash: [UInt8], of person: PersonID) throws -> Bool {
        try tx.execute(
            "DELETE FROM recovery_code WHERE tenant_id = \(tenant) AND person_id = \(person) AND hash = \(hash)") == 1
    }

    func countCodes(of person: PersonID) throws -> Int {
        try tx.one(
            "SELECT COUNT(*) FROM recovery_code WHERE tenant_id = \(tenant) AND person_id = \(person)")?.at(0) ?? 0
    }
}
