// SPDX-License-Identifier: Apache-2.0
// One call, chat or email exchange, and the agents' parts of it (spec 6.2).
import Storage

/// One call, chat or email exchange.
public struct Interaction: Sendable, Equatable {
    public let id: InteractionID
    /// Who sent it, and under which id of theirs.
    public let source: String
    public let externalID: String
    public var channel: Channel
    public var direction: Direction
    public var service: ServiceID
    public var contact: ContactID?
    public var caseID: CaseID?
    public var customerName: String?
    public var customerEmail: String?
    public var customerPhone: String?
    /// The language that the sender said, if any.
    public var customerLanguage: String?
    public var startedAt: Moment?
    public var endedAt: Moment?
    /// Set while it has been taken up again.
    public var reopenedAt: Moment?
    public var lastDisposition: DispositionID?
    public var sentiment: Double?
    public var data: [String: JSON]
    public var completedOn: LocalDay?
    public var isTest: Bool
    public let createdAt: Moment
    public var changedAt: Moment

    /// Whether agents still work on it.
    public var state: InteractionState {
        if endedAt != nil { return .ended }
        return reopenedAt == nil ? .open : .reopened
    }
}

/// How far an interaction is.
public enum InteractionState: String, Sendable, Codable, CaseIterable {
    case open, ended, reopened
}

/// One agent's share of an interaction.
public struct InteractionPart: Sendable, Equatable {
    public let interaction: InteractionID
    /// The sender's name of the part.
    public let part: String
    public let id: PartID
    public var agent: PersonID?
    public var team: TeamID?
    public var disposition: DispositionID?
    /// The sender's words, when they named no disposition of the service.
    public var dispositionText: String?
    public var note: String
    public var startedAt: Moment?
    public var completedAt: Moment
    /// What was delivered; see ``IntakeFingerprint``.
    let fingerprint: IntakeFingerprint
}
