// SPDX-License-Identifier: Apache-2.0
// The room's face: who the customers are, which cases they have, and who must not be asked.
import Storage

/// Contacts, cases and suppressed addresses of the contact centres.
public struct Contacts: Sendable {
    let installation: Installation

    public init(installation: Installation) { self.installation = installation }

    /// The contacts that senders mean (spec 6.1), in their order; missing ones are made.
    ///
    /// A customer without id, email and phone gets none: nothing could find it again. The unique indexes decide who
    /// was first: run it in ``Database/writeRepeatedly(_:)``.
    func findOrMake(
        _ customers: [CustomerReference], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [Contact?] {
        try ContactsStore(tx: tx, tenant: tenant).findOrMake(customers, at: now)
    }

    /// What ``findOrMake(_:of:in:at:)`` looks up first of these customers, for ``Transaction/query(_:lookingUp:)``.
    func lookUps(about customers: [CustomerReference], of tenant: TenantID) -> [SQL] {
        [ContactsStore.candidates(for: customers, of: tenant)].compactMap(\.self)
    }

    /// A contact by its id; nil when the centre has none of that id.
    public func contact(_ id: ContactID, of tenant: TenantID, in tx: any Transaction) throws -> Contact? {
        try ContactsStore(tx: tx, tenant: tenant).contacts(ids: [id]).first
    }

    /// Contacts by their ids.
    public func contacts(
        _ ids: [ContactID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [ContactID: Contact] {
        let found = try ContactsStore(tx: tx, tenant: tenant).contacts(ids: ids)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The cases of these numbers; missing ones are made.
    func findOrMake(
        _ cases: [CaseReference], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [String: CustomerCase] {
        try CasesStore(tx: tx, tenant: tenant).findOrMake(cases, at: now)
    }

    /// Cases by their ids.
    public func cases(_ ids: [CaseID], of tenant: TenantID, in tx: any Transaction) throws -> [CaseID: CustomerCase] {
        try CasesStore(tx: tx, tenant: tenant).cases(ids: ids)
    }

    /// Whether an address (folded, see ``EmailAddress/folded``) must not be asked.
    public func isSuppressed(_ addressFolded: String, of tenant: TenantID, in tx: any Transaction) throws -> Bool {
        try !suppressed(among: [addressFolded], of: tenant, in: tx).isEmpty
    }

    /// Which of these folded addresses must not be asked.
    public func suppressed(
        among addressesFolded: [String], of tenant: TenantID, in tx: any Transaction
    ) throws -> Set<String> {
        try SuppressionStore(tx: tx, tenant: tenant).suppressed(among: addressesFolded)
    }

    /// Never asks an address again.
    /// - Returns: false when it was suppressed already; the first reason stays.
    @discardableResult
    public func suppress(
        _ address: EmailAddress, because reason: SuppressionReason, of tenant: TenantID, in tx: any Transaction,
        at now: Moment
    ) throws -> Bool {
        try SuppressionStore(tx: tx, tenant: tenant).suppress(address.folded, because: reason, at: now)
    }
}
