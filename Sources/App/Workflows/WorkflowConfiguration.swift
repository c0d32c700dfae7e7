// SPDX-License-Identifier: Apache-2.0
// Which service's interactions start which workflow, and when (spec 5.1).

/// A workflow as pages and other rooms see it.
public struct Workflow: Sendable, Equatable {
    public let id: WorkflowID
    public let name: String
    /// The newest sound version; nil when there is none, so that it cannot be enabled.
    public let version: WorkflowVersionID?
    public let changedBy: PersonID?
    public let changedAt: Moment
}

/// A workflow, a service and its triggers.
public struct WorkflowConfiguration: Sendable, Equatable {
    public let id: ConfigurationID
    public let workflow: WorkflowID
    public let service: ServiceID
    public let name: String
    public let isEnabled: Bool
    public let limits: AskingLimits
    public let triggers: [Trigger]
    public let changedAt: Moment
}

/// A configuration to be made.
public struct NewConfiguration: Sendable {
    public var workflow: WorkflowID
    public var service: ServiceID
    public var name: String
    public var isEnabled: Bool
    public var limits: AskingLimits
    public var triggers: [Trigger]

    public init(
        workflow: WorkflowID, service: ServiceID, name: String, triggers: [Trigger]
    ) {
        self.workflow = workflow
        self.service = service
        self.name = name
        self.triggers = triggers
        isEnabled = true
        limits = AskingLimits()
    }
}

/// An enabled configuration of an interaction's service, as `consider` needs it.
struct ListeningConfiguration {
    let id: ConfigurationID
    let name: String
    let workflow: WorkflowID
    let workflowName: String
    let version: WorkflowVersionID
    let limits: AskingLimits
    var triggers: [Trigger]

    /// The trigger that takes the event, among those asked. *Agent completes* comes first, since it starts one run for
    /// each part; the others start one only if the interaction has none of this configuration.
    func match(
        _ event: InteractionCompleted, among asked: Set<Trigger.Event>, hasRun: Bool
    ) -> Trigger.Event? {
        let matching = triggers.filter { asked.contains($0.event) && $0.matches(event) }.map(\.event)
        if matching.contains(.agentCompletes) { return .agentCompletes }
        return hasRun ? nil : matching.first
    }
}
