// SPDX-License-Identifier: Apache-2.0
// What Interactions tells the rooms below: saved in the same transaction as the fact itself.
import Storage

/// An agent has finished a part of an interaction, or the interaction has ended, or both (spec 6.2).
public struct InteractionCompleted: Sendable {
    /// The finished part; nil when the interaction ended without one.
    public struct Part: Sendable {
        public let part: String
        public let agent: PersonID?
        public let note: String
    }

    public let tenant: TenantID
    public let interaction: InteractionID
    /// Whether this delivery has made it, so that nothing has followed from it yet.
    public let isNew: Bool
    public let channel: Channel
    public let direction: Direction
    public let service: Service
    /// The part that *agent completes* is about; nil when only the interaction ended.
    public let part: Part?
    /// True when the interaction is over, so that *interaction ends* is asked too.
    public let isEnd: Bool
    /// The finished part's disposition when there is a part, else the last one of the interaction.
    public let disposition: Disposition?
    public let disposedText: String?
    /// The agent and team that answers will belong to: the part's, or the last part's when the interaction ended.
    public let agent: PersonID?
    public let team: TeamID?
    public let contact: Contact?
    public let caseID: CaseID?
    public let caseNumber: String?
    public let caseTitle: String?
    public let customerName: String?
    public let customerEmail: String?
    public let customerPhone: String?
    /// The interaction's language, if its sender said one.
    public let language: String?
    public let sentiment: Double?
    public let data: [String: JSON]
    public let startedAt: Moment?
    public let endedAt: Moment
    /// The local day of completion in the centre's time zone.
    public let completedOn: LocalDay
    public let isTest: Bool
}

/// A run that an interaction started, or the reason why a configuration started none.
public struct RunStarted: Sendable, Codable {
    public let run: RunID
    public let workflow: String
    public let configuration: String
}

/// What Interactions says, and to whom, as `Assembly/Events.swift` lists it.
public struct InteractionEvents: Sendable {
    /// Interactions of one centre: returns the runs that each started, in their order.
    /// Where the flag is set, what follows is left to transactions of its own as far as it can be.
    public var completed: @Sendable ([InteractionCompleted], Bool, any Transaction, Moment) throws -> [[RunStarted]]
    /// What `completed` looks up of interactions of these services, for ``Transaction/query(_:lookingUp:)``.
    public var lookUps: @Sendable (TenantID, Set<ServiceID>) -> [SQL]
    /// The interaction was taken up again: waiting runs end.
    public var reopened: @Sendable (TenantID, InteractionID, any Transaction, Moment) throws -> Void
    /// An ended interaction's sentiment became known within a day of the end: triggers on sentiment are asked, once.
    public var sentimentArrived: @Sendable (InteractionCompleted, Bool, any Transaction, Moment) throws -> [RunStarted]
    /// The runs that interactions have started so far, for the answer to a repeated delivery.
    public var runsStarted:
        @Sendable (TenantID, [InteractionID], any Transaction) throws -> [InteractionID: [RunStarted]]

    public init(
        completed: @escaping @Sendable ([InteractionCompleted], Bool, any Transaction, Moment) throws -> [[RunStarted]],
        lookUps: @escaping @Sendable (TenantID, Set<ServiceID>) -> [SQL] = { _, _ in [] },
        reopened: @escaping @Sendable (TenantID, InteractionID, any Transaction, Moment) throws -> Void,
        sentimentArrived:
            @escaping @Sendable (InteractionCompleted, Bool, any Transaction, Moment) throws
            -> [RunStarted] = { _, _, _, _ in [] },
        runsStarted:
            @escaping @Sendable (TenantID, [InteractionID], any Transaction) throws
            -> [InteractionID: [RunStarted]] = { _, _, _ in [:] }
    ) {
        self.completed = completed
        self.lookUps = lookUps
        self.reopened = reopened
        self.sentimentArrived = sentimentArrived
        self.runsStarted = runsStarted
    }
}
