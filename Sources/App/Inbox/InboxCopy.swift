// SPDX-License-Identifier: Apache-2.0
// The copy of internal messages by mail: one an hour for each block and employee, listing all (spec 5.2).

/// A mail to an employee is to be written and sent.
public struct StaffMailDue: Sendable, Equatable {
    public let tenant: TenantID
    public let person: PersonID
    public let recipient: EmailAddress
    public let subject: String
    /// Plain text.
    public let text: String
    public let language: String
    /// How long it may be tried.
    public let windowEndsAt: Moment
}

/// Limits of copies.
enum InboxLimits {
    /// How long a block's next messages to the same person are gathered after a copy.
    static let gatheringHours: Int64 = 1
    /// Messages that one copy shows; the others are counted.
    static let messagesInCopy = 50
    /// Characters of one message that a copy shows.
    static let charactersInCopy = 2_000
    /// How long a copy may be tried.
    static let sendWithinHours: Int64 = 24
}

/// The messages of one block of a workflow to one person.
struct CopyGroup: Hashable, Sendable {
    let person: PersonID
    let workflow: WorkflowID
    let block: String
}

/// A person who gets copies.
struct CopyReader: Sendable, Equatable {
    /// Nil: no address, or nobody who works here any more.
    let address: EmailAddress?
    let language: String
    let zone: String
}
