// SPDX-License-Identifier: Apache-2.0
// "Check settings": one conversation on a connection of its own, told step by step.
import NIOPosix

/// What came of trying an account.
public struct SMTPProbe: Sendable {
    /// The address and port that answered; nil when none did.
    public let peer: String?
    public let greeting: String?
    /// "TLS 1.3"; nil without TLS.
    public let tlsVersion: String?
    /// The certificate's names and digest.
    public let certificate: String?
    /// "PLAIN"; nil without authentication.
    public let mechanism: String?
    /// How the test message fared; nil when none was sent or it did not come to that.
    public let outcome: SMTPOutcome?
    /// Why it did not come to a message.
    public let fault: SMTPFault?

    /// Whether everything that was tried worked.
    public var isGood: Bool {
        guard fault == nil else { return false }
        guard let outcome else { return true }
        if case .accepted = outcome { return true }
        return false
    }

    /// Connects as the account says, sends the message if there is one, and says good-bye.
    public static func run(_ account: SMTPAccount, sending envelope: SMTPEnvelope? = nil) async -> SMTPProbe {
        do {
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let connection = try await SMTPConnection.open(account, trust: SMTPTrust(), on: loop)
            let description = await connection.describe()
            var outcome: SMTPOutcome?
            if let envelope { outcome = await connection.deliver(envelope) }
            connection.quit()
            return SMTPProbe(description, outcome: outcome, fault: nil)
        } catch {
            return SMTPProbe(SMTPConnection.Description(), outcome: nil, fault: error)
        }
    }

    private init(_ description: SMTPConnection.Description, outcome: SMTPOutcome?, fault: SMTPFault?) {
        peer = description.peer
        greeting = description.greeting
        tlsVersion = description.tlsVersion
        certificate = description.certificate
        mechanism = description.mechanism
        self.outcome = outcome
        self.fault = fault
    }
}
