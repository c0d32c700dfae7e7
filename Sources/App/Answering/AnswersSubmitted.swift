// SPDX-License-Identifier: Apache-2.0
// What Answering tells the rooms that count.

/// A submit was counted: Statistics appends a delta.
public struct AnswersSubmitted: Sendable {
    /// One block's answer that a field counts.
    public struct Value: Sendable {
        public let field: SurveyFieldID
        public let series: Int
        /// Nil when the customer chose N/A.
        public let number: Double?

        public init(field: SurveyFieldID, series: Int, number: Double?) {
            self.field = field
            self.series = series
            self.number = number
        }
    }

    public let invitation: Invitation
    public let submission: SubmissionID
    public let form: FormID
    public let language: String
    /// The local day of the first answer: a changed answer stays on its day.
    public let answeredOn: LocalDay
    public let values: [Value]
    /// The fields that the values, and those they replace, belong to, in the series of each.
    public let fields: [SurveyField]
    /// What became of the invitation; nil when it was answered before.
    public var change: InvitationChanged?
    /// The values it replaces, which leave the figures; empty on the first submit.
    public var replaced: [Value] = []
    /// The language that the replaced values were counted under; nil on the first submit.
    public var replacedLanguage: String?

    public init(
        invitation: Invitation, submission: SubmissionID, form: FormID, language: String, answeredOn: LocalDay,
        values: [Value], fields: [SurveyField]
    ) {
        self.invitation = invitation
        self.submission = submission
        self.form = form
        self.language = language
        self.answeredOn = answeredOn
        self.values = values
        self.fields = fields
    }
}
