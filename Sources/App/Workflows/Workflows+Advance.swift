// SPDX-License-Identifier: Apache-2.0
// Takes a batch of a centre's runs as far as they can go, inside one transaction.
import Durable
import Markup
import NIOConcurrencyHelpers
import Storage

/// Scenarios that were read, by version: versions never change. Bounded; emptied when it is full.
final class ScenarioShelf: Sendable {
    static let most = 512
    private let kept = NIOLockedValueBox<[WorkflowVersionID: CompiledScenario]>([:])

    subscript(version: WorkflowVersionID) -> CompiledScenario? {
        get { kept.withLockedValue { $0[version] } }
    }

    func keep(_ scenario: CompiledScenario, as version: WorkflowVersionID) {
        kept.withLockedValue { kept in
            if kept.count >= Self.most { kept.removeAll() }
            kept[version] = scenario
        }
    }
}

extension Workflows {
    /// The kind of work that takes a run on.
    static let work = WorkKind("run")

    /// Takes runs on until each rests; how their alarms go on. Runs that are over or gone have nothing left to do.
    func advance(
        _ ids: [RunID], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [RunID: WorkOutcome] {
        try advance(RunStore(tenant: tenant, tx: tx).locked(ids), of: tenant, in: tx, at: now)
    }

    /// The same for runs that the transaction has locked or made.
    func advance(
        _ runs: [Run], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [RunID: WorkOutcome] {
        let store = RunStore(tenant: tenant, tx: tx)
        var steps = try begin(runs, store, now)
        var stops = steps.indices.map { steps[$0].resume() }
        return try advance(&steps, &stops, store, now)
    }

    /// Lets new runs take their first steps, and writes them once, as these leave them.
    /// - Throws: ``Overtaken`` when another transaction has started one of them meanwhile.
    func advance(
        new runs: [RunStore.NewRun], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [RunID: WorkOutcome] {
        let store = RunStore(tenant: tenant, tx: tx)
        var steps = try begin(runs.map { Run($0, at: now) }, store, now)
        var stops = steps.indices.map { steps[$0].resume() }
        try meetDemands(&steps, &stops, store, now)
        try store.insert(zip(runs, steps).map { ($0, $1.run) }, at: now)
        try store.insertLines(of: steps)
        return Self.outcomes(steps, now)
    }

    /// Sends a run another way whose mail came back after it had gone on; false when its block has no branch for that,
    /// or it was ended otherwise.
    func comeBack(
        _ id: RunID, to block: String, reason: String, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> Bool {
        let store = RunStore(tenant: tenant, tx: tx)
        guard let run = try store.lockedForReturn(id) else { return false }
        var steps = try begin([run], store, now)
        guard let stop = steps[0].comeBack(to: block, reason: reason) else { return false }
        try store.setLate(id, block: block)
        var stops = [stop]
        try wakeLater(try advance(&steps, &stops, store, now), of: tenant, in: tx)
        return true
    }

    private func advance(
        _ steps: inout [RunStep], _ stops: inout [RunStep.Stop], _ store: RunStore, _ now: Moment
    ) throws -> [RunID: WorkOutcome] {
        try meetDemands(&steps, &stops, store, now)
        try store.save(steps.filter { !$0.lines.isEmpty || $0.run.state == .ready }, at: now)
        return Self.outcomes(steps, now)
    }

    private func meetDemands(
        _ steps: inout [RunStep], _ stops: inout [RunStep.Stop], _ store: RunStore, _ now: Moment
    ) throws {
        // A round lets every run pass one demand, so that all mails of a round are one batch.
        for _ in 0..<RunStep.most {
            let mails = stops.indices.compactMap { position in
                if case .mail(let demand) = stops[position] { (position, demand) } else { nil }
            }
            let tells = stops.indices.compactMap { position in
                if case .tell(let demand) = stops[position] { (position, demand) } else { nil }
            }
            if mails.isEmpty, tells.isEmpty { break }
            try mail(mails, &steps, &stops, store.tx, now)
            try tell(tells, &steps, &stops, store, now)
        }
    }

    private static func outcomes(_ steps: [RunStep], _ now: Moment) -> [RunID: WorkOutcome] {
        var outcomes: [RunID: WorkOutcome] = [:]
        for step in steps {
            switch step.run.state {
            case .waiting: outcomes[step.run.id] = .again(at: step.run.dueAt?.milliseconds ?? now.milliseconds)
            case .ready: outcomes[step.run.id] = .again(at: now.milliseconds)
            case .sending, .finished, .notAsked, .cancelled, .failed: outcomes[step.run.id] = .done
            }
        }
        return outcomes
    }

    /// Makes the alarms of runs that had none and are to be woken again.
    func wakeLater(
        _ outcomes: [RunID: WorkOutcome], of tenant: TenantID, in tx: any Transaction
    ) throws {
        let resting = outcomes.sorted { $0.key < $1.key }.compactMap { run, outcome in
            if case .again(let at) = outcome { (Self.work, tenant.raw, run.raw, at) } else { nil }
        }
        try Work.schedule(resting, in: tx)
    }

    /// Runs with their scenarios and with what their customers have answered.
    private func begin(_ runs: [Run], _ store: RunStore, _ now: Moment) throws -> [RunStep] {
        let unread = Set(runs.map(\.version)).filter { shelf[$0] == nil }
        for (version, text) in try store.scenarios(unread) {
            shelf.keep(CompiledScenario(try fromJSON(text)), as: version)
        }
        let readers = runs.filter { shelf[$0.version]?.readsSurvey == true }
        let surveys = try store.surveys(of: readers)
        return runs.map { run in
            var run = run
            run.variables.survey = surveys[run.id]
            let variables = run.variables
            var step = RunStep(
                run, scenario: shelf[run.version] ?? CompiledScenario(Scenario(blocks: [])), now: now,
                t: installation.catalogue.localizer(variables.languages.last ?? "en"))
            if shelf[run.version] == nil { step.fail(reason: "workflows.reason.version_missing") }
            return step
        }
    }

    /// Makes the invitations, writes the mails, and lets the runs go on with what came of it.
    private func mail(
        _ demands: [(position: Int, demand: RunStep.MailDemand)], _ steps: inout [RunStep],
        _ stops: inout [RunStep.Stop], _ tx: any Transaction, _ now: Moment
    ) throws {
        guard let tenant = demands.first.map({ steps[$0.position].run.tenant }) else { return }
        var replies: [Int: InvitationReply] = [:]
        var wishes: [(position: Int, wish: InvitationWish)] = []
        for (position, demand) in demands {
            guard let form = demand.form else { continue }
            let run = steps[position].run
            if !run.isConfigurationEnabled, !run.isTest {
                let no = InvitationAnswer.no(GateNo(.configurationDisabled))
                replies[position] = InvitationReply(answer: no, addresses: [], leftOut: [])
            } else {
                wishes.append((position, run.wish(form: form, addresses: demand.recipients)))
            }
        }
        defer { tx.forgetLookUps() }
        let given = try invitations.invite(
            wishes.map(\.wish), of: tenant, in: tx, at: now, lookingUp: mailLookUps(tenant))
        for (wish, reply) in zip(wishes, given) { replies[wish.position] = reply }
        var due: [MessageDue] = []
        for (position, demand) in demands {
            let run = steps[position].run
            let reply = replies[position]
            stops[position] = steps[position].answer(reply, to: demand)
            if steps[position].run.state == .sending {
                due.append(run.message(demand, reply, at: now))
            }
        }
        if !due.isEmpty { try messagesDue(due, tx, now) }
    }

    /// Puts internal messages into inboxes and lets the runs go on.
    private func tell(
        _ demands: [(position: Int, demand: RunStep.TellDemand)], _ steps: inout [RunStep],
        _ stops: inout [RunStep.Stop], _ store: RunStore, _ now: Moment
    ) throws {
        guard !demands.isEmpty else { return }
        let people = try inbox.people(
            named: Set(demands.flatMap(\.demand.users)), of: store.tenant, in: store.tx)
        var drafts: [InternalMessageDraft] = []
        for (position, demand) in demands {
            let found = demand.users.compactMap { people[$0.folded] }
            if !found.isEmpty {
                drafts.append(
                    InternalMessageDraft(
                        title: demand.title, body: demand.body, recipients: found, run: steps[position].run.id,
                        workflow: steps[position].run.workflow, block: demand.block))
            }
            stops[position] = steps[position].answer(told: Set(found).count, of: demand)
        }
        try inbox.deliver(drafts, of: store.tenant, in: store.tx, at: now)
    }
}

extension InvitationAnswer {
    /// The invitation that a mail carries.
    var invitation: InvitationID? {
        switch self {
        case .made(let id), .again(let id): id
        case .answered, .no: nil
        }
    }

    /// Whether it was made for this mail.
    var isNew: Bool {
        if case .made = self { true } else { false }
    }
}

extension Run {
    func wish(form: FormID, addresses: [EmailAddress]) -> InvitationWish {
        InvitationWish(
            interaction: interaction, form: form, run: id, runBegan: createdAt, configuration: configuration,
            contact: variables.contact, addresses: addresses,
            language: variables.languages.isEmpty ? nil : variables.languages.joined(separator: ","),
            belonging: belonging, limits: limits, isTest: isTest)
    }

    /// - Parameter reply: Nil when the mail holds no survey link.
    func message(_ demand: RunStep.MailDemand, _ reply: InvitationReply?, at now: Moment) -> MessageDue {
        MessageDue(
            tenant: tenant, run: id, block: demand.block, interaction: interaction,
            invitation: reply?.answer.invitation, isInvitationNew: reply?.answer.isNew == true,
            recipients: reply?.addresses ?? demand.recipients,
            senderName: demand.senderName, senderEmail: demand.senderEmail,
            replyTo: demand.replyTo, subject: demand.subject, html: demand.html, text: demand.text,
            language: demand.language, windowEndsAt: now.adding(seconds: demand.sendWithinSeconds), isTest: isTest)
    }
}
