// SPDX-License-Identifier: Apache-2.0
// All people and teams of a centre at once, and changing them: for the configuration file.
import Storage

/// A person with the teams that he supervises.
public struct PersonEntry: Sendable {
    public let person: Person
    public let supervisedTeams: Set<TeamID>

    /// What the person begins a change with.
    public var new: NewPerson {
        var new = NewPerson(login: person.login)
        new.firstName = person.firstName
        new.lastName = person.lastName
        new.email = person.email
        new.team = person.team
        new.roles = person.roles
        new.supervisedTeams = supervisedTeams
        new.language = person.language
        new.timeZone = person.timeZone
        return new
    }
}

extension Accounts {
    /// Everybody, in order of login names, in three statements.
    public func directory(of tenant: TenantID, in tx: any Transaction) throws -> [PersonEntry] {
        let store = PeopleStore(tx: tx, tenant: tenant)
        let supervised = try store.supervisedTeams()
        return try store.everybody().map { PersonEntry(person: $0, supervisedTeams: supervised[$0.id] ?? []) }
    }

    /// Changes a person, whose login name stays. Who is not active any more is signed out.
    /// - Throws: ``Refusals`` by field. Whether an administrator is left is the caller's question:
    ///   ``refuseWithoutAdministrator(before:of:in:)``.
    public func change(
        _ person: PersonID, to new: NewPerson, isActive: Bool, of tenant: TenantID, in tx: any Transaction
    ) throws {
        try new.check()
        let store = PeopleStore(tx: tx, tenant: tenant)
        try store.update(person, to: new, isActive: isActive)
        try store.setTimeZone(of: person, to: new.timeZone)
        if !isActive { try SessionsStore(tx: tx).deleteAll(of: person, tenant) }
    }

    /// Active administrators, locked until the end of the transaction.
    public func administrators(of tenant: TenantID, in tx: any Transaction) throws -> Set<PersonID> {
        Set(try PeopleStore(tx: tx, tenant: tenant).lockedAdministrators())
    }

    /// The last administrator stays one.
    public static func refusal(administrators before: Set<PersonID>, after isLeft: Bool) -> Refusal? {
        guard !before.isEmpty, !isLeft else { return nil }
        return Refusal(.conflict, code: "last_administrator", key: "accounts.lastAdministrator", field: "roles")
    }

    /// What is wrong with a team's name; nil when it may be used.
    public static func refusal(teamName name: String) -> Refusal? {
        if name.nonEmpty != nil, name.count <= AccountsLimits.nameLength { return nil }
        return Refusal(.invalid, code: "bad_name", key: "accounts.badTeamName", field: "name")
    }

    /// Gives a team another name.
    /// - Throws: ``Refusal`` when another one has it.
    public func rename(_ team: TeamID, to name: String, of tenant: TenantID, in tx: any Transaction) throws {
        if let refusal = Self.refusal(teamName: name) { throw refusal }
        guard try PeopleStore(tx: tx, tenant: tenant).rename(team, to: name.trimmed) else {
            throw Refusal(
                .conflict, code: "name_taken", key: "accounts.teamTaken", arguments: ["name": name.trimmed],
                field: "name")
        }
    }
}
