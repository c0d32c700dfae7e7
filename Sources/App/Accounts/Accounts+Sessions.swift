// SPDX-License-Identifier: Apache-2.0
// Sessions and keys, whose they are, and the links that let somebody in once.
import Foundation
import Storage

extension Accounts {
    // MARK: Sessions

    /// Who a cookie's token belongs to; nil when the session is over or never was. Now and then it is noted that the
    /// session was seen, and from where.
    func signedIn(token shown: String, from address: String, at now: Moment) async throws -> SignedIn? {
        guard let token = Token(shown: shown) else { return nil }
        let rows = try await installation.database.query(SessionsStore.holder(hash: token.hash, at: now))
        guard var signedIn = try SessionsStore.holder(rows, formToken: formToken(of: shown)) else { return nil }
        signedIn.address = address
        if let seen = try rows.first?.get("last_seen_at", as: Moment.self),
            now.milliseconds(since: seen) >= AccountsLimits.seenSeconds * 1000
        {
            try await installation.database.write { try SessionsStore(tx: $0).see(token.hash, from: address, at: now) }
        }
        return signedIn
    }

    /// The value that forms of a session send back. It does not reveal the session's token.
    func formToken(of token: String) -> String {
        installation.secret.digest(Array(token.utf8), for: .formToken).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Ends a session.
    func signOut(token shown: String) async throws {
        guard let token = Token(shown: shown) else { return }
        try await installation.database.write { try SessionsStore(tx: $0).delete(hash: token.hash) }
    }

    /// Ends all sessions of somebody, wherever they are.
    public func signOutEverywhere(_ person: Person, by doer: Doer, in tx: any Transaction, at now: Moment) throws {
        let count = try SessionsStore(tx: tx).deleteAll(of: person.id, person.tenant)
        let details: JSON = .object(["login": .string(person.login), "number": .number(Double(count))])
        let entry = doer.did("accounts.audit.signedOutEverywhere", person.id.raw, details)
        try audit(entry, of: person.tenant, in: tx, at: now)
    }

    /// The holder of an API key; nil when there is none or it was revoked.
    func keyHolder(_ shown: String) async throws -> SignedInKey? {
        guard let token = Token(shown: shown, prefix: "otk_") else { return nil }
        return try await keyLookUps.add(token.hash)
    }

    // MARK: Links

    /// The address of a new one-time link; unused ones of the same purpose end.
    public func makeLink(
        for person: PersonID, of tenant: TenantID, purpose: SignInLink.Purpose, hours: Int64, in tx: any Transaction,
        at now: Moment
    ) throws -> String {
        let token = Token()
        let link = SignInLink(tenant: tenant, person: person, purpose: purpose, expiresAt: now.adding(hours: hours))
        let store = SessionsStore(tx: tx)
        try store.deleteLinks(of: person, tenant, purpose)
        try store.insert(link, hash: token.hash, at: now)
        return installation.baseURL + "/sign-in/" + token.text
    }

    /// On the first start, when nobody can sign in yet: the address at which the first administrator is set up. The
    /// centre is made if there is none. Nil once anybody has a password.
    public func makeSetUpLink(in tx: any Transaction, at now: Moment) throws -> String? {
        guard try !SessionsStore(tx: tx).isAnybodyAble() else { return nil }
        let tenant: TenantID
        if let first = try TenantsStore(tx: tx).first(1).first {
            tenant = first.id
        } else {
            tenant = try createTenant(NewTenant(key: "main", name: "Contact centre"), in: tx, at: now)
        }
        let people = PeopleStore(tx: tx, tenant: tenant)
        var administrator = try people.lockedAdministrators().first
        if administrator == nil {
            var new = NewPerson(login: "admin")
            new.roles = [.administrator]
            administrator = try people.insert(new, passwordHash: nil, needsReview: false, at: now)
        }
        guard let administrator else { return nil }
        // Whoever reads the first start's link hosts the installation.
        try people.setProvider(true, administrator)
        return try makeLink(for: administrator, of: tenant, purpose: .setup, hours: 24 * 7, in: tx, at: now)
    }
}
