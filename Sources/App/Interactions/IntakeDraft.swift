// SPDX-License-Identifier: Apache-2.0
// A delivery that was found good, and the interaction and part that it makes.
import Foundation

/// What a delivery will write.
struct IntakeDraft {
    let position: Int
    let delivery: Intake
    let before: Interaction?
    let service: Service
    /// The outcome that was said or set; for an update the last one known.
    let disposition: Disposition?
    /// The sender's words, when they name no disposition.
    let dispositionText: String?
    /// The newest part that was there before.
    let lastPart: InteractionPart?
    var warnings: [IntakeWarning]
    var agent: FoundAgent?
    var contact: Contact?
    var customerCase: CustomerCase?

    var agentLogin: String? { delivery.completion.agent }

    /// Whether the interaction ends by this delivery, and was not over before.
    var isEnd: Bool {
        guard before?.endedAt == nil else { return false }
        return delivery.act == .end || (delivery.act == .complete && delivery.completion.isFinal)
    }

    /// Whether its sentiment became known so soon after the end that triggers on it are asked now.
    func isSentimentLate(at now: Moment) -> Bool {
        guard let before, let endedAt = before.endedAt else { return false }
        return before.sentiment == nil && delivery.sentiment != nil
            && now <= endedAt.adding(hours: InteractionLimits.sentimentHours)
    }

    /// The interaction as it will be.
    func interaction(id: InteractionID, source: String, at now: Moment, in zone: TimeZone) -> Interaction {
        var interaction =
            before
            ?? Interaction(
                id: id, source: source, externalID: delivery.externalID, channel: service.type.channel,
                direction: service.type == .outbound ? .outbound : .inbound, service: service.id,
                data: [:], isTest: delivery.isTest, createdAt: now, changedAt: now)
        interaction.service = service.id
        interaction.channel = service.type.channel
        interaction.direction = delivery.direction ?? interaction.direction
        interaction.contact = contact?.id ?? interaction.contact
        interaction.caseID = customerCase?.id ?? interaction.caseID
        interaction.customerName = delivery.customer?.name ?? interaction.customerName
        interaction.customerEmail = delivery.customer?.email ?? interaction.customerEmail
        interaction.customerPhone = delivery.customer?.phone ?? interaction.customerPhone
        interaction.customerLanguage = delivery.customer?.language ?? interaction.customerLanguage
        interaction.sentiment = delivery.sentiment ?? interaction.sentiment
        interaction.data = delivery.data ?? interaction.data
        interaction.changedAt = now
        if delivery.act == .complete {
            // Each part has a start of its own; the interaction keeps its first.
            interaction.startedAt = interaction.startedAt ?? delivery.startedAt
        } else {
            interaction.startedAt = delivery.startedAt ?? interaction.startedAt
        }
        if delivery.act != .update { interaction.lastDisposition = disposition?.id ?? interaction.lastDisposition }
        end(&interaction, at: now, in: zone)
        return interaction
    }

    private func end(_ interaction: inout Interaction, at now: Moment, in zone: TimeZone) {
        let said = delivery.endedAt ?? now
        if isEnd {
            interaction.endedAt = said
            interaction.reopenedAt = nil
            interaction.completedOn = LocalDay(of: said, in: zone)
        } else if delivery.act == .complete, let endedAt = interaction.endedAt, endedAt < said {
            interaction.endedAt = said
        }
    }

    /// The part as it will be; nil when the delivery is about none.
    func part(of interaction: InteractionID, id: PartID, at now: Moment) -> InteractionPart? {
        guard delivery.act == .complete else { return nil }
        return InteractionPart(
            interaction: interaction, part: delivery.completion.part, id: id, agent: agent?.person.id,
            team: agent?.person.team,
            disposition: disposition?.id, dispositionText: dispositionText, note: delivery.completion.note ?? "",
            startedAt: delivery.startedAt, completedAt: delivery.endedAt ?? now,
            fingerprint: IntakeFingerprint(of: delivery))
    }
}
