// SPDX-License-Identifier: Apache-2.0
// What the provider does from the command line: centres, their people and keys, each deed in the audit log.
import Storage

extension Accounts {
    /// Who stands in the audit log for what the command line did.
    public static let commandLine = "command line"

    /// How much one list shows.
    enum Listing {
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
        let action = isOn ? "accounts.audit.surveysOn" : "accounts.audit.surveysOff"
        try log(action, tenant.raw, of: tenant, by: actor, in: tx, at: now)
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
        try log("accounts.audit.keyCreated", created.id.raw, details, of: tenant, in: tx, at: now)
        return created
    }

    /// Ends a key.
    public func revoke(_ key: APIKey, of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        guard try APIKeysStore(tx: tx).revoke(key.id, of: tenant, at: now) else { throw Refusal.notFound }
        try log("accounts.audit.keyRevoked", key.id.raw, ["name": .string(key.name)], of: tenant, in: tx, at: now)
    }
}
