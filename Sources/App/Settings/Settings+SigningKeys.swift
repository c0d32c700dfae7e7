// SPDX-License-Identifier: Apache-2.0
// Making, ending and using the keys that sign a centre's mail.
import Foundation
import Post
import Storage

extension Settings {
    /// All keys of a centre, the revoked ones too, oldest first.
    public func signingKeys(of tenant: TenantID, in tx: any Transaction) throws -> [SigningKey] {
        try SigningKeysStore(tx: tx, tenant: tenant).all()
    }

    /// The same, read by itself.
    func signingKeys(of tenant: TenantID) async throws -> [SigningKey] {
        try await installation.database.query(SigningKeysStore.query(tenant)).map(SigningKeysStore.key)
    }

    /// Keeps a new key; it signs from now on. Keys of one domain sign side by side, so that an old one is only
    /// revoked when the new one's record is known everywhere.
    /// - Throws: ``Refusal`` when the selector is taken, or the domain has as many keys as sign at once.
    public func add(
        _ new: NewSigningKey, of tenant: TenantID, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws -> SigningKey {
        let store = SigningKeysStore(tx: tx, tenant: tenant)
        let key = new.key
        let working = try store.all().filter { $0.domain == key.domain && $0.revokedAt == nil }
        guard working.count < NewSigningKey.signingAtOnce else {
            throw Refusal(
                .conflict, code: "too_many_keys", key: "settings.dkim.tooMany",
                arguments: ["domain": key.domain, "count": "\(NewSigningKey.signingAtOnce)"], field: "domain")
        }
        let secret = Data(key.secretBytes).base64EncodedString()
        let stored = SigningKey(
            id: tx.new(), domain: key.domain, selector: key.selector, algorithm: new.algorithm,
            record: key.record, createdAt: now, revokedAt: nil, sealed: try installation.secret.seal(secret))
        guard try store.insert(stored) else {
            throw Refusal(
                .conflict, code: "selector_taken", key: "settings.dkim.selectorTaken",
                arguments: ["domain": key.domain, "selector": key.selector], field: "selector")
        }
        try AuditStore(tx: tx, tenant: tenant).insert(
            doer.did("settings.audit.signingKeyMade", nil, stored.auditDetails), at: now)
        return stored
    }

    /// Ends a key, known by its id or its selector: its secret is erased.
    /// - Parameter domain: nil when the selector says enough.
    public func revoke(
        _ reference: String, domain: String?, of tenant: TenantID, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws -> SigningKey {
        let store = SigningKeysStore(tx: tx, tenant: tenant)
        let ascii = domain.map { MailAddress.asciiDomain($0) ?? $0 }
        let fitting = try store.all().filter { key in
            key.revokedAt == nil && (key.id.description == reference || key.selector == reference)
                && (ascii == nil || key.domain == ascii)
        }
        guard fitting.count < 2 else {
            throw Refusal(
                .conflict, code: "ambiguous_key", key: "settings.dkim.ambiguous",
                arguments: ["name": reference, "domains": fitting.map(\.domain).joined(separator: ", ")],
                field: "key")
        }
        guard let key = fitting.first, try store.revoke(key.id, at: now) else {
            throw Refusal(
                .notFound, code: "unknown_key", key: "settings.dkim.unknownKey", arguments: ["name": reference],
                field: "key")
        }
        try AuditStore(tx: tx, tenant: tenant).insert(
            doer.did("settings.audit.signingKeyRevoked", nil, key.auditDetails), at: now)
        return try store.all().first { $0.id == key.id } ?? key
    }

    /// The domain of an address in its ASCII form; nil when it is no address.
    static func domain(of email: String) -> String? { MailAddress(email)?.domain }

    /// The opened keys that sign mail from an address, by their domain.
    func signingKeys(for sender: MailAddress, among keys: [SigningKey]) throws -> [DKIMKey] {
        if keys.isEmpty { return [] }
        return try SigningKey.signing(forDomain: sender.domain, among: keys)
            .compactMap { try keyring.key($0, secret: installation.secret) }
    }
}
