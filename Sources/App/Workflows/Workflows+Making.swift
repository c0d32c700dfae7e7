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
        if name.nonEmpty == nil {
            refusals.add(Refusal(.invalid, code: "name_missing", key: "workflows.refusal.nameMissing", field: "name"))
        }
        if name.count > 200 {
            refusals.add(Refusal(.invalid, code: "name_too_long", key: "workflows.refusal.nameTooLong", field: "name"))
        }
        try refusals.throwIfAny()
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        let id = tx.new(WorkflowID.self)
        guard try store.insert(id, name: name.trimmed, by: person, at: now) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "workflows.refusal.nameTaken",
                    arguments: ["name": name.trimmed],
                    field: "name")
            ])
        }
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
    /// - Throws: ``Refusals`` when its name or its triggers are missing, or workflow, service or disposition unknown.
    public func addConfiguration(
        _ new: NewConfiguration, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> ConfigurationID {
        let store = WorkflowsStore(tenant: tenant, tx: tx)
        var refusals = Refusals()
        func refuse(_ code: String, _ key: String, _ field: String) {
            refusals.add(Refusal(.invalid, code: code, key: "workflows.refusal." + key, field: field))
        }
        if new.name.nonEmpty == nil { refuse("name_missing", "nameMissing", "name") }
        if new.name.count > 200 { refuse("name_too_long", "nameTooLong", "name") }
        if new.triggers.isEmpty { refuse("trigger_missing", "triggerMissing", "triggers") }
        if try !store.exists(new.workflow) { refuse("unknown_workflow", "unknownWorkflow", "workflow") }
        if try !store.hasService(new.service) { refuse("unknown_service", "unknownService", "service") }
        let known = try store.dispositions(of: new.service)
        for (position, trigger) in new.triggers.enumerated() {
            let field = "triggers.\(position)"
            switch trigger {
            case .agentCompletes(.one(let id)), .interactionEnds(.one(let id)):
                if !known.contains(id) { refuse("unknown_disposition", "unknownDisposition", field) }
            case .averageSentiment(_, let threshold):
                if !(-1...1).contains(threshold) { refuse("threshold_outside", "thresholdOutside", field) }
            case .agentCompletes, .interactionEnds: break
            }
        }
        try refusals.throwIfAny()
        let id = tx.new(ConfigurationID.self)
        try store.insert(new, as: id, at: now)
        return id
    }

    /// Switches a configuration on or off; its waiting runs meet the gate when they come to their mail.
    /// - Throws: ``Refusal`` when there is none.
    public func setEnabled(
        _ isEnabled: Bool, _ configuration: ConfigurationID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        guard try WorkflowsStore(tenant: tenant, tx: tx).setEnabled(isEnabled, configuration, at: now) else {
            throw Refusal(.notFound, code: "unknown_configuration", key: "workflows.refusal.unknownConfiguration")
        }
    }
}
