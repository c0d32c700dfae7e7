// SPDX-License-Identifier: Apache-2.0
// All workflows and configurations of a centre, and changing them.
import Storage

extension Workflows {
    /// All workflows by name, with their newest scenarios.
    public func all(of tenant: TenantID, in tx: any Transaction) throws -> [WorkflowEntry] {
        try WorkflowDirectoryStore(tenant: tenant, tx: tx).workflows()
    }

    /// All configurations, with their triggers.
    public func configurations(of tenant: TenantID, in tx: any Transaction) throws -> [WorkflowConfiguration] {
        try WorkflowDirectoryStore(tenant: tenant, tx: tx).configurations()
    }

    /// Gives a workflow another name.
    /// - Throws: ``Refusals``.
    public func rename(
        _ workflow: WorkflowID, to name: String, of tenant: TenantID, by person: PersonID?, in tx: any Transaction,
        at now: Moment
    ) throws {
        try Workflow.refusals(name: name).throwIfAny()
        let store = WorkflowDirectoryStore(tenant: tenant, tx: tx)
        guard try store.rename(workflow, to: name.trimmed, by: person, at: now) else { throw Self.taken(name) }
    }

    /// Writes a configuration anew. Runs that have begun are left alone.
    /// - Throws: ``Refusals`` by field.
    public func change(
        _ configuration: ConfigurationID, to new: NewConfiguration, of tenant: TenantID, in tx: any Transaction,
        at now: Moment
    ) throws {
        try checked(new, as: configuration, of: tenant, in: tx)
        guard try WorkflowDirectoryStore(tenant: tenant, tx: tx).update(configuration, to: new, at: now) else {
            throw Refusal(.notFound, code: "unknown_configuration", key: "workflows.refusal.unknownConfiguration")
        }
    }

    /// - Throws: ``Refusals`` when a configuration's name or triggers are missing, its name taken, or what it names
    ///   unknown.
    func checked(
        _ new: NewConfiguration, as configuration: ConfigurationID?, of tenant: TenantID, in tx: any Transaction
    ) throws {
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        let known = NewConfiguration.Known(
            workflows: try store.exists(new.workflow) ? [new.workflow] : [],
            services: try store.hasService(new.service) ? [new.service] : [],
            dispositions: try store.dispositions(of: new.service))
        try new.refusals(known).throwIfAny()
        let directory = WorkflowDirectoryStore(tenant: tenant, tx: tx)
        if try directory.isTaken(new.name, in: new.workflow, besides: configuration) {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "workflows.refusal.configurationTaken",
                    arguments: ["name": new.name.trimmed], field: "name")
            ])
        }
    }

    static func taken(_ name: String) -> Refusals {
        Refusals([
            Refusal(
                .conflict, code: "name_taken", key: "workflows.refusal.nameTaken", arguments: ["name": name.trimmed],
                field: "name")
        ])
    }
}
