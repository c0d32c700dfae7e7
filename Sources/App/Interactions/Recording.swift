// SPDX-License-Identifier: Apache-2.0
// How deliveries become interactions and parts: in one transaction, for one or many, with a constant number of
// statements beside those of the rooms that listen.
import Foundation
import Storage

/// Records deliveries in a transaction.
struct Recording {
    let rooms: Interactions
    let sender: IntakeSender
    let tx: any Transaction
    let now: Moment
    /// What follows from the deliveries is left to transactions of its own as far as it can be.
    var isFollowedLater = false

    private var store: InteractionsStore { InteractionsStore(tx: tx, tenant: sender.tenant) }

    /// What became of each delivery, in their order. No two may be about the same interaction.
    /// - Throws: ``Overtaken`` when another transaction has made something of it meanwhile.
    func record(_ deliveries: [Intake]) throws -> [IntakeOutcome] {
        defer { tx.forgetLookUps() }
        let customers = deliveries.map { $0.customer?.reference ?? CustomerReference() }
        let known = try KnownInteractions(
            of: deliveries, from: sender, rooms: rooms, in: tx,
            lookingUp: lookUps(about: deliveries, by: customers))
        var outcomes: [IntakeOutcome?] = Array(repeating: nil, count: deliveries.count)
        var drafts: [IntakeDraft] = []
        for (position, delivery) in deliveries.enumerated() {
            do {
                switch try IntakeJudgement.of(delivery, at: position, known: known) {
                case .new(let draft): drafts.append(draft)
                case .repeated(let part, let interaction, let service):
                    outcomes[position] = .taken(
                        repeated(part, of: interaction, service: service, delivery: delivery, known: known))
                }
            } catch let refusals as Refusals {
                outcomes[position] = .refused(refusals)
            }
        }
        try addRuns(to: &outcomes)
        for taken in try write(drafts, of: customers, known: known) {
            outcomes[taken.position] = .taken(taken.delivery)
        }
        return outcomes.compactMap(\.self)
    }

    /// What is looked up next where all of the deliveries are new and none is refused, which is the rule.
    private func lookUps(about deliveries: [Intake], by customers: [CustomerReference]) -> [SQL] {
        let agents = deliveries.filter { $0.act == .complete }.compactMap(\.completion.agent)
        return rooms.accounts.lookUps(aboutAgents: agents, of: sender.tenant)
            + rooms.contacts.lookUps(about: customers, of: sender.tenant)
    }

    private func repeated(
        _ part: InteractionPart, of interaction: Interaction, service: Service, delivery: Intake,
        known: KnownInteractions
    ) -> TakenIntake {
        var warnings = delivery.warnings
        if let text = part.dispositionText {
            warnings.append(
                IntakeWarning(
                    code: "unknown_disposition", key: "interactions.unknownDisposition",
                    arguments: ["disposition": text, "service": service.name], field: "disposition"))
        }
        return TakenIntake(
            interaction: interaction, service: service,
            lastDisposition: known.disposition(interaction.lastDisposition, of: service.id), part: part,
            partDisposition: known.disposition(part.disposition, of: service.id), agentLogin: delivery.completion.agent,
            isNew: false, warnings: warnings)
    }

    /// Repeated deliveries are answered with the runs that they started the first time.
    private func addRuns(to outcomes: inout [IntakeOutcome?]) throws {
        let repeated = outcomes.compactMap { outcome in
            if case .taken(let taken) = outcome { taken.interaction.id } else { nil }
        }
        if repeated.isEmpty { return }
        let runs = try rooms.events.runsStarted(sender.tenant, repeated, tx)
        for (position, outcome) in outcomes.enumerated() {
            guard case .taken(var taken) = outcome else { continue }
            taken.runs = runs[taken.interaction.id] ?? []
            outcomes[position] = .taken(taken)
        }
    }

    private func write(
        _ judged: [IntakeDraft], of customers: [CustomerReference], known: KnownInteractions
    ) throws -> [(position: Int, delivery: TakenIntake)] {
        if judged.isEmpty { return [] }
        var drafts = judged
        try findAgents(of: &drafts)
        try findCustomers(of: &drafts, among: customers)
        let zone = try rooms.accounts.tenant(sender.tenant, in: tx)?.zone ?? .gmt
        let interactions = drafts.map { $0.interaction(id: tx.new(), source: sender.source, at: now, in: zone) }
        let parts = zip(drafts, interactions).map { $0.part(of: $1.id, id: tx.new(), at: now) }
        try store.insert(zip(drafts, interactions).filter { $0.0.before == nil }.map(\.1))
        for (draft, interaction) in zip(drafts, interactions) where draft.before != nil {
            try store.update(interaction)
        }
        try store.insert(parts.compactMap(\.self))
        let runs = try tell(drafts, interactions: interactions, parts: parts, in: zone)
        return drafts.indices.map { index in
            let (draft, interaction) = (drafts[index], interactions[index])
            var taken = TakenIntake(
                interaction: interaction, service: draft.service,
                lastDisposition: known.disposition(interaction.lastDisposition, of: draft.service.id),
                part: parts[index], partDisposition: parts[index] == nil ? nil : draft.disposition,
                agentLogin: parts[index] == nil ? nil : draft.agentLogin,
                isNew: draft.before == nil || parts[index] != nil, warnings: draft.warnings)
            taken.runs = runs[index]
            return (draft.position, taken)
        }
    }

