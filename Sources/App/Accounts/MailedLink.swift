// SPDX-License-Identifier: Apache-2.0
// Links for choosing a password that go by mail: what stands in the ledger is a place for them, not they themselves.
import Storage

/// A mail to somebody who works here is to be sent.
public struct AccountMailDue: Sendable, Equatable {
    public let tenant: TenantID
    public let person: PersonID
    public let recipient: EmailAddress
    public let subject: String
    /// Plain text, with the place of a link in it.
    public let text: String
    public let language: String
    /// How long it may be tried: afterwards the link is dead.
    public let windowEndsAt: Moment
}

/// The links in mails. Their tokens follow from the server's secret and the link's id, so that neither the link's row
/// nor the ledger holds them; the place of a link carries a mark that only this server can make.
public enum MailedLink {
    private static let opening = "\u{E000}sign-in-link-"
    private static let closing = "\u{E001}"

    static func token(_ id: SignInLinkID, _ secret: ServerSecret) -> Token {
        let bytes = ["token 1 ", "token 2 "].flatMap { part in
            secret.digest(Array((part + id.description).utf8), for: .signInLink)
        }
        return Token(derivedFrom: bytes)
    }

    private static func mark(_ id: SignInLinkID, _ secret: ServerSecret) -> String {
        Token(derivedFrom: secret.digest(Array("place \(id)".utf8), for: .signInLink) + [UInt8](repeating: 0, count: 1))
            .text
    }

    /// What stands in a stored mail where the link will be.
    static func place(of id: SignInLinkID, _ secret: ServerSecret) -> String {
        "\(opening)\(id)-\(mark(id, secret))\(closing)"
    }

    /// A text with the links in their places, or words instead of them.
    public static func fill(_ text: String, of installation: Installation, hiding words: String? = nil) -> String {
        guard text.contains(opening) else { return text }
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: opening), let end = rest[start.upperBound...].firstRange(of: closing) {
            filled += rest[..<start.lowerBound]
            let parts = rest[start.upperBound..<end.lowerBound].split(separator: "-")
            if parts.count == 2, let id = SignInLinkID(String(parts[0])), parts[1] == mark(id, installation.secret) {
                filled += words ?? installation.baseURL + "/sign-in/" + token(id, installation.secret).text
            } else {
                filled += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }
}
