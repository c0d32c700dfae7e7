// SPDX-License-Identifier: Apache-2.0
// What the list of forms shows, and what its buttons do to a form.
import Storage

/// The forms of one centre as its administrators keep them.
struct SurveyListStore {
    let tx: any Transaction
    let tenant: TenantID

    /// Forms with the names of those who changed them last, by name; archived ones newest first, up to a limit.
    func forms(areArchived: Bool) throws -> [(form: SurveyForm, changedBy: String?)] {
        let which: SQL =
            areArchived
            ? "f.archived_at IS NOT NULL ORDER BY f.archived_at DESC LIMIT \(SurveyLimits.archivedShown)"
            : "f.archived_at IS NULL ORDER BY f.name_folded"
        return try tx.query(
            """
            SELECT \(SurveyStore.joinedFormColumns), p.first_name, p.last_name, p.login FROM survey_form f
            LEFT JOIN person p ON p.tenant_id = f.tenant_id AND p.id = f.changed_by
            WHERE f.tenant_id = \(tenant) AND \(which)
            """
        ).map { row in
            let names = [try row.get("first_name", as: String?.self), try row.get("last_name", as: String?.self)]
            let name = names.compactMap { $0?.nonEmpty }.joined(separator: " ").nonEmpty
            return (try SurveyStore.form(row), try name ?? row.get("login", as: String?.self))
        }
    }

    func countArchived() throws -> Int {
        try tx.one("SELECT count(*) FROM survey_form WHERE tenant_id = \(tenant) AND archived_at IS NOT NULL")?
            .at(0) ?? 0
    }

    /// The folded names that are taken.
    func names() throws -> Set<String> {
        Set(
            try tx.query(
                "SELECT name_folded FROM survey_form WHERE tenant_id = \(tenant) AND archived_at IS NULL"
            ).map { try $0.at(0) })
    }

    /// Takes an archived form up again under a name; false when another one has it.
    func restore(_ form: FormID, as name: String, change: SurveyChange) throws -> Bool {
        try tx.execute(
            """
            UPDATE survey_form SET archived_at = NULL, name = \(name), name_folded = \(name.folded),
                revision = revision + 1, changed_by = \(change.person), changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id = \(form) AND NOT EXISTS (
                SELECT 1 FROM survey_form o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(name.folded) AND o.archived_at IS NULL
                    AND o.id <> \(form))
            """) == 1
    }

    /// Erases a form with its versions.
    func erase(_ form: FormID) throws {
        try tx.execute("DELETE FROM survey_version WHERE tenant_id = \(tenant) AND form_id = \(form)")
        try tx.execute("DELETE FROM survey_form WHERE tenant_id = \(tenant) AND id = \(form)")
    }
}
