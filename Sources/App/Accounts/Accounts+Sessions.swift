// SPDX-License-Identifier: Apache-2.0
// Signing in and out, and the links that let somebody in once.
import Crypto
import Foundation
import Storage

/// A session that was just begun: its token goes into the browser's cookie and nowhere else.
struct NewSession: Sendable {
    let token: String
}

/// What somebody types to sign in, and from where.
struct Credentials: Sendable {
    let login: String
    let password: String
    let address: String
}

extension Accounts {
    // MARK: Sessions

    /// Who a cookie's token belongs to; nil when the session is over or never was.
    func signedIn(token shown: String, at now: Moment) async throws -> SignedIn? {
        guard let token = Token(shown: shown) else { return nil }
        let rows = try await installation.database.query(SessionsStore.holder(hash: token.hash, at: now))
        return try SessionsStore.holder(rows, formToken: formToken(of: shown))
    }

    /// The value that forms of a session send back. It does not reveal the session's token.
    func formToken(of token: String) -> String {
        installation.secret.digest(Array(token.utf8), for: .formToken).prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// Begins a session with a password.
    /// - Throws: ``Refusal`` 422 for a wrong name or password (which of them is not said), 429 after too many.
    func signIn(_ credentials: Credentials, to tenant: TenantID, at now: Moment) async throws -> NewSession {
        let subjects = attemptSubjects(credentials, tenant)
        let known = try await installation.database.write { tx -> (person: PersonID, hash: String?)? in
            let store = SessionsStore(tx: tx)
            for (subject, patience) in subjects where try store.countAttempt(subject, patience, at: now) == nil {
                throw Refusal(
                    .tooMany, code: "too_many_attempts", key: "accounts.tooManyAttempts",
                    arguments: ["seconds": String(patience.later)])
            }
            guard let person = try person(byLogin: credentials.login, of: tenant, in: tx) else { return nil }
            return (person.id, try PeopleStore(tx: tx, tenant: tenant).passwordHash(of: person.id))
        }
        let isRight = try await passwords.isPassword(credentials.password, of: known?.hash)
        guard let known, isRight else {
            throw Refusal(.invalid, code: "wrong_password", key: "accounts.wrongPassword", field: "login")
        }
        return try await installation.database.write { tx in
            try SessionsStore(tx: tx).forgive(subjects.map(\.subject))
            return try beginSession(of: known.person, tenant, in: tx, at: now)
        }
    }

    /// Attempts are counted under digests, so that the table names nobody.
    private func attemptSubjects(
        _ credentials: Credentials, _ tenant: TenantID
    ) -> [(subject: String, patience: Patience)] {
        func digest(_ parts: String...) -> String {
            let hash = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
            return Data(hash.prefix(16)).base64EncodedString()
        }
        let login = String(credentials.login.folded.prefix(AccountsLimits.loginLength))
        let network = networkOf(credentials.address)
        return [
            (digest("both", tenant.description, login, network), .accountFromAddress),
            (digest("account", tenant.description, login), .account),
            (digest("address", network), .address),
        ]
    }

    /// Begins a session of somebody who has proved who they are.
    func beginSession(
        of person: PersonID, _ tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> NewSession {
        let token = Token()
        let store = SessionsStore(tx: tx)
        try store.forgetAttempts(before: now.adding(days: -1))
        try store.insert(
            hash: token.hash, person: person, of: tenant, at: now, until: now.adding(days: AccountsLimits.sessionDays))
        let entry = AuditEntry(person: person, actor: "", action: "accounts.audit.signedIn", subject: person.raw)
        try audit(entry, of: tenant, in: tx, at: now)
        return NewSession(token: token.text)
    }

    /// Ends a session.
    func signOut(token shown: String) async throws {
        guard let token = Token(shown: shown) else { return }
        try await installation.database.write { try SessionsStore(tx: $0).delete(hash: token.hash) }
    }

    /// The holder of an API key; nil when there is none or it was revoked.
    func keyHolder(_ shown: String) async throws -> SignedInKey? {
        guard let token = Token(shown: shown, prefix: "otk_") else { return nil }
        return try await installation.database.query(APIKeysStore.holder(hash: token.hash)).first
            .map(APIKeysStore.holder)
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
        try store.insert(link, hash: token.hash)
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
            var new = NewTenant(key: "main", name: "Contact centre")
            new.surveysEnabled = true
            tenant = try createTenant(new, in: tx, at: now)
        }
        let people = PeopleStore(tx: tx, tenant: tenant)
        var administrator = try people.lockedAdministrators().first
        if administrator == nil {
            var new = NewPerson(login: "admin")
            new.roles = [.administrator]
            administrator = try people.insert(new, passwordHash: nil, needsReview: false, at: now)
        }
        guard let administrator else { return nil }
        return try makeLink(for: administrator, of: tenant, purpose: .setup, hours: 24 * 7, in: tx, at: now)
    }
}

/// An address as far as one subscriber has it: whole for IPv4, the first 64 bits for IPv6.
func networkOf(_ address: String) -> String {
    guard address.contains(":"), !address.contains(".") else { return address }
    let halves = address.components(separatedBy: "::")
    var groups = halves[0].split(separator: ":").map(String.init)
    if halves.count == 2 {
        let tail = halves[1].split(separator: ":").map(String.init)
        groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
    }
    return groups.prefix(4).joined(separator: ":") + "::/64"
}
