// SPDX-License-Identifier: Apache-2.0
// The room's face: services and dispositions for the rooms below.
import Storage

/// Services of the contact centres and their dispositions.
public struct Services: Sendable {
    let installation: Installation

    public init(installation: Installation) { self.installation = installation }

    /// Makes a service with the pre-defined dispositions of its type.
    /// - Parameter language: the centre's, which names the dispositions: "ru", else English.
    /// - Throws: ``Refusals`` when the name is empty, too long or taken.
    public func create(
        _ new: NewService, language: String, for tenant: TenantID, in tx: any Transaction
    ) throws -> Service {
        try new.check().throwIfAny()
        let predefined = try PredefinedDispositions.load().folders(for: new.type)
        let store = ServicesStore(tx: tx, tenant: tenant)
        guard let service = try store.insert(new) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "services.nameTaken", arguments: ["name": new.name.trimmed],
                    field: "name")
            ])
        }
        try store.insert(predefined, of: service, language: language)
        return service
    }

    /// A service by its id; nil when the centre has none of that id.
    public func service(_ id: ServiceID, of tenant: TenantID, in tx: any Transaction) throws -> Service? {
        try ServicesStore(tx: tx, tenant: tenant).services(ids: [id], names: []).first
    }

    /// A service by its name, ignoring case.
    public func service(named name: String, of tenant: TenantID, in tx: any Transaction) throws -> Service? {
        try ServicesStore(tx: tx, tenant: tenant).services(ids: [], names: [name.folded]).first
    }

    /// Many services at once, each by its id or its folded name.
    func services(
        ids: [ServiceID], foldedNames: [String], of tenant: TenantID, in tx: any Transaction
    ) throws -> [Service] {
        try ServicesStore(tx: tx, tenant: tenant).services(ids: ids, names: foldedNames)
    }

    /// What ``services(ids:foldedNames:of:in:)`` looks up, for ``Transaction/query(_:lookingUp:)``.
    func lookUps(ids: [ServiceID], foldedNames: [String], of tenant: TenantID) -> [SQL] {
        [ServicesStore.services(ids: ids, names: foldedNames, of: tenant)].compactMap(\.self)
    }

    /// All services of a centre, by name.
    public func all(of tenant: TenantID, in tx: any Transaction) throws -> [Service] {
        try ServicesStore(tx: tx, tenant: tenant).all()
    }

    /// The folders of a service's dispositions, in their order.
    public func folders(
        of service: ServiceID, tenant: TenantID, in tx: any Transaction
    ) throws -> [DispositionFolder] {
        try ServicesStore(tx: tx, tenant: tenant).folders(of: service)
    }

    /// The dispositions of a service in the order of the list; retired ones come too and say so.
    public func dispositions(
        of service: ServiceID, tenant: TenantID, in tx: any Transaction
    ) throws -> [Disposition] {
        try ServicesStore(tx: tx, tenant: tenant).dispositions(of: [service])[service] ?? []
    }

    /// The dispositions of several services at once.
    /// - Parameter others: See ``Transaction/query(_:lookingUp:)``.
    public func dispositions(
        of services: [ServiceID], tenant: TenantID, in tx: any Transaction,
        lookingUp others: @autoclosure () -> [SQL] = []
    ) throws -> [ServiceID: [Disposition]] {
        try ServicesStore(tx: tx, tenant: tenant).dispositions(of: services, lookingUp: others())
    }

    /// Dispositions by their ids, for pages that show what was picked.
    public func dispositions(
        _ ids: [DispositionID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [DispositionID: Disposition] {
        try ServicesStore(tx: tx, tenant: tenant).dispositions(ids: ids)
    }
}
