// SPDX-License-Identifier: Apache-2.0
// Services, folders and dispositions in the database.
import Storage

/// The tables `service`, `disposition_folder` and `disposition` of one centre.
struct ServicesStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Nil when the name is taken.
    func insert(_ new: NewService) throws -> Service? {
        let id = tx.new(ServiceID.self)
        let inserted = try tx.query(
            """
            INSERT INTO service (tenant_id, id, name, name_folded, type, uses_dispositions, requires_disposition,
                language, team_id, is_enabled)
            VALUES (\(tenant), \(id), \(new.name.trimmed), \(new.name.folded), \(new.type), \(new.usesDispositions),
                \(new.requiresDisposition), \(new.language), \(new.team), \(new.isEnabled))
            ON CONFLICT (tenant_id, name_folded) DO NOTHING
            RETURNING id
            """)
        if inserted.isEmpty { return nil }
        return Service(
            id: id, name: new.name.trimmed, type: new.type, usesDispositions: new.usesDispositions,
            requiresDisposition: new.requiresDisposition, language: new.language, team: new.team,
            isEnabled: new.isEnabled)
    }

    /// Writes a pre-defined set, in its order.
    func insert(_ folders: [PredefinedDispositions.Folder], of service: Service, language: String) throws {
        var folderRows: [SQL] = []
        var rows: [SQL] = []
        for (position, folder) in folders.enumerated() {
            let folderID = tx.new(DispositionFolderID.self)
            folderRows.append(
                "(\(tenant), \(folderID), \(service.id), \(folder.name.text(language)), \(position))")
            for (position, entry) in folder.dispositions.enumerated() {
                rows.append(row(entry, at: position, in: folderID, of: service, language: language))
            }
        }
        try tx.execute(
            """
            INSERT INTO disposition_folder (tenant_id, id, service_id, name, position)
            VALUES \(folderRows.joined(separator: ", "))
            """)
        try tx.execute(
            """
            INSERT INTO disposition (tenant_id, id, service_id, folder_id, name, name_folded, description, code, type,
                system_type, agent_selects, do_not_ask, is_inbound, is_outbound, is_preview, position, retired_at)
            VALUES \(rows.joined(separator: ", "))
            """)
    }

    private func row(
        _ entry: PredefinedDispositions.Entry, at position: Int, in folder: DispositionFolderID, of service: Service,
        language: String
    ) -> SQL {
        let name = entry.name.text(language)
        let fits = entry.fits ?? (service.type == .outbound ? [.outbound] : [.inbound])
        return """
            (\(tenant), \(tx.new(DispositionID.self)), \(service.id), \(folder), \(name), \(name.folded),
            \(entry.description?.text(language) ?? ""), NULL, \(entry.type), \(entry.systemType),
            \(entry.agentSelects ?? true), \(entry.doNotAsk ?? false), \(fits.contains(.inbound)),
            \(fits.contains(.outbound)), \(fits.contains(.preview)), \(position), NULL)
            """
    }

    func services(ids: [ServiceID], names: [String]) throws -> [Service] {
        guard let lookUp = Self.services(ids: ids, names: names, of: tenant) else { return [] }
        return try tx.query(lookUp).map(Self.service)
    }

    /// Services by their ids or folded names; nil for none.
    static func services(ids: [ServiceID], names: [String], of tenant: TenantID) -> SQL? {
        if ids.isEmpty, names.isEmpty { return nil }
        var conditions: [SQL] = []
        if !ids.isEmpty { conditions.append("id IN (\(SQL.list(ids)))") }
        if !names.isEmpty {
            conditions.append("name_folded IN (\(SQL.list(names)))")
        }
        return """
            SELECT id, name, type, uses_dispositions, requires_disposition, language, team_id, is_enabled
            FROM service WHERE tenant_id = \(tenant) AND (\(conditions.joined(separator: " OR ")))
            """
    }

    func all() throws -> [Service] {
        try tx.query(
            """
            SELECT id, name, type, uses_dispositions, requires_disposition, language, team_id, is_enabled
            FROM service WHERE tenant_id = \(tenant) ORDER BY name_folded
            """
        ).map(Self.service)
    }

    func folders(of service: ServiceID) throws -> [DispositionFolder] {
        try tx.query(
            """
            SELECT id, service_id, name FROM disposition_folder
            WHERE tenant_id = \(tenant) AND service_id = \(service) ORDER BY position, id
            """
        ).map { row in
            DispositionFolder(
                id: try row.get("id"), service: try row.get("service_id"), name: try row.get("name"))
        }
    }

    func dispositions(
        of services: [ServiceID], lookingUp others: @autoclosure () -> [SQL] = []
    ) throws -> [ServiceID: [Disposition]] {
        if services.isEmpty { return [:] }
        let ids = SQL.list(services)
        let rows = try tx.query(
            """
            SELECT disposition.id, disposition.service_id, disposition.folder_id, disposition.name,
                disposition.description, disposition.code, disposition.type, disposition.system_type,
                disposition.agent_selects, disposition.do_not_ask, disposition.retired_at
            FROM disposition
            JOIN disposition_folder ON disposition_folder.tenant_id = disposition.tenant_id
                AND disposition_folder.id = disposition.folder_id
            WHERE disposition.tenant_id = \(tenant) AND disposition.service_id IN (\(ids))
            ORDER BY disposition_folder.position, disposition.position, disposition.id
            """, lookingUp: others())
        return Dictionary(grouping: try rows.map(Self.disposition), by: \.service)
    }

    func dispositions(ids: [DispositionID]) throws -> [DispositionID: Disposition] {
        if ids.isEmpty { return [:] }
        let rows = try tx.query(
            """
            SELECT id, service_id, folder_id, name, description, code, type, system_type, agent_selects, do_not_ask,
                retired_at
            FROM disposition
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
            """)
        return Dictionary(try rows.map(Self.disposition).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func service(_ row: Row) throws -> Service {
        Service(
            id: try row.at(0), name: try row.at(1), type: try row.at(2), usesDispositions: try row.at(3),
            requiresDisposition: try row.at(4), language: try row.at(5), team: try row.at(6), isEnabled: try row.at(7))
    }

    private static func disposition(_ row: Row) throws -> Disposition {
        Disposition(
            id: try row.at(0), service: try row.at(1), folder: try row.at(2), name: try row.at(3),
            description: try row.at(4), code: try row.at(5), type: try row.at(6), systemType: try row.at(7),
            agentSelects: try row.at(8), doNotAsk: try row.at(9), isRetired: try row.at(10, as: Int64?.self) != nil)
    }
}
