// SPDX-License-Identifier: Apache-2.0
// Reads submissions and answers of one form, page by page.
import Foundation
import Storage

/// Which rows of a form: the filter with its days as moments of the centre.
struct AnswersSpan: Sendable {
    let tenant: TenantID
    let form: FormID
    let filter: AnswersFilter
    let zone: TimeZone
}

/// The room's SQL.
enum AnswersStore {
    // MARK: Submissions

    private static let columns: SQL = """
        s.id, s.invitation_id, s.version_id, s.language, s.state, s.reason, s.evidence, s.submitted_at, s.is_test
        """

    static func submission(_ row: Row) throws -> Submission {
        guard let state = SubmissionState(rawValue: try row.at(4)) else { throw UnknownSubmissionState() }
        return Submission(
            id: try row.at(0), invitation: try row.at(1), version: try row.at(2), language: try row.at(3),
            state: state, reason: try row.at(5), evidence: try fromJSON(try row.at(6, as: String.self)),
            submittedAt: try row.at(7), isTest: try row.at(8))
    }

    /// The newest submissions behind a place.
    static func page(_ span: AnswersSpan, after place: SubmissionPlace?, limit: Int) -> SQL {
        let behind: SQL = place.map { " AND (s.submitted_at, s.id) < (\($0.at), \($0.id))" } ?? ""
        return """
            SELECT \(columns) FROM \(rows(span))\(behind)
            ORDER BY s.submitted_at DESC, s.id DESC LIMIT \(limit)
            """
    }

    /// The one that is next newer than a place.
    static func newer(_ span: AnswersSpan, than place: SubmissionPlace) -> SQL {
        """
        SELECT s.id FROM \(rows(span)) AND (s.submitted_at, s.id) > (\(place.at), \(place.id))
        ORDER BY s.submitted_at, s.id LIMIT 1
        """
    }

    /// One submission of a form, for those who may see it.
    static func one(_ id: SubmissionID, _ span: AnswersSpan) -> SQL {
        """
        SELECT \(columns), i.interaction_id, i.agent_id FROM submission s
        JOIN invitation i ON i.tenant_id = s.tenant_id AND i.id = s.invitation_id
        WHERE s.tenant_id = \(span.tenant) AND s.id = \(id) AND s.form_id = \(span.form)\(teams(span.filter))
        """
    }

    static func history(_ invitation: InvitationID, of tenant: TenantID) -> SQL {
        """
        SELECT \(columns) FROM submission s
        WHERE s.tenant_id = \(tenant) AND s.invitation_id = \(invitation) ORDER BY s.id LIMIT \(AnswersLimits.history)
        """
    }

    private static func rows(_ span: AnswersSpan) -> SQL {
        let filter = span.filter
        var all: SQL = "submission s"
        if filter.teams != nil {
            all = all + " JOIN invitation i ON i.tenant_id = s.tenant_id AND i.id = s.invitation_id"
        }
        all =
            all + " WHERE s.tenant_id = \(span.tenant) AND s.form_id = \(span.form) AND s.is_test = \(filter.isTest)"
        if let from = filter.from { all = all + " AND s.submitted_at >= \(from.start(in: span.zone))" }
        if let to = filter.to { all = all + " AND s.submitted_at < \(to.adding(days: 1).start(in: span.zone))" }
        if let language = filter.language { all = all + " AND s.language = \(language)" }
        if let version = filter.version { all = all + " AND s.version_id = \(version)" }
        if let state = filter.state { all = all + " AND s.state = \(state)" }
        return all + teams(filter)
    }

    private static func teams(_ filter: AnswersFilter) -> SQL {
        guard let teams = filter.teams else { return "" }
        return teams.isEmpty ? " AND 1 = 0" : " AND i.team_id IN (\(SQL.list(teams.sorted())))"
    }

    // MARK: Answers

    private static let answerColumns: SQL = """
        a.submission_id, a.block, a.field_id, a.series, a.number, a.is_not_applicable, a.content
        """

    static func answer(_ row: Row) throws -> SubmissionAnswer {
        let field: SurveyFieldID? = try row.at(2)
        let series: Int? = try row.at(3)
        return SubmissionAnswer(
            submission: try row.at(0), block: try row.at(1),
            field: field.flatMap { id in series.map { FieldSeries(id, $0) } }, number: try row.at(4),
            isNotApplicable: try row.at(5), content: try fromJSON(try row.at(6, as: String.self)))
    }

    /// All answers of some submissions.
    static func answers(_ submissions: [SubmissionID], of tenant: TenantID) -> SQL {
        """
        SELECT \(answerColumns) FROM answer a
        WHERE a.tenant_id = \(tenant) AND a.submission_id IN (\(SQL.list(submissions)))
        """
    }

