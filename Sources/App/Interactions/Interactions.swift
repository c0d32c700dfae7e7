// SPDX-License-Identifier: Apache-2.0
// The room's face: deliveries come in, interactions and their parts stand, and the rooms below are told.
import Foundation
import Logging
import Storage

/// Interactions of the contact centres.
public struct Interactions: Sendable {
    let installation: Installation
    let accounts: Accounts
    let services: Services
    let contacts: Contacts
    let events: InteractionEvents
    /// Deliveries of many requests on their way into shared transactions. Nil in the copy that the gathering itself
    /// works with.
    private var gathering: Gathering<Gathered, Result<IntakeOutcome, any Error>>?

    /// A delivery of one request.
    private typealias Gathered = (delivery: Intake, sender: IntakeSender)

    public init(
        installation: Installation, accounts: Accounts, services: Services, contacts: Contacts,
        events: InteractionEvents
    ) {
        self.installation = installation
        self.accounts = accounts
        self.services = services
        self.contacts = contacts
        self.events = events
        gathering = nil
        let rooms = self
        gathering = Gathering(
            in: installation.database, limit: InteractionLimits.transaction,
            atOnce: InteractionLimits.transactionsAtOnce, lull: InteractionLimits.lull
        ) { batch in
            await rooms.recordGathered(batch)
        }
    }

    /// Takes one delivery: updates an interaction, completes a part, or ends it. Deliveries that come at the same time
    /// share their transaction and its statements.
    /// - Throws: ``Refusals`` that say what the sender can change.
    public func complete(_ delivery: Intake, from sender: IntakeSender) async throws -> TakenIntake {
        guard let gathering else { throw StorageError.closed }
        switch try await gathering.add((delivery, sender)).get() {
        case .taken(let taken): return taken
        case .refused(let refusals): throw refusals
        }
    }

    /// Takes many deliveries, each for itself: one that is refused or fails does not spoil the others.
    public func complete(_ deliveries: [Intake], from sender: IntakeSender) async -> [IntakeOutcome] {
        await recordAll(deliveries, from: sender).map { result in
            switch result {
            case .success(let outcome): return outcome
            case .failure(let error):
                installation.logger.error(
                    "A delivery of a batch failed.", metadata: ["error": "\(type(of: error))", "room": "interactions"])
                return .refused(Refusals([Refusal(.unavailable, code: "failed", key: "interactions.failed")]))
            }
        }
    }

    /// The same inside a transaction that is there already, for the workspace and for trials.
    /// - Throws: ``Refusals``, or ``Overtaken``: run it in ``Database/writeRepeatedly(_:)``.
    func complete(
        _ delivery: Intake, from sender: IntakeSender, in tx: any Transaction, at now: Moment
    ) throws -> TakenIntake {
        switch try Recording(rooms: self, sender: sender, tx: tx, now: now).record([delivery])[0] {
        case .taken(let taken): return taken
        case .refused(let refusals): throw refusals
        }
    }

    /// An interaction by its sender's id, with its parts.
    public func interaction(
        _ externalID: String, source: String, of tenant: TenantID, in tx: any Transaction
    ) throws -> (interaction: Interaction, parts: [InteractionPart])? {
        let store = InteractionsStore(tx: tx, tenant: tenant)
        guard let found = try store.interaction(source: source, externalID: externalID) else { return nil }
        return (found, try store.parts(of: [found.id])[found.id] ?? [])
    }

    /// An interaction by its id, with its parts.
    public func interaction(
        _ id: InteractionID, of tenant: TenantID, in tx: any Transaction
    ) throws -> (interaction: Interaction, parts: [InteractionPart])? {
        let store = InteractionsStore(tx: tx, tenant: tenant)
        guard let found = try store.interactions(ids: [id]).first else { return nil }
        return (found, try store.parts(of: [id])[id] ?? [])
    }

    /// The parts of several interactions, in the order of their completion.
    func parts(
        of interactions: [InteractionID], tenant: TenantID, in tx: any Transaction
    ) throws -> [InteractionID: [InteractionPart]] {
        try InteractionsStore(tx: tx, tenant: tenant).parts(of: interactions)
    }

