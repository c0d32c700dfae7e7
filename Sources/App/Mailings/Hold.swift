// SPDX-License-Identifier: Apache-2.0
// A fault of the settings or the server holds a centre's queue; it is probed once a minute (spec 2.2).

/// Why nothing leaves, and since when.
public struct Hold: Sendable, Equatable {
    /// The sender address that is held; nil when nothing at all leaves.
    public let senderEmail: String?
    public let since: Moment
    /// As it is stored: a sentence's key, behind it the server's or the network's words (``Localizer/reason(_:)``).
    public let reason: String
    /// The held message that is tried first, now that the server signs us in again; nil when none is.
    let probed: MessageID?

    /// Whether it keeps a message back.
    func holds(_ message: LedgerMessage) -> Bool {
        (senderEmail == nil || senderEmail == message.senderEmail) && probed != message.id
    }

    /// Whether an attempt at the probed message shows that the others may go. The server answered it: it took it, or
    /// refused it for a reason of its own. A held sender is only let go when it is taken again.
    func isLifted(by verdict: Verdict) -> Bool {
        switch verdict {
        case .sent, .captured: true
        case .failed: senderEmail == nil
        case .again(_, let reply): senderEmail == nil && reply.first?.isNumber == true
        case .held, .unknown, .cancelled, .postponed: false
        }
    }
}
