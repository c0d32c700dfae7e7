// SPDX-License-Identifier: Apache-2.0
// What a scenario asks for when it reaches an Email block that holds a survey link, and what it gets.

/// A run wants a customer to be asked.
public struct InvitationWish: Sendable {
    public let interaction: InteractionID
    public let form: FormID
    public let run: RunID
    /// When the run began: what *too old* is measured from.
    public let runBegan: Moment
    public let configuration: ConfigurationID
    public let contact: ContactID?
    /// Who is to be asked by the one link; at least one. Each that a gate about addresses refuses is left out.
    public let addresses: [EmailAddress]
    /// BCP 47 tags in order of preference, with commas between them.
    public let language: String?
    public let belonging: Belonging
    /// The configuration's own limits.
    public let limits: AskingLimits
    /// Trials are not stopped by gates.
    public let isTest: Bool
}

/// A recipient that a gate about addresses refuses.
public struct LeftOut: Sendable, Equatable {
    public let address: EmailAddress
    public let no: GateNo
}

/// What a wish came to, and for whom.
public struct InvitationReply: Sendable, Equatable {
    public var answer: InvitationAnswer
    /// Who may be written to.
    public var addresses: [EmailAddress]
    public var leftOut: [LeftOut]
}

/// What a wish came to.
public enum InvitationAnswer: Sendable, Equatable {
    /// It was made.
    case made(InvitationID)
    /// The same run had made it before: the same link goes out again, as a reminder.
    case again(InvitationID)
    /// The same run had made it before and it is answered: the reminder is skipped.
    case answered(InvitationID)
    case no(GateNo)
}
