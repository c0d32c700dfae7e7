// SPDX-License-Identifier: Apache-2.0
// What the provider does with centres, from pages and from the command line: each deed in one transaction.
import Storage

/// A centre as the provider sees it.
public struct CentreOverview: Sendable {
    public let tenant: Tenant
    public let activity: CentreActivity
}

/// A new centre, and the link by which its first administrator chooses a password.
public struct MadeCentre: Sendable {
    public let tenant: Tenant
    public let link: AdministratorLink?
}

/// A one-time link for an administrator of a centre.
public struct AdministratorLink: Sendable {
    /// How long it works.
    public static let hours: Int64 = 24 * 7

    public let login: String
    public let name: String
    public let address: String
    public let expiresAt: Moment
}

extension Operations {
    /// How many centres one page of the list shows.
    static let centresAtOnce = 50

    /// Makes a centre with its built-in fields, and its first administrator if one is named: all or nothing.
    /// - Throws: ``Refusals`` by field.
    public func makeCentre(
        _ new: NewTenant, limits: TenantLimits = TenantLimits(), administrator: NewPerson?,
        by actor: String = Accounts.commandLine
    ) async throws -> MadeCentre {
        let now = installation.clock.now()
        return try await installation.database.write { tx in
            let id = try accounts.createTenant(new, in: tx, at: now)
            try surveys.welcome(id, language: new.language, in: tx)
            let entry = Doer.named(actor).did(
                "accounts.audit.centreCreated", id.raw, .object(["name": .string(new.name)]))
            try accounts.audit(entry, of: id, in: tx, at: now)
            if limits != TenantLimits() { try accounts.setLimits(limits, of: id, by: actor, in: tx, at: now) }
            let link = try administrator.map { person -> AdministratorLink in
                _ = try accounts.addPerson(person, of: id, by: .named(actor), in: tx, at: now)
                let made = try accounts.somebody(person.login, of: id, in: tx)
                return try self.link(for: made, by: actor, in: tx, at: now)
            }
            return MadeCentre(tenant: try accounts.meant(new.key, in: tx), link: link)
        }
    }

    /// Centres with how busy they are, after one of them.
    public func centres(after: TenantID? = nil, limit: Int) async throws -> [CentreOverview] {
        try await installation.database.read { tx in
            let tenants = try accounts.tenants(after: after, limit: limit, in: tx)
            let activity = try ProviderStore.activity(of: tenants.map(\.id), in: tx)
            return tenants.map { CentreOverview(tenant: $0, activity: activity[$0.id] ?? CentreActivity()) }
        }
    }

    /// One centre, and its administrators without a password.
    /// - Throws: ``Refusal`` 404.
    func centre(_ id: TenantID) async throws -> (entry: CentreOverview, pending: [Person]) {
        try await installation.database.read { tx in
            guard let tenant = try accounts.tenant(id, in: tx) else { throw Refusal.notFound }
            let activity = try ProviderStore.activity(of: [id], in: tx)[id] ?? CentreActivity()
            let pending = try ProviderStore.pendingAdministrators(of: id, in: tx)
            let people = try accounts.people(Set(pending), of: id, in: tx)
            return (CentreOverview(tenant: tenant, activity: activity), pending.compactMap { people[$0] })
        }
    }

    /// A new link for an administrator who has not chosen a password yet; earlier ones end.
    /// - Throws: ``Refusal`` 404 for anybody else: a provider does not open accounts that are in use.
    func link(for person: PersonID, of tenant: TenantID, by actor: String) async throws -> AdministratorLink {
        let now = installation.clock.now()
        return try await installation.database.write { tx in
            guard try ProviderStore.pendingAdministrators(of: tenant, in: tx).contains(person),
                let found = try accounts.people([person], of: tenant, in: tx)[person]
            else { throw Refusal.notFound }
            return try self.link(for: found, by: actor, in: tx, at: now)
        }
    }

    private func link(
        for person: Person, by actor: String, in tx: any Transaction, at now: Moment
    ) throws -> AdministratorLink {
        let hours = AdministratorLink.hours
        let address = try accounts.passwordLink(for: person, hours: hours, by: .named(actor), in: tx, at: now)
        return AdministratorLink(
            login: person.login, name: person.name, address: address, expiresAt: now.adding(hours: hours))
    }
}
