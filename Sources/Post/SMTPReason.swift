// SPDX-License-Identifier: Apache-2.0
// Why something went wrong, as a code: whoever shows it has a sentence for it in the reader's language.

/// Why a connection or a message did not get through.
public struct SMTPReason: Sendable, Hashable, CustomStringConvertible {
    /// What can go wrong beside a server's own reply.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        // The connection.
        case unknownHost, unreachable, privateHost, closed, timeout, network, stopping
        // TLS.
        case noStartTLS, startTLSRefused, untrustedCertificate, otherHostCertificate, noTLS, oldTLS, authorityFile
        // Signing in.
        case noMechanism, unreadableChallenge, wrongCredentials, authenticationRequired
        // What the server says, or does not.
        case greetingRefused, helloRefused, resetRefused, goingAway, later, notSMTP, outOfTurn, noOverlap, noPipelining
    }

    public let code: Code
    /// Words that are in no language of ours: a command, an address, what the system or the server said.
    public let detail: String?

    public init(_ code: Code, _ detail: String? = nil) {
        self.code = code
        self.detail = detail
    }

    /// For logs: "unreachable: mx.example:25, Connection refused".
    public var description: String { detail.map { "\(code.rawValue): \($0)" } ?? code.rawValue }

    /// A step took too long: named by its command, which needs no translation.
    static func timeout(_ step: SMTPStep) -> SMTPReason { SMTPReason(.timeout, step.command) }
}

extension SMTPStep {
    /// What is said at this step; nil where nothing is.
    var command: String? {
        switch self {
        case .connect, .greeting, .idle: nil
        case .hello: "EHLO"
        case .startTLS: "STARTTLS"
        case .handshake: "TLS"
        case .authentication: "AUTH"
        case .mail: "MAIL FROM"
        case .recipient: "RCPT TO"
        case .data, .content, .end: "DATA"
        case .reset: "RSET"
        case .quit: "QUIT"
        }
    }
}
