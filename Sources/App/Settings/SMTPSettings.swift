// SPDX-License-Identifier: Apache-2.0
// How a contact centre's mail leaves (spec 2.1).
import Storage

/// How the connection to the server is protected. The order is that of strength.
public enum SecureMode: String, SQLConvertible, Codable, CaseIterable {
    case none, starttls, tls

    /// The port that servers of this mode usually listen at.
    public var usualPort: Int {
        switch self {
        case .none: 25
        case .starttls: 587
        case .tls: 465
        }
    }

    func isWeaker(than other: SecureMode) -> Bool {
        let order = Self.allCases
        return (order.firstIndex(of: self) ?? 0) < (order.firstIndex(of: other) ?? 0)
    }
}

/// What becomes of a message when the connection died before the server said whether it has it.
public enum UnknownPolicy: String, SQLConvertible, Codable, CaseIterable {
    /// It is tried once more, with the same Message-ID.
    case retryOnce = "retry_once"
    /// It counts as sent.
    case leave
}

/// A contact centre's SMTP settings.
public struct SMTPSettings: Sendable, Equatable {
    public var senderName: String
    public var senderEmail: String
    /// The mailbox with plus addressing to which undeliverable mail comes back; nil: to the sender, unseen by us.
    public var bounceEmail: String?
    /// After how many messages that came back an address is not written to any more.
    public var bounceLimit = SMTPSettings.usualBounceLimit
    /// Nil: mail is captured.
    public var host: String?
    public var port: Int
    /// Of one message, encoded; nil for none of the centre's own.
    public var sizeLimitMegabytes: Int?
    public var secure: SecureMode
    public var requiresAuthentication: Bool
    public var userName: String?
    /// Opened; nil when there is none.
    public var password: String?
    public var unknownPolicy: UnknownPolicy
    /// Connections at once.
    public var connections: Int
    /// Messages that leave each node in a second; nil for as many as the server takes.
    public var messagesPerSecond: Int?

    /// What a centre has before anybody enters anything: mail is captured.
    public static func initial(senderName: String, senderEmail: String) -> SMTPSettings {
        SMTPSettings(
            senderName: senderName, senderEmail: senderEmail, host: nil, port: SecureMode.starttls.usualPort,
            sizeLimitMegabytes: nil, secure: .starttls, requiresAuthentication: false, userName: nil, password: nil,
            unknownPolicy: .retryOnce, connections: Self.usualConnections)
    }

    /// How many connections a server is asked for unless the centre says otherwise.
    public static let usualConnections = 8
    /// Letters before the @ of the mailbox for bounces: a signed token goes behind them.
    public static let bounceMailboxLetters = 20
    public static let connectionsAllowed = 1...64
    public static let usualBounceLimit = 1
    public static let bounceLimitAllowed = 1...20

    /// What is wrong with what the page does not ask for; nil when nothing is.
    public var connectionsRefusal: Refusal? {
        if Self.connectionsAllowed.contains(connections) { return nil }
        return .outside(Self.connectionsAllowed, field: "connections")
    }

    /// Whether a changed host, port, user or protection makes the password be asked for again.
    public func needsPasswordAgain(after old: SMTPSettings) -> Bool {
        guard old.password != nil, requiresAuthentication else { return false }
        return host != old.host || port != old.port || userName != old.userName || secure.isWeaker(than: old.secure)
    }

    /// What the log tells of a change: of the password only that it is another one.
    func change(from old: SMTPSettings) -> JSON {
        var (before, after) = (old.facts, facts)
        if password != old.password {
            before["password"] = old.password == nil ? nil : .string("•••")
            after["password"] = password == nil ? nil : .string("••••••")
        }
        return .change(from: before, to: after)
    }

    private var facts: [String: JSON] {
        let texts = [
            "senderName": senderName, "senderEmail": senderEmail, "host": host ?? "", "port": String(port),
            "secure": secure.rawValue, "userName": userName ?? "", "unknownPolicy": unknownPolicy.rawValue,
            "bounceEmail": bounceEmail ?? "", "bounceLimit": String(bounceLimit),
            "sizeLimit": sizeLimitMegabytes.map { String($0) } ?? "", "connections": String(connections),
            "messagesPerSecond": messagesPerSecond.map { String($0) } ?? "",
        ]
        return texts.filter { !$0.value.isEmpty }.mapValues { .string($0) }
    }
}
