// SPDX-License-Identifier: Apache-2.0
// What administrators and the command line do with people, each deed in the audit log.
import Storage

extension Accounts {
    // MARK: Finding

    /// All people of a centre in the order of their login names, as far as a list goes.
    public func everybody(
        _ filter: PeopleFilter = PeopleFilter(), of tenant: TenantID, in tx: any Transaction
    ) throws -> [Person] {
        let store = PeopleStore(tx: tx, tenant: tenant)
        var people: [Person] = []
        for _ in 0..<Listing.pages {
            let page = try store.page(filter, after: people.last?.login.folded, limit: Listing.rows)
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

    /// Somebody by id.
    /// - Throws: ``Refusal`` 404 when the centre has nobody of that id.
    func somebody(_ id: PersonID, of tenant: TenantID, in tx: any Transaction) throws -> Person {
        guard let person = try people([id], of: tenant, in: tx)[id] else { throw Refusal.notFound }
        return person
    }

    /// Somebody whom an administrator is about to look at or to change.
    /// - Throws: ``Refusal``: 404 when the centre has nobody of that id, 403 for a provider's account.
    func somebody(_ id: PersonID, for signedIn: SignedIn, in tx: any Transaction) throws -> Person {
        let person = try somebody(id, of: signedIn.tenant, in: tx)
        guard signedIn.mayChange(person) else { throw Refusal.ofProvider }
        return person
    }

    // MARK: Changing

    /// Makes a person.
    /// - Throws: ``Refusals`` by field; ``Refusal`` 409 when the login name is taken.
    public func addPerson(
        _ new: NewPerson, of tenant: TenantID, by doer: Doer = .commandLine, in tx: any Transaction, at now: Moment
    ) throws -> PersonID {
        try checkTeam(of: new, before: nil, of: tenant, in: tx)
        let person = try createPerson(new, passwordHash: nil, of: tenant, in: tx, at: now)
        let facts = try facts(new, of: tenant, in: tx)
        let details = JSON.change(from: [:], to: facts, ["login": .string(new.login)])
        try audit(doer.did("accounts.audit.personCreated", person.raw, details), of: tenant, in: tx, at: now)
        return person
    }

    /// Changes a person, whose login name stays.
    /// - Throws: ``Refusals`` by field; ``Refusal`` for the last administrator.
    public func change(
        _ person: Person, to new: NewPerson, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        let tenant = person.tenant
        var new = new
        // Whether somebody is a provider is not said here.
        if person.roles.contains(.provider) { new.roles.insert(.provider) }
        try new.check()
        try checkTeam(of: new, before: person.team, of: tenant, in: tx)
        let store = PeopleStore(tx: tx, tenant: tenant)
        let old = NewPerson(person, supervisedTeams: try store.supervisedTeams(of: person.id))
        if !new.roles.contains(.administrator) { try refuseLastAdministrator(person, in: tx, field: "roles") }
        try store.update(person.id, to: new, isActive: person.isActive)
        let details = JSON.change(
            from: try facts(old, of: tenant, in: tx), to: try facts(new, of: tenant, in: tx),
            ["login": .string(person.login)])
        if details.isNoChange, !person.needsReview { return }
        try audit(doer.did("accounts.audit.personChanged", person.id.raw, details), of: tenant, in: tx, at: now)
    }

    /// Lets somebody in, or no more: their sessions end at once, their links lead nowhere.
    /// - Throws: ``Refusal`` for the last administrator, and for oneself.
    public func setActive(
        _ isActive: Bool, _ person: Person, by doer: Doer = .commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        if !isActive {
            if doer.person == person.id {
                throw Refusal(.conflict, code: "not_yourself", key: "accounts.notYourself", field: "login")
            }
            try refuseLastAdministrator(person, in: tx, field: "login")
        }
        guard person.isActive != isActive else { return }
        try PeopleStore(tx: tx, tenant: person.tenant).setActive(isActive, person.id)
        if !isActive {
            let sessions = SessionsStore(tx: tx)
            try sessions.deleteAll(of: person.id, person.tenant)
            try sessions.deleteLinks(of: person.id, person.tenant)
        }
        let action = isActive ? "accounts.audit.personEnabled" : "accounts.audit.personDisabled"
        let entry = doer.did(action, person.id.raw, .object(["login": .string(person.login)]))
        try audit(entry, of: person.tenant, in: tx, at: now)
    }

    private func refuseLastAdministrator(_ person: Person, in tx: any Transaction, field: String) throws {
        guard try PeopleStore(tx: tx, tenant: person.tenant).lockedAdministrators() == [person.id] else { return }
        throw Refusal(.conflict, code: "last_administrator", key: "accounts.lastAdministrator", field: field)
    }

    /// A team of another centre is none, and an archived one takes nobody new.
    private func checkTeam(
        of new: NewPerson, before old: TeamID?, of tenant: TenantID, in tx: any Transaction
    ) throws {
        guard let id = new.team, id != old else { return }
        guard let team = try TeamsStore(tx: tx, tenant: tenant).team(id), !team.isArchived else {
            throw Refusal(.invalid, code: "unknown_team", key: "accounts.unknownTeam", field: "team")
        }
    }

    /// What the log tells of a person.
    private func facts(_ person: NewPerson, of tenant: TenantID, in tx: any Transaction) throws -> [String: JSON] {
        let names = Dictionary(
            try teams(of: tenant, in: tx).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        var facts: [String: JSON] = [:]
        func add(_ name: String, _ value: String?) { facts[name] = value?.nonEmpty.map { .string($0) } }
        add("firstName", person.firstName)
        add("lastName", person.lastName)
        add("email", person.email)
        add("team", person.team.flatMap { names[$0] })
        add("roles", Role.allCases.filter(person.roles.contains).map(\.rawValue).joined(separator: ", "))
        add("supervisedTeams", person.supervisedTeams.compactMap { names[$0] }.sorted().joined(separator: ", "))
        add("language", person.language)
        add("timeZone", person.timeZone)
        return facts
    }

    // MARK: Agents of senders

    /// Makes people of login names that senders have said. A team that is put away takes nobody in.
    func meet(_ agents: [AgentReference], of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        let language = try TenantsStore(tx: tx).tenant(tenant)?.language ?? "en"
        let open = Set(try teams(of: tenant, in: tx).filter { !$0.isArchived }.map(\.id))
        let placed = agents.map { agent in
            AgentReference(login: agent.login, team: agent.team.flatMap { open.contains($0) ? $0 : nil })
        }
        let made = try PeopleStore(tx: tx, tenant: tenant).insertAgents(placed, language: language, at: now)
        try AuditStore(tx: tx, tenant: tenant).insert(
            made.map { id, login in
                AuditEntry(
                    person: nil, actor: "api", action: "accounts.audit.agentMet", subject: id.raw,
                    details: .object(["login": .string(login)]))
            }, at: now)
    }

    // MARK: Links

    /// A one-time address for choosing a password, to be handed over; earlier ones end.
    public func passwordLink(
        for person: Person, hours: Int64, by doer: Doer = .commandLine, in tx: any Transaction, at now: Moment
    ) throws -> String {
        try refuseInactive(person)
        let entry = doer.did("accounts.audit.linkMade", person.id.raw, .object(["login": .string(person.login)]))
        try audit(entry, of: person.tenant, in: tx, at: now)
        return try makeLink(for: person.id, of: person.tenant, purpose: .reset, hours: hours, in: tx, at: now)
    }

    /// - Throws: ``Refusal`` for somebody who does not work here any more.
    func refuseInactive(_ person: Person) throws {
        guard !person.isActive else { return }
        throw Refusal(
            .conflict, code: "person_disabled", key: "accounts.personDisabled", arguments: ["login": person.login],
            field: "login")
    }
}
