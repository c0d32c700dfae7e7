// SPDX-License-Identifier: Apache-2.0
// A submission as people look at it.
import Foundation

/// One line of the list.
struct Submission: Sendable {
    let id: SubmissionID
    let invitation: InvitationID
    let version: FormVersionID
    let language: String
    let state: SubmissionState
    /// Why it is quarantined.
    let reason: String?
    let evidence: KeptEvidence
    let submittedAt: Moment
    let isTest: Bool

    var place: SubmissionPlace { SubmissionPlace(at: submittedAt, id: id) }
}

/// Evidence as it was stored; see ``Evidence``.
struct KeptEvidence: Decodable, Sendable {
    let seconds: Int?
    let fetches: Int?
    let hasScript: Bool
    let agent: String
    let isMobile: Bool
}

/// An answer among those of several submissions.
struct SubmissionAnswer: Sendable {
    let submission: SubmissionID
    let block: String
    let field: FieldSeries?
    let number: Double?
    let isNotApplicable: Bool
    let content: AnswerContent
}

/// One submission with all that belongs to it.
struct SubmissionStory: Sendable {
    let form: SurveyForm
    let version: SurveyVersion
    let submission: Submission
    let answers: [String: SubmissionAnswer]
    let fields: [FieldSeries: SurveyField]
    /// All submissions of the same customer, in the order in which they came.
    let history: [Submission]
    let interaction: InteractionID
    let agent: Person?
    var newer: SubmissionID?
    var older: SubmissionID?

    /// The questions as this customer saw them.
    var questions: [SurveyBlock] {
        let languages = version.content.languages
        let shown = version.content.language(submission.language) ?? languages.first
        return (shown?.blocks ?? []).filter(\.kind.isQuestion)
    }

    /// Whether it can take the counted one's place.
    var canCount: Bool { submission.state == .quarantined && history.contains { $0.state == .counted } }
}

/// A form whose answers can be looked at.
struct AnsweredForm: Sendable {
    let id: FormID
    let name: String
    let isArchived: Bool
    let lastAt: Moment?
}

/// A version of a form, for choosing one.
struct VersionChoice: Sendable {
    let id: FormVersionID
    let number: Int
}
