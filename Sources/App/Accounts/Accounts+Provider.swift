// SPDX-License-Identifier: Apache-2.0
// What the provider does from the command line: centres, their people and keys, each deed in the audit log.
import Storage

extension Accounts {
    /// Who stands in the audit log for what the command line did.
    public static let commandLine = "command line"

    /// How much one list shows.
    private enum Listing {
        static let rows = 500
        static let pages = 100
    }

    /// Writes down a deed of the command line, or of a provider who acts from a centre of their own.
    func log(
        _ action: String, _ subject: Int64, _ details: [String: JSON] = [:], of tenant: TenantID,
        by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        let entry = AuditEntry(
            person: nil, actor: actor, action: action, subject: subject,
            details: details.isEmpty ? .null : .object(details))
        try audit(entry, of: tenant, in: tx, at: now)
    }

    // MARK: Centres

    /// The centre of a key; the only one there is when no key is given.
    /// - Throws: ``Refusal`` when there is none, or more than one to choose from.
    public func meant(_ key: String?, in tx: any Transaction) throws -> Tenant {
        if let key {
            guard let found = try tenant(key: key, in: tx) else {
                throw Refusal(
                    .notFound, code: "unknown_tenant", key: "accounts.unknownTenant", arguments: ["key": key],
                    field: "tenant")
            }
            return found
        }
        guard let only = try onlyTenant(in: tx) else {
            throw Refusal(.invalid, code: "which_tenant", key: "accounts.whichTenant", field: "tenant")
        }
        return only
    }

    /// Switches a centre's email surveys on or off.
    public func setSurveys(
        _ isOn: Bool, of tenant: TenantID, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        try TenantsStore(tx: tx).setSurveys(isOn, of: tenant)
        let action = isOn ? "accounts.surveysOn" : "accounts.surveysOff"
        try log(action, tenant.raw, of: tenant, by: actor, in: tx, at: now)
    }

    // MARK: People

    /// All people of a centre in the order of their login names, as far as a list goes.
    public func everybody(of tenant: TenantID, in tx: any Transaction) throws -> [Person] {
        let store = PeopleStore(tx: tx, tenant: tenant)
        var people: [Person] = []
        for _ in 0..<Listing.pages {
            let page = try store.page(after: people.last?.login.folded, limit: Listing.rows)
            people += page
            if page.count < Listing.rows { break }
        }
        return people
    }

    /// Somebody by login name.
    /// - Throws: ``Refusal`` when the centre has nobody of that name.
    public func somebody(_ login: String, of tenant: TenantID, in tx: any Transaction) throws -> Person {
        guard let person = try person(byLogin: login, of: tenant, in: tx) else {
            throw Refusal(
                .notFound, code: "unknown_person", key: "accounts.unknownPerson", arguments: ["login": login],
                field: "login")
        }
        return person
    }

    /// Makes a person for whom the command line or the provider asks.
    public func addPerson(
        _ new: NewPerson, of tenant: TenantID, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws -> PersonID {
        let person = try createPerson(new, passwordHash: nil, of: tenant, in: tx, at: now)
        try log("accounts.personCreated", person.raw, of: tenant, by: actor, in: tx, at: now)
        return person
    }

    /// A one-time address for choosing a password; earlier ones end.
    public func passwordLink(
        for person: Person, hours: Int64, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws -> String {
        guard person.isActive else {
            throw Refusal(
                .conflict, code: "person_disabled", key: "accounts.personDisabled",
                arguments: ["login": person.login], field: "login")
        }
        try log("accounts.linkMade", person.id.raw, of: person.tenant, by: actor, in: tx, at: now)
        return try makeLink(for: person.id, of: person.tenant, purpose: .reset, hours: hours, in: tx, at: now)
    }

    /// Lets somebody in, or no more: their sessions end at once, their links lead nowhere.
    /// - Throws: ``Refusal`` for the last administrator.
    public func setActive(_ isActive: Bool, _ person: Person, in tx: any Transaction, at now: Moment) throws {
        let store = PeopleStore(tx: tx, tenant: person.tenant)
        if !isActive, try store.lockedAdministrators() == [person.id] {
            throw Refusal(.conflict, code: "last_administrator", key: "accounts.lastAdministrator", field: "login")
        }
        try store.setActive(isActive, person.id)
        if !isActive { try SessionsStore(tx: tx).deleteAll(of: person.id, person.tenant) }
        let action = isActive ? "accounts.personEnabled" : "accounts.personDisabled"
        try log(action, person.id.raw, of: person.tenant, in: tx, at: now)
    }

    // MARK: Keys

    /// The centre's keys, newest first, the revoked ones included.
    public func apiKeys(of tenant: TenantID, in tx: any Transaction) throws -> [APIKey] {
        try APIKeysStore(tx: tx).keys(of: tenant)
    }

    /// A key that still works, by its id or its name.
    /// - Throws: ``Refusal`` when there is none, or several of that name.
    public func apiKey(_ reference: String, of tenant: TenantID, in tx: any Transaction) throws -> APIKey {
        let working = try apiKeys(of: tenant, in: tx).filter { $0.revokedAt == nil }
        if let found = working.first(where: { $0.id.description == reference }) { return found }
        let named = working.filter { $0.name.folded == reference.folded }
        guard named.count < 2 else {
            throw Refusal(
                .conflict, code: "ambiguous_key", key: "accounts.ambiguousKey",
                arguments: ["name": reference, "ids": named.map(\.id.description).joined(separator: ", ")],
                field: "key")
        }
        guard let found = named.first else {
            throw Refusal(
                .notFound, code: "unknown_key", key: "accounts.unknownKey", arguments: ["name": reference],
                field: "key")
        }
        return found
    }

    /// Makes a key for which the command line asks.
    public func addAPIKey(
        _ new: NewAPIKey, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> CreatedAPIKey {
        let created = try createAPIKey(new, of: tenant, in: tx, at: now)
        let details: [String: JSON] = ["name": .string(new.name), "source": .string(new.source)]
        try log("accounts.keyCreated", created.id.raw, details, of: tenant, in: tx, at: now)
        return created
    }

    /// Ends a key.
    public func revoke(_ key: APIKey, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        guard try APIKeysStore(tx: tx).revoke(key.id, of: tenant, at: now) else { throw Refusal.notFound }
        try log("accounts.keyRevoked", key.id.raw, of: tenant, in: tx, at: now)
    }
}
