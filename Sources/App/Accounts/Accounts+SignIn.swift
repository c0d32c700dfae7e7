// SPDX-License-Identifier: Apache-2.0
// Signing in: how a password and a second step become a session, and how guessing is slowed down.
import Crypto
import Foundation
import Storage

/// A session that was just begun: its token goes into the browser's cookie and nowhere else.
struct NewSession: Sendable {
    let token: String
    /// Whose it is, for the mark that the browser keeps.
    let tenant: TenantID
    let login: String
}

/// What somebody types to sign in.
struct Credentials: Sendable {
    let login: String
    let password: String
}

/// What a right password, or a link, leads to.
enum Admission: Sendable {
    case session(NewSession)
    /// The person has a second factor: its page is to follow, known by this token.
    case secondStep(token: String)
}

/// Somebody who tries, as attempts are counted.
private struct Attempt: Sendable {
    let tenant: TenantID
    /// Nil when nobody has the login name.
    let person: Person?
    let subjects: [(subject: String, patience: Patience)]
}

/// An attempt that came too soon after others.
private struct TooSoon: Error {
    let subject: String
    let seconds: Int64
}

extension Accounts {
    /// Goes on with a right password.
    /// - Throws: ``Refusal`` 422 for a wrong name or password (which of them is not said), 429 after too many.
    func signIn(
        _ credentials: Credentials, to tenant: TenantID, from origin: RequestOrigin, at now: Moment
    ) async throws -> Admission {
        let login = String(credentials.login.folded.prefix(AccountsLimits.loginLength))
        let person = try await installation.database.read { try self.person(byLogin: login, of: tenant, in: $0) }
        let attempt = Attempt(tenant: tenant, person: person, subjects: subjects(login, tenant, origin))
        try await count(attempt, from: origin, at: now)
        let hash = try await installation.database.read { tx in
            try person.flatMap { try PeopleStore(tx: tx, tenant: tenant).passwordHash(of: $0.id) }
        }
        guard try await passwords.isPassword(credentials.password, of: hash), let person else {
            try await failed(attempt, "accounts.audit.signInFailed", from: origin, at: now)
            throw Refusal(.invalid, code: "wrong_password", key: "accounts.wrongPassword", field: "login")
        }
        return try await installation.database.write { tx in
            try SessionsStore(tx: tx).forgive(attempt.subjects.map(\.subject))
            return try self.admit(person, from: origin, in: tx, at: now)
        }
    }

    /// A session, or the second step where somebody has one.
    func admit(
        _ person: Person, from origin: RequestOrigin, in tx: any Transaction, at now: Moment
    ) throws -> Admission {
        guard try SecondFactorStore(tx: tx, tenant: person.tenant).isEnabled(of: person.id) else {
            return .session(try beginSession(of: person, from: origin, in: tx, at: now))
        }
        let token = Token()
        let end = now.adding(seconds: AccountsLimits.secondStepSeconds)
        let link = SignInLink(tenant: person.tenant, person: person.id, purpose: .secondStep, expiresAt: end)
        try SessionsStore(tx: tx).insert(link, hash: token.hash, at: now)
        return .secondStep(token: token.text)
    }

    /// Begins a session of somebody who has proved who they are.
    func beginSession(
        of person: Person, from origin: RequestOrigin, details: JSON = .null, in tx: any Transaction, at now: Moment
    ) throws -> NewSession {
        let token = Token()
        let store = SessionsStore(tx: tx)
        try store.forgetAttempts(before: now.adding(days: -1))
        try store.insert(
            hash: token.hash, person: person.id, of: person.tenant, from: origin, at: now,
            until: now.adding(days: AccountsLimits.sessionDays))
        let entry = AuditEntry(
            person: person.id, actor: person.name, action: "accounts.audit.signedIn", subject: person.id.raw,
            details: details, address: origin.address)
        try audit(entry, of: person.tenant, in: tx, at: now)
        return NewSession(token: token.text, tenant: person.tenant, login: person.login)
    }

    // MARK: The second step

