// SPDX-License-Identifier: Apache-2.0
// What the command line does with the keys that sign mail.
import Markup
import Storage

/// A signing key as the command line shows it: nothing of its secret.
public struct ShownSigningKey: Encodable, Sendable {
    public let id: String
    public let domain: String
    public let selector: String
    public let algorithm: String
    /// Where the record has to stand in DNS.
    public let recordName: String
    /// The record in pieces of at most 255 bytes, as DNS keeps a text.
    public let record: [String]
    /// Both as a line of a zone file.
    public let zoneLine: String
    public let createdAt: String
    public let revokedAt: String?

    init(_ key: SigningKey) {
        (id, domain, selector) = (key.id.description, key.domain, key.selector)
        algorithm = key.algorithm.rawValue
        (recordName, record, zoneLine) = (key.recordName, key.strings, key.zoneLine)
        (createdAt, revokedAt) = (key.createdAt.rfc3339, key.revokedAt?.rfc3339)
    }
}

/// A record of the DNS as the command line shows it.
public struct ShownDNSFinding: Encodable, Sendable {
    /// `dkim`, `spf` or `dmarc`.
    public let record: String
    public let name: String
    /// `good`, `missing`, `different`, `several`, `unaligned` or `unreachable`.
    public let state: String
    public let found: String?
    /// What that means, in words.
    public let sentence: String
}

extension Otklik {
    /// What the DNS says of a centre's keys and its sender's domain.
    public func checkDNS(tenant key: String?, language: String) async throws -> [ShownDNSFinding] {
        let (accounts, settings) = (rooms.accounts, rooms.settings)
        let tenant = try await installation.database.read { try accounts.meant(key, in: $0).id }
        let t = installation.catalogue.localizer(language)
        return try await settings.checkDNS(of: tenant).map { finding in
            ShownDNSFinding(
                record: finding.record.rawValue, name: finding.name, state: finding.state.rawValue,
                found: finding.found, sentence: finding.sentence(t))
        }
    }

    /// Makes a key that signs a centre's mail from a domain.
    /// - Parameter selector: nil for one made of the day.
    public func createSigningKey(
        _ algorithm: SigningAlgorithm, domain: String, selector: String?, tenant key: String?
    ) async throws -> ShownSigningKey {
        let (accounts, settings, now) = (rooms.accounts, rooms.settings, installation.clock.now())
        let new = try NewSigningKey(algorithm, domain: domain, selector: selector, at: now)
        return try await installation.database.write { tx in
            let tenant = try accounts.meant(key, in: tx)
            return ShownSigningKey(try settings.add(new, of: tenant.id, by: .commandLine, in: tx, at: now))
        }
    }

    /// All signing keys of a centre, the revoked ones too.
    public func signingKeys(tenant key: String?) async throws -> [ShownSigningKey] {
        let (accounts, settings) = (rooms.accounts, rooms.settings)
        return try await installation.database.read { tx in
            try settings.signingKeys(of: try accounts.meant(key, in: tx).id, in: tx)
        }.map(ShownSigningKey.init)
    }

    /// Ends a key, known by its id or its selector, and erases its secret.
    public func revokeSigningKey(
        _ reference: String, domain: String?, tenant key: String?
    ) async throws -> ShownSigningKey {
        let (accounts, settings, now) = (rooms.accounts, rooms.settings, installation.clock.now())
        return try await installation.database.write { tx in
            let tenant = try accounts.meant(key, in: tx)
            return ShownSigningKey(
                try settings.revoke(reference, domain: domain, of: tenant.id, by: .commandLine, in: tx, at: now))
        }
    }
}
