// SPDX-License-Identifier: Apache-2.0
// Changing services and their dispositions as a whole.
import Storage

extension Services {
    /// The folders and dispositions of all services, without retired ones.
    public func contents(of tenant: TenantID, in tx: any Transaction) throws -> [ServiceID: ServiceContent] {
        try ServiceContentStore(tx: tx, tenant: tenant).contents()
    }

    /// The dispositions that a new service of a type begins with, named in a language.
    public func predefined(for type: ServiceType, language: String) throws -> ServiceContent {
        let folders = try PredefinedDispositions.load().folders(for: type)
        return ServiceContent(
            folders: folders.map { folder in
                let entries = folder.dispositions.map { $0.entry(of: type, language: language) }
                return ServiceContent.Folder(name: folder.name.text(language), dispositions: entries)
            })
    }

    /// Makes a service with dispositions of its own instead of the pre-defined ones.
    /// - Throws: ``Refusals`` with everything that breaks a rule.
    public func create(
        _ new: NewService, content: ServiceContent, for tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> ServiceID {
        var refusals = new.check()
        refusals.all += content.refusals(before: ServiceContent(folders: [])).all
        try refusals.throwIfAny()
        guard let service = try ServicesStore(tx: tx, tenant: tenant).insert(new) else { throw Self.taken(new) }
        try ServiceContentStore(tx: tx, tenant: tenant).save(content, of: service.id, at: now)
        return service.id
    }

    /// Changes a service's own settings.
    /// - Throws: ``Refusals`` by field.
    public func change(
        _ service: ServiceID, to new: NewService, of tenant: TenantID, in tx: any Transaction
    ) throws {
        try new.check().throwIfAny()
        guard try ServiceContentStore(tx: tx, tenant: tenant).update(service, to: new) else { throw Self.taken(new) }
    }

    /// Writes the dispositions of a service; those left out are retired, their folders dissolved. Who uses one is the
    /// caller's question.
    /// - Throws: ``Refusals`` with everything that breaks a rule.
    public func save(
        _ content: ServiceContent, before: ServiceContent, of service: ServiceID, tenant: TenantID,
        in tx: any Transaction, at now: Moment
    ) throws {
        try content.refusals(before: before).throwIfAny()
        try ServiceContentStore(tx: tx, tenant: tenant).save(content, of: service, at: now)
    }

    private static func taken(_ new: NewService) -> Refusals {
        Refusals([
            Refusal(
                .conflict, code: "name_taken", key: "services.nameTaken", arguments: ["name": new.name.trimmed],
                field: "name")
        ])
    }
}
