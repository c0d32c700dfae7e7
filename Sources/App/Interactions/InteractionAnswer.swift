// SPDX-License-Identifier: Apache-2.0
// What the API answers about interactions; docs/API.md describes it.
import Markup

/// The API's view of interactions.
enum InteractionAnswer {
    /// The answer to a delivery.
    static func of(_ taken: TakenIntake, t: Localizer) -> JSON {
        var members: [String: JSON] = [
            "interaction": interaction(taken.interaction, service: taken.service, last: taken.lastDisposition),
            "runs": .array(taken.runs.map(run)),
            "warnings": .array(taken.warnings.map { warning($0, t: t) }),
        ]
        if let part = taken.part { members["part"] = self.part(part, taken.partDisposition, agent: taken.agentLogin) }
        return .object(members)
    }

    /// An interaction without its parts.
    static func interaction(_ interaction: Interaction, service: Service?, last: Disposition?) -> JSON {
        .object([
            "id": .string(interaction.id.description),
            "externalId": .string(interaction.externalID),
            "source": .string(interaction.source),
            "state": .string(interaction.state.rawValue),
            "channel": .string(interaction.channel.rawValue),
            "direction": .string(interaction.direction.rawValue),
            "service": service.map { .object(["id": .string($0.id.description), "name": .string($0.name)]) } ?? .null,
            "disposition": disposition(last),
            "contactId": text(interaction.contact?.description),
            "caseId": text(interaction.caseID?.description),
            "startedAt": text(interaction.startedAt?.rfc3339),
            "endedAt": text(interaction.endedAt?.rfc3339),
            "reopenedAt": text(interaction.reopenedAt?.rfc3339),
            "sentiment": interaction.sentiment.map { .number($0) } ?? .null,
        ])
    }

    /// One part.
    static func part(_ part: InteractionPart, _ disposition: Disposition?, agent: String?) -> JSON {
        .object([
            "part": .string(part.part),
            "agent": text(agent),
            "disposition": self.disposition(disposition),
            "dispositionText": text(part.dispositionText),
            "startedAt": text(part.startedAt?.rfc3339),
            "completedAt": .string(part.completedAt.rfc3339),
        ])
    }

    static func disposition(_ disposition: Disposition?) -> JSON {
        guard let disposition else { return .null }
        return .object([
            "id": .string(disposition.id.description), "name": .string(disposition.name),
            "code": text(disposition.code), "systemType": text(disposition.systemType?.rawValue),
        ])
    }

    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    private static func run(_ run: RunStarted) -> JSON {
        .object([
            "run": .string(run.run.description), "workflow": .string(run.workflow),
            "configuration": .string(run.configuration),
        ])
    }

    private static func warning(_ warning: IntakeWarning, t: Localizer) -> JSON {
        .object([
            "code": .string(warning.code), "field": text(warning.field),
            "detail": .string(t(warning.key, warning.arguments)),
        ])
    }
}
