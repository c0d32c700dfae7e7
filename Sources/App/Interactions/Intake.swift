// SPDX-License-Identifier: Apache-2.0
// What a sender tells us about one interaction, checked but not yet compared with what is known.

/// Who delivers: a system with an API key, or later a person at the workspace.
public struct IntakeSender: Sendable, Hashable {
    public let tenant: TenantID
    /// Ids of different sources do not collide.
    public let source: String
    /// Who stands in the audit log.
    public let actor: String

    public init(tenant: TenantID, source: String, actor: String) {
        self.tenant = tenant
        self.source = source
        self.actor = actor
    }

    init(_ key: SignedInKey) {
        self.init(tenant: key.tenant, source: key.source, actor: "api:\(key.source)")
    }
}

/// One delivery. What is nil was not said.
public struct Intake: Sendable {
    /// What is to happen with the interaction.
    public enum Act: Sendable, Equatable {
        /// It is made or brought up to date.
        case update
        /// An agent has finished a part.
        case complete
        /// It is over.
        case end
    }

    /// What an agent leaves behind.
    public struct Completion: Sendable {
        public var part = "1"
        /// The agent's login name.
        public var agent: String?
        public var note: String?
        /// Whether the interaction is over with it.
        public var isFinal = true

        public init() {}
    }

    public var externalID: String
    public var act: Act
    /// False when the interaction has to be there already.
    public var mayMake = true
    /// A service's id or name.
    public var service: String?
    public var channel: Channel?
    public var direction: Direction?
    public var disposition = DispositionReference()
    public var completion = Completion()
    public var startedAt: Moment?
    public var endedAt: Moment?
    var customer: IntakeCustomer?
    var caseReference: CaseReference?
    public var sentiment: Double?
    public var data: [String: JSON]?
    public var isTest = false
    /// What was understood, but not as the sender may think.
    var warnings: [IntakeWarning] = []

    public init(externalID: String, act: Act) {
        self.externalID = externalID
        self.act = act
    }
}

/// A customer as delivered.
struct IntakeCustomer: Sendable, Equatable {
    var id: String?
    var name: String?
    /// As it was sent: a bad address lets the run leave by *Mail not sent*, and the interaction is not lost.
    var email: String?
    var phone: String?
    var language: String?

    var reference: CustomerReference {
        CustomerReference(
            id: id, name: name, email: email.flatMap { EmailAddress($0) }, phone: phone, language: language)
    }
}

/// Something that the sender should know, though the delivery was taken.
struct IntakeWarning: Sendable, Equatable {
    /// A stable word, for example `unknown_disposition`.
    let code: String
    /// The dictionary key of the sentence.
    let key: String
    var arguments: [String: String] = [:]
    var field: String?
}

/// A delivery that changes a part which is there.
public struct PartCorrection: Sendable {
    public var externalID: String
    public var part: String
    public var agent: String?
    public var disposition = DispositionReference()
    public var note: String?
    public var startedAt: Moment?
    public var endedAt: Moment?
    var warnings: [IntakeWarning] = []

    public init(externalID: String, part: String) {
        self.externalID = externalID
        self.part = part
    }
}
