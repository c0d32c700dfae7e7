// SPDX-License-Identifier: Apache-2.0
// Every id type of the product, so that a room can hold another room's id without knowing that room.
import Storage

/// A row's id: 64 bits, in order of time, a string in JSON (JavaScript's numbers end at 53 bits).
public protocol Identifier: SQLConvertible, Hashable, Codable, Comparable, LosslessStringConvertible {
    var raw: Int64 { get }
    init(raw: Int64)
}

extension Identifier {
    public var sqlValue: SQLValue { .integer(raw) }
    public static func from(_ value: SQLValue, column: String) throws -> Self {
        Self(raw: try Int64.from(value, column: column))
    }
    public var description: String { String(raw) }
    public init?(_ description: String) {
        guard let raw = Int64(description), raw > 0 else { return nil }
        self.init(raw: raw)
    }
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an id"))
        }
        self = id
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

extension Transaction {
    /// The id of a new row.
    func new<ID: Identifier>(_ type: ID.Type = ID.self) -> ID { ID(raw: newID()) }
}

/// The id of a contact centre.
public struct TenantID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a person.
public struct PersonID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a session, which is not its secret.
public struct SessionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a one-time link, which is not its secret.
public struct SignInLinkID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of somebody's wish for a new password.
public struct PasswordRequestID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a team.
public struct TeamID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of an API key.
public struct APIKeyID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a key that signs mail.
public struct DKIMKeyID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of an entry of the audit log.
public struct AuditID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a service.
public struct ServiceID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a folder of dispositions.
public struct DispositionFolderID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a disposition.
public struct DispositionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a contact.
public struct ContactID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a case.
public struct CaseID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a survey field.
public struct SurveyFieldID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a survey form.
public struct FormID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a version of a survey form.
public struct FormVersionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of an interaction.
public struct InteractionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of one agent's part of an interaction.
public struct PartID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of an invitation.
public struct InvitationID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of an internal message.
public struct InternalMessageID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a workflow.
public struct WorkflowID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a version of a workflow's scenario.
public struct WorkflowVersionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a workflow configuration.
public struct ConfigurationID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a trigger.
public struct TriggerID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a run.
public struct RunID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a message of the ledger.
public struct MessageID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}

/// The id of a submission.
public struct SubmissionID: Identifier {
    public let raw: Int64
    public init(raw: Int64) { self.raw = raw }
}
