// SPDX-License-Identifier: Apache-2.0
// What the command line does with people and teams. Each answer is a value that is printed as a table or as JSON.
import Foundation
import Storage

/// A person as the command line shows them.
public struct ShownPerson: Encodable, Sendable {
    public let login: String
    public let name: String
    public let roles: [String]
    public let email: String?
    public let team: String?
    public let language: String
    /// Nil where the centre's applies.
    public let timeZone: String?
    public let isActive: Bool
    /// Whether a password was chosen.
    public let canSignIn: Bool

    init(_ person: Person, teams: [Team]) {
        (login, name, email) = (person.login, person.name, person.email)
        roles = Role.allCases.filter(person.roles.contains).map(\.rawValue)
        team = person.team.flatMap { id in teams.first { $0.id == id }?.name }
        (language, timeZone) = (person.language, person.timeZone)
        (isActive, canSignIn) = (person.isActive, person.canSignIn)
    }
}

/// A team as the command line shows it.
public struct ShownTeam: Encodable, Sendable {
    public let name: String
    /// Active people in it.
    public let members: Int
    /// The login names of those who see its figures.
    public let supervisors: [String]
    public let isArchived: Bool

    init(_ entry: TeamEntry) {
        (name, members, isArchived) = (entry.team.name, entry.size, entry.team.isArchived)
        supervisors = entry.supervisors.map(\.login)
    }
}

/// What is to be said of a person; nil leaves it as it is.
public struct PersonWish: Sendable {
    public var firstName: String?
    public var lastName: String?
    /// An empty one takes the address away.
    public var email: String?
    public var language: String?
    /// An empty one leaves the centre's.
    public var timeZone: String?
    public var roles: Set<Role>?
    /// A name; an empty one takes the person out.
    public var team: String?
    public var supervisedTeams: [String]?

    public init() {}

    /// A person with the wishes fulfilled.
    func applied(
        to old: NewPerson, _ accounts: Accounts, of tenant: TenantID, in tx: any Transaction
    ) throws -> NewPerson {
        var new = old
        new.firstName = firstName ?? old.firstName
        new.lastName = lastName ?? old.lastName
        if let email { new.email = email.nonEmpty }
        new.language = language ?? old.language
        if let timeZone { new.timeZone = timeZone.nonEmpty }
        new.roles = roles ?? old.roles
        if let team {
            new.team = try team.nonEmpty.map { try accounts.team(named: $0, of: tenant, in: tx).id }
        }
        if let supervisedTeams {
            new.supervisedTeams = Set(
                try supervisedTeams.compactMap(\.nonEmpty).map { try accounts.team(named: $0, of: tenant, in: tx).id })
        }
        return new
    }
}

extension Otklik {
    /// How long a link of the command line works.
    private static let linkHours: Int64 = 24 * 7

    // MARK: People

    static func add(
        _ new: NewPerson, _ wish: PersonWish, to tenant: Tenant, _ accounts: Accounts, in tx: any Transaction,
        at now: Moment
    ) throws -> ShownLink {
        let whole = try wish.applied(to: new, accounts, of: tenant.id, in: tx)
        _ = try accounts.addPerson(whole, of: tenant.id, in: tx, at: now)
        let person = try accounts.somebody(new.login, of: tenant.id, in: tx)
        return try link(for: person, of: tenant, accounts, in: tx, at: now)
    }

    private static func link(
        for person: Person, of tenant: Tenant, _ accounts: Accounts, in tx: any Transaction, at now: Moment
    ) throws -> ShownLink {
        let link = try accounts.passwordLink(for: person, hours: linkHours, in: tx, at: now)
        return ShownLink(
            tenant: tenant.key, login: person.login, link: link, expiresAt: now.adding(hours: linkHours).rfc3339)
    }

    /// Makes a person, and a one-time address for choosing a password.
    public func createPerson(
        _ new: NewPerson, _ wish: PersonWish = PersonWish(), tenant key: String?
    ) async throws -> ShownLink {
        let accounts = rooms.accounts
        return try await change { tx, now in
            try Self.add(new, wish, to: try accounts.meant(key, in: tx), accounts, in: tx, at: now)
        }
    }

