// SPDX-License-Identifier: Apache-2.0
// A key that vouches for a domain's mail, and the DNS record by which receivers know it (RFC 6376, 3.6; RFC 8463).
import Crypto
import CryptoExtras
import Foundation

/// A private key of a domain, under a selector.
///
///     let key = try DKIMKey.make(.ed25519, domain: "centre.example", selector: "otklik1")
///     key.recordName      // "otklik1._domainkey.centre.example"
///     key.record          // "v=DKIM1; k=ed25519; p=…"
///
/// What it is made of is read once; signing with it is safe on any thread.
public struct DKIMKey: Sendable {
    /// How it signs.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// 2048 bits: what every receiver checks.
        case rsa
        /// Short and quick; some receivers do not know it yet, so it is an addition to an RSA key.
        case ed25519
    }

    private enum Secret: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// In its ASCII form, small letters.
    public let domain: String
    public let selector: String
    private let secret: Secret

    /// A new key.
    /// - Throws: ``BadName`` when domain or selector cannot stand in a DNS name.
    public static func make(_ algorithm: Algorithm, domain: String, selector: String) throws -> DKIMKey {
        switch algorithm {
        case .rsa: try DKIMKey(.rsa(_RSA.Signing.PrivateKey(keySize: .bits2048)), domain, selector)
        case .ed25519: try DKIMKey(.ed25519(Curve25519.Signing.PrivateKey()), domain, selector)
        }
    }

    /// A key as ``secretBytes`` kept it.
    public init(_ algorithm: Algorithm, secretBytes: [UInt8], domain: String, selector: String) throws {
        switch algorithm {
        case .rsa:
            try self.init(.rsa(_RSA.Signing.PrivateKey(derRepresentation: secretBytes)), domain, selector)
        case .ed25519:
            try self.init(
                .ed25519(Curve25519.Signing.PrivateKey(rawRepresentation: secretBytes)), domain, selector)
        }
    }

    private init(_ secret: Secret, _ domain: String, _ selector: String) throws {
        guard let ascii = MailAddress.asciiDomain(domain), Self.isSelector(selector) else { throw BadName() }
        self.domain = ascii
        self.selector = selector
        self.secret = secret
    }

    /// A domain or a selector that cannot stand in a DNS name.
    public struct BadName: Error {}

    /// Whether a text can be a selector: a domain name's labels, as DNS knows them.
    public static func isSelector(_ text: String) -> Bool {
        text.utf8.count <= 63 && text.utf8.allSatisfy { $0 < 0x80 } && MailAddress.asciiDomain(text) == text
    }

    public var algorithm: Algorithm {
        switch secret {
        case .rsa: .rsa
        case .ed25519: .ed25519
        }
    }

    /// The private key's bytes: PKCS #1 for RSA, the seed for Ed25519. To be kept sealed.
    public var secretBytes: [UInt8] {
        switch secret {
        case .rsa(let key): Array(key.derRepresentation)
        case .ed25519(let key): Array(key.rawRepresentation)
        }
    }

    /// Where the record has to stand in DNS.
    public var recordName: String { "\(selector)._domainkey.\(domain)" }

    /// What has to stand there, whole.
    public var record: String {
        let bytes: [UInt8] =
            switch secret {
            case .rsa(let key): Array(key.publicKey.derRepresentation)
            case .ed25519(let key): Array(key.publicKey.rawRepresentation)
            }
        return "v=DKIM1; k=\(algorithm.rawValue); p=\(Base64.text(bytes))"
    }

    /// The record in the pieces of which DNS makes a text: at most 255 bytes each (RFC 1035, 3.3.14).
    public var recordStrings: [String] { Self.strings(of: record) }

    /// A record in such pieces.
    public static func strings(of record: String) -> [String] {
        let bytes = Array(record.utf8)
        return stride(from: 0, to: bytes.count, by: 255).map { start in
            String(decoding: bytes[start..<min(start + 255, bytes.count)], as: UTF8.self)
        }
    }

    /// Whether a published record is this key's: its `p` is what counts, however it is spaced.
    public func isPublished(as text: String) -> Bool {
        Self.publicKey(in: text) == Self.publicKey(in: record)
    }

    private static func publicKey(in record: String) -> String? {
        for tag in record.split(separator: ";").prefix(32) {
            let parts = tag.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "p" else { continue }
            return parts[1].filter { !$0.isWhitespace }
        }
        return nil
    }

    /// Signs the hash of what a signature covers.
    func signature(of digest: SHA256.Digest) throws -> [UInt8] {
        switch secret {
        case .rsa(let key): Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
        case .ed25519(let key): Array(try key.signature(for: Data(digest)))
        }
    }
}
