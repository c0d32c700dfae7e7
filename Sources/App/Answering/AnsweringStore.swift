// SPDX-License-Identifier: Apache-2.0
// The room's SQL: submission and answer.
import Foundation
import Storage

/// The states of a submission.
enum SubmissionState: String, SQLConvertible {
    case counted, quarantined, replaced
}

/// A submission as it is written.
struct NewSubmission: Sendable {
    let id: SubmissionID
    let invitation: Invitation
    let version: FormVersionID
    let language: String
    let state: SubmissionState
    /// Why it is quarantined.
    let reason: String?
    let fingerprint: [UInt8]
    let evidence: Evidence
    let submittedAt: Moment
    let answeredOn: LocalDay
}

/// The submission that counts.
struct CountedSubmission: Sendable {
    let id: SubmissionID
    let version: FormVersionID
    let language: String
    let fingerprint: [UInt8]
    let answeredOn: LocalDay
}

/// Whose a submission is.
struct SubmissionHead: Sendable {
    let invitation: InvitationID
    let state: SubmissionState?
    let language: String
}

/// An answer as it was read back.
struct StoredAnswer: Sendable {
    let block: String
    let field: SurveyFieldID?
    let series: Int?
    let number: Double?
    let content: AnswerContent
}

/// Reads and writes submissions with their answers.
enum AnsweringStore {
    static func insert(_ submission: NewSubmission, in tx: any Transaction) throws {
        let invitation = submission.invitation
        try tx.execute(
            """
            INSERT INTO submission (tenant_id, id, invitation_id, form_id, version_id, language, state, reason,
                fingerprint, evidence, submitted_at, answered_on, is_test)
            VALUES (\(invitation.tenant), \(submission.id), \(invitation.id), \(invitation.form),
                \(submission.version), \(submission.language), \(submission.state), \(submission.reason),
                \(submission.fingerprint), \(submission.evidence.json), \(submission.submittedAt),
                \(submission.answeredOn), \(invitation.isTest))
            """)
    }

    /// All answers of a submission in one statement.
    static func insert(
        _ answers: [CheckedAnswer], of submission: SubmissionID, fields: [String: SurveyField], tenant: TenantID,
        in tx: any Transaction
    ) throws {
        guard !answers.isEmpty else { return }
        let rows = answers.map { answer -> SQL in
            let field = answer.field.flatMap { fields[$0] }
            return """
                (\(tenant), \(submission), \(answer.block), \(field?.id), \(field?.series), \(answer.number),
                \(answer.isNotApplicable), \(answer.content.json))
                """
        }
        try tx.execute(
            """
            INSERT INTO answer (tenant_id, submission_id, block, field_id, series, number, is_not_applicable, content)
            VALUES \(rows.joined(separator: ", "))
            """)
    }

    static func selectCounted(_ invitation: InvitationID, of tenant: TenantID) -> SQL {
        """
        SELECT id, version_id, language, fingerprint, answered_on FROM submission
        WHERE tenant_id = \(tenant) AND invitation_id = \(invitation) AND state = 'counted'
        """
    }

    static func counted(_ row: Row) throws -> CountedSubmission {
        CountedSubmission(
            id: try row.at(0), version: try row.at(1), language: try row.at(2), fingerprint: try row.at(3),
            answeredOn: try row.at(4))
    }

    static func selectAnswers(_ submission: SubmissionID, of tenant: TenantID) -> SQL {
        """
        SELECT block, field_id, series, number, content FROM answer
        WHERE tenant_id = \(tenant) AND submission_id = \(submission) ORDER BY block
        """
    }

    static func answer(_ row: Row) throws -> StoredAnswer {
        StoredAnswer(
            block: try row.at(0), field: try row.at(1), series: try row.at(2), number: try row.at(3),
            content: try fromJSON(try row.at(4, as: String.self)))
    }

    /// Takes the counted submission out of the figures; it stays as history.
    static func retire(_ submission: SubmissionID, of tenant: TenantID, in tx: any Transaction) throws {
        try tx.execute(
            """
            UPDATE submission SET state = \(SubmissionState.replaced)
            WHERE tenant_id = \(tenant) AND id = \(submission)
            """)
    }

    /// Whose submission it is, and how it stands.
    static func selectHead(_ submission: SubmissionID, of tenant: TenantID) -> SQL {
        """
        SELECT invitation_id, state, language FROM submission
        WHERE tenant_id = \(tenant) AND id = \(submission)
        """
    }

    static func head(_ row: Row) throws -> SubmissionHead {
        SubmissionHead(
            invitation: try row.at(0), state: SubmissionState(rawValue: try row.at(1)), language: try row.at(2))
    }

    /// The counted submission gives way to another one.
    static func putAside(_ submission: SubmissionID, of tenant: TenantID, in tx: any Transaction) throws {
        try tx.execute(
            """
            UPDATE submission SET state = \(SubmissionState.quarantined), reason = 'swapped'
            WHERE tenant_id = \(tenant) AND id = \(submission)
            """)
    }

    /// A quarantined submission counts from now on.
    static func letCount(
        _ submission: SubmissionID, answeredOn: LocalDay, of tenant: TenantID, in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            UPDATE submission SET state = \(SubmissionState.counted), reason = NULL, answered_on = \(answeredOn)
            WHERE tenant_id = \(tenant) AND id = \(submission)
            """)
    }

    /// The fingerprints of what is quarantined already, for keeping each attempt once and not without end.
    static func quarantined(
        _ invitation: InvitationID, of tenant: TenantID, limit: Int, in tx: any Transaction
    ) throws -> [[UInt8]] {
        try tx.query(
            """
            SELECT fingerprint FROM submission
            WHERE tenant_id = \(tenant) AND invitation_id = \(invitation) AND state = 'quarantined' LIMIT \(limit)
            """
        ).map { try $0.at(0) }
    }

    /// Counted answers of the centre's forms, each counted up to a limit.
    static func countByForm(of tenant: TenantID, limit: Int, in tx: any Transaction) throws -> [FormID: Int] {
        let rows = try tx.query(
            """
            SELECT f.id, (
                SELECT count(*) FROM (
                    SELECT 1 FROM submission s
                    WHERE s.tenant_id = f.tenant_id AND s.form_id = f.id AND s.state = \(SubmissionState.counted)
                        AND s.is_test = 0
                    LIMIT \(limit)) counted)
            FROM survey_form f WHERE f.tenant_id = \(tenant)
            """)
        return Dictionary(try rows.map { (try $0.at(0), try $0.at(1)) }, uniquingKeysWith: { first, _ in first })
    }
}
