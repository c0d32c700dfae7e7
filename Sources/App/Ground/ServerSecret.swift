// SPDX-License-Identifier: Apache-2.0
// The installation's secret (spec 8, "Secrets"): what must not follow from the database alone is derived here.
import Crypto
import Foundation

/// The server's key and what is derived from it. Never logged, never shown.
public struct ServerSecret: Sendable {
    /// What a derived key is for: keys of different uses are independent (HKDF, RFC 5869).
    public enum Use: String, Sendable, CaseIterable {
        case surveyToken = "survey-token"
        case surveyNonce = "survey-nonce"
        case unsubscribe
        case returnPath = "return-path"
        case formToken = "form-token"
        case signInLink = "sign-in-link"
        case device
        case recoveryCode = "recovery-code"
        case sealing
        case fingerprint
    }

    /// Which key this is: stored beside what was derived from it, so that rotated keys stay valid for reading.
    public let keyID: Int
    /// Derived once: every page and every submit needs some of them, and deriving one costs as much as using it thrice.
    private let keys: [Use: SymmetricKey]

    /// - Parameter bytes: at least 32 random bytes.
    public init(bytes: [UInt8], keyID: Int = 1) {
        precondition(bytes.count >= 32, "The server's secret has at least 32 bytes.")
        let key = SymmetricKey(data: bytes)
        keys = Dictionary(uniqueKeysWithValues: Use.allCases.map { ($0, Self.derived(from: key, for: $0)) })
        self.keyID = keyID
    }

    private static func derived(from key: SymmetricKey, for use: Use) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data(use.rawValue.utf8), outputByteCount: 32)
    }

    /// The key of one use.
    func key(for use: Use) -> SymmetricKey {
        guard let key = keys[use] else { preconditionFailure("Every use has its key.") }
        return key
    }

    /// An authenticated digest (HMAC-SHA256) of a message, for one use.
    public func digest(_ message: [UInt8], for use: Use) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: key(for: use)))
    }

    /// Whether a digest is that of the message, in constant time.
    public func isDigest(_ digest: [UInt8], of message: [UInt8], for use: Use) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(digest, authenticating: message, using: key(for: use))
    }

    /// What stands in the database instead of a secret text such as a link's token: its SHA-256.
    public static func tokenHash(_ token: String) -> [UInt8] { Array(SHA256.hash(data: Data(token.utf8))) }

    /// Encrypts a stored secret such as an SMTP password (AES-256-GCM, with a nonce of its own).
    public func seal(_ plain: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(Data(plain.utf8), using: key(for: .sealing))
        return Array(box.combined ?? Data())
    }

    /// Decrypts what ``seal(_:)`` made.
    /// - Throws: when it was sealed with another secret or changed.
    public func open(_ sealed: [UInt8]) throws -> String {
        let plain = try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key(for: .sealing))
        return String(decoding: plain, as: UTF8.self)
    }

    /// What may stand in the database to notice a wrong secret at start: reveals nothing of the key.
    public var fingerprint: String {
        digest(Array("otklik".utf8), for: .fingerprint).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
