// SPDX-License-Identifier: Apache-2.0
// «Возвраты»: the mailbox that undeliverable mail comes back to, read by IMAP (spec 2.3).
import Post

/// A centre's mailbox for what comes back.
struct ReturnMailbox: Sendable, Equatable {
    var host: String
    var port: Int
    var secure: SecureMode
    var userName: String
    /// Opened.
    var password: String
    var folder: String

    static let usualFolder = "INBOX"

    /// The port that IMAP servers usually listen at.
    static func usualPort(_ secure: SecureMode) -> Int { secure == .tls ? 993 : 143 }

    /// Whether the password is asked for again: else anybody could send it to a server of theirs.
    func needsPasswordAgain(after old: ReturnMailbox) -> Bool {
        let order = SecureMode.allCases
        let isWeaker = (order.firstIndex(of: secure) ?? 0) < (order.firstIndex(of: old.secure) ?? 0)
        return host != old.host || port != old.port || userName != old.userName || isWeaker
    }

    /// What the log tells of it.
    var facts: [String: JSON] {
        [
            "host": .string(host), "port": .string(String(port)), "secure": .string(secure.rawValue),
            "userName": .string(userName), "folder": .string(folder),
        ]
    }
}

/// How far the mailbox was read, and how it went the last time.
struct ReturnMailboxState: Sendable, Equatable {
    /// The folder's validity; another one means that its numbers begin anew. Nil before the first time.
    var validity: Int64?
    /// The last message that was read.
    var uid: Int64 = 0
    var checkedAt: Moment?
    /// A sentence's key with the library's words behind it; nil when it went well.
    var problem: String?
}

extension ReturnMailboxState {
    /// Where reading goes on; nil for the beginning.
    var position: IMAPPosition? { validity.map { IMAPPosition(validity: $0, uid: uid) } }
}

extension IMAPFault {
    /// As it is stored and read by ``Localizer/reason(_:)``.
    var stored: String { "mailings.imap.\(code.rawValue) \(detail)" }
}
