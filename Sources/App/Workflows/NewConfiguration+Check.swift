// SPDX-License-Identifier: Apache-2.0
// What a configuration and a workflow's name must hold to (spec 5.1), whoever brings them.

extension NewConfiguration {
    /// What there is of what a configuration may name.
    struct Known {
        var workflows: Set<WorkflowID>
        var services: Set<ServiceID>
        /// Those of the configuration's service that are not retired.
        var dispositions: Set<DispositionID>
    }

    /// Everything that is wrong, by field; a trigger's is `triggers.N`.
    func refusals(_ known: Known) -> Refusals {
        var refusals = Workflow.refusals(name: name)
        func refuse(_ code: String, _ key: String, _ field: String) {
            refusals.add(Refusal(.invalid, code: code, key: "workflows.refusal." + key, field: field))
        }
        if triggers.isEmpty { refuse("trigger_missing", "triggerMissing", "triggers") }
        if triggers.count > ScenarioLimits.triggers { refuse("too_many_triggers", "tooManyTriggers", "triggers") }
        if !known.workflows.contains(workflow) { refuse("unknown_workflow", "unknownWorkflow", "workflow") }
        if !known.services.contains(service) { refuse("unknown_service", "unknownService", "service") }
        for (position, trigger) in triggers.enumerated() {
            let field = "triggers.\(position)"
            switch trigger {
            case .agentCompletes(.one(let id)), .interactionEnds(.one(let id)):
                if !known.dispositions.contains(id) { refuse("unknown_disposition", "unknownDisposition", field) }
            case .averageSentiment(_, let threshold):
                if !(-1...1).contains(threshold) { refuse("threshold_outside", "thresholdOutside", field) }
            case .agentCompletes, .interactionEnds: break
            }
        }
        refusals.all += limits.refusals.all
        return refusals
    }
}

extension Workflow {
    /// What is wrong with a name of a workflow or a configuration.
    static func refusals(name: String) -> Refusals {
        var refusals = Refusals()
        if name.nonEmpty == nil {
            refusals.add(Refusal(.invalid, code: "name_missing", key: "workflows.refusal.nameMissing", field: "name"))
        }
        if name.count > 200 {
            refusals.add(Refusal(.invalid, code: "name_too_long", key: "workflows.refusal.nameTooLong", field: "name"))
        }
        return refusals
    }
}
