// SPDX-License-Identifier: Apache-2.0
// Where mail is handed over, and how long each step may take.

/// A server, how it is spoken to, and as whom. Two equal accounts share their kept connections.
public struct SMTPAccount: Sendable, Hashable {
    /// How the connection is protected.
    public enum Security: String, Sendable, Hashable, CaseIterable, Codable {
        case none, startTLS = "starttls", tls
    }

    /// A user name and its password.
    public struct Credentials: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
        public let userName: String
        public let password: String

        public init(userName: String, password: String) {
            self.userName = userName
            self.password = password
        }

        /// Without the password, so that no log shows it.
        public var description: String { "credentials of \(userName)" }
        public var customMirror: Mirror { Mirror(self, children: ["userName": userName]) }
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var credentials: Credentials?
    /// A PEM file of further authorities beside the system's.
    public var authorityFile: String?
    /// What EHLO says; nil for the connection's own address.
    public var helloName: String?
    /// Whether the host may be loopback or a private network's.
    public var allowsPrivateHosts = true
    /// How many connections may stand at once.
    public var connections = 4
    /// Whether the next message's envelope is sent together with a message's end (RFC 2920 allows it), which saves a
    /// round trip for each message. Off by default: a server that loses what it has read ahead stands still on it.
    public var overlaps = false
    /// How many senders at most are asked (``SMTPHooks/willBegin``) while their messages still wait for a connection.
    /// Only as many are as will leave within a twentieth of a second, by the pace of this server: none ahead of a slow
    /// one. Asked together, their answers can share one commit.
    public var asksAhead = 0
    /// Whether an envelope's commands may go in one piece to a server that offers it. ``SMTPQueue`` leaves that for a
    /// while to a server that was seen to break it.
    var pipelines = true
    public var limits = SMTPLimits()

    public init(host: String, port: Int, security: Security, credentials: Credentials? = nil) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
    }

    /// Accounts are looked up for every message: what tells nearly all of them apart is enough.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(host)
        hasher.combine(port)
    }
}

/// Limits of time and number. The ceilings of RFC 5321, 4.5.3.2 are the longest that make sense.
public struct SMTPLimits: Sendable, Hashable {
    public var connectSeconds = 20
    public var greetingSeconds = 60
    public var helloSeconds = 60
    public var handshakeSeconds = 30
    public var authenticationSeconds = 60
    public var mailSeconds = 120
    public var recipientSeconds = 120
    public var dataSeconds = 120
    /// For writing the whole message.
    public var contentSeconds = 180
    public var endSeconds = 600
    public var resetSeconds = 30
    public var quitSeconds = 5
    /// For the reply to an envelope that was sent ahead, once the message before it is answered: a server that keeps
    /// silent so long has lost it.
    public var overlapSeconds = 20
    /// How long a kept connection waits for the next message.
    public var idleSeconds = 30
    /// After this many messages, or this long, a connection is closed instead of kept.
    public var messagesPerConnection = 1000
    public var connectionSeconds = 600

    public init() {}

    /// How long a step may take.
    func seconds(_ step: SMTPStep) -> Int {
        switch step {
        case .connect: connectSeconds
        case .greeting: greetingSeconds
        case .hello: helloSeconds
        case .startTLS, .handshake: handshakeSeconds
        case .authentication: authenticationSeconds
        case .mail: mailSeconds
        case .recipient: recipientSeconds
        case .data: dataSeconds
        case .content: contentSeconds
        case .end: endSeconds
        case .reset: resetSeconds
        case .idle: idleSeconds
        case .quit: quitSeconds
        }
    }
}
