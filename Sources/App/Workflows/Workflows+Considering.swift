// SPDX-License-Identifier: Apache-2.0
// Interactions have ended: which configurations start a run for them (spec 5.1).
import Durable
import Storage

extension Workflows {
    /// Starts what the enabled configurations of the interactions' services want, each at most once for each
    /// interaction; what each interaction started, in their order. All are of one centre, and many cost as many
    /// statements as one.
    public func consider(
        _ events: [InteractionCompleted], in tx: any Transaction, at now: Moment
    ) throws -> [[RunStarted]] {
        try start(Set(Trigger.Event.allCases), events, in: tx, at: now)
    }

    /// The interaction has ended before, and its sentiment became known: triggers on sentiment are asked.
    public func sentimentArrived(
        _ event: InteractionCompleted, in tx: any Transaction, at now: Moment
    ) throws -> [RunStarted] {
        try start([.averageSentiment], [event], in: tx, at: now)[0]
    }

    private func start(
        _ triggers: Set<Trigger.Event>, _ events: [InteractionCompleted], in tx: any Transaction, at now: Moment
    ) throws -> [[RunStarted]] {
        var started: [[RunStarted]] = Array(repeating: [], count: events.count)
        guard let tenant = events.first?.tenant else { return started }
        let store = ListeningStore(tenant: tenant, tx: tx)
        let matches = try matches(triggers, events, store)
        guard !matches.isEmpty, let around = try store.surroundings(of: matches.map { events[$0.position] })
        else { return started }
        var snapshots: [Int: String] = [:]
        let runs = matches.map { match in
            let event = events[match.position]
            let variables = snapshots[match.position] ?? RunVariables(event, around).stored.text
            snapshots[match.position] = variables
            return RunStore.NewRun(
                id: tx.new(), workflow: match.configuration.workflow, version: match.configuration.version,
                configuration: match.configuration.id,
                part: match.trigger == .agentCompletes ? event.part?.part ?? "" : "", trigger: match.trigger,
                variables: variables, event: event)
        }
        let inserted = try RunStore(tenant: tenant, tx: tx).insert(runs, at: now)
        try Work.schedule(inserted.sorted().map { (Self.work, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
        for (run, match) in zip(runs, matches) where inserted.contains(run.id) {
            started[match.position].append(
                RunStarted(
                    run: run.id, workflow: match.configuration.workflowName, configuration: match.configuration.name))
        }
        return started
    }

    /// A configuration that takes one of the interactions.
    private struct Match {
        let position: Int
        let configuration: ListeningConfiguration
        let trigger: Trigger.Event
    }

    private func matches(
        _ triggers: Set<Trigger.Event>, _ events: [InteractionCompleted], _ store: ListeningStore
    ) throws -> [Match] {
        let asking = events.indices.filter { events[$0].part != nil || events[$0].isEnd }
        let listening = try store.configurations(of: Set(asking.map { events[$0].service.id }))
        guard !listening.isEmpty else { return [] }
        let ran = try store.ran(asking.map { events[$0].interaction })
        return asking.flatMap { position in
            let event = events[position]
            return (listening[event.service.id] ?? []).compactMap { configuration in
                let hasRun = ran[event.interaction]?.contains(configuration.id) ?? false
                return configuration.match(event, among: triggers, hasRun: hasRun)
                    .map { Match(position: position, configuration: configuration, trigger: $0) }
            }
        }
    }
}
