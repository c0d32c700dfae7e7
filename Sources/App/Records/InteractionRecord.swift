// SPDX-License-Identifier: Apache-2.0
// One interaction's whole story, put together from all rooms that know a piece of it.

/// Everything that an entitled person may read about one interaction. It never holds a survey link.
struct InteractionRecord: Sendable {
    let interaction: Interaction
    let parts: [InteractionPart]
    let service: Service?
    let dispositions: [DispositionID: Disposition]
    let people: [PersonID: Person]
    let contact: Contact?
    let customerCase: CustomerCase?
    let runs: [RunStory]
    /// Every configuration of the service, with what came of it.
    let considered: [ConsideredConfiguration]
    let invitations: [RecordedInvitation]
    let messages: [OutboxMessage]
    /// Counted answers; empty unless they were asked for.
    let answers: [RecordedAnswers]

    func disposition(_ id: DispositionID?) -> Disposition? { id.flatMap { dispositions[$0] } }

    func agent(_ id: PersonID?) -> Person? { id.flatMap { people[$0] } }
}

/// An invitation as a record shows it.
struct RecordedInvitation: Sendable, Equatable {
    let id: InvitationID
    let run: RunID
    let form: FormID
    let formName: String
    let state: InvitationState
    let createdAt: Moment
    let firstSentAt: Moment?
    let expiresAt: Moment?
    let answeredAt: Moment?
}

/// The answers of one counted submission, in the words of the form as it was.
struct RecordedAnswers: Sendable {
    /// One question and what was answered.
    struct Entry: Sendable, Equatable {
        let question: String
        /// Texts of the chosen options, or the notes.
        let texts: [String]
        let number: Double?
    }

    let invitation: InvitationID
    let formName: String
    let language: String
    let entries: [Entry]
}

/// One line of the list.
struct RecordLine: Sendable {
    let interaction: Interaction
    let service: Service?
    let disposition: Disposition?
    let agents: [Person]
}

/// What the list is about.
struct RecordsFilter: Sendable, Equatable {
    /// The beginning of the sender's id.
    var externalID: String?
    var service: ServiceID?
    var agent: PersonID?
    /// Only interactions with a part of these teams; nil: all.
    var teams: [TeamID]?
    /// Only those behind this one in the list's order.
    var before: InteractionID?
    var isOldestFirst = false
}
