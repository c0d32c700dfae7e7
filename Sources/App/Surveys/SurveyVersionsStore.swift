// SPDX-License-Identifier: Apache-2.0
// The saved versions of a form, and saving one more.
import Storage

/// A saved version without its content.
struct SurveyVersionEntry: Sendable {
    let id: FormVersionID
    let number: Int
    let at: Moment
    /// Who saved it; nil for the demo, configuration from a file, and people who are gone.
    let person: String?
}

/// Reads and writes versions of one centre.
struct SurveyVersionsStore {
    let tenant: TenantID
    let tx: any Transaction

    private static let columns: SQL = """
        v.id, v.number, v.created_at, p.login, p.first_name, p.last_name
        FROM survey_version v LEFT JOIN person p ON p.tenant_id = v.tenant_id AND p.id = v.created_by
        """

    /// The versions of a form, the newest first.
    func list(of form: FormID) throws -> [SurveyVersionEntry] {
        try tx.query(
            """
            SELECT \(Self.columns) WHERE v.tenant_id = \(tenant) AND v.form_id = \(form)
            ORDER BY v.number DESC LIMIT \(SurveyLimits.listedVersions)
            """
        ).map(Self.entry)
    }

    func entry(of version: FormVersionID) throws -> SurveyVersionEntry? {
        try tx.one("SELECT \(Self.columns) WHERE v.tenant_id = \(tenant) AND v.id = \(version)").map(Self.entry)
    }

    /// A version by its number.
    func version(_ number: Int, of form: FormID) throws -> SurveyVersion? {
        try tx.one(
            """
            SELECT id, form_id, number, content FROM survey_version
            WHERE tenant_id = \(tenant) AND form_id = \(form) AND number = \(number)
            """
        ).map(SurveyStore.version)
    }

    /// Gives a form other settings and another version; false when another form has the name.
    func save(
        _ draft: NewForm, _ version: FormVersionID, for form: FormID, as change: SurveyChange
    ) throws -> Bool {
        let name = draft.name.trimmed
        return try tx.execute(
            """
            UPDATE survey_form SET name = \(name), name_folded = \(name.folded), valid_days = \(draft.validDays),
                edit_hours = \(draft.editHours), version_id = \(version), revision = revision + 1,
                changed_by = \(change.person), changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id = \(form) AND NOT EXISTS (
                SELECT 1 FROM survey_form o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(name.folded) AND o.archived_at IS NULL
                    AND o.id <> \(form))
            """) == 1
    }

    private static func entry(_ row: Row) throws -> SurveyVersionEntry {
        let login: String? = try row.at(3)
        let parts: [String?] = [try row.at(4), try row.at(5)]
        let name = parts.compactMap { $0?.nonEmpty }.joined(separator: " ")
        return SurveyVersionEntry(
            id: try row.at(0), number: try row.at(1), at: try row.at(2), person: name.nonEmpty ?? login)
    }
}