    private func findAgents(of drafts: inout [IntakeDraft]) throws {
        let named = drafts.indices.filter { drafts[$0].delivery.act == .complete && drafts[$0].agentLogin != nil }
        if named.isEmpty { return }
        let references = named.map { AgentReference(login: drafts[$0].agentLogin ?? "", team: drafts[$0].service.team) }
        let agents = try rooms.accounts.findOrMakeAgents(references, of: sender.tenant, in: tx, at: now)
        // Making them may have waited for another transaction, which may have made the customers, too.
        if agents.contains(where: { $0?.isNew == true }) { tx.forgetLookUps() }
        for (index, agent) in zip(named, agents) {
            drafts[index].agent = agent
            if agent?.isNew != false {
                drafts[index].warnings.append(
                    IntakeWarning(
                        code: "unknown_agent", key: "interactions.unknownAgent",
                        arguments: ["agent": drafts[index].agentLogin ?? ""], field: "agent"))
            }
        }
    }

    /// - Parameter customers: Of all deliveries, in their order.
    private func findCustomers(of drafts: inout [IntakeDraft], among customers: [CustomerReference]) throws {
        let contacts = try rooms.contacts.findOrMake(
            drafts.map { customers[$0.position] }, of: sender.tenant, in: tx, at: now)
        let cases = try rooms.contacts.findOrMake(
            drafts.compactMap(\.delivery.caseReference), of: sender.tenant, in: tx, at: now)
        let kept = drafts.indices.filter { contacts[$0] == nil }.compactMap { drafts[$0].before?.contact }
        let keptContacts = try rooms.contacts.contacts(Set(kept).sorted(), of: sender.tenant, in: tx)
        let keptCaseIDs = drafts.filter { $0.delivery.caseReference == nil }.compactMap { $0.before?.caseID }
        let keptCases = try rooms.contacts.cases(Set(keptCaseIDs).sorted(), of: sender.tenant, in: tx)
        for index in drafts.indices {
            let before = drafts[index].before
            drafts[index].contact = contacts[index] ?? before?.contact.flatMap { keptContacts[$0] }
            drafts[index].customerCase =
                drafts[index].delivery.caseReference.flatMap { cases[$0.number] }
                ?? before?.caseID.flatMap { keptCases[$0] }
        }
    }

    /// Tells the rooms that listen, of all at once, and returns the runs that each draft started.
    private func tell(
        _ drafts: [IntakeDraft], interactions: [Interaction], parts: [InteractionPart?], in zone: TimeZone
    ) throws -> [[RunStarted]] {
        var runs: [[RunStarted]] = Array(repeating: [], count: drafts.count)
        let completed = drafts.indices.filter { parts[$0] != nil || drafts[$0].isEnd }
        let events = completed.map { index in
            event(
                drafts[index], interaction: interactions[index], part: parts[index], isEnd: drafts[index].isEnd,
                in: zone)
        }
        if !events.isEmpty {
            let started = try rooms.events.completed(events, isFollowedLater, tx, now)
            for (index, started) in zip(completed, started) { runs[index] = started }
        }
        for (index, draft) in drafts.enumerated()
        where parts[index] == nil && !draft.isEnd && draft.isSentimentLate(at: now) {
            let event = event(draft, interaction: interactions[index], part: nil, isEnd: true, in: zone)
            runs[index] = try rooms.events.sentimentArrived(event, isFollowedLater, tx, now)
        }
        return runs
    }

    private func event(
        _ draft: IntakeDraft, interaction: Interaction, part: InteractionPart?, isEnd: Bool, in zone: TimeZone
    ) -> InteractionCompleted {
        let belonging = part ?? draft.lastPart
        let endedAt = part?.completedAt ?? interaction.endedAt ?? now
        return InteractionCompleted(
            tenant: sender.tenant, interaction: interaction.id, isNew: draft.before == nil,
            channel: interaction.channel, direction: interaction.direction, service: draft.service,
            part: part.map { .init(part: $0.part, agent: $0.agent, note: $0.note) }, isEnd: isEnd,
            disposition: draft.disposition, disposedText: draft.dispositionText ?? part?.dispositionText,
            agent: belonging?.agent, team: belonging?.team, contact: draft.contact, caseID: draft.customerCase?.id,
            caseNumber: draft.customerCase?.number, caseTitle: draft.customerCase?.title,
            customerName: interaction.customerName, customerEmail: interaction.customerEmail,
            customerPhone: interaction.customerPhone, language: interaction.customerLanguage,
            sentiment: interaction.sentiment, data: interaction.data, startedAt: interaction.startedAt,
            endedAt: endedAt, completedOn: LocalDay(of: endedAt, in: zone), isTest: interaction.isTest)
    }
}
