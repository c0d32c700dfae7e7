// SPDX-License-Identifier: Apache-2.0
// What the provider decides about a centre: the switch, limits, and whether it is in use at all. Each deed stands in
// the centre's own log, so that its administrators see it.
import Storage

/// What one centre may take of the installation; nil for no limit of its own.
public struct TenantLimits: Sendable, Equatable {
    public static let megabytes = 1...1000
    public static let perSecond = 1...1000
    public static let connections = 1...64
    public static let storage = 10...10_000_000

    /// The largest message, encoded.
    public var messageMegabytes: Int?
    /// Messages that leave each node in a second.
    public var messagesPerSecond: Int?
    /// Connections of each node to the centre's mail server.
    public var connections: Int?
    /// What all rows of the centre may hold, in megabytes of 1,000,000 bytes. Above it nobody is asked any more; what
    /// has happened and what customers answer is kept nevertheless.
    public var storageMegabytes: Int?

    public init(
        messageMegabytes: Int? = nil, messagesPerSecond: Int? = nil, connections: Int? = nil,
        storageMegabytes: Int? = nil
    ) {
        self.connections = connections
        self.messageMegabytes = messageMegabytes
        self.messagesPerSecond = messagesPerSecond
        self.storageMegabytes = storageMegabytes
    }

    /// What is wrong, by field.
    public var refusals: Refusals {
        var refusals = Refusals()
        for (field, number, range) in [
            ("messageMegabytes", messageMegabytes, Self.megabytes),
            ("messagesPerSecond", messagesPerSecond, Self.perSecond), ("connections", connections, Self.connections),
            ("storageMegabytes", storageMegabytes, Self.storage),
        ] {
            if let number, !range.contains(number) { refusals.add(.outside(range, field: field)) }
        }
        return refusals
    }
}

/// How much a centre's rows held when they were measured last.
public struct StorageUse: Sendable, Equatable {
    /// From here on administrators are told.
    public static let warningPercent = 90.0

    public let bytes: Int64
    public let measuredAt: Moment

    /// Bytes as megabytes of 1,000,000 bytes.
    public var megabytes: Double { Double(bytes) / 1e6 }

    /// The share of a limit that is used, in percent; nil without a limit.
    public func percent(of limits: TenantLimits) -> Double? {
        limits.storageMegabytes.map { megabytes / Double($0) * 100 }
    }
}

extension Refusal {
    /// The provider has not switched surveys on for this centre (spec 8).
    public static let surveysOff = Refusal(.forbidden, code: "surveys_off", key: "accounts.surveysOffRefusal")
}

extension Accounts {
    /// Centres in the order of their making, after one of them.
    public func tenants(after: TenantID?, limit: Int, in tx: any Transaction) throws -> [Tenant] {
        try TenantsStore(tx: tx).page(after: after, limit: limit)
    }

    /// Sets what a centre may take.
    /// - Throws: ``Refusals`` by field.
    public func setLimits(
        _ limits: TenantLimits, of tenant: TenantID, by actor: String = commandLine, in tx: any Transaction,
        at now: Moment
    ) throws {
        try limits.refusals.throwIfAny()
        try TenantsStore(tx: tx).setLimits(limits, of: tenant)
        func json(_ number: Int?) -> JSON { number.map { .number(Double($0)) } ?? .null }
        let details: [String: JSON] = [
            "messageMegabytes": json(limits.messageMegabytes), "messagesPerSecond": json(limits.messagesPerSecond),
            "connections": json(limits.connections), "storageMegabytes": json(limits.storageMegabytes),
        ]
        try log("accounts.audit.limitsSet", tenant.raw, details, of: tenant, by: actor, in: tx, at: now)
    }

    /// Notes how much a centre keeps.
    public func note(_ use: StorageUse, of tenant: TenantID, in tx: any Transaction) throws {
        try TenantsStore(tx: tx).setUse(use, of: tenant)
    }

    /// Puts a centre away: nobody signs in, its keys are refused, it asks nobody. Mailed links still take answers, and
    /// nothing is deleted.
    public func archive(
        _ tenant: TenantID, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        guard try TenantsStore(tx: tx).setArchived(now, tenant) else { return }
        try log("accounts.audit.centreArchived", tenant.raw, of: tenant, by: actor, in: tx, at: now)
    }

    /// Brings an archived centre back as it was.
    public func reactivate(
        _ tenant: TenantID, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        guard try TenantsStore(tx: tx).setArchived(nil, tenant) else { return }
        try log("accounts.audit.centreReactivated", tenant.raw, of: tenant, by: actor, in: tx, at: now)
    }

    /// Makes somebody a provider, or one no more. The roles in their centre stay.
    public func setProvider(
        _ isOne: Bool, _ person: Person, by actor: String = commandLine, in tx: any Transaction, at now: Moment
    ) throws {
        try PeopleStore(tx: tx, tenant: person.tenant).setProvider(isOne, person.id)
        let action = isOne ? "accounts.audit.providerMade" : "accounts.audit.providerUnmade"
        try log(action, person.id.raw, of: person.tenant, by: actor, in: tx, at: now)
    }
}