    /// Goes on with a code of the authenticator, or one of the codes for a lost one.
    /// - Throws: ``Refusal`` 422 for a wrong code, 429 after too many; nil when the step has run out of time.
    func takeSecondStep(
        _ token: Token, code: String, from origin: RequestOrigin, at now: Moment
    ) async throws -> NewSession? {
        guard let person = try await personAtSecondStep(token, at: now) else { return nil }
        let subjects = [
            (digest("second", person.id.description, networkOf(origin.address)), Patience.accountFromAddress),
            (digest("second", person.id.description), Patience.secondStep),
        ]
        let isKnown = origin.known?.knows(person.login, of: person.tenant, installation.secret) ?? false
        let attempt = Attempt(
            tenant: person.tenant, person: person, subjects: isKnown ? Array(subjects.prefix(1)) : subjects)
        try await count(attempt, from: origin, at: now)
        let session = try await installation.database.write { tx -> NewSession? in
            guard let proof = try self.proof(code, of: person, in: tx, at: now) else { return nil }
            let store = SessionsStore(tx: tx)
            guard try store.useLink(hash: token.hash, at: now) != nil else { return nil }
            try store.forgive(attempt.subjects.map(\.subject))
            if case .recoveryCode(let left) = proof {
                let entry = AuditEntry(
                    person: person.id, actor: person.name, action: "accounts.audit.recoveryCodeUsed",
                    subject: person.id.raw, details: .object(["left": .number(Double(left))]),
                    address: origin.address)
                try self.audit(entry, of: person.tenant, in: tx, at: now)
            }
            return try self.beginSession(of: person, from: origin, in: tx, at: now)
        }
        if let session { return session }
        try await failed(attempt, "accounts.audit.secondStepFailed", from: origin, at: now)
        throw Refusal(.invalid, code: "wrong_code", key: "accounts.wrongCode", field: "code")
    }

    /// Who stands at the second step; nil when its time is over.
    func personAtSecondStep(_ token: Token, at now: Moment) async throws -> Person? {
        try await installation.database.read { tx in
            guard let link = try SessionsStore(tx: tx).link(hash: token.hash, at: now), link.purpose == .secondStep,
                let person = try self.people([link.person], of: link.tenant, in: tx)[link.person], person.isActive
            else { return nil }
            return person
        }
    }

    // MARK: Attempts

    /// What an attempt is counted under. Who shows a browser in which the person has signed in before is counted by
    /// that browser alone, so that nobody else can hold them up.
    private func subjects(
        _ login: String, _ tenant: TenantID, _ origin: RequestOrigin
    ) -> [(subject: String, patience: Patience)] {
        if let known = origin.known, known.knows(login, of: tenant, installation.secret) {
            return [(digest("device", tenant.description, login, known.token.text), .accountFromAddress)]
        }
        let network = networkOf(origin.address)
        return [
            (digest("both", tenant.description, login, network), .accountFromAddress),
            (digest("account", tenant.description, login), .account), (digest("address", network), .address),
        ]
    }

    /// Attempts are counted under digests, so that the table names nobody.
    func digest(_ parts: String...) -> String {
        let hash = SHA256.hash(data: Data(parts.joined(separator: "\n").utf8))
        return Data(hash.prefix(16)).base64EncodedString()
    }

    /// Counts an attempt under all of its subjects, or under none.
    /// - Throws: ``Refusal`` 429 when it comes too soon; that is noted, too, and now and then told to the log.
    private func count(_ attempt: Attempt, from origin: RequestOrigin, at now: Moment) async throws {
        do {
            try await installation.database.write { tx in
                let store = SessionsStore(tx: tx)
                for (subject, patience) in attempt.subjects
                where try store.countAttempt(subject, patience, at: now) == nil {
                    throw TooSoon(subject: subject, seconds: patience.later)
                }
            }
        } catch let tooSoon as TooSoon {
            try await installation.database.write { tx in
                let refused = try SessionsStore(tx: tx).countRefused(tooSoon.subject)
                guard refused == 1 || refused % 100 == 0, let person = attempt.person else { return }
                let entry = AuditEntry(
                    person: nil, actor: "", action: "accounts.audit.signInSlowed", subject: person.id.raw,
                    details: .object(["login": .string(person.login), "number": .number(Double(refused))]),
                    address: origin.address)
                try self.audit(entry, of: attempt.tenant, in: tx, at: now)
            }
            throw Refusal(
                .tooMany, code: "too_many_attempts", key: "accounts.tooManyAttempts",
                arguments: ["seconds": String(tooSoon.seconds)])
        }
    }

    /// A wrong password or code of somebody whom there is goes into the log; names that nobody has do not, since they
    /// may be passwords typed into the wrong field.
    private func failed(
        _ attempt: Attempt, _ action: String, from origin: RequestOrigin, at now: Moment
    ) async throws {
        guard let person = attempt.person else { return }
        let entry = AuditEntry(
            person: nil, actor: "", action: action, subject: person.id.raw,
            details: .object(["login": .string(person.login)]), address: origin.address)
        try await installation.database.write { try self.audit(entry, of: attempt.tenant, in: $0, at: now) }
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
