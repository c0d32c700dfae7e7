// SPDX-License-Identifier: Apache-2.0
// What a mail server, a mailbox or a person's program sends back about a message (RFC 3464, 3834, 5965, 6522).

/// A message that came back to the return path, and what it means for the one that it is about.
///
///     let report = DeliveryReport(message: bytes)
///     if report.kind == .hard { … report.status … report.diagnostic … }
///
/// Reading never fails: what is not understood is `unknown`.
public struct DeliveryReport: Sendable, Equatable {
    /// What it means.
    public enum Kind: String, Sendable, CaseIterable {
        /// It did not arrive, and will not if it is sent again.
        case hard
        /// It did not arrive; another day it may: mailbox full, server away for too long.
        case soft
        /// It has not arrived yet, and is being tried.
        case delayed
        /// It arrived, or was handed on to a server that sends no reports.
        case delivered
        /// A program answers for a person: out of office and the like.
        case autoReply
        /// A program wants the sender to prove that he is human before it lets mail in.
        case challenge
        /// The recipient said that it is spam.
        case complaint
        /// Nobody can say.
        case unknown
    }

    public let kind: Kind
    /// "5.1.1"; nil when nothing says it.
    public let status: String?
    /// The server's words, at most 500 characters.
    public let diagnostic: String?
    /// Whom the report is about, as it names him.
    public let recipient: String?
    /// The Message-ID of the message that it is about, without brackets.
    public let originalID: String?
    /// Where the report was sent to, as far as headers tell: the return path is among them.
    public let destinations: [String]

    /// Whether it is no report: somebody followed the `mailto:` of List-Unsubscribe.
    public let isUnsubscribe: Bool

    /// The subject by which such a mail is known.
    public static let unsubscribeSubject = "unsubscribe"

    /// Whether the message did not arrive.
    public var hasFailed: Bool { kind == .hard || kind == .soft }

    /// Whether it is the address that is wrong, and not our mail, our server or theirs. Only then does it say anything
    /// about the next message.
    public var isAddressAtFault: Bool {
        guard kind == .hard else { return false }
        guard let status else { return true }
        switch status {
        // Bad sender's address: ours.
        case "5.1.7", "5.1.8": return false
        // Disabled, no host of that name; Microsoft says 5.4.1 for who does not exist.
        case "5.0.0", "5.2.1", "5.4.4", "5.4.1": return true
        default: return status.hasPrefix("5.1.") || saysNobody
        }
    }

    /// Some say a general status, and in words that there is nobody of that name.
    private var saysNobody: Bool {
        let words = (diagnostic ?? "").lowercased()
        return ["no such user", "user unknown", "unknown user", "user not found", "no mailbox", "no such recipient"]
            .contains { words.contains($0) }
    }

    init(
        kind: Kind, status: String? = nil, diagnostic: String? = nil, recipient: String? = nil,
        originalID: String? = nil, destinations: [String] = [], isUnsubscribe: Bool = false
    ) {
        self.isUnsubscribe = isUnsubscribe
        self.kind = kind
        self.status = status
        self.diagnostic = diagnostic
        self.recipient = recipient
        self.originalID = originalID
        self.destinations = destinations
    }

    /// Reads a message that came back: at most 5 MB of it, 8 parts deep.
    public init(message: [UInt8]) {
        let whole = MailPart(message: message[...])
        let parts = whole.all
        let original = parts.dropFirst().first { $0["message-id"] != nil } ?? Self.returnedHeader(in: parts)
        let found =
            Self.complaint(parts) ?? Self.standard(parts) ?? Self.told(whole, parts) ?? Self.answer(whole)
        self.init(
            kind: found?.kind ?? .unknown, status: found?.status,
            diagnostic: found?.diagnostic.map { String(Self.clean($0).prefix(500)) },
            recipient: found?.recipient.map { String(Self.clean($0).prefix(254)) },
            originalID: original?["message-id"].map(Self.withoutBrackets), destinations: Self.destinations(whole),
            isUnsubscribe: found == nil && whole["subject"]?.lowercased() == Self.unsubscribeSubject)
    }

    /// What was made out so far.
    struct Finding {
        var kind: Kind
        var status: String?
        var diagnostic: String?
        var recipient: String?
    }

    /// Headers that came back as text (RFC 6522, 3).
    private static func returnedHeader(in parts: [MailPart]) -> MailPart? {
        parts.first { $0.type.name.hasSuffix("rfc822-headers") }.map { MailPart(message: $0.decodedBody[...]) }
    }

    private static func destinations(_ whole: MailPart) -> [String] {
        let names: Set<String> = ["to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to"]
        let texts = whole.fields.filter { names.contains($0.name) }.prefix(20).map(\.value)
        return texts.flatMap { text in
            text.split { ",<> \t\";".contains($0) }.filter { $0.contains("@") }.prefix(20).map(String.init)
        }
    }

    private static func withoutBrackets(_ text: String) -> String {
        String(text.drop { $0 == "<" || $0 == " " }.prefix { $0 != ">" }.prefix(250))
    }

    /// In one line, without controls.
    static func clean(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(2000) {
            let isSpace = MailHeader.isControl(scalar) || scalar == " "
            if isSpace, scalars.last == " " || scalars.isEmpty { continue }
            scalars.append(isSpace ? " " : scalar)
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}
