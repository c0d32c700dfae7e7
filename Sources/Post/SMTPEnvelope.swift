// SPDX-License-Identifier: Apache-2.0
// What a connection needs of a message: who is named to the server, and the bytes as the network carries them.
import NIOCore

/// One message on its way: who is named to the server, and the bytes. Passed on by reference, since it goes through
/// many hands.
public final class SMTPEnvelope: Sendable {
    public let sender: MailAddress
    public let recipient: MailAddress
    /// The message's length as SIZE counts it.
    public let sizeBytes: Int
    /// Whether an address in the envelope or the headers has letters outside ASCII before its @.
    public let needsSMTPUTF8: Bool
    /// The content as DATA carries it, made once: it may be sent twice, on the connection's event loop.
    let wire: ByteBuffer

    public init(sender: MailAddress, recipient: MailAddress, content: [UInt8], needsSMTPUTF8: Bool = false) {
        self.sender = sender
        self.recipient = recipient
        self.needsSMTPUTF8 = needsSMTPUTF8 || sender.needsSMTPUTF8 || recipient.needsSMTPUTF8
        sizeBytes = content.count
        wire = SMTPContent.wire(content)
    }

    /// An envelope around a message for its first recipient.
    public convenience init?(_ message: MailMessage) {
        guard let recipient = message.to.first else { return nil }
        self.init(
            sender: message.from, recipient: recipient, content: message.encoded(),
            needsSMTPUTF8: message.needsSMTPUTF8)
    }
}
