// SPDX-License-Identifier: Apache-2.0
// Services and the outcomes that agents pick (spec 4).
import Storage

/// What kind of conversation an interaction is.
public enum Channel: String, SQLConvertible, Codable, CaseIterable {
    case voice, chat, email
}

/// Who began the conversation.
public enum Direction: String, SQLConvertible, Codable, CaseIterable {
    case inbound, outbound
}

/// What kind of entrance a service is.
public enum ServiceType: String, SQLConvertible, Codable, CaseIterable {
    case inbound, outbound, blended, chat, email

    /// The channel of the interactions that such a service takes.
    public var channel: Channel {
        switch self {
        case .inbound, .outbound, .blended: .voice
        case .chat: .chat
        case .email: .email
        }
    }
}

/// An entrance of the contact centre.
public struct Service: Sendable, Equatable {
    public let id: ServiceID
    public var name: String
    public var type: ServiceType
    public var usesDispositions: Bool
    public var requiresDisposition: Bool
    public var language: String?
    public var team: TeamID?
    public var isEnabled: Bool
}

/// What a disposition says about the goal (column F of spec 4.2).
public enum DispositionType: String, SQLConvertible, Codable, CaseIterable {
    case success = "SUCCESS"
    case failure = "FAILURE"
    case `continue` = "CONTINUE"
    case doNotCall = "DO_NOT_CALL"
}

/// System types of dispositions (column J of spec 4.2).
public enum SystemType: String, SQLConvertible, Codable, CaseIterable {
    case dropped = "DROPPED", busy = "BUSY", noAnswer = "NO_ANSWER", faxModem = "FAX_MODEM"
    case answeringMachine = "ANSWERING_MACHINE", silence = "SILENCE", invalidNumber = "INVALID_NUMBER"
    case otherConnectionIssue = "OTHER_CONNECTION_ISSUE", abandoned = "ABANDONED"
    case congestionRemote = "CONGESTION_REMOTE", noAgent = "NO_AGENT", noDisposition = "NO_DISPOSITION"
    case skipped = "SKIPPED", systemFailure = "SYSTEM_FAILURE", agentFailure = "AGENT_FAILURE"
    case finalizedByDialRule = "FINALIZED_BY_DIAL_RULE", maxAttemptsReached = "MAX_ATTEMPTS_REACHED"
    case dispositionNotFound = "DISPOSITION_NOT_FOUND", phoneNetworkUnavailable = "PHONE_NETWORK_UNAVAILABLE"
    case recordExpired = "RECORD_EXPIRED", callFailed = "CALL_FAILED", fastBusy = "FAST_BUSY"
    case announcement = "ANNOUNCEMENT", networkAnnouncement = "NETWORK_ANNOUNCEMENT"
    case noAssignedAgentBeforeAnswer = "NO_ASSIGNED_AGENT_BEFORE_ANSWER"
}

/// Which interactions a disposition is offered for (columns G to I of spec 4.2).
public enum DispositionFit: String, Codable, Sendable, CaseIterable {
    case inbound, outbound, preview
}

/// A folder of a service's dispositions.
public struct DispositionFolder: Sendable, Equatable {
    public let id: DispositionFolderID
    public let service: ServiceID
    public var name: String
}

/// The outcome of an interaction.
public struct Disposition: Sendable, Equatable {
    public let id: DispositionID
    public let service: ServiceID
    public var folder: DispositionFolderID
    public var name: String
    public var description: String
    public var code: String?
    public var type: DispositionType
    public var systemType: SystemType?
    public var agentSelects: Bool
    public var doNotAsk: Bool
    public var isRetired: Bool

    /// Whether a trigger on *Any* takes it (spec 5.1).
    public var isMatchedByAny: Bool { systemType == nil && type != .doNotCall && !doNotAsk }
}
