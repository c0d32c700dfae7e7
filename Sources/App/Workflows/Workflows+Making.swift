// SPDX-License-Identifier: Apache-2.0
// Making workflows, their versions and their configurations.
import Storage

extension Workflows {
    /// Makes a workflow with its first version.
    /// - Throws: ``Refusals`` when the name is taken or the scenario is broken.
    public func create(
        name: String, scenario: Scenario, of tenant: TenantID, by person: PersonID?, in tx: any Transaction,
        at now: Moment
    ) throws -> WorkflowID {
        var refusals = try check(scenario, of: tenant, in: tx)
        refusals.all += Workflow.refusals(name: name).all
        try refusals.throwIfAny()
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        let id = tx.new(WorkflowID.self)
        guard try store.insert(id, name: name.trimmed, by: person, at: now) else { throw Self.taken(name) }
        try store.insertVersion(of: id, scenario: jsonText(scenario), by: person, at: now)
        return id
    }

    /// Gives a workflow a new version. Runs that have begun finish on the one they began with.
    /// - Throws: ``Refusals`` when the scenario is broken, or there is no such workflow.
    public func save(
        _ scenario: Scenario, as workflow: WorkflowID, of tenant: TenantID, by person: PersonID?,
        in tx: any Transaction, at now: Moment
    ) throws {
        try check(scenario, of: tenant, in: tx).throwIfAny()
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        guard try store.touch(workflow, by: person, at: now) else {
            throw Refusals([Refusal(.notFound, code: "unknown_workflow", key: "workflows.refusal.unknownWorkflow")])
        }
        try store.insertVersion(of: workflow, scenario: jsonText(scenario), by: person, at: now)
    }

    /// What is wrong with a scenario; the field of a refusal is `blocks.KEY` and the setting's name.
    public func check(_ scenario: Scenario, of tenant: TenantID, in tx: any Transaction) throws -> Refusals {
        let wanted = Set(scenario.allBlocks.flatMap(\.forms))
        var forms: Set<FormID> = []
        for form in wanted.sorted() {
            if let found = try surveys.form(form, of: tenant, in: tx), !found.isArchived { forms.insert(form) }
        }
        return scenario.check(forms: forms)
    }

    /// Makes a configuration of a workflow.
    /// - Throws: ``Refusals`` when its name or its triggers are missing, its name taken, or workflow, service or
    ///   disposition unknown.
    public func addConfiguration(
        _ new: NewConfiguration, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> ConfigurationID {
        try checked(new, as: nil, of: tenant, in: tx)
        let id = tx.new(ConfigurationID.self)
        try WorkflowsStore(tenant: tenant, tx: tx).insert(new, as: id, at: now)
        return id
    }

    /// Switches a configuration on or off; its waiting runs meet the gate when they come to their mail.
    /// - Returns: its name.
    /// - Throws: ``Refusal`` when there is none.
    @discardableResult public func setEnabled(
        _ isEnabled: Bool, _ configuration: ConfigurationID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> String {
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        guard let name = try store.setEnabled(isEnabled, configuration, at: now) else {
            throw Refusal(.notFound, code: "unknown_configuration", key: "workflows.refusal.unknownConfiguration")
        }
        return name
    }
}
