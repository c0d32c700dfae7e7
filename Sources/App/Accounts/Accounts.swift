// SPDX-License-Identifier: Apache-2.0
// The room's face: centres, people and keys for the rooms below.
import Storage

/// Contact centres, people, teams, roles, sessions and API keys.
public struct Accounts: Sendable {
    let installation: Installation
    let passwords: Passwords
    /// API keys' hashes on their way to their holders: requests that come at the same time share a look-up.
    let keyLookUps: Gathering<[UInt8], SignedInKey?>
    /// Who sends mail to people who work here (Mailings).
    let mailsDue: @Sendable ([AccountMailDue], any Transaction, Moment) throws -> Void
    /// Whether a centre has a mail server (Settings).
    let hasMailServer: @Sendable (TenantID, any Transaction) throws -> Bool

    public init(
        installation: Installation,
        mailsDue: @escaping @Sendable ([AccountMailDue], any Transaction, Moment) throws -> Void = { _, _, _ in },
        hasMailServer: @escaping @Sendable (TenantID, any Transaction) throws -> Bool = { _, _ in false }
    ) {
        self.installation = installation
        self.mailsDue = mailsDue
        self.hasMailServer = hasMailServer
        passwords = Passwords()
        keyLookUps = Gathering(triesSingly: false) { batch in
            let hashes = batch.elements
            let rows = try await installation.database.query(APIKeysStore.holders(Set(hashes)))
            let holders = try APIKeysStore.holders(rows)
            return hashes.map { holders[$0] }
        }
    }

    // MARK: Centres

    /// A centre with its settings; nil when there is none.
    public func tenant(_ id: TenantID, in tx: any Transaction) throws -> Tenant? { try TenantsStore(tx: tx).tenant(id) }

    /// The same outside of a transaction, in one read.
    public func tenant(_ id: TenantID) async throws -> Tenant? {
        try await installation.database.query(TenantsStore.tenant(id)).first.map(TenantsStore.tenant)
    }

    /// The centre of a key such as `demo`.
    public func tenant(key: String, in tx: any Transaction) throws -> Tenant? {
        try TenantsStore(tx: tx).tenant(key: key)
    }

    /// The only centre of this installation that is in use; nil where there are none or several.
    public func onlyTenant(in tx: any Transaction) throws -> Tenant? {
        let first = try TenantsStore(tx: tx).firstInUse(2)
        return first.count == 1 ? first[0] : nil
    }

    /// Makes a centre.
    /// - Throws: ``Refusals``: a key or name that cannot be used; ``Refusal`` 409 when the key is taken.
    public func createTenant(_ new: NewTenant, in tx: any Transaction, at now: Moment) throws -> TenantID {
        try new.check()
        guard let id = try TenantsStore(tx: tx).insert(new, at: now) else {
            throw Refusal(
                .conflict, code: "tenant_exists", key: "accounts.tenantExists", arguments: ["key": new.key],
                field: "key")
        }
        return id
    }

    // MARK: People

    /// Somebody by login name, ignoring case; nil when the centre has nobody of that name.
    public func person(byLogin login: String, of tenant: TenantID, in tx: any Transaction) throws -> Person? {
        try PeopleStore(tx: tx, tenant: tenant).people(foldedLogins: [login.folded])[login.folded]
    }

    /// People by their ids, in one statement; ids of other centres are not found.
    public func people(
        _ ids: Set<PersonID>, of tenant: TenantID, in tx: any Transaction
    ) throws -> [PersonID: Person] {
        let found = try PeopleStore(tx: tx, tenant: tenant).people(ids)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The agents whom senders mean, in their order (spec 6.1): an unknown login name becomes a person without
    /// sign-in, flagged for the administrator. Two transactions at once make one person. A login name that cannot be
    /// one gives nil.
    public func findOrMakeAgents(
        _ references: [AgentReference], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [FoundAgent?] {
        let store = PeopleStore(tx: tx, tenant: tenant)
        let wanted = references.map { AgentReference(login: $0.login.trimmed, team: $0.team) }
        var people = try store.people(foldedLogins: wanted.map(\.login.folded))
        var missing: [String: AgentReference] = [:]
        for agent in wanted where people[agent.login.folded] == nil && isLogin(agent.login) {
            if missing[agent.login.folded] == nil { missing[agent.login.folded] = agent }
        }
        if !missing.isEmpty {
            let ordered = missing.sorted { $0.key < $1.key }.map(\.value)
            try meet(ordered, of: tenant, in: tx, at: now)
            people.merge(try store.people(foldedLogins: missing.keys)) { first, _ in first }
        }
        return wanted.map { agent in
            let login = agent.login.folded
            return people[login].map { FoundAgent(person: $0, isNew: missing[login] != nil) }
        }
    }

    /// What ``findOrMakeAgents(_:of:in:at:)`` looks up first of these login names, and ``tenant(_:in:)``, for
    /// ``Transaction/query(_:lookingUp:)``.
    func lookUps(aboutAgents logins: [String], of tenant: TenantID) -> [SQL] {
        let people = PeopleStore.people(foldedLogins: logins.map(\.trimmed.folded), of: tenant)
        return [people, TenantsStore.tenant(tenant)].compactMap(\.self)
    }

    /// One agent; see ``findOrMakeAgents(_:of:in:at:)``.
    public func findOrMakeAgent(
        _ login: String, team: TeamID?, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> FoundAgent? {
        try findOrMakeAgents([AgentReference(login: login, team: team)], of: tenant, in: tx, at: now)[0]
    }

    /// Makes a person. The hash comes from ``hashPassword(_:)``, before the transaction: hashing takes long.
    /// - Throws: ``Refusals`` by field; ``Refusal`` 409 when the login name is taken.
    public func createPerson(
        _ new: NewPerson, passwordHash: String?, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> PersonID {
        try new.check()
        let store = PeopleStore(tx: tx, tenant: tenant)
        guard let id = try store.insert(new, passwordHash: passwordHash, needsReview: false, at: now) else {
            throw Refusal(
                .conflict, code: "login_exists", key: "accounts.loginExists", arguments: ["login": new.login],
                field: "login")
        }
        return id
    }

    /// Checks a new password and hashes it, on a thread of its own.
    /// - Throws: ``Refusal`` when it is too short or too long.
    public func hashPassword(_ password: String) async throws -> String {
        try Passwords.check(password)
        return try await passwords.hash(password)
    }

    /// The centre's teams in order of their names, the archived ones included.
    public func teams(of tenant: TenantID, in tx: any Transaction) throws -> [Team] {
        try TeamsStore(tx: tx, tenant: tenant).all()
    }

    /// The team of a name, made when there is none.
    public func findOrMakeTeam(_ name: String, of tenant: TenantID, in tx: any Transaction) throws -> TeamID {
        try TeamsStore(tx: tx, tenant: tenant).findOrMake(name)
    }

    // MARK: Keys and log

    /// Makes an API key; the secret is shown once.
    /// - Throws: ``Refusals`` by field.
    public func createAPIKey(
        _ new: NewAPIKey, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> CreatedAPIKey {
        try new.check()
        let token = Token(prefix: "otk_")
        let id = try APIKeysStore(tx: tx).insert(new, hash: token.hash, of: tenant, at: now)
        return CreatedAPIKey(id: id, secret: token.text)
    }

    /// Writes down who did what, in the transaction of the deed.
    public func audit(_ entry: AuditEntry, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try AuditStore(tx: tx, tenant: tenant).insert(entry, at: now)
    }
}