    /// People whose names, roles, team and state are as asked for.
    public func people(
        search: String = "", role: Role? = nil, team: String? = nil, state: PersonState? = nil, tenant key: String?
    ) async throws -> [ShownPerson] {
        let accounts = rooms.accounts
        return try await installation.database.read { tx in
            let tenant = try accounts.meant(key, in: tx).id
            var filter = PeopleFilter()
            (filter.text, filter.role, filter.state) = (search, role, state)
            if let team { filter.team = .one(try accounts.team(named: team, of: tenant, in: tx).id) }
            let teams = try accounts.teams(of: tenant, in: tx)
            return try accounts.everybody(filter, of: tenant, in: tx).map { ShownPerson($0, teams: teams) }
        }
    }

    /// Does something to somebody and shows them as they are then.
    private func person(
        _ login: String, tenant key: String?,
        _ deed: @escaping @Sendable (Person, any Transaction, Moment) throws -> Void
    ) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx).id
            try deed(try accounts.somebody(login, of: tenant, in: tx), tx, now)
            let person = try accounts.somebody(login, of: tenant, in: tx)
            return ShownPerson(person, teams: try accounts.teams(of: tenant, in: tx))
        }
    }

    /// Changes what is said of a person.
    public func changePerson(_ login: String, _ wish: PersonWish, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await person(login, tenant: key) { person, tx, now in
            let entry = try accounts.entry(of: person, in: tx)
            let new = try wish.applied(to: entry.new, accounts, of: person.tenant, in: tx)
            try accounts.change(person, to: new, by: .commandLine, in: tx, at: now)
        }
    }

    /// Makes a one-time address for choosing a new password.
    public func passwordLink(login: String, tenant key: String?) async throws -> ShownLink {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            let person = try accounts.somebody(login, of: tenant.id, in: tx)
            return try Self.link(for: person, of: tenant, accounts, in: tx, at: now)
        }
    }

    /// Lets somebody in, or no more.
    public func setActive(_ isActive: Bool, login: String, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await person(login, tenant: key) { person, tx, now in
            try accounts.setActive(isActive, person, in: tx, at: now)
        }
    }

    /// Mails somebody a link for choosing a password; it leaves from a running server.
    public func mailLink(login: String, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await person(login, tenant: key) { person, tx, now in
            try accounts.mailLink(to: person, by: .commandLine, in: tx, at: now)
        }
    }

    /// Ends somebody's sessions.
    public func signOutEverywhere(login: String, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await person(login, tenant: key) { person, tx, now in
            try accounts.signOutEverywhere(person, by: .commandLine, in: tx, at: now)
        }
    }

    /// Removes a lost second factor.
    public func removeSecondFactor(login: String, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await person(login, tenant: key) { person, tx, now in
            try accounts.removeSecondFactor(of: person, by: .commandLine, in: tx, at: now)
        }
    }

    // MARK: Teams

    /// All teams, the archived ones included.
    public func teams(tenant key: String?) async throws -> [ShownTeam] {
        let accounts = rooms.accounts
        return try await installation.database.read { tx in
            try accounts.teamEntries(of: try accounts.meant(key, in: tx).id, in: tx)
        }.map(ShownTeam.init)
    }

    /// Does something to a team and shows it as it is then.
    private func team(
        tenant key: String?, _ deed: @escaping @Sendable (TenantID, any Transaction, Moment) throws -> TeamID
    ) async throws -> ShownTeam {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx).id
            let id = try deed(tenant, tx, now)
            guard let entry = try accounts.teamEntries(of: tenant, in: tx).first(where: { $0.team.id == id }) else {
                throw Refusal.notFound
            }
            return ShownTeam(entry)
        }
    }

    /// Makes a team.
    public func createTeam(_ name: String, tenant key: String?) async throws -> ShownTeam {
        let accounts = rooms.accounts
        return try await team(tenant: key) { tenant, tx, now in
            try accounts.addTeam(name, of: tenant, by: .commandLine, in: tx, at: now).id
        }
    }

    /// Gives a team another name.
    public func renameTeam(_ name: String, to new: String, tenant key: String?) async throws -> ShownTeam {
        let accounts = rooms.accounts
        return try await team(tenant: key) { tenant, tx, now in
            let team = try accounts.team(named: name, of: tenant, in: tx)
            try accounts.rename(team, to: new, of: tenant, by: .commandLine, in: tx, at: now)
            return team.id
        }
    }

    /// Puts a team away, or takes it up again.
    public func setArchived(_ isArchived: Bool, team name: String, tenant key: String?) async throws -> ShownTeam {
        let accounts = rooms.accounts
        return try await team(tenant: key) { tenant, tx, now in
            let team = try accounts.team(named: name, of: tenant, in: tx)
            try accounts.setArchived(isArchived, team, of: tenant, by: .commandLine, in: tx, at: now)
            return team.id
        }
    }
}
