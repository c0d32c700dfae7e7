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

    public init(
        installation: Installation, accounts: Accounts, services: Services, contacts: Contacts,
        events: InteractionEvents
    ) {
        self.installation = installation
        self.accounts = accounts
        self.services = services
        self.contacts = contacts
        self.events = events
    }

    /// Takes one delivery: updates an interaction, completes a part, or ends it.
    /// - Throws: ``Refusals`` that say what the sender can change.
    public func complete(_ delivery: Intake, from sender: IntakeSender) async throws -> TakenIntake {
        switch try await record([delivery], from: sender)[0] {
        case .taken(let taken): return taken
        case .refused(let refusals): throw refusals
        }
    }

    /// Takes many deliveries, each for itself: one that is refused or fails does not spoil the others.
    public func complete(_ deliveries: [Intake], from sender: IntakeSender) async -> [IntakeOutcome] {
        var outcomes: [IntakeOutcome?] = Array(repeating: nil, count: deliveries.count)
        for chunk in Self.chunks(of: deliveries) {
            let taken = await recordEach(chunk.map { deliveries[$0] }, from: sender)
            for (position, outcome) in zip(chunk, taken) { outcomes[position] = outcome }
        }
        return outcomes.compactMap(\.self)
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

    private func record(_ deliveries: [Intake], from sender: IntakeSender) async throws -> [IntakeOutcome] {
        let now = installation.clock.now()
        return try await installation.database.writeRepeatedly { tx in
            try Recording(rooms: self, sender: sender, tx: tx, now: now).record(deliveries)
        }
    }

    /// Records together; what fails together is tried one by one.
    private func recordEach(_ deliveries: [Intake], from sender: IntakeSender) async -> [IntakeOutcome] {
        do {
            return try await record(deliveries, from: sender)
        } catch {
            guard deliveries.count == 1 else {
                var outcomes: [IntakeOutcome] = []
                for delivery in deliveries { outcomes += await recordEach([delivery], from: sender) }
                return outcomes
            }
            installation.logger.error(
                "A delivery of a batch failed.", metadata: ["error": "\(type(of: error))", "room": "interactions"])
            let refusal = Refusal(.unavailable, code: "failed", key: "interactions.failed")
            return [.refused(Refusals([refusal]))]
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
