// SPDX-License-Identifier: Apache-2.0
// What the command line does with centres and keys. Each answer is a value that is printed as a table or as
// JSON.
import Foundation
import Storage

/// A centre as the command line shows it.
public struct ShownTenant: Encodable, Sendable {
    public let key: String
    public let name: String
    public let kind: String
    public let language: String
    public let timeZone: String
    public let surveys: Bool
    public let archivedAt: String?
    public let messageMegabytes: Int?
    public let messagesPerSecond: Int?
    public let connections: Int?
    public let storageMegabytes: Int?
    /// What the centre keeps, and when that was measured; nil before the first time.
    public let storedBytes: Int64?
    public let measuredAt: String?
    /// Only in the list.
    public var people: Int?
    public var queuedMail: Int?
    public var heldSenders: Int?
    public var lastActivityAt: String?

    init(_ tenant: Tenant) {
        (key, name, kind) = (tenant.key, tenant.name, tenant.kind.rawValue)
        (language, timeZone, surveys) = (tenant.language, tenant.timeZone, tenant.surveysEnabled)
        archivedAt = tenant.archivedAt?.rfc3339
        (storedBytes, measuredAt) = (tenant.storage?.bytes, tenant.storage?.measuredAt.rfc3339)
        (connections, storageMegabytes) = (tenant.limits.connections, tenant.limits.storageMegabytes)
        (messageMegabytes, messagesPerSecond) = (tenant.limits.messageMegabytes, tenant.limits.messagesPerSecond)
    }

    init(_ entry: CentreOverview) {
        self.init(entry.tenant)
        (people, queuedMail) = (entry.activity.people, entry.activity.queued)
        (heldSenders, lastActivityAt) = (entry.activity.holds, entry.activity.lastAt?.rfc3339)
    }
}

/// A one-time address for choosing a password.
public struct ShownLink: Encodable, Sendable {
    public let tenant: String
    public let login: String
    public let link: String
    public let expiresAt: String
}

/// An API key as the command line shows it.
public struct ShownKey: Encodable, Sendable {
    public let id: String
    public let name: String
    public let source: String
    public let scopes: [String]
    public let createdAt: String?
    public let revokedAt: String?
    /// Only in the answer to its making.
    public let key: String?

    init(_ key: APIKey) {
        (id, name, source) = (key.id.description, key.name, key.source)
        scopes = key.scopes.map(\.rawValue).sorted()
        (createdAt, revokedAt, self.key) = (key.createdAt.rfc3339, key.revokedAt?.rfc3339, nil)
    }

    init(_ new: NewAPIKey, _ created: CreatedAPIKey, at now: Moment) {
        (id, name, source) = (created.id.description, new.name, new.source)
        scopes = new.scopes.map(\.rawValue).sorted()
        (createdAt, revokedAt, key) = (now.rfc3339, nil, created.secret)
    }
}

