// SPDX-License-Identifier: Apache-2.0
// The room's SQL: survey_field, survey_form, survey_version.
import Storage

/// Reads and writes fields, forms and versions.
enum SurveyStore {
    // MARK: Fields

    static func fields(of tenant: TenantID, in tx: any Transaction) throws -> [SurveyField] {
        try tx.query(
            """
            SELECT \(fieldColumns) FROM survey_field WHERE tenant_id = \(tenant) ORDER BY is_built_in DESC, id
            """
        ).map(field)
    }

    private static let fieldColumns: SQL = """
        id, key, name, kind, minimum, maximum, satisfied_from, promoter_from, detractor_to, series, is_built_in,
        retired_at, answered_at
        """

    /// By position: every submit reads them.
    private static func field(_ row: Row) throws -> SurveyField {
        SurveyField(
            id: try row.at(0), key: try row.at(1), name: try row.at(2), kind: try row.at(3), minimum: try row.at(4),
            maximum: try row.at(5), satisfiedFrom: try row.at(6), promoterFrom: try row.at(7),
            detractorTo: try row.at(8), series: try row.at(9), isBuiltIn: try row.at(10),
            isRetired: try row.at(11, as: Moment?.self) != nil, hasAnswers: try row.at(12, as: Moment?.self) != nil)
    }

