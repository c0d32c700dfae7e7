// SPDX-License-Identifier: Apache-2.0
// The ledger's rows: every message has one, and one true state (spec 2.2).
import Storage

/// The one state of a message.
public enum MessageState: String, SQLConvertible, Codable, CaseIterable {
    /// To be sent.
    case queued
    /// On its way just now: committed before its first byte.
    case sending
    /// The server has it.
    case sent
    /// To be tried again after a temporary refusal.
    case retrying
    /// Waits for the settings or the server to work again.
    case held
    /// Nobody has it, and it is not tried any more.
    case failed
    /// The connection died before the server said whether it has it.
    case unknown
    /// Kept as a file, since there is no server to send by.
    case captured
    /// A gate said no when it was to leave.
    case cancelled
    /// A delivery report says that it did not arrive.
    case bounced

    /// Whether the customer has it, as far as anybody knows.
    public var isDelivered: Bool { self == .sent || self == .unknown || self == .captured }
    /// Whether it may still be sent.
    public var isPending: Bool { self == .queued || self == .sending || self == .retrying || self == .held }
}

/// What a message is for.
public enum MessageKind: String, SQLConvertible, Codable, CaseIterable {
    /// Asks a customer, by a survey link.
    case survey
    /// To a customer, without a link.
    case letter
    /// To an employee.
    case staff
    /// Sent by hand to try something out.
    case test
}

/// A message as the delivery needs it.
struct LedgerMessage: Sendable, Equatable {
    let id: MessageID
    let kind: MessageKind
    let run: RunID?
    let block: String?
    let invitation: InvitationID?
    let recipient: String
    let recipientFolded: String
    let senderName: String
    let senderEmail: String
    let replyTo: String?
    /// The Message-ID, fixed when the row is made; retries keep it.
    let messageID: String
    let state: MessageState
    let attempt: Int
    /// How often nobody could know whether it arrived.
    let unknowns: Int
    /// How many messages this block wrote for this run.
    let recipients: Int
    let reply: String?
    let windowEndsAt: Moment
    let createdAt: Moment
    let isTest: Bool
    /// Its content as it is kept; nil once it was erased.
    let packed: [UInt8]?
    /// Its content where it has just been written.
    var written: MailContent?
    /// Read anew each time, and not while the row is read: that happens where others wait for the database.
    var content: MailContent? { written ?? packed.flatMap { try? MailContent(packed: $0) } }
}