extension Otklik {
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction, Moment) throws -> Value
    ) async throws -> Value {
        let now = installation.clock.now()
        return try await installation.database.write { try body($0, now) }
    }

    // MARK: Centres

    /// Makes a centre with its built-in fields, and its first administrator if one is named.
    public func createTenant(
        _ new: NewTenant, administrator: NewPerson?
    ) async throws -> (tenant: ShownTenant, link: ShownLink?) {
        let made = try await rooms.operations.makeCentre(new, administrator: administrator)
        let link = made.link.map { link in
            ShownLink(
                tenant: made.tenant.key, login: link.login, link: link.address, expiresAt: link.expiresAt.rfc3339)
        }
        return (ShownTenant(made.tenant), link)
    }

    public func tenants() async throws -> [ShownTenant] {
        var tenants: [ShownTenant] = []
        var last: TenantID?
        while tenants.count < Self.mostTenants {
            let page = try await rooms.operations.centres(after: last, limit: 500)
            tenants += page.map { ShownTenant($0) }
            last = page.last?.tenant.id
            if page.count < 500 { break }
        }
        return tenants
    }

    /// How many centres one list shows.
    private static let mostTenants = 50_000

    /// Does something with a centre, and shows it as it is then.
    private func change(
        tenant key: String?, _ deed: @escaping @Sendable (Tenant, any Transaction, Moment) throws -> Void
    ) async throws -> ShownTenant {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            try deed(tenant, tx, now)
            return ShownTenant(try accounts.meant(tenant.key, in: tx))
        }
    }

    /// Puts a centre away, or brings it back.
    public func setArchived(_ isArchived: Bool, tenant key: String?) async throws -> ShownTenant {
        let accounts = rooms.accounts
        return try await change(tenant: key) { tenant, tx, now in
            if isArchived {
                try accounts.archive(tenant.id, in: tx, at: now)
            } else {
                try accounts.reactivate(tenant.id, in: tx, at: now)
            }
        }
    }

    /// Sets what a centre may take; what is not said has no limit.
    public func setLimits(_ limits: TenantLimits, tenant key: String?) async throws -> ShownTenant {
        let accounts = rooms.accounts
        return try await change(tenant: key) { try accounts.setLimits(limits, of: $0.id, in: $1, at: $2) }
    }

    /// How the installation is.
    public func health() async throws -> InstallationHealth {
        try await rooms.operations.health(version: Release.version)
    }

    /// Makes somebody a provider, or one no more.
    public func setProvider(_ isOne: Bool, login: String, tenant key: String?) async throws -> ShownPerson {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            let person = try accounts.somebody(login, of: tenant.id, in: tx)
            try accounts.setProvider(isOne, person, in: tx, at: now)
            return ShownPerson(
                try accounts.somebody(login, of: tenant.id, in: tx), teams: try accounts.teams(of: tenant.id, in: tx))
        }
    }

    /// Switches a centre's surveys on or off.
    public func setSurveys(_ isOn: Bool, tenant key: String?) async throws -> ShownTenant {
        let accounts = rooms.accounts
        return try await change(tenant: key) { try accounts.setSurveys(isOn, of: $0.id, in: $1, at: $2) }
    }

    // MARK: Keys

    /// Makes an API key.
    public func createAPIKey(_ new: NewAPIKey, tenant key: String?) async throws -> ShownKey {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            return ShownKey(new, try accounts.addAPIKey(new, of: tenant.id, in: tx, at: now), at: now)
        }
    }

    public func apiKeys(tenant key: String?) async throws -> [ShownKey] {
        let accounts = rooms.accounts
        return try await installation.database.read { tx in
            try accounts.apiKeys(of: try accounts.meant(key, in: tx).id, in: tx)
        }.map(ShownKey.init)
    }

    /// Ends a key, known by its id or its name.
    public func revokeAPIKey(_ reference: String, tenant key: String?) async throws -> ShownKey {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            let found = try accounts.apiKey(reference, of: tenant.id, in: tx)
            try accounts.revoke(found, of: tenant.id, in: tx, at: now)
            return try accounts.apiKeys(of: tenant.id, in: tx).first { $0.id == found.id }.map(ShownKey.init)
                ?? ShownKey(found)
        }
    }

    /// Makes a key that takes a key's place: same name, scopes and source, so that what was said by the old one is not
    /// repeated by the new. The old one works on until it is revoked, now if `revokes` says so.
    public func succeedAPIKey(_ reference: String, revokes: Bool, tenant key: String?) async throws -> ShownKey {
        let accounts = rooms.accounts
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx)
            let old = try accounts.apiKey(reference, of: tenant.id, in: tx)
            var new = NewAPIKey(name: old.name)
            (new.source, new.scopes) = (old.source, old.scopes)
            if revokes { try accounts.revoke(old, of: tenant.id, in: tx, at: now) }
            return ShownKey(new, try accounts.addAPIKey(new, of: tenant.id, in: tx, at: now), at: now)
        }
    }
}