    static func lockField(_ id: SurveyFieldID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyField? {
        try tx.one(
            """
            SELECT \(fieldColumns) FROM survey_field WHERE tenant_id = \(tenant) AND id = \(id)\(.forUpdate)
            """
        ).map(field)
    }

    /// Notes that fields have answers now.
    static func markAnswered(
        _ fields: [SurveyFieldID], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        if fields.isEmpty { return }
        try tx.execute(
            """
            UPDATE survey_field SET answered_at = \(now)
            WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(fields))) AND answered_at IS NULL
            """)
    }

    /// Deletes a centre's own field that no answer was ever bound to; false when one was.
    static func delete(_ field: SurveyFieldID, of tenant: TenantID, in tx: any Transaction) throws -> Bool {
        let isGone =
            try tx.execute(
                """
                DELETE FROM survey_field
                WHERE tenant_id = \(tenant) AND id = \(field) AND answered_at IS NULL AND is_built_in = 0
                """) == 1
        if isGone {
            try tx.execute("DELETE FROM survey_field_series WHERE tenant_id = \(tenant) AND field_id = \(field)")
        }
        return isGone
    }

    /// Keeps what a field's scale was.
    static func keepSeries(of field: SurveyField, tenant: TenantID, in tx: any Transaction) throws {
        try tx.execute(
            """
            INSERT INTO survey_field_series (tenant_id, field_id, series, kind, minimum, maximum, satisfied_from,
                promoter_from, detractor_to)
            VALUES (\(tenant), \(field.id), \(field.series), \(field.kind), \(field.minimum), \(field.maximum),
                \(field.satisfiedFrom), \(field.promoterFrom), \(field.detractorTo))
            ON CONFLICT (tenant_id, field_id, series) DO NOTHING
            """)
    }

    /// The fields as they were in their earlier series.
    static func earlierSeries(of tenant: TenantID, in tx: any Transaction) throws -> [SurveyField] {
        try tx.query(
            """
            SELECT f.id, f.key, f.name, s.kind, s.minimum, s.maximum, s.satisfied_from, s.promoter_from,
                s.detractor_to, s.series, f.is_built_in, f.retired_at, f.answered_at
            FROM survey_field_series s
            JOIN survey_field f ON f.tenant_id = s.tenant_id AND f.id = s.field_id
            WHERE s.tenant_id = \(tenant)
            """
        ).map(field)
    }

    /// Adds fields; keys that are there already stay as they are.
    static func insert(_ fields: [SurveyField], of tenant: TenantID, in tx: any Transaction) throws {
        let rows = fields.map { field -> SQL in
            """
            (\(tenant), \(field.id), \(field.key), \(field.name), \(field.kind), \(field.minimum), \(field.maximum),
            \(field.satisfiedFrom), \(field.promoterFrom), \(field.detractorTo), \(field.series), \(field.isBuiltIn))
            """
        }
        try tx.execute(
            """
            INSERT INTO survey_field (tenant_id, id, key, name, kind, minimum, maximum, satisfied_from, promoter_from,
                detractor_to, series, is_built_in)
            VALUES \(rows.joined(separator: ", ")) ON CONFLICT (tenant_id, key) DO NOTHING
            """)
    }

    /// Changes a field, and takes it up again when it was retired.
    static func update(_ field: SurveyField, of tenant: TenantID, in tx: any Transaction) throws {
        try tx.execute(
            """
            UPDATE survey_field SET name = \(field.name), kind = \(field.kind), minimum = \(field.minimum),
                maximum = \(field.maximum), satisfied_from = \(field.satisfiedFrom),
                promoter_from = \(field.promoterFrom), detractor_to = \(field.detractorTo), series = \(field.series),
                retired_at = NULL
            WHERE tenant_id = \(tenant) AND id = \(field.id)
            """)
    }

    static func retire(
        _ fields: [SurveyFieldID], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        if fields.isEmpty { return }
        let ids = fields.map { "\($0)" as SQL }.joined(separator: ", ")
        try tx.execute(
            "UPDATE survey_field SET retired_at = \(now) WHERE tenant_id = \(tenant) AND id IN (\(ids))")
    }

    // MARK: Forms

    private static let formColumns: SQL = """
        id, name, version_id, valid_days, edit_hours, closed_at, archived_at, revision, changed_at
        """

    /// The columns that ``form(_:from:)`` reads, where the form is joined as `f`.
    static let joinedFormColumns: SQL = """
        f.id, f.name, f.version_id, f.valid_days, f.edit_hours, f.closed_at, f.archived_at, f.revision, f.changed_at
        """

    static func selectForm(_ id: FormID, of tenant: TenantID) -> SQL {
        "SELECT \(formColumns) FROM survey_form WHERE tenant_id = \(tenant) AND id = \(id)"
    }

    static func forms(of tenant: TenantID, in tx: any Transaction) throws -> [SurveyForm] {
        try tx.query(
            """
            SELECT \(formColumns) FROM survey_form
            WHERE tenant_id = \(tenant) AND archived_at IS NULL ORDER BY name_folded
            """
        ).map { try form($0) }
    }

    static func lockForm(_ id: FormID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyForm? {
        try tx.one(selectForm(id, of: tenant) + "\(Fragment.forUpdate)").map { try form($0) }
    }

    /// Reads a form whose columns begin at a position.
    static func form(_ row: Row, from start: Int = 0) throws -> SurveyForm {
        SurveyForm(
            id: try row.at(start), name: try row.at(start + 1), version: try row.at(start + 2),
            validDays: try row.at(start + 3), editHours: try row.at(start + 4),
            isClosed: try row.at(start + 5, as: Moment?.self) != nil,
            isArchived: try row.at(start + 6, as: Moment?.self) != nil, revision: try row.at(start + 7),
            changedAt: try row.at(start + 8))
    }

    /// Adds a form; false when its name is taken.
    static func insert(
        _ form: SurveyForm, of tenant: TenantID, by person: PersonID?, in tx: any Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO survey_form (tenant_id, id, name, name_folded, version_id, valid_days, edit_hours, revision,
                changed_by, changed_at)
            VALUES (\(tenant), \(form.id), \(form.name), \(form.name.folded), \(form.version), \(form.validDays),
                \(form.editHours), \(form.revision), \(person), \(form.changedAt))
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// Makes a version the newest one of its form.
    static func use(
        _ version: FormVersionID, for form: FormID, of tenant: TenantID, change: SurveyChange, in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE survey_form SET version_id = \(version), revision = revision + 1, changed_by = \(change.person),
                changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id = \(form)
            """)
    }

    /// Changes a form's name and times; false when another one has the name.
    static func update(
        _ form: FormID, to draft: NewForm, of tenant: TenantID, change: SurveyChange, in tx: any Transaction
    ) throws -> Bool {
        let name = draft.name.trimmed
        return try tx.execute(
            """
            UPDATE survey_form SET name = \(name), name_folded = \(name.folded), valid_days = \(draft.validDays),
                edit_hours = \(draft.editHours), revision = revision + 1, changed_by = \(change.person),
                changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id = \(form) AND NOT EXISTS (
                SELECT 1 FROM survey_form o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(name.folded) AND o.archived_at IS NULL
                    AND o.id <> \(form))
            """) == 1
    }

    static func archive(
        _ forms: [FormID], of tenant: TenantID, change: SurveyChange, in tx: any Transaction
    ) throws {
        if forms.isEmpty { return }
        let ids = forms.map { "\($0)" as SQL }.joined(separator: ", ")
        try tx.execute(
            """
            UPDATE survey_form SET archived_at = \(change.at), revision = revision + 1,
                changed_by = \(change.person), changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id IN (\(ids))
            """)
    }

    /// Closes a form for answers, or opens it again.
    static func close(
        _ isClosed: Bool, _ form: FormID, of tenant: TenantID, change: SurveyChange, in tx: any Transaction
    ) throws -> Bool {
        let closedAt = isClosed ? change.at : nil
        return try tx.execute(
            """
            UPDATE survey_form SET closed_at = \(closedAt), revision = revision + 1, changed_by = \(change.person),
                changed_at = \(change.at)
            WHERE tenant_id = \(tenant) AND id = \(form)
            """) == 1
    }

    // MARK: Versions

    static func selectVersion(_ id: FormVersionID, of tenant: TenantID) -> SQL {
        "SELECT id, form_id, number, content FROM survey_version WHERE tenant_id = \(tenant) AND id = \(id)"
    }

    static func selectVersions(_ ids: [FormVersionID], of tenant: TenantID) -> SQL {
        """
        SELECT id, form_id, number, content FROM survey_version
        WHERE tenant_id = \(tenant) AND id IN (\(SQL.list(ids)))
        """
    }

    static func version(_ row: Row) throws -> SurveyVersion {
        SurveyVersion(
            id: try row.at(0), form: try row.at(1), number: try row.at(2),
            content: try fromJSON(try row.at(3, as: String.self)))
    }

    /// The newest versions of all forms that are not archived.
    static func newestVersions(of tenant: TenantID, in tx: any Transaction) throws -> [SurveyVersion] {
        try tx.query(
            """
            SELECT v.id, v.form_id, v.number, v.content FROM survey_form f
            JOIN survey_version v ON v.tenant_id = f.tenant_id AND v.id = f.version_id
            WHERE f.tenant_id = \(tenant) AND f.archived_at IS NULL
            """
        ).map(version)
    }

    /// Adds a version with the next number of its form.
    static func insert(
        _ version: FormVersionID, of form: FormID, content: SurveyContent, tenant: TenantID, change: SurveyChange,
        in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO survey_version (tenant_id, id, form_id, number, content, created_by, created_at)
            SELECT CAST(\(tenant) AS BIGINT), CAST(\(version) AS BIGINT), CAST(\(form) AS BIGINT),
                COALESCE(MAX(number), 0) + 1, \(try jsonText(content)), CAST(\(change.person) AS BIGINT),
                CAST(\(change.at) AS BIGINT)
            FROM survey_version WHERE tenant_id = \(tenant) AND form_id = \(form)
            """)
    }
}
