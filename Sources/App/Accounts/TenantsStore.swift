// SPDX-License-Identifier: Apache-2.0
// Contact centres in the database.
import Storage

/// The table `tenant`.
struct TenantsStore {
    let tx: any Transaction

    private static let columns: SQL = """
        id, key, name, kind, language, time_zone, surveys_enabled, one_survey_per_interaction, ask_within_hours,
        ask_once_in_days, ask_per_year, ask_share_percent, minimum_n, message_megabytes, messages_per_second,
        mail_connections, storage_megabytes, stored_bytes, measured_at, logo,
        archived_at
        """

    static func tenant(_ id: TenantID) -> SQL { "SELECT \(columns) FROM tenant WHERE id = \(id)" }

    func tenant(_ id: TenantID) throws -> Tenant? { try tx.one(Self.tenant(id)).map(Self.tenant) }

    func tenant(key: String) throws -> Tenant? {
        try tx.one("SELECT \(Self.columns) FROM tenant WHERE key = \(key)").map(Self.tenant)
    }

    /// The first centres that are in use, in the order of their making.
    func firstInUse(_ limit: Int) throws -> [Tenant] {
        try tx.query(
            "SELECT \(Self.columns) FROM tenant WHERE archived_at IS NULL ORDER BY id LIMIT \(limit)"
        ).map(Self.tenant)
    }

    /// The first centres in the order of their making.
    func first(_ limit: Int) throws -> [Tenant] {
        try tx.query("SELECT \(Self.columns) FROM tenant ORDER BY id LIMIT \(limit)").map(Self.tenant)
    }

    /// Makes a centre; nil when the key is taken.
    func insert(_ new: NewTenant, at now: Moment) throws -> TenantID? {
        let id: TenantID = tx.new()
        let changed = try tx.execute(
            """
            INSERT INTO tenant (id, key, name, kind, language, time_zone, surveys_enabled, one_survey_per_interaction,
                ask_within_hours, ask_once_in_days, ask_per_year, ask_share_percent, minimum_n, created_at)
            VALUES (\(id), \(new.key), \(new.name), \(new.kind.rawValue), \(new.language), \(new.timeZone),
                \(new.surveysEnabled), 1, 72, 0, 0, 100, 30, \(now))
            ON CONFLICT (key) DO NOTHING
            """)
        return changed == 1 ? id : nil
    }

    func rename(_ id: TenantID, to name: String, language: String, timeZone: String) throws {
        try tx.execute(
            """
            UPDATE tenant SET name = \(name), language = \(language), time_zone = \(timeZone) WHERE id = \(id)
            """)
    }

    func setSurveys(_ isOn: Bool, of id: TenantID) throws {
        try tx.execute("UPDATE tenant SET surveys_enabled = \(isOn) WHERE id = \(id)")
    }

    func setLimits(_ limits: TenantLimits, of id: TenantID) throws {
        try tx.execute(
            """
            UPDATE tenant SET message_megabytes = \(limits.messageMegabytes),
                messages_per_second = \(limits.messagesPerSecond), storage_megabytes = \(limits.storageMegabytes),
                mail_connections = \(limits.connections)
            WHERE id = \(id)
            """)
    }

    func setLogo(_ picture: String?, of id: TenantID) throws {
        try tx.execute("UPDATE tenant SET logo = \(picture) WHERE id = \(id)")
    }

    func setUse(_ use: StorageUse, of id: TenantID) throws {
        try tx.execute(
            "UPDATE tenant SET stored_bytes = \(use.bytes), measured_at = \(use.measuredAt) WHERE id = \(id)")
    }

    /// Archives a centre, or brings it back; false when it was so already.
    func setArchived(_ moment: Moment?, _ id: TenantID) throws -> Bool {
        let wasArchived: SQL = moment == nil ? "archived_at IS NOT NULL" : "archived_at IS NULL"
        return try tx.execute("UPDATE tenant SET archived_at = \(moment) WHERE id = \(id) AND \(wasArchived)") == 1
    }

    /// Centres in the order of their making, after one of them.
    func page(after: TenantID?, limit: Int) throws -> [Tenant] {
        try tx.query(
            """
            SELECT \(Self.columns) FROM tenant WHERE id > \(after?.raw ?? 0) ORDER BY id LIMIT \(limit)
            """
        ).map(Self.tenant)
    }

    /// Keeps others from changing the same centre as a whole until the end of the transaction.
    func lock(_ id: TenantID) throws {
        _ = try tx.query("SELECT id FROM tenant WHERE id = \(id)\(Fragment.forUpdate)")
    }

    func update(_ id: TenantID, to change: TenantChange) throws {
        try tx.execute(
            """
            UPDATE tenant SET name = \(change.name), language = \(change.language), time_zone = \(change.timeZone),
                one_survey_per_interaction = \(change.oneSurveyPerInteraction),
                ask_within_hours = \(change.askWithinHours), ask_once_in_days = \(change.askOnceInDays),
                ask_per_year = \(change.askPerYear), ask_share_percent = \(change.askSharePercent),
                minimum_n = \(change.minimumN)
            WHERE id = \(id)
            """)
    }

    static func tenant(_ row: Row) throws -> Tenant {
        let measuredAt: Moment? = try row.get("measured_at")
        let bytes: Int64? = try row.get("stored_bytes")
        return Tenant(
            id: try row.get("id"), key: try row.get("key"), name: try row.get("name"), kind: try row.get("kind"),
            language: try row.get("language"), timeZone: try row.get("time_zone"),
            surveysEnabled: try row.get("surveys_enabled"),
            oneSurveyPerInteraction: try row.get("one_survey_per_interaction"),
            askWithinHours: try row.get("ask_within_hours"), askOnceInDays: try row.get("ask_once_in_days"),
            askPerYear: try row.get("ask_per_year"), askSharePercent: try row.get("ask_share_percent"),
            minimumN: try row.get("minimum_n"),
            limits: TenantLimits(
                messageMegabytes: try row.get("message_megabytes"),
                messagesPerSecond: try row.get("messages_per_second"),
                connections: try row.get("mail_connections"),
                storageMegabytes: try row.get("storage_megabytes")),
            logo: try row.get("logo"),
            storage: measuredAt.flatMap { at in bytes.map { StorageUse(bytes: $0, measuredAt: at) } },
            archivedAt: try row.get("archived_at"))
    }
}
