// SPDX-License-Identifier: Apache-2.0
// A message as a value, and its bytes (RFC 5322, 2045, 2046, 2047, 6532). Checked in tests by an independent parser.

/// One message to one or several visible recipients.
///
///     var message = MailMessage(from: sender, to: [customer], subject: "Как мы справились?", id: "7@centre.example")
///     message.html = "<p>Здравствуйте!</p>"
///     let bytes = message.encoded()
///
/// Nothing a value contains can add a header or a recipient: addresses are checked when they are made, line ends in
/// headers become spaces, and bodies travel as base64.
public struct MailMessage: Sendable {
    public var from: MailAddress
    public var to: [MailAddress]
    public var replyTo: MailAddress?
    public var subject: String
    /// Without angle brackets; its right side is the sender's domain.
    public var id: String
    /// Milliseconds since 1970.
    public var sentAt: Int64
    /// Nil for plain text only.
    public var html: String?
    /// Nil when it is to be made from the HTML.
    public var text: String?
    /// Addresses for List-Unsubscribe: https, mailto. Empty for none.
    public var unsubscribeLinks: [String] = []
    /// Whether the first link takes RFC 8058's one-click POST.
    public var unsubscribesByPost = false
    /// Groups messages for the receivers' feedback: `campaign:centre:kind:otklik`.
    public var feedbackID: String?
    /// What the message is one of, as a domain name (RFC 2919): receivers mistrust a way out of a list that is none.
    public var listID: String?

    public init(from: MailAddress, to: [MailAddress], subject: String, id: String, sentAt: Int64) {
        self.from = from
        self.to = to
        self.subject = subject
        self.id = id
        self.sentAt = sentAt
    }

    /// Whether only a server that offers SMTPUTF8 can take it: an address has letters outside ASCII before its @.
    public var needsSMTPUTF8: Bool {
        from.needsSMTPUTF8 || to.contains { $0.needsSMTPUTF8 } || (replyTo?.needsSMTPUTF8 ?? false)
    }

    /// The message as it is sent, every line ended by CRLF.
    public func encoded() -> [UInt8] {
        let plain = text ?? html.map { PlainText.make(fromHTML: $0) } ?? ""
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048 + (plain.utf8.count + (html?.utf8.count ?? 0)) * 3 / 2)
        appendHeaders(to: &bytes)
        if let html {
            let boundary = "=_\(Self.fingerprint(id))"
            bytes.append(contentsOf: "Content-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n".utf8)
            bytes.append(contentsOf: "--\(boundary)\r\n".utf8)
            Self.appendBody(type: "plain", plain, to: &bytes)
            bytes.append(contentsOf: "--\(boundary)\r\n".utf8)
            Self.appendBody(type: "html", html, to: &bytes)
            bytes.append(contentsOf: "--\(boundary)--\r\n".utf8)
        } else {
            Self.appendBody(type: "plain", plain, to: &bytes)
        }
        return bytes
    }

    /// The message as it is sent, with a DKIM signature of each key (see ``DKIMSignature``).
    public func encoded(signedBy keys: [DKIMKey]) throws -> [UInt8] {
        try DKIMSignature.signed(encoded(), by: keys, at: sentAt / 1000)
    }

    private func appendHeaders(to bytes: inout [UInt8]) {
        MailHeader.appendToken("Date", MailDate.text(milliseconds: sentAt), to: &bytes)
        MailHeader.appendAddress("From", from, to: &bytes)
        for (index, recipient) in to.enumerated() {
            if index == 0 {
                MailHeader.appendAddress("To", recipient, to: &bytes)
            } else {
                bytes.removeLast(2)
                bytes.append(contentsOf: ",\r\n ".utf8)
                MailHeader.appendContinued(recipient, to: &bytes)
            }
        }
        if let replyTo { MailHeader.appendAddress("Reply-To", replyTo, to: &bytes) }
        MailHeader.appendText("Subject", subject, to: &bytes)
        MailHeader.appendToken("Message-ID", "<\(id)>", to: &bytes)
        MailHeader.appendToken("MIME-Version", "1.0", to: &bytes)
        MailHeader.appendToken("Auto-Submitted", "auto-generated", to: &bytes)
        if !unsubscribeLinks.isEmpty {
            MailHeader.appendLinks("List-Unsubscribe", unsubscribeLinks, to: &bytes)
            if unsubscribesByPost {
                MailHeader.appendToken("List-Unsubscribe-Post", "List-Unsubscribe=One-Click", to: &bytes)
            }
        }
        if let listID { MailHeader.appendToken("List-Id", "<\(listID)>", to: &bytes) }
        if let feedbackID { MailHeader.appendToken("Feedback-ID", feedbackID, to: &bytes) }
    }

    private static func appendBody(type: StaticString, _ text: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "Content-Type: text/".utf8)
        bytes.append(contentsOf: UnsafeBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount))
        bytes.append(contentsOf: "; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".utf8)
        Base64.appendLines(canonical(text), to: &bytes)
    }

    /// Text in its canonical form: CRLF between lines (RFC 2045, 2.8), whatever it had before.
    private static func canonical(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        guard bytes.contains(where: { $0 == 10 || $0 == 13 }) else { return bytes }
        var lines: [UInt8] = []
        lines.reserveCapacity(bytes.count + bytes.count / 32 + 16)
        var previous: UInt8 = 0
        for byte in bytes {
            if byte == 13 || (byte == 10 && previous != 13) {
                lines.append(13)
                lines.append(10)
            } else if byte != 10 {
                lines.append(byte)
            }
            previous = byte
        }
        swap(&bytes, &lines)
        return bytes
    }

    /// A boundary of a message: the underscore keeps it out of base64, the digits keep messages apart (FNV-1a).
    private static func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
