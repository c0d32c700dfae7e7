// SPDX-License-Identifier: Apache-2.0
// The room's face: what other rooms may ask of scenarios and runs.
import Durable
import Storage

/// Workflows, their configurations and their runs.
public struct Workflows: Sendable {
    let installation: Installation
    let surveys: Surveys
    let invitations: Invitations
    let inbox: Inbox
    /// Who writes the mails (Mailings).
    let messagesDue: @Sendable ([MessageDue], any Transaction, Moment) throws -> Void
    let shelf = ScenarioShelf()

    public init(
        installation: Installation, surveys: Surveys, invitations: Invitations, inbox: Inbox,
        messagesDue: @escaping @Sendable ([MessageDue], any Transaction, Moment) throws -> Void
    ) {
        self.installation = installation
        self.surveys = surveys
        self.invitations = invitations
        self.inbox = inbox
        self.messagesDue = messagesDue
    }

    /// Starts what the enabled configurations of the interaction's service want (spec 5.1), each at most once.
    public func consider(_ event: InteractionCompleted, in tx: any Transaction, at now: Moment) throws -> [RunStarted] {
        guard event.part != nil || event.isEnd else { return [] }
        return try start(Set(Trigger.Event.allCases), event, in: tx, at: now)
    }

    /// The interaction has ended before, and its sentiment became known: triggers on sentiment are asked.
    public func sentimentArrived(
        _ event: InteractionCompleted, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        try start([.averageSentiment], event, in: tx, at: now)
    }

    private func start(
        _ triggers: Set<Trigger.Event>, _ event: InteractionCompleted, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        let listening = try WorkflowsStore(tenant: event.tenant, tx: tx).listening(to: event)
        guard let around = listening.around else { return [] }
        let matches = listening.configurations.compactMap { configuration in
            var asked = configuration
            asked.triggers.removeAll { !triggers.contains($0.event) }
            return asked.match(event)
        }
        guard !matches.isEmpty else { return [] }
        let variables = RunVariables(event, around).stored.text
        let runs = matches.map { configuration, trigger in
            RunStore.NewRun(
                id: tx.new(), workflow: configuration.workflow, version: configuration.version,
                configuration: configuration.id, part: trigger == .agentCompletes ? event.part?.part ?? "" : "",
                trigger: trigger, variables: variables)
        }
        let inserted = try RunStore(tenant: event.tenant, tx: tx).insert(runs, for: event, at: now)
        try Work.schedule(
            inserted.map { (Self.work, event.tenant.raw, $0.raw, now.milliseconds) }, in: tx)
        return zip(runs, matches).filter { inserted.contains($0.0.id) }.map { run, match in
            RunStarted(
                run: run.id, workflow: match.configuration.workflowName, configuration: match.configuration.name)
        }
    }

    /// The interaction goes on: its waiting runs are cancelled. A mail that is on its way meets the gate.
    public func reopened(
        _ interaction: InteractionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let store = RunStore(tenant: tenant, tx: tx)
        let reason = GateNo(.reopened).description
        let cancelled = try store.cancel(of: interaction, reason: reason, at: now)
        for (run, _) in cancelled { try Work.cancel(Self.work, tenant: tenant.raw, subject: run.raw, in: tx) }
        try store.insertLines(
            cancelled.map { run, block in
                (run, RunLine(at: now, block: block, outcome: .cancelled, arguments: ["reason": reason]))
            })
    }

    /// Tells waiting runs how their mails went, in as many statements as for one; they go on at once. A run that is
    /// over or stands at another block by now is left alone.
    public func signal(
        _ signals: [MailSignal], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let taken = try RunStore(tenant: tenant, tx: tx).signal(signals)
        try Work.schedule(taken.map { (Self.work, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
    }

    /// Asks the gates again when survey mails are about to leave (spec 5.5), for all of them in as many statements as
    /// for one: the mails whose gate says no, with the gate as it stands in `run.reason`.
    public func gates(
        _ leaving: [LeavingMail], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [LeavingMail: String] {
        guard !leaving.isEmpty else { return [:] }
        let disabled = try RunStore(tenant: tenant, tx: tx).disabled(Set(leaving.map(\.run)).sorted())
        let noes = try invitations.gates(leaving, of: tenant, in: tx, at: now)
        var answers: [LeavingMail: String] = [:]
        for mail in leaving {
            if let no = noes[mail], no.gate == .surveysOff || !disabled.contains(mail.run) {
                answers[mail] = no.description
            } else if disabled.contains(mail.run) {
                answers[mail] = GateNo(.configurationDisabled).description
            }
        }
        return answers
    }
}
