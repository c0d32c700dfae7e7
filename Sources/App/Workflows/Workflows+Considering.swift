// SPDX-License-Identifier: Apache-2.0
// Interactions have ended: which configurations start a run for them (spec 5.1).
import Durable
import Storage

extension Workflows {
    /// Starts what the enabled configurations of the interactions' services want, each at most once for each
    /// interaction; what each interaction started, in their order. All are of one centre, and many cost as many
    /// statements as one.
    ///
    /// The runs take their first steps in this same transaction, up to where they have to wait for a time or for a
    /// mail: being woken for that would cost more than the steps themselves.
    /// - Parameter isLater: The runs are woken to take their first steps in a transaction of their own, so that one
    ///   that cannot does not keep its interaction from being recorded.
    /// - Throws: ``Overtaken`` when another transaction has started one of the runs meanwhile: run it in
    ///   ``Database/writeRepeatedly(_:)``.
    public func consider(
        _ events: [InteractionCompleted], isLater: Bool = false, in tx: any Transaction, at now: Moment
    ) throws -> [[RunStarted]] {
        try start(Set(Trigger.Event.allCases), events, isLater: isLater, in: tx, at: now)
    }

    /// What ``consider(_:isLater:in:at:)`` looks up first of interactions of these services, for
    /// ``Transaction/query(_:lookingUp:)``.
    func lookUps(aboutInteractionsOf services: Set<ServiceID>, of tenant: TenantID) -> [SQL] {
        services.isEmpty ? [] : [ListeningStore.configurations(of: services, tenant: tenant)]
    }

    /// The interaction has ended before, and its sentiment became known: triggers on sentiment are asked.
    public func sentimentArrived(
        _ event: InteractionCompleted, isLater: Bool = false, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        try start([.averageSentiment], [event], isLater: isLater, in: tx, at: now)[0]
    }

    private func start(
        _ triggers: Set<Trigger.Event>, _ events: [InteractionCompleted], isLater: Bool, in tx: any Transaction,
        at now: Moment
    ) throws -> [[RunStarted]] {
        var started: [[RunStarted]] = Array(repeating: [], count: events.count)
        guard let tenant = events.first?.tenant else { return started }
        let store = ListeningStore(tenant: tenant, tx: tx)
        let matches = try matches(triggers, events, store)
        guard !matches.isEmpty, let around = try store.surroundings(of: matches.map { events[$0.position] })
        else { return started }
        let runs = Self.newRuns(for: matches, of: events, around, in: tx)
        if isLater || runs.count > Self.firstStepsTogether {
            try RunStore(tenant: tenant, tx: tx).insert(runs.map { ($0, Run($0, at: now)) }, at: now)
            try Work.schedule(runs.map { (Self.work, tenant.raw, $0.id.raw, now.milliseconds) }, in: tx)
        } else {
            try wakeLater(try advance(new: runs, of: tenant, in: tx, at: now), of: tenant, in: tx)
        }
        for (run, match) in zip(runs, matches) {
            started[match.position].append(
                RunStarted(
                    run: run.id, workflow: match.configuration.workflowName, configuration: match.configuration.name))
        }
        return started
    }

    /// How many runs take their first steps in the transaction that starts them; it keeps other writers waiting.
    private static let firstStepsTogether = 100

    private static func newRuns(
        for matches: [Match], of events: [InteractionCompleted], _ around: RunSurroundings, in tx: any Transaction
    ) -> [RunStore.NewRun] {
        var snapshots: [Int: RunVariables] = [:]
        return matches.map { match in
            let event = events[match.position]
            let snapshot = snapshots[match.position] ?? RunVariables(event, around)
            snapshots[match.position] = snapshot
            return RunStore.NewRun(
                id: tx.new(), workflow: match.configuration.workflow, version: match.configuration.version,
                configuration: match.configuration.id, limits: match.configuration.limits,
                part: match.part, trigger: match.trigger, variables: snapshot, event: event)
        }
    }

    /// A configuration that takes one of the interactions.
    private struct Match {
        let position: Int
        let configuration: ListeningConfiguration
        let trigger: Trigger.Event
        /// The part that the run is about; empty when it is about the interaction.
        let part: String
    }

    private func matches(
        _ triggers: Set<Trigger.Event>, _ events: [InteractionCompleted], _ store: ListeningStore
    ) throws -> [Match] {
        let asking = events.indices.filter { events[$0].part != nil || events[$0].isEnd }
        let listening = try store.configurations(of: Set(asking.map { events[$0].service.id }))
        guard !listening.isEmpty else { return [] }
        let ran = try store.ran(asking.map { events[$0] }.filter { !$0.isNew }.map(\.interaction))
        return asking.flatMap { position in
            let event = events[position]
            return (listening[event.service.id] ?? []).compactMap { configuration -> Match? in
                let parts = ran[event.interaction]?[configuration.id] ?? []
                guard let trigger = configuration.match(event, among: triggers, hasRun: !parts.isEmpty) else {
                    return nil
                }
                let part = trigger == .agentCompletes ? event.part?.part ?? "" : ""
                return parts.contains(part)
                    ? nil : Match(position: position, configuration: configuration, trigger: trigger, part: part)
            }
        }
    }
}
