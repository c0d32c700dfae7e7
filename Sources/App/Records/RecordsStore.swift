// SPDX-License-Identifier: Apache-2.0
// Finds interactions for the list, and the invitations of one.
import Storage

/// What Records reads beyond the other rooms' faces.
struct RecordsStore {
    let tx: any Transaction
    let tenant: TenantID

    /// The first interactions that pass a filter, the newest or the oldest first.
    func page(_ filter: RecordsFilter, limit: Int) throws -> [InteractionID] {
        var conditions: [SQL] = ["i.tenant_id = \(tenant)"]
        if let before = filter.before {
            conditions.append(filter.isOldestFirst ? "i.id > \(before)" : "i.id < \(before)")
        }
        if let service = filter.service { conditions.append("i.service_id = \(service)") }
        if let start = filter.externalID {
            // The characters of a sender's id are ASCII, and this one comes after all of them.
            conditions.append("i.external_id >= \(start) AND i.external_id < \(start + "\u{7F}")")
        }
        if let agent = filter.agent { conditions.append(part("p.agent_id = \(agent)")) }
        if let teams = filter.teams {
            if teams.isEmpty { return [] }
            conditions.append(part("p.team_id IN (\(SQL.list(teams)))"))
        }
        let order: SQL = filter.isOldestFirst ? "i.id" : "i.id DESC"
        return try tx.query(
            """
            SELECT i.id FROM interaction i WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(order) LIMIT \(limit)
            """
        ).map { try $0.at(0) }
    }

    private func part(_ condition: SQL) -> SQL {
        """
        EXISTS (SELECT 1 FROM interaction_part p
            WHERE p.tenant_id = i.tenant_id AND p.interaction_id = i.id AND \(condition))
        """
    }

    func invitations(of interaction: InteractionID) throws -> [RecordedInvitation] {
        try tx.query(
            """
            SELECT v.id, v.run_id, v.form_id, f.name, v.state, v.created_at, v.first_sent_at, v.expires_at,
                v.answered_at
            FROM invitation v LEFT JOIN survey_form f ON f.tenant_id = v.tenant_id AND f.id = v.form_id
            WHERE v.tenant_id = \(tenant) AND v.interaction_id = \(interaction) ORDER BY v.id
            """
        ).map { row in
            RecordedInvitation(
                id: try row.at(0), run: try row.at(1), form: try row.at(2),
                formName: try row.at(3, as: String?.self) ?? "", state: try row.at(4), createdAt: try row.at(5),
                firstSentAt: try row.at(6), expiresAt: try row.at(7), answeredAt: try row.at(8))
        }
    }
}
