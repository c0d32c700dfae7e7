// SPDX-License-Identifier: Apache-2.0
// The answer to `GET /api/v1/interactions/{externalId}`; docs/API.md describes it.
import Foundation
import Markup

/// The API's view of a record.
struct RecordAnswer {
    let record: InteractionRecord
    let zone: TimeZone
    let t: Localizer

    var json: JSON {
        .object([
            "interaction": InteractionAnswer.interaction(
                record.interaction, service: record.service,
                last: record.disposition(record.interaction.lastDisposition)),
            "parts": .array(
                record.parts.map {
                    InteractionAnswer.part($0, record.disposition($0.disposition), agent: record.agent($0.agent)?.login)
                }),
            "runs": .array(record.runs.map(run)),
            "considered": .array(record.considered.map(considered)),
            "invitations": .array(record.invitations.map(invitation)),
            "messages": .array(record.messages.map(message)),
        ])
    }

    private func text(_ text: String?) -> JSON { InteractionAnswer.text(text) }

    private func run(_ run: RunStory) -> JSON {
        .object([
            "run": .string(run.id.description), "workflow": .string(run.workflow),
            "configuration": .string(run.configuration), "event": .string(run.event.rawValue),
            "part": run.part.isEmpty ? .null : .string(run.part), "state": .string(run.state.rawValue),
            "reason": text(run.reason), "detail": text(run.reasonSentence(t)),
            "createdAt": .string(run.createdAt.rfc3339), "changedAt": .string(run.changedAt.rfc3339),
            "dueAt": text(run.dueAt?.rfc3339),
            "history": .array(
                run.lines.map { line in
                    .object([
                        "at": .string(line.at.rfc3339), "block": .string(line.block),
                        "outcome": .string(line.outcome.rawValue), "detail": .string(line.sentence(t, in: zone)),
                    ])
                }),
        ])
    }

    private func considered(_ configuration: ConsideredConfiguration) -> JSON {
        .object([
            "configuration": .string(configuration.name), "workflow": .string(configuration.workflow),
            "enabled": .bool(configuration.isEnabled), "run": text(configuration.run?.description),
            "state": text(configuration.state?.rawValue), "reason": text(configuration.reason),
            "detail": .string(configuration.sentence(among: record.runs, t)),
        ])
    }

    private func invitation(_ invitation: RecordedInvitation) -> JSON {
        .object([
            "id": .string(invitation.id.description), "run": .string(invitation.run.description),
            "form": .string(invitation.formName), "state": .string(invitation.state.rawValue),
            "createdAt": .string(invitation.createdAt.rfc3339), "firstSentAt": text(invitation.firstSentAt?.rfc3339),
            "expiresAt": text(invitation.expiresAt?.rfc3339), "answeredAt": text(invitation.answeredAt?.rfc3339),
        ])
    }

    private func message(_ row: OutboxMessage) -> JSON {
        .object([
            "id": .string(row.message.id.description), "run": text(row.message.run?.description),
            "recipient": .string(row.message.recipient), "state": .string(row.message.state.rawValue),
            "reply": text(row.message.reply.map { t.reason($0) }), "createdAt": .string(row.message.createdAt.rfc3339),
            "stateAt": .string(row.stateAt.rfc3339),
        ])
    }
}

extension ConsideredConfiguration {
    /// What came of it in words: asked, or why not.
    func sentence(among runs: [RunStory], _ t: Localizer) -> String {
        guard let run, let state else { return t(isEnabled ? "records.notMatched" : "records.configurationDisabled") }
        let said = t("records.run.\(state.rawValue)")
        guard let reason = runs.first(where: { $0.id == run })?.reasonSentence(t) else { return said }
        return "\(said): \(reason)"
    }
}
