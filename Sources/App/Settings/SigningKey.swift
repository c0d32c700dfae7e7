// SPDX-License-Identifier: Apache-2.0
// Keys by which a centre's domains vouch for its mail (DKIM, spec 2.3).
import Foundation
import NIOConcurrencyHelpers
import Post
import Storage

/// How a key signs.
public enum SigningAlgorithm: String, SQLConvertible, CaseIterable {
    /// 2048 bits: every receiver checks it.
    case rsa
    /// Short and quick; some receivers do not know it yet, so it is an addition to an RSA key.
    case ed25519

    var ofPost: DKIMKey.Algorithm {
        switch self {
        case .rsa: .rsa
        case .ed25519: .ed25519
        }
    }
}

/// A key as it is kept: what may be shown of it, and its secret sealed.
public struct SigningKey: Sendable, Equatable {
    public let id: DKIMKeyID
    /// In its ASCII form.
    public let domain: String
    public let selector: String
    public let algorithm: SigningAlgorithm
    /// What has to stand in DNS.
    public let record: String
    public let createdAt: Moment
    /// Nil while it signs.
    public let revokedAt: Moment?
    /// Nil once it is revoked: the secret is gone then.
    let sealed: [UInt8]?

    /// What the log tells of it.
    var auditDetails: JSON {
        .object([
            "domain": .string(domain), "selector": .string(selector), "algorithm": .string(algorithm.rawValue),
        ])
    }

    /// Where the record has to stand.
    public var recordName: String { "\(selector)._domainkey.\(domain)" }

    /// The record as a line of a zone file: a text is made of pieces of at most 255 bytes.
    public var zoneLine: String {
        "\(recordName). IN TXT ( \(strings.map { "\"\($0)\"" }.joined(separator: " ")) )"
    }

    /// The record in pieces as DNS keeps them.
    public var strings: [String] { DKIMKey.strings(of: record) }

    /// Whether its signature counts for mail from an address: the domain itself, or one below it (relaxed alignment,
    /// RFC 7489, 3.1.1).
    public func vouches(forDomain domain: String) -> Bool {
        domain == self.domain || domain.hasSuffix("." + self.domain)
    }

    /// The keys among some that sign mail from a domain: its own, else those of the domain above it.
    static func signing(forDomain domain: String, among keys: [SigningKey]) -> [SigningKey] {
        let fitting = keys.filter { $0.revokedAt == nil && $0.vouches(forDomain: domain) }
        let longest = fitting.map(\.domain.utf8.count).max()
        return fitting.filter { $0.domain.utf8.count == longest }
    }
}

/// A key that is to be made.
public struct NewSigningKey: Sendable {
    /// How many keys of a domain sign at once: an old and a new one of each kind.
    static let signingAtOnce = 4

    let algorithm: SigningAlgorithm
    let key: DKIMKey

    /// Makes the secret, which takes a moment: not in a transaction.
    /// - Parameter selector: nil for one made of the day.
    /// - Throws: ``Refusals`` when domain or selector cannot stand in a DNS name.
    public init(_ algorithm: SigningAlgorithm, domain: String, selector: String?, at now: Moment) throws {
        var refusals = Refusals()
        if MailAddress.asciiDomain(domain) == nil {
            refusals.add(
                Refusal(
                    .invalid, code: "bad_domain", key: "settings.dkim.badDomain", arguments: ["domain": domain],
                    field: "domain"))
        }
        let selector = selector ?? "otklik-\(now.rfc3339.prefix(10).filter { $0 != "-" })-\(algorithm.rawValue)"
        if !DKIMKey.isSelector(selector) {
            refusals.add(
                Refusal(
                    .invalid, code: "bad_selector", key: "settings.dkim.badSelector",
                    arguments: ["selector": selector], field: "selector"))
        }
        try refusals.throwIfAny()
        self.algorithm = algorithm
        key = try DKIMKey.make(algorithm.ofPost, domain: domain, selector: selector)
    }
}

/// Keys that were opened: reading one costs as much as signing with it.
final class SigningKeyring: Sendable {
    /// More than any installation has in use; beyond it everything is read anew.
    private static let capacity = 1000
    private let opened = NIOLockedValueBox<[DKIMKeyID: DKIMKey]>([:])

    /// The key ready to sign; nil for a revoked one.
    func key(_ stored: SigningKey, secret: ServerSecret) throws -> DKIMKey? {
        guard let sealed = stored.sealed else { return nil }
        if let key = opened.withLockedValue({ $0[stored.id] }) { return key }
        guard let bytes = Data(base64Encoded: try secret.open(sealed)) else {
            throw UnreadableKey(selector: stored.selector)
        }
        let key = try DKIMKey(
            stored.algorithm.ofPost, secretBytes: Array(bytes), domain: stored.domain, selector: stored.selector)
        opened.withLockedValue { opened in
            if opened.count >= Self.capacity { opened.removeAll() }
            opened[stored.id] = key
        }
        return key
    }

    /// A key of which the stored bytes make no sense.
    struct UnreadableKey: Error { let selector: String }
}
