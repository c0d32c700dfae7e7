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
    public var limits = SMTPLimits()

    public init(host: String, port: Int, security: Security, credentials: Credentials? = nil) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
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

/// One message on its way: who is named to the server, and the bytes.
public struct SMTPEnvelope: Sendable {
    public let sender: MailAddress
    public let recipient: MailAddress
    public let content: [UInt8]
    /// Whether an address in the envelope or the headers has letters outside ASCII before its @.
    public let needsSMTPUTF8: Bool

    public init(sender: MailAddress, recipient: MailAddress, content: [UInt8], needsSMTPUTF8: Bool = false) {
        self.sender = sender
        self.recipient = recipient
        self.content = content
        self.needsSMTPUTF8 = needsSMTPUTF8 || sender.needsSMTPUTF8 || recipient.needsSMTPUTF8
    }

    /// An envelope around a message for its first recipient.
    public init?(_ message: MailMessage) {
        guard let recipient = message.to.first else { return nil }
        self.init(
            sender: message.from, recipient: recipient, content: message.encoded(),
            needsSMTPUTF8: message.needsSMTPUTF8)
    }
}
