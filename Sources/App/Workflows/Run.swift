// SPDX-License-Identifier: Apache-2.0
// One workflow at work on one interaction: a row, not a task in memory (spec 5.5).

/// A run as a step needs it.
struct Run: Sendable {
    let id: RunID
    let tenant: TenantID
    let workflow: WorkflowID
    let version: WorkflowVersionID
    let configuration: ConfigurationID
    let interaction: InteractionID
    let agent: PersonID?
    let team: TeamID?
    let service: ServiceID
    let disposition: DispositionID?
    let completedOn: LocalDay
    let createdAt: Moment
    let isTest: Bool
    /// The configuration as it is now, not as it was when the run began.
    let isConfigurationEnabled: Bool
    let limits: AskingLimits

    var state: RunState
    var reason: String?
    /// Where it stands; nil before the first block.
    var block: String?
    /// The Email block whose mail came back after the run had gone on: the run walks its branch *Mail not sent* and is
    /// over. That happens once.
    var lateBlock: String?
    var signal: RunSignal?
    var variables: RunVariables
    var dueAt: Moment?

    var belonging: Belonging {
        Belonging(
            agent: agent, team: team, service: service, disposition: disposition,
            channel: variables.channel ?? .voice, completedOn: completedOn)
    }
}

extension Run {
    /// A run that has just been inserted.
    init(_ new: RunStore.NewRun, at now: Moment) {
        let event = new.event
        self.init(
            id: new.id, tenant: event.tenant, workflow: new.workflow, version: new.version,
            configuration: new.configuration, interaction: event.interaction, agent: event.agent, team: event.team,
            service: event.service.id, disposition: event.disposition?.id, completedOn: event.completedOn,
            createdAt: now, isTest: event.isTest, isConfigurationEnabled: true, limits: new.limits, state: .ready,
            reason: nil, block: nil, lateBlock: nil, signal: nil, variables: new.variables, dueAt: now)
    }
}

/// A line of a run's history: what happened at a block.
public struct RunLine: Sendable, Equatable {
    /// The words it is told in: `workflows.step.OUTCOME`.
    public enum Outcome: String, Sendable, CaseIterable {
        case waiting, waited, resumedEarly = "resumed_early"
        case variablesEmpty = "variables_empty"
        case addressesBad = "addresses_bad"
        case recipientLeftOut = "recipient_left_out"
        case mailDue = "mail_due"
        case reminderDue = "reminder_due"
        case mailSent = "mail_sent"
        case mailNotSent = "mail_not_sent"
        case mailBounced = "mail_bounced"
        case skippedAnswered = "skipped_answered"
        case notAsked = "not_asked"
        case told
        case tellingFailed = "telling_failed"
        case chosen, exited, finished, cancelled, failed
    }

    public let at: Moment
    public let block: String
    public let outcome: Outcome
    /// What stands in the sentence's holes.
    public let arguments: [String: String]
}

extension RunSignal {
    /// As it stands in `run.signal`.
    var text: String {
        switch self {
        case .mailSent: "sent"
        case .mailNotSent(let reason): "not_sent:" + reason
        case .notAsked(let gate): "not_asked:" + gate
        }
    }

    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? String(parts[1]) : ""
        switch parts[0] {
        case "sent": self = .mailSent
        case "not_sent": self = .mailNotSent(reason: rest)
        case "not_asked": self = .notAsked(gate: rest)
        default: return nil
        }
    }
}
