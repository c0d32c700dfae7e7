// SPDX-License-Identifier: Apache-2.0
// What Workflows and Mailings say to each other.
import Storage

/// A scenario has reached an Email block: a message per recipient is to be written and sent (spec 5.3).
public struct MessageDue: Sendable {
    public let tenant: TenantID
    public let run: RunID
    /// The Email block's key.
    public let block: String
    public let interaction: InteractionID
    /// Set when the mail holds a survey link.
    public let invitation: InvitationID?
    /// Whether the invitation was made with the mail, so that all its gates have just been asked. A reminder's are
    /// asked when it leaves.
    public var isInvitationNew = false
    /// Checked addresses, each of which gets a message of its own.
    public let recipients: [EmailAddress]
    /// Empty means the SMTP settings' sender.
    public let senderName: String
    public let senderEmail: String
    public let replyTo: String?
    public let subject: String
    /// Nil for plain text. Variables are already put in (escaped); ``MailPlaceholder``s are not.
    public let html: String?
    /// The plain text; nil when it is to be made from the HTML.
    public let text: String?
    public let language: String
    /// How long it may be tried.
    public let windowEndsAt: Moment
    public let isTest: Bool
}

/// Secret links stand in stored mails as these texts and are put in when the mail leaves (spec 2.3).
public enum MailPlaceholder {
    /// The survey link of the message's invitation.
    public static let surveyLink = "\u{E000}survey-link\u{E001}"
    /// The unsubscribe link of the message's recipient.
    public static let unsubscribeLink = "\u{E000}unsubscribe-link\u{E001}"

    /// Whether a placeholder stands in a text.
    static func stands(_ placeholder: String, in text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in pieces(of: bytes).contains { $0.elementsEqual(placeholder.utf8) } }
    }

    /// The text with values in the placeholders' places.
    static func fill(_ text: String, with values: [String: String]) -> String {
        var text = text
        var filled: [UInt8] = []
        text.withUTF8 { bytes in
            filled.reserveCapacity(bytes.count + 256)
            for piece in pieces(of: bytes) {
                if piece.first == markStart, let value = values[String(decoding: piece, as: UTF8.self)] {
                    filled += value.utf8
                } else {
                    filled += piece
                }
            }
        }
        return String(decoding: filled, as: UTF8.self)
    }

    /// A text cut before and behind everything that stands between the two marks. On bytes: bodies are long, and every
    /// mail that leaves is filled.
    private static func pieces(of bytes: UnsafeBufferPointer<UInt8>) -> [UnsafeBufferPointer<UInt8>] {
        var pieces: [UnsafeBufferPointer<UInt8>] = []
        var start = 0
        var position = 0
        while let mark = bytes[position...].firstIndex(of: markStart) {
            let isOpening = bytes[mark...].starts(with: "\u{E000}".utf8)
            let isClosing = bytes[mark...].starts(with: "\u{E001}".utf8)
            let behind = mark + (isOpening || isClosing ? 3 : 1)
            let cut = isOpening ? mark : behind
            if isOpening || isClosing, cut > start {
                pieces.append(UnsafeBufferPointer(rebasing: bytes[start..<cut]))
                start = cut
            }
            position = behind
        }
        if start < bytes.count { pieces.append(UnsafeBufferPointer(rebasing: bytes[start...])) }
        return pieces
    }

    /// The first of a mark's three bytes.
    private static let markStart: UInt8 = 0xEE
}

/// How the mails of a block went, for the run that waits there.
public struct MailSignal: Sendable, Equatable {
    public let run: RunID
    /// The Email block; a run that stands elsewhere by now hears nothing. Nil: wherever it stands.
    public let block: String?
    public let signal: RunSignal

    public init(run: RunID, block: String?, _ signal: RunSignal) {
        self.run = run
        self.block = block
        self.signal = signal
    }
}

/// What a waiting run is told from outside; it goes on from where it waits.
public enum RunSignal: Sendable, Codable, Equatable {
    /// At least one recipient's server took the message, or its outcome stayed unknown.
    case mailSent
    /// None took it: the run leaves by *Mail not sent* with this reason.
    case mailNotSent(reason: String)
    /// A gate said no when the mail was to leave: the run ends as *not asked*.
    case notAsked(gate: String)
}

/// The states of a run (spec 5.5).
public enum RunState: String, SQLConvertible, Codable, CaseIterable {
    case ready, waiting, sending, finished
    case notAsked = "not_asked"
    case cancelled, failed

    public var isOver: Bool { self == .finished || self == .notAsked || self == .cancelled || self == .failed }
}
