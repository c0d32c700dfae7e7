// SPDX-License-Identifier: Apache-2.0
// What administrators and the command line do with teams, each deed in the audit log.
import Storage

/// A team as the list of teams shows it.
struct TeamEntry: Sendable {
    let team: Team
    /// Active people in it.
    let size: Int
    let supervisors: [Person]
}

extension Accounts {
    /// What is wrong with a team's name; nil when it may be used.
    public static func refusal(teamName name: String) -> Refusal? {
        if name.nonEmpty != nil, name.count <= AccountsLimits.nameLength { return nil }
        return Refusal(.invalid, code: "bad_name", key: "accounts.badTeamName", field: "name")
    }

    private static func taken(_ name: String) -> Refusal {
        Refusal(
            .conflict, code: "name_taken", key: "accounts.teamTaken", arguments: ["name": name.trimmed], field: "name")
    }

    /// Gives a team another name.
    /// - Throws: ``Refusal`` when another one has it.
    public func rename(_ team: TeamID, to name: String, of tenant: TenantID, in tx: any Transaction) throws {
        if let refusal = Self.refusal(teamName: name) { throw refusal }
        guard try TeamsStore(tx: tx, tenant: tenant).rename(team, to: name.trimmed) else { throw Self.taken(name) }
    }

    /// All teams with what the list says of them, in four statements.
    func teamEntries(of tenant: TenantID, in tx: any Transaction) throws -> [TeamEntry] {
        let store = TeamsStore(tx: tx, tenant: tenant)
        let supervised = try PeopleStore(tx: tx, tenant: tenant).supervisedTeams()
        let people = try people(Set(supervised.keys), of: tenant, in: tx)
        let sizes = try store.sizes()
        return try store.all().map { team in
            let supervisors = supervised.filter { $0.value.contains(team.id) }.keys.sorted().compactMap { people[$0] }
            return TeamEntry(team: team, size: sizes[team.id] ?? 0, supervisors: supervisors.filter(\.isActive))
        }
    }

    /// A team by id.
    /// - Throws: ``Refusal`` 404 when the centre has none of that id.
    func team(_ id: TeamID, of tenant: TenantID, in tx: any Transaction) throws -> Team {
        guard let team = try TeamsStore(tx: tx, tenant: tenant).team(id) else { throw Refusal.notFound }
        return team
    }

    /// A team by name.
    /// - Throws: ``Refusal`` when the centre has none of that name.
    public func team(named name: String, of tenant: TenantID, in tx: any Transaction) throws -> Team {
        guard let team = try TeamsStore(tx: tx, tenant: tenant).team(named: name) else {
            throw Refusal(
                .notFound, code: "unknown_team", key: "accounts.unknownTeamName", arguments: ["name": name],
                field: "team")
        }
        return team
    }

    /// Makes a team.
    /// - Throws: ``Refusal`` when the name cannot be used or is taken.
    public func addTeam(
        _ name: String, of tenant: TenantID, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws -> Team {
        if let refusal = Self.refusal(teamName: name) { throw refusal }
        guard let id = try TeamsStore(tx: tx, tenant: tenant).insert(name.trimmed) else { throw Self.taken(name) }
        let team = Team(id: id, name: name.trimmed)
        try log("accounts.audit.teamCreated", team, of: tenant, by: doer, in: tx, at: now)
        return team
    }

    /// Gives a team another name.
    public func rename(
        _ team: Team, to name: String, of tenant: TenantID, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        guard name.trimmed != team.name else { return }
        try rename(team.id, to: name, of: tenant, in: tx)
        let details = JSON.change(
            from: ["name": .string(team.name)], to: ["name": .string(name.trimmed)], ["name": .string(name.trimmed)])
        try audit(doer.did("accounts.audit.teamRenamed", team.id.raw, details), of: tenant, in: tx, at: now)
    }

    /// Puts a team away, or takes it up again. Nothing of it is lost: its figures, its supervisors and those who have
    /// left stay with it.
    /// - Throws: ``Refusal`` while somebody works in it.
    public func setArchived(
        _ isArchived: Bool, _ team: Team, of tenant: TenantID, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        let store = TeamsStore(tx: tx, tenant: tenant)
        if isArchived, let size = try store.sizes()[team.id] {
            throw Refusal(
                .conflict, code: "team_has_members", key: "accounts.teamHasMembers",
                arguments: ["name": team.name, "number": String(size)], field: "name")
        }
        guard try store.setArchived(isArchived ? now : nil, team.id) else { return }
        let action = isArchived ? "accounts.audit.teamArchived" : "accounts.audit.teamRestored"
        try log(action, team, of: tenant, by: doer, in: tx, at: now)
    }

    /// Takes somebody into a team, or out of it.
    /// - Throws: ``Refusal`` when the team is put away.
    public func setMember(
        _ isMember: Bool, _ person: Person, of team: Team, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        if isMember { try refuseArchived(team) }
        guard (person.team == team.id) != isMember else { return }
        try PeopleStore(tx: tx, tenant: person.tenant).setTeam(of: person.id, to: isMember ? team.id : nil)
        let action = isMember ? "accounts.audit.teamJoined" : "accounts.audit.teamLeft"
        try log(action, team, person, of: person.tenant, by: doer, in: tx, at: now)
    }

    /// Lets somebody see a team's figures and records, or no more; who sees some becomes a supervisor.
    public func setSupervisor(
        _ isOne: Bool, _ person: Person, of team: Team, by doer: Doer, in tx: any Transaction, at now: Moment
    ) throws {
        let store = PeopleStore(tx: tx, tenant: person.tenant)
        guard try store.supervisedTeams(of: person.id).contains(team.id) != isOne else { return }
        if isOne {
            try refuseArchived(team)
            try store.supervise(team.id, by: person.id)
            try store.addRole(.supervisor, to: person.id)
        } else {
            try store.leave(team.id, by: person.id)
        }
        let action = isOne ? "accounts.audit.supervisorAdded" : "accounts.audit.supervisorRemoved"
        try log(action, team, person, of: person.tenant, by: doer, in: tx, at: now)
    }

    private func refuseArchived(_ team: Team) throws {
        guard team.isArchived else { return }
        throw Refusal(.conflict, code: "team_archived", key: "accounts.teamIsArchived", field: "login")
    }

    private func log(
        _ action: String, _ team: Team, _ person: Person? = nil, of tenant: TenantID, by doer: Doer,
        in tx: any Transaction, at now: Moment
    ) throws {
        var details: [String: JSON] = ["name": .string(team.name)]
        if let person { details["login"] = .string(person.login) }
        let entry = doer.did(action, person?.id.raw ?? team.id.raw, .object(details))
        try audit(entry, of: tenant, in: tx, at: now)
    }
}
