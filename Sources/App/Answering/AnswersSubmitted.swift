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
    }

    public let invitation: Invitation
    public let submission: SubmissionID
    public let form: FormID
    public let language: String
    public let answeredOn: LocalDay
    public let values: [Value]
    /// The values it replaces, which leave the figures; empty on the first submit.
    public let replaced: [Value]
}
