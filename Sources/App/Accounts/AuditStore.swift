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

    /// The newest entries that pass a filter.
    func page(_ filter: AuditFilter, limit: Int) throws -> [AuditRecord] {
        try tx.query(Self.page(filter, of: tenant, limit: limit)).map { row in
            AuditRecord(
                id: try row.at(0), at: try row.at(1), person: try row.at(2), actor: try row.at(3),
                address: try row.at(4), action: try row.at(5), subject: try row.at(6),
                details: try JSON(text: try row.at(7)))
        }
    }

    /// Who looks after the installation: their pages are not the centre's administrators'.
    func providers() throws -> Set<PersonID> {
        let rows = try tx.query(
            "SELECT person_id FROM person_role WHERE tenant_id = \(tenant) AND role = \(Role.provider.rawValue)")
        return Set(try rows.map { try $0.at(0) })
    }

    static func page(_ filter: AuditFilter, of tenant: TenantID, limit: Int) -> SQL {
        var conditions: [SQL] = ["tenant_id = \(tenant)"]
        if let before = filter.before { conditions.append("id < \(before)") }
        if let person = filter.person {
            conditions.append("(person_id = \(person) OR subject_id = \(person.raw))")
        }
        if let kind = filter.kind { conditions.append(isOf(kind)) }
        if let from = filter.from { conditions.append("at >= \(from)") }
        if let to = filter.to { conditions.append("at < \(to)") }
        return """
            SELECT id, at, person_id, actor, address, action, subject_id, details FROM audit
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT \(limit)
            """
    }

    private static func isOf(_ kind: AuditKind) -> SQL {
        if let actions = kind.actions { return "action IN (\(SQL.list(actions)))" }
        let others = AuditKind.allCases.flatMap { $0.actions ?? [] }
        return "action NOT IN (\(SQL.list(others)))"
    }
}