    /// Several interactions by their ids.
    func interactions(
        _ ids: [InteractionID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [Interaction] {
        try InteractionsStore(tx: tx, tenant: tenant).interactions(ids: ids)
    }

    private func record(
        _ deliveries: [Intake], from sender: IntakeSender, isFollowedLater: Bool = false
    ) async throws -> [IntakeOutcome] {
        let now = installation.clock.now()
        return try await installation.database.writeRepeatedly { tx in
            try Recording(rooms: self, sender: sender, tx: tx, now: now, isFollowedLater: isFollowedLater)
                .record(deliveries)
        }
    }

    /// What was gathered from several requests, in one transaction; what fails together is tried one by one.
    private func recordGathered(
        _ batch: Gathering<Gathered, Result<IntakeOutcome, any Error>>.Batch
    ) async -> [Result<IntakeOutcome, any Error>] {
        do {
            return try await installation.database.writeRepeatedly { tx in
                try record(batch.elements, in: tx).map { .success($0) }
            }
        } catch {
            let elements = batch.elements
            var results: [Result<IntakeOutcome, any Error>] = []
            for (delivery, sender) in elements {
                results +=
                    elements.count == 1
                    ? [await recordAlone(delivery, from: sender, after: error)]
                    : await recordEach([delivery], from: sender)
            }
            return results
        }
    }

    /// Sender by sender, always in the same order, so that two batches cannot wait for each other.
    private func record(_ elements: [Gathered], in tx: any Transaction) throws -> [IntakeOutcome] {
        let now = installation.clock.now()
        var outcomes: [IntakeOutcome?] = Array(repeating: nil, count: elements.count)
        let senders = Dictionary(grouping: elements.indices, by: { elements[$0].sender })
            .sorted { ($0.key.tenant, $0.key.source, $0.key.actor) < ($1.key.tenant, $1.key.source, $1.key.actor) }
        for (sender, positions) in senders {
            for chunk in Self.chunks(of: positions.map { elements[$0].delivery }) {
                let recorded = try Recording(rooms: self, sender: sender, tx: tx, now: now)
                    .record(chunk.map { elements[positions[$0]].delivery })
                for (place, outcome) in zip(chunk, recorded) { outcomes[positions[place]] = outcome }
            }
        }
        return outcomes.compactMap(\.self)
    }

    /// Records in as few transactions as the deliveries allow; what became of each, in their order.
    private func recordAll(
        _ deliveries: [Intake], from sender: IntakeSender
    ) async -> [Result<IntakeOutcome, any Error>] {
        var results: [Result<IntakeOutcome, any Error>?] = Array(repeating: nil, count: deliveries.count)
        for chunk in Self.chunks(of: deliveries) {
            let recorded = await recordEach(chunk.map { deliveries[$0] }, from: sender)
            for (position, result) in zip(chunk, recorded) { results[position] = result }
        }
        return results.compactMap(\.self)
    }

    /// Records together; what fails together is tried one by one.
    private func recordEach(
        _ deliveries: [Intake], from sender: IntakeSender
    ) async -> [Result<IntakeOutcome, any Error>] {
        do {
            return try await record(deliveries, from: sender).map { .success($0) }
        } catch let error where deliveries.count == 1 {
            return [await recordAlone(deliveries[0], from: sender, after: error)]
        } catch {
            var results: [Result<IntakeOutcome, any Error>] = []
            for delivery in deliveries { results += await recordEach([delivery], from: sender) }
            return results
        }
    }

    /// Once more, in case that what follows from it is what failed: a workflow that cannot go on must not keep an
    /// interaction from being recorded.
    private func recordAlone(
        _ delivery: Intake, from sender: IntakeSender, after error: any Error
    ) async -> Result<IntakeOutcome, any Error> {
        if let error = error as? StorageError, error.isOutage { return .failure(error) }
        do {
            let outcomes = try await record([delivery], from: sender, isFollowedLater: true)
            return outcomes.first.map { .success($0) } ?? .failure(error)
        } catch {
            return .failure(error)
        }
    }

    /// Positions of deliveries that may share a transaction: few enough, and no two about the same interaction.
    /// Deliveries about the same interaction keep their order.
    static func chunks(of deliveries: [Intake]) -> [[Int]] {
        var rounds: [[Int]] = []
        var seen: [String: Int] = [:]
        for (position, delivery) in deliveries.enumerated() {
            let round = seen[delivery.externalID, default: 0]
            seen[delivery.externalID] = round + 1
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(position)
        }
        let size = InteractionLimits.transaction
        return rounds.flatMap { round in
            stride(from: 0, to: round.count, by: size).map { Array(round[$0..<min($0 + size, round.count)]) }
        }
    }
}