    /// What some submissions give to fields.
    static func scores(_ submissions: [SubmissionID], of tenant: TenantID) -> SQL {
        answers(submissions, of: tenant) + " AND a.field_id IS NOT NULL"
    }

    /// Notes behind a place, the newest first, with their submission's place.
    static func notes(_ span: AnswersSpan, after place: SubmissionPlace?, limit: Int) -> SQL {
        let behind: SQL = place.map { " AND (s.submitted_at, s.id) < (\($0.at), \($0.id))" } ?? ""
        return """
            SELECT \(answerColumns), page_of_notes.submitted_at, page_of_notes.language, page_of_notes.version_id
            FROM (SELECT s.id, s.submitted_at, s.language, s.version_id FROM \(rows(span))\(behind)
                AND EXISTS (SELECT 1 FROM answer n WHERE n.tenant_id = s.tenant_id AND n.submission_id = s.id
                    AND n.number IS NULL AND n.is_not_applicable = 0)
                ORDER BY s.submitted_at DESC, s.id DESC LIMIT \(limit)) page_of_notes
            JOIN answer a ON a.tenant_id = \(span.tenant) AND a.submission_id = page_of_notes.id AND a.number IS NULL
                AND a.is_not_applicable = 0
            ORDER BY page_of_notes.submitted_at DESC, page_of_notes.id DESC, a.block
            """
    }

    // MARK: Spreads

    /// The newest counted submissions by version and language.
    static func shown(_ span: AnswersSpan) -> SQL {
        """
        SELECT chosen.version_id, chosen.language, count(*) FROM \(chosen(span)) chosen
        GROUP BY chosen.version_id, chosen.language
        """
    }

    /// Their answers but for notes, equal ones together.
    static func groups(_ span: AnswersSpan) -> SQL {
        """
        SELECT a.block, a.field_id, a.series, a.number, a.is_not_applicable, a.content, chosen.version_id,
            chosen.language, count(*)
        FROM \(chosen(span)) chosen JOIN answer a ON a.tenant_id = \(span.tenant) AND a.submission_id = chosen.id
        WHERE a.number IS NOT NULL OR a.is_not_applicable = 1
        GROUP BY a.block, a.field_id, a.series, a.number, a.is_not_applicable, a.content, chosen.version_id,
            chosen.language
        LIMIT \(AnswersLimits.spreadGroups)
        """
    }

    /// How many notes there are of each block.
    static func noteCounts(_ span: AnswersSpan) -> SQL {
        """
        SELECT a.block, chosen.version_id, chosen.language, count(*)
        FROM \(chosen(span)) chosen JOIN answer a ON a.tenant_id = \(span.tenant) AND a.submission_id = chosen.id
        WHERE a.number IS NULL AND a.is_not_applicable = 0
        GROUP BY a.block, chosen.version_id, chosen.language
        """
    }

    private static func chosen(_ span: AnswersSpan) -> SQL {
        """
        (SELECT s.id, s.version_id, s.language FROM \(rows(span))
            ORDER BY s.submitted_at DESC, s.id DESC LIMIT \(AnswersLimits.spreadSubmissions))
        """
    }

    static func group(_ row: Row) throws -> AnswerGroup {
        let field: SurveyFieldID? = try row.at(1)
        let series: Int? = try row.at(2)
        let content: AnswerContent = try fromJSON(try row.at(5, as: String.self))
        return AnswerGroup(
            place: QuestionPlace(version: try row.at(6), language: try row.at(7), block: try row.at(0)),
            field: field.flatMap { id in series.map { FieldSeries(id, $0) } }, number: try row.at(3),
            isNotApplicable: try row.at(4), texts: content.options ?? [], count: try row.at(8))
    }

    // MARK: Forms and versions

    static func versions(of form: FormID, tenant: TenantID) -> SQL {
        """
        SELECT id, number FROM survey_version WHERE tenant_id = \(tenant) AND form_id = \(form)
        ORDER BY number DESC LIMIT \(AnswersLimits.versions)
        """
    }

    /// Forms with the time of their last answer, which an index holds.
    static func forms(of tenant: TenantID) -> SQL {
        """
        SELECT f.id, f.name, f.archived_at,
            (SELECT MAX(s.submitted_at) FROM submission s WHERE s.tenant_id = f.tenant_id AND s.form_id = f.id)
        FROM survey_form f WHERE f.tenant_id = \(tenant) ORDER BY f.name_folded, f.id LIMIT \(AnswersLimits.forms)
        """
    }

    static func form(_ row: Row) throws -> AnsweredForm {
        AnsweredForm(
            id: try row.at(0), name: try row.at(1), isArchived: try row.at(2, as: Moment?.self) != nil,
            lastAt: try row.at(3))
    }
}

/// A state that no version of the program has written.
struct UnknownSubmissionState: Error {}
