// SPDX-License-Identifier: Apache-2.0
// AUTH (RFC 4954): PLAIN, LOGIN and CRAM-MD5.
import Crypto
import Foundation

/// How far the proof of who we are has come.
enum SMTPAuthentication: Equatable {
    /// The whole proof was sent.
    case plain
    case loginUserName, loginPassword, loginDone
    case cramChallenge, cramDone
}

extension SMTPConversation {
    /// Begins AUTH by the best way that is offered.
    ///
    /// Inside TLS the password itself is the surest (servers that keep it hashed cannot check CRAM-MD5); outside TLS
    /// CRAM-MD5 at least does not show it.
    mutating func authenticate(_ credentials: SMTPAccount.Credentials) -> [Action] {
        let preferred = isSecure ? ["PLAIN", "LOGIN", "CRAM-MD5"] : ["CRAM-MD5", "PLAIN", "LOGIN"]
        guard let mechanism = preferred.first(where: { offers.mechanisms.contains($0) }) else {
            return fail(.authentication, nil, .noMechanism)
        }
        self.mechanism = mechanism
        switch mechanism {
        case "PLAIN":
            phase = .authentication(.plain)
            let proof = Array("\0\(credentials.userName)\0\(credentials.password)".utf8)
            return [.say("AUTH PLAIN \(Base64.text(proof))")]
        case "LOGIN":
            phase = .authentication(.loginUserName)
            return [.say("AUTH LOGIN")]
        default:
            phase = .authentication(.cramChallenge)
            return [.say("AUTH CRAM-MD5")]
        }
    }

    mutating func authenticationAnswered(_ reply: SMTPReply, _ authentication: SMTPAuthentication) -> [Action] {
        guard let credentials = account.credentials else { return [] }
        switch (authentication, reply.code) {
        case (.plain, 200..<300), (.loginDone, 200..<300), (.cramDone, 200..<300):
            phase = .idle
            return [.ready]
        case (.loginUserName, 334):
            phase = .authentication(.loginPassword)
            return [Self.answer(Array(credentials.userName.utf8))]
        case (.loginPassword, 334):
            phase = .authentication(.loginDone)
            return [Self.answer(Array(credentials.password.utf8))]
        case (.cramChallenge, 334):
            guard let challenge = Base64.decoded(reply.text.utf8) else {
                return fail(.authentication, reply, .unreadableChallenge)
            }
            phase = .authentication(.cramDone)
            return [Self.answer(Self.cramProof(challenge, credentials))]
        default:
            // 454 (RFC 4954, 6) says nothing about the password.
            return fail(.authentication, reply, reply.isTransient ? .later : .wrongCredentials)
        }
    }

    private static func answer(_ bytes: [UInt8]) -> Action { .say(Base64.text(bytes)) }

    /// RFC 2195: the user name and the challenge's keyed digest in hexadecimal.
    private static func cramProof(_ challenge: [UInt8], _ credentials: SMTPAccount.Credentials) -> [UInt8] {
        let key = SymmetricKey(data: Data(credentials.password.utf8))
        let digest = HMAC<Insecure.MD5>.authenticationCode(for: challenge, using: key)
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return Array("\(credentials.userName) ".utf8) + hexadecimal
    }
}
