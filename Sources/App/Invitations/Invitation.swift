// SPDX-License-Identifier: Apache-2.0
// One customer asked once about one interaction (spec 1, 5.5, 7.1).
import Storage

/// The one state of an invitation. *Not asked* is a run's end, not an invitation's state.
public enum InvitationState: String, SQLConvertible, Codable, CaseIterable {
    case queued, captured, sent, unknown
    case notSent = "not_sent"
    case bounced, answered, expired
    case optedOut = "opted_out"

    /// Whether the customer has it, as far as anybody can know (spec 7.1, "delivered").
    public var isDelivered: Bool { self == .sent || self == .unknown || self == .answered || self == .expired }
}

/// What figures are counted by: the agent, team, service and disposition of the run, fixed when it started.
public struct Belonging: Sendable, Codable, Equatable {
    public var agent: PersonID?
    public var team: TeamID?
    public var service: ServiceID
    public var disposition: DispositionID?
    public var channel: Channel
    /// The local day on which the interaction was completed.
    public var completedOn: LocalDay
}

/// One customer asked once about one interaction.
public struct Invitation: Sendable, Equatable {
    public let id: InvitationID
    public let tenant: TenantID
    public let interaction: InteractionID
    public let form: FormID
    public let run: RunID
    public let belonging: Belonging
    public let addressFolded: String
    /// What to show the survey in: BCP 47 tags in order of preference, with commas between them.
    /// ``language(among:)`` chooses by it.
    public let language: String?
    public var state: InvitationState
    public let createdAt: Moment
    public var firstSentAt: Moment?
    public var expiresAt: Moment?
    public var answeredAt: Moment?
    /// Values by field key, for `survey.score.FIELD` in scenarios.
    public var scores: [String: Double]
    public let isTest: Bool
}

/// An invitation's state has changed: Statistics counts it.
public struct InvitationChanged: Sendable {
    public let invitation: Invitation
    /// Nil when it was just made.
    public let from: InvitationState?
    public let to: InvitationState
}

/// An invitation and the state that it is to have.
public struct InvitationMove: Sendable, Equatable {
    public let invitation: InvitationID
    public let state: InvitationState

    public init(invitation: InvitationID, state: InvitationState) {
        self.invitation = invitation
        self.state = state
    }
}

extension Invitation {
    /// The first wished language that is among these, exactly or by its primary language; else the first of these.
    public func language(among languages: [String]) -> String? {
        let wishes = (language ?? "").split(separator: ",").map(String.init)
        return LanguageChoice.pick(from: languages, wishes: wishes) ?? languages.first
    }
}
