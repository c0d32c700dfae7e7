// SPDX-License-Identifier: Apache-2.0
// The second factor: an authenticator's key, tried before it counts, and codes for the day on which it is lost.
import Storage

/// How somebody's second factor stands.
enum SecondFactor: Sendable, Equatable {
    case off
    /// A key was made, and no code of it was shown yet.
    case beginning(base32: String)
    case on(since: Moment, codesLeft: Int)
}

/// By what somebody has proved to hold their second factor.
enum SecondProof: Sendable, Equatable {
    case authenticator
    case recoveryCode(left: Int)
}

extension Accounts {
    func secondFactor(of person: PersonID, _ tenant: TenantID, in tx: any Transaction) throws -> SecondFactor {
        let store = SecondFactorStore(tx: tx, tenant: tenant)
        guard let stored = try store.find(person) else { return .off }
        guard let since = stored.enabledAt else {
            return .beginning(base32: try installation.secret.open(stored.sealed))
        }
        return .on(since: since, codesLeft: try store.countCodes(of: person))
    }

    /// Makes a key, which counts once a code of it was shown. One that counts already stays.
    func beginSecondFactor(of person: PersonID, _ tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        let sealed = try installation.secret.seal(TOTP().base32)
        try SecondFactorStore(tx: tx, tenant: tenant).begin(person, sealed: sealed, at: now)
    }

    /// Turns the second factor on by a first right code.
    /// - Returns: the codes for a lost authenticator; they are known at no other moment. Nil for a wrong code.
    func confirmSecondFactor(
        _ code: String, of person: PersonID, _ tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [RecoveryCode]? {
        let store = SecondFactorStore(tx: tx, tenant: tenant)
        guard let stored = try store.find(person), stored.enabledAt == nil,
            let totp = TOTP(base32: try installation.secret.open(stored.sealed)),
            let step = totp.step(of: code.filter(\.isNumber), at: now), try store.use(step, of: person)
        else { return nil }
        try store.enable(person, at: now)
        return try renewCodes(of: person, tenant, in: tx)
    }

    /// New codes for a lost authenticator; the old ones end.
    func renewCodes(of person: PersonID, _ tenant: TenantID, in tx: any Transaction) throws -> [RecoveryCode] {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        try SecondFactorStore(tx: tx, tenant: tenant)
            .replaceCodes(of: person, with: codes.map { $0.hash(installation.secret) })
        return codes
    }

    /// What a code proves; nil when it is wrong, or was used before.
    func proof(_ code: String, of person: Person, in tx: any Transaction, at now: Moment) throws -> SecondProof? {
        let store = SecondFactorStore(tx: tx, tenant: person.tenant)
        guard let stored = try store.find(person.id), stored.enabledAt != nil else { return nil }
        let digits = code.filter { !$0.isWhitespace }
        if digits.count == 6, let totp = TOTP(base32: try installation.secret.open(stored.sealed)) {
            guard let step = totp.step(of: digits, at: now), try store.use(step, of: person.id) else { return nil }
            return .authenticator
        }
        guard let recovery = RecoveryCode(typed: code),
            try store.useCode(recovery.hash(installation.secret), of: person.id)
        else { return nil }
        return .recoveryCode(left: try store.countCodes(of: person.id))
    }

    /// Takes the second factor away, as its holder or an administrator wants.
    public func removeSecondFactor(
        of person: Person, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        guard try SecondFactorStore(tx: tx, tenant: person.tenant).remove(person.id) else { return }
        let entry = doer.did(
            "accounts.audit.secondFactorRemoved", person.id.raw, .object(["login": .string(person.login)]))
        try audit(entry, of: person.tenant, in: tx, at: now)
    }
}
