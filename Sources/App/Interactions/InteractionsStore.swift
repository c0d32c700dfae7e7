// SPDX-License-Identifier: Apache-2.0
// Interactions and their parts in the database.
import Storage

/// The tables `interaction` and `interaction_part` of one centre.
struct InteractionsStore {
    let tx: any Transaction
    let tenant: TenantID

    private static let columns: SQL = """
        id, source, external_id, channel, direction, service_id, contact_id, case_id, customer_name, customer_email,
        customer_phone, customer_language, started_at, ended_at, reopened_at, last_disposition_id, sentiment, data,
        completed_on, is_test, created_at, changed_at
        """

    /// Interactions by their senders' ids, locked in the order of the ids until the transaction ends.
    func locked(
        source: String, externalIDs: [String], lookingUp others: @autoclosure () -> [SQL] = []
    ) throws -> [String: Interaction] {
        if externalIDs.isEmpty { return [:] }
        let list = SQL.list(externalIDs.sorted())
        let rows = try tx.query(
            """
            SELECT \(Self.columns) FROM interaction
            WHERE tenant_id = \(tenant) AND source = \(source) AND external_id IN (\(list))
            ORDER BY external_id\(Fragment.forUpdate)
            """, lookingUp: others())
        return Dictionary(
            try rows.map(Self.interaction).map { ($0.externalID, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// One interaction by its sender's id.
    func interaction(source: String, externalID: String) throws -> Interaction? {
        try tx.one(
            """
            SELECT \(Self.columns) FROM interaction
            WHERE tenant_id = \(tenant) AND source = \(source) AND external_id = \(externalID)
            """
        ).map(Self.interaction)
    }

    func interactions(ids: [InteractionID]) throws -> [Interaction] {
        if ids.isEmpty { return [] }
        return try tx.query(
            """
            SELECT \(Self.columns) FROM interaction
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
            """
        ).map(Self.interaction)
    }

    /// Writes new interactions.
    /// - Throws: ``Overtaken`` when another transaction has made one of them meanwhile.
    func insert(_ interactions: [Interaction]) throws {
        for piece in interactions.sorted(by: { $0.externalID < $1.externalID }).piecesForStatements {
            try insertPiece(piece)
        }
    }

    private func insertPiece(_ interactions: ArraySlice<Interaction>) throws {
        let rows: [SQL] = interactions.map { interaction in
            """
            (\(tenant), \(interaction.id), \(interaction.source), \(interaction.externalID), \(interaction.channel),
            \(interaction.direction), \(interaction.service), \(interaction.contact), \(interaction.caseID),
            \(interaction.customerName), \(interaction.customerEmail), \(interaction.customerPhone),
            \(interaction.customerLanguage), \(interaction.startedAt), \(interaction.endedAt),
            \(interaction.reopenedAt), \(interaction.lastDisposition), \(interaction.sentiment),
            \(JSON.object(interaction.data).text), \(interaction.completedOn), \(interaction.isTest),
            \(interaction.createdAt), \(interaction.changedAt))
            """
        }
        try tx.send(
            """
            INSERT INTO interaction (tenant_id, id, source, external_id, channel, direction, service_id, contact_id,
                case_id, customer_name, customer_email, customer_phone, customer_language, started_at, ended_at,
                reopened_at, last_disposition_id, sentiment, data, completed_on, is_test, created_at, changed_at)
            VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (tenant_id, source, external_id) DO NOTHING
            """, changing: interactions.count, otherwise: Overtaken())
    }

    /// Writes what is there already anew.
    func update(_ interaction: Interaction) throws {
        try tx.execute(
            """
            UPDATE interaction SET channel = \(interaction.channel), direction = \(interaction.direction),
                service_id = \(interaction.service), contact_id = \(interaction.contact),
                case_id = \(interaction.caseID), customer_name = \(interaction.customerName),
                customer_email = \(interaction.customerEmail), customer_phone = \(interaction.customerPhone),
                customer_language = \(interaction.customerLanguage), started_at = \(interaction.startedAt),
                ended_at = \(interaction.endedAt), reopened_at = \(interaction.reopenedAt),
                last_disposition_id = \(interaction.lastDisposition), sentiment = \(interaction.sentiment),
                data = \(JSON.object(interaction.data).text), completed_on = \(interaction.completedOn),
                changed_at = \(interaction.changedAt)
            WHERE tenant_id = \(tenant) AND id = \(interaction.id)
            """)
    }

    /// The parts of interactions, in the order of their completion.
    func parts(of interactions: [InteractionID]) throws -> [InteractionID: [InteractionPart]] {
        if interactions.isEmpty { return [:] }
        let list = SQL.list(interactions)
        let rows = try tx.query(
            """
            SELECT interaction_id, part, id, agent_id, team_id, disposition_id, disposition_text, note, started_at,
                completed_at, fingerprint
            FROM interaction_part WHERE tenant_id = \(tenant) AND interaction_id IN (\(list))
            ORDER BY completed_at, id
            """)
        return Dictionary(grouping: try rows.map(Self.part), by: \.interaction)
    }

    /// Writes new parts.
    /// - Throws: ``Overtaken`` when another transaction has made one of them meanwhile.
    func insert(_ parts: [InteractionPart]) throws {
        for piece in parts.piecesForStatements {
            let rows: [SQL] = piece.map { part in
                """
                (\(tenant), \(part.interaction), \(part.part), \(part.id), \(part.agent), \(part.team),
                \(part.disposition), \(part.dispositionText), \(part.note), \(part.startedAt),
                \(part.completedAt), \(part.fingerprint))
                """
            }
            try tx.send(
                """
                INSERT INTO interaction_part (tenant_id, interaction_id, part, id, agent_id, team_id, disposition_id,
                    disposition_text, note, started_at, completed_at, fingerprint)
                VALUES \(rows.joined(separator: ", "))
                ON CONFLICT (tenant_id, interaction_id, part) DO NOTHING
                """, changing: piece.count, otherwise: Overtaken())
        }
    }

    func update(_ part: InteractionPart) throws {
        try tx.execute(
            """
            UPDATE interaction_part SET agent_id = \(part.agent), team_id = \(part.team),
                disposition_id = \(part.disposition), disposition_text = \(part.dispositionText),
                note = \(part.note), started_at = \(part.startedAt), completed_at = \(part.completedAt)
            WHERE tenant_id = \(tenant) AND interaction_id = \(part.interaction) AND part = \(part.part)
            """)
    }

    private static func interaction(_ row: Row) throws -> Interaction {
        Interaction(
            id: try row.at(0), source: try row.at(1), externalID: try row.at(2), channel: try row.at(3),
            direction: try row.at(4), service: try row.at(5), contact: try row.at(6), caseID: try row.at(7),
            customerName: try row.at(8), customerEmail: try row.at(9), customerPhone: try row.at(10),
            customerLanguage: try row.at(11), startedAt: try row.at(12), endedAt: try row.at(13),
            reopenedAt: try row.at(14), lastDisposition: try row.at(15), sentiment: try row.at(16),
            data: try Self.attached(row.at(17)), completedOn: try row.at(18), isTest: try row.at(19),
            createdAt: try row.at(20), changedAt: try row.at(21))
    }

    private static func attached(_ text: String) throws -> [String: JSON] {
        if text == "{}" { return [:] }
        guard case .object(let data) = try JSON(text: text) else { return [:] }
        return data
    }

    private static func part(_ row: Row) throws -> InteractionPart {
        InteractionPart(
            interaction: try row.at(0), part: try row.at(1), id: try row.at(2), agent: try row.at(3),
            team: try row.at(4), disposition: try row.at(5), dispositionText: try row.at(6), note: try row.at(7),
            startedAt: try row.at(8), completedAt: try row.at(9), fingerprint: try row.at(10))
    }
}
