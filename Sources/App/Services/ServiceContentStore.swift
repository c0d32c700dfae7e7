// SPDX-License-Identifier: Apache-2.0
// A service's dispositions as a whole in the database: read in two statements for all services, written in a handful
// for one, however many dispositions there are.
import Storage

/// Folders and dispositions of one centre's services.
struct ServiceContentStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Rows of one statement: engines bound the values of one.
    private static let rows = 500

    /// Everything that is not retired, by service.
    func contents() throws -> [ServiceID: ServiceContent] {
        var entries: [DispositionFolderID: [ServiceContent.Entry]] = [:]
        let rows = try tx.query(
            """
            SELECT id, folder_id, name, description, code, type, system_type, agent_selects, do_not_ask, is_inbound,
                is_outbound, is_preview
            FROM disposition WHERE tenant_id = \(tenant) AND retired_at IS NULL ORDER BY position, id
            """)
        for row in rows { entries[try row.at(1), default: []].append(try Self.entry(row)) }
        var contents: [ServiceID: ServiceContent] = [:]
        let folders = try tx.query(
            """
            SELECT id, service_id, name FROM disposition_folder WHERE tenant_id = \(tenant) ORDER BY position, id
            """)
        for row in folders {
            let id: DispositionFolderID = try row.at(0)
            let folder = ServiceContent.Folder(id: id, name: try row.at(2), dispositions: entries[id] ?? [])
            contents[try row.at(1), default: ServiceContent(folders: [])].folders.append(folder)
        }
        return contents
    }

    private static func entry(_ row: Row) throws -> ServiceContent.Entry {
        var entry = ServiceContent.Entry(id: try row.at(0), name: try row.at(2))
        entry.description = try row.at(3)
        entry.code = try row.at(4)
        entry.type = try row.at(5)
        entry.systemType = try row.at(6)
        entry.agentSelects = try row.at(7)
        entry.doNotAsk = try row.at(8)
        entry.fits = []
        for (column, fit) in [(9, DispositionFit.inbound), (10, .outbound), (11, .preview)]
        where try row.at(column, as: Bool.self) { entry.fits.insert(fit) }
        return entry
    }

    /// Writes a service's content; what it does not name any more is retired. Locked against others by the service.
    func save(_ content: ServiceContent, of service: ServiceID, at now: Moment) throws {
        _ = try tx.query(
            "SELECT id FROM service WHERE tenant_id = \(tenant) AND id = \(service)\(Fragment.forUpdate)")
        let content = withIDs(content)
        try retire(besides: content.all.compactMap(\.id), of: service, at: now)
        try freeNames(of: service)
        let folders = content.folders.enumerated().map { position, folder in
            "(\(tenant), \(folder.id), \(service), \(folder.name.trimmed), \(position))" as SQL
        }
        for rows in Self.parts(folders) {
            try tx.execute(
                """
                INSERT INTO disposition_folder (tenant_id, id, service_id, name, position)
                VALUES \(rows.joined(separator: ", "))
                ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, position = excluded.position
                """)
        }
        let dispositions = content.folders.flatMap { folder in
            folder.dispositions.enumerated().map { row($1, at: $0, in: folder.id, of: service) }
        }
        for rows in Self.parts(dispositions) { try upsert(rows) }
        try dissolve(besides: content.folders.compactMap(\.id), of: service)
    }

    private static func parts(_ rows: [SQL]) -> [ArraySlice<SQL>] {
        stride(from: 0, to: rows.count, by: Self.rows).map { rows[$0..<min($0 + Self.rows, rows.count)] }
    }

    private func withIDs(_ content: ServiceContent) -> ServiceContent {
        var content = content
        for folder in content.folders.indices {
            content.folders[folder].id = content.folders[folder].id ?? tx.new()
            for entry in content.folders[folder].dispositions.indices {
                let id = content.folders[folder].dispositions[entry].id
                content.folders[folder].dispositions[entry].id = id ?? tx.new()
            }
        }
        return content
    }

    private func retire(besides kept: [DispositionID], of service: ServiceID, at now: Moment) throws {
        let current = try tx.query(
            """
            SELECT id FROM disposition
            WHERE tenant_id = \(tenant) AND service_id = \(service) AND retired_at IS NULL
            """
        ).map { try $0.at(0, as: DispositionID.self) }
        let gone = Set(current).subtracting(kept).sorted().map { "\($0)" as SQL }
        for ids in Self.parts(gone) {
            try tx.execute(
                """
                UPDATE disposition SET retired_at = \(now)
                WHERE tenant_id = \(tenant) AND id IN (\(ids.joined(separator: ", ")))
                """)
        }
    }

    /// Names and codes may change places: nobody has any while they do.
    private func freeNames(of service: ServiceID) throws {
        try tx.execute(
            """
            UPDATE disposition SET name_folded = '#' || CAST(id AS TEXT), code = NULL
            WHERE tenant_id = \(tenant) AND service_id = \(service) AND retired_at IS NULL
            """)
    }

    private func row(
        _ entry: ServiceContent.Entry, at position: Int, in folder: DispositionFolderID?, of service: ServiceID
    ) -> SQL {
        """
        (\(tenant), \(entry.id), \(service), \(folder), \(entry.name.trimmed), \(entry.name.folded),
        \(entry.description), \(entry.code), \(entry.type), \(entry.systemType), \(entry.agentSelects),
        \(entry.doNotAsk), \(entry.fits.contains(.inbound)), \(entry.fits.contains(.outbound)),
        \(entry.fits.contains(.preview)), \(position))
        """
    }

    private func upsert(_ rows: ArraySlice<SQL>) throws {
        try tx.execute(
            """
            INSERT INTO disposition (tenant_id, id, service_id, folder_id, name, name_folded, description, code, type,
                system_type, agent_selects, do_not_ask, is_inbound, is_outbound, is_preview, position)
            VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (tenant_id, id) DO UPDATE SET folder_id = excluded.folder_id, name = excluded.name,
                name_folded = excluded.name_folded, description = excluded.description, code = excluded.code,
                type = excluded.type, system_type = excluded.system_type, agent_selects = excluded.agent_selects,
                do_not_ask = excluded.do_not_ask, is_inbound = excluded.is_inbound,
                is_outbound = excluded.is_outbound, is_preview = excluded.is_preview, position = excluded.position
            """)
    }

    /// Takes folders away; retired dispositions in them move to the first one that stays.
    private func dissolve(besides kept: [DispositionFolderID], of service: ServiceID) throws {
        guard let first = kept.first else { return }
        let ids = kept.map { "\($0)" as SQL }.joined(separator: ", ")
        try tx.execute(
            """
            UPDATE disposition SET folder_id = \(first)
            WHERE tenant_id = \(tenant) AND service_id = \(service) AND folder_id NOT IN (\(ids))
            """)
        try tx.execute(
            """
            DELETE FROM disposition_folder
            WHERE tenant_id = \(tenant) AND service_id = \(service) AND id NOT IN (\(ids))
            """)
    }

    /// Changes a service's own settings; false when its new name is taken.
    func update(_ service: ServiceID, to new: NewService) throws -> Bool {
        try tx.execute(
            """
            UPDATE service SET name = \(new.name.trimmed), name_folded = \(new.name.folded), type = \(new.type),
                uses_dispositions = \(new.usesDispositions), requires_disposition = \(new.requiresDisposition),
                language = \(new.language), team_id = \(new.team), is_enabled = \(new.isEnabled)
            WHERE tenant_id = \(tenant) AND id = \(service) AND NOT EXISTS (
                SELECT 1 FROM service o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(new.name.folded) AND o.id <> \(service))
            """) == 1
    }
}
