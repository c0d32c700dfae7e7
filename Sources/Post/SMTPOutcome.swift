// SPDX-License-Identifier: Apache-2.0
// What is known of a message after a conversation. The whole delivery rests on these being true.

/// A step of a conversation, for outcomes, time limits and reports.
public enum SMTPStep: String, Sendable, Hashable, CaseIterable {
    case connect, greeting, hello, startTLS, handshake, authentication
    case mail, recipient, data, content, end, reset, idle, quit
}

/// Why no message at all can leave by these settings now. Not the message's fault.
public struct SMTPFault: Error, Sendable, Hashable {
    public let step: SMTPStep
    /// The server's words, if it said any.
    public let reply: SMTPReply?
    public let reason: SMTPReason

    public init(step: SMTPStep, reply: SMTPReply? = nil, reason: SMTPReason) {
        self.step = step
        self.reply = reply
        self.reason = reason
    }
}

/// How a message fared.
public enum SMTPOutcome: Sendable, Hashable {
    /// The server has it: it said 2xx to the final dot.
    case accepted(SMTPReply)
    /// The server will not have it, and said so with 5xx at `.mail`, `.recipient`, `.data` or `.end`.
    case refused(SMTPStep, SMTPReply)
    /// Not now: a 4xx, or the connection ended before the final dot had left. The server does not have it.
    case postponed(SMTPStep, SMTPReply?, reason: SMTPReason)
    /// The settings or the server as a whole are at fault: connect, TLS, AUTH, 421. The server does not have it.
    case fault(SMTPFault)
    /// The connection ended after the final dot had left and before the reply: nobody can know.
    case unknown(reason: SMTPReason)
    /// Larger than the server's SIZE; nothing was sent.
    case tooLarge(limit: Int)
    /// An address needs SMTPUTF8, which the server does not offer; nothing was sent.
    case needsSMTPUTF8
    /// The caller's hook said no, before the first byte or before the final dot. The server does not have it.
    case withdrawn
}
