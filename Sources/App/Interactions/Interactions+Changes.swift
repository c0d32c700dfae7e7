// SPDX-License-Identifier: Apache-2.0
// What may still change after an agent has finished: corrections, and taking it up again.
import Storage

extension Interactions {
    /// Corrects a finished part. It is audited, and starts no runs: what was decided stays decided.
    /// - Throws: ``Refusals``.
    public func correct(_ correction: PartCorrection, from sender: IntakeSender) async throws -> TakenIntake {
        let now = installation.clock.now()
        return try await installation.database.writeRepeatedly { tx in
            let store = InteractionsStore(tx: tx, tenant: sender.tenant)
            let found = try store.locked(source: sender.source, externalIDs: [correction.externalID])
            guard var interaction = found[correction.externalID] else {
                throw Self.unknown(correction.externalID)
            }
            let parts = try store.parts(of: [interaction.id])[interaction.id] ?? []
            guard let before = parts.first(where: { $0.part == correction.part }),
                let service = try services.service(interaction.service, of: sender.tenant, in: tx)
            else { throw Self.unknownPart(correction.part) }
            let all = try services.dispositions(of: service.id, tenant: sender.tenant, in: tx)
            var decided = DecidedDisposition()
            decided.warnings = correction.warnings
            if !correction.disposition.isEmpty { decided.find(correction.disposition, in: all, of: service) }
            let part = try corrected(before, correction, decided, service: service, from: sender, in: tx, at: now)
            try store.update(part)
            if parts.last?.part == part.part, interaction.lastDisposition == before.disposition {
                interaction.lastDisposition = part.disposition
            }
            interaction.changedAt = now
            try store.update(interaction)
            try audit(before, part, of: interaction, from: sender, in: tx, at: now)
            let agent = try part.agent.flatMap { try accounts.people([$0], of: sender.tenant, in: tx)[$0] }
            return TakenIntake(
                interaction: interaction, service: service,
                lastDisposition: all.first { $0.id == interaction.lastDisposition }, part: part,
                partDisposition: all.first { $0.id == part.disposition }, agentLogin: agent?.login, isNew: false,
                runs: try events.runsStarted(sender.tenant, [interaction.id], tx)[interaction.id] ?? [],
                warnings: decided.warnings)
        }
    }

    /// Takes an interaction up again: what waits for it is cancelled. Doing it twice changes nothing more.
    /// - Throws: ``Refusals``.
    public func reopen(_ externalID: String, from sender: IntakeSender) async throws -> TakenIntake {
        let now = installation.clock.now()
        return try await installation.database.writeRepeatedly { tx in
            let store = InteractionsStore(tx: tx, tenant: sender.tenant)
            let found = try store.locked(source: sender.source, externalIDs: [externalID])
            guard var interaction = found[externalID],
                let service = try services.service(interaction.service, of: sender.tenant, in: tx)
            else { throw Self.unknown(externalID) }
            if interaction.state != .reopened {
                interaction.reopenedAt = now
                interaction.endedAt = nil
                interaction.changedAt = now
                try store.update(interaction)
                try accounts.audit(
                    AuditEntry(
                        person: nil, actor: sender.actor, action: "interactions.audit.reopened",
                        subject: interaction.id.raw,
                        details: .object(["externalId": .string(interaction.externalID)])),
                    of: sender.tenant, in: tx, at: now)
            }
            try events.reopened(sender.tenant, interaction.id, tx, now)
            let dispositions = try services.dispositions(
                interaction.lastDisposition.map { [$0] } ?? [], of: sender.tenant, in: tx)
            return TakenIntake(
                interaction: interaction, service: service, lastDisposition: dispositions.values.first, part: nil,
                partDisposition: nil, isNew: false)
        }
    }

    private func corrected(
        _ before: InteractionPart, _ correction: PartCorrection, _ decided: DecidedDisposition, service: Service,
        from sender: IntakeSender, in tx: any Transaction, at now: Moment
    ) throws -> InteractionPart {
        var part = before
        if let login = correction.agent,
            let agent = try accounts.findOrMakeAgent(login, team: service.team, of: sender.tenant, in: tx, at: now)
        {
            (part.agent, part.team) = (agent.person.id, agent.person.team)
        }
        if let disposition = decided.disposition {
            part.disposition = disposition.id
            part.dispositionText = decided.text
        }
        part.note = correction.note ?? part.note
        part.startedAt = correction.startedAt ?? part.startedAt
        part.completedAt = correction.endedAt ?? part.completedAt
        return part
    }

    private func audit(
        _ before: InteractionPart, _ after: InteractionPart, of interaction: Interaction, from sender: IntakeSender,
        in tx: any Transaction, at now: Moment
    ) throws {
        func shown(_ part: InteractionPart) -> JSON {
            .object([
                "agent": part.agent.map { .string($0.description) } ?? .null,
                "disposition": part.disposition.map { .string($0.description) } ?? .null,
                "note": .string(part.note), "completedAt": .string(part.completedAt.rfc3339),
            ])
        }
        try accounts.audit(
            AuditEntry(
                person: nil, actor: sender.actor, action: "interactions.audit.partCorrected",
                subject: interaction.id.raw,
                details: .object([
                    "part": .string(after.part), "externalId": .string(interaction.externalID), "before": shown(before),
                    "after": shown(after),
                ])),
            of: sender.tenant, in: tx, at: now)
    }

    static func unknownPart(_ part: String) -> Refusals {
        Refusals([
            Refusal(.notFound, code: "unknown_part", key: "interactions.unknownPart", arguments: ["part": part])
        ])
    }

    static func unknown(_ externalID: String) -> Refusals {
        Refusals([
            Refusal(
                .notFound, code: "unknown_interaction", key: "interactions.unknownInteraction",
                arguments: ["externalId": externalID])
        ])
    }
}
