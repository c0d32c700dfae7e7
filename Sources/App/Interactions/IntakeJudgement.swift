// SPDX-License-Identifier: Apache-2.0
// The rules by which a delivery is taken, known already, or refused (spec 6.1).

/// How a delivery relates to what is known.
enum IntakeJudgement {
    case new(IntakeDraft)
    /// The same part with the same content was delivered before.
    case repeated(InteractionPart, of: Interaction, service: Service)

    /// - Throws: ``Refusals``.
    static func of(_ delivery: Intake, at position: Int, known: KnownInteractions) throws -> IntakeJudgement {
        let before = known.interactions[delivery.externalID]
        if before == nil, !delivery.mayMake {
            throw Refusals([
                Refusal(
                    .notFound, code: "unknown_interaction", key: "interactions.unknownInteraction",
                    arguments: ["externalId": delivery.externalID])
            ])
        }
        let parts = before.flatMap { known.parts[$0.id] } ?? []
        if delivery.act == .complete, let before,
            let part = parts.first(where: { $0.part == delivery.completion.part })
        {
            try checkSame(delivery, as: part)
            guard let service = known.service(before.service) else { throw unknownService("") }
            return .repeated(part, of: before, service: service)
        }
        if parts.count >= InteractionLimits.parts {
            throw refused("too_many_parts", "interactions.tooManyParts", "part", ["limit": String(parts.count)])
        }
        let service = try service(of: delivery, before: before, parts: parts, known: known)
        var decided = DecidedDisposition()
        try decided.decide(delivery, before: before, service: service, known: known)
        return .new(
            IntakeDraft(
                position: position, delivery: delivery, before: before, service: service,
                disposition: decided.disposition, dispositionText: decided.text, lastPart: parts.last,
                warnings: delivery.warnings + decided.warnings))
    }

    private static func checkSame(_ delivery: Intake, as part: InteractionPart) throws {
        let differences = IntakeFingerprint(of: delivery).differences(from: part.fingerprint)
        try Refusals(
            differences.map { member in
                Refusal(
                    .conflict, code: "part_differs", key: "interactions.partDiffers",
                    arguments: ["part": part.part, "member": member], field: member)
            }
        ).throwIfAny()
    }

    private static func service(
        of delivery: Intake, before: Interaction?, parts: [InteractionPart], known: KnownInteractions
    ) throws -> Service {
        let service: Service
        if let reference = delivery.service {
            guard let named = known.service(reference) else { throw unknownService(reference) }
            if let before, before.service != named.id, !parts.isEmpty || before.endedAt != nil {
                throw Refusals([
                    Refusal(
                        .conflict, code: "service_differs", key: "interactions.serviceDiffers", field: "service")
                ])
            }
            service = named
        } else if let before {
            guard let kept = known.service(before.service) else { throw unknownService("") }
            service = kept
        } else {
            throw refused("required", "interactions.serviceRequired", "service")
        }
        if let channel = delivery.channel, channel != service.type.channel {
            throw refused(
                "channel_mismatch", "interactions.channelMismatch", "channel",
                ["channel": channel.rawValue, "service": service.name, "wanted": service.type.channel.rawValue])
        }
        return service
    }

    private static func unknownService(_ reference: String) -> Refusals {
        refused("unknown_service", "interactions.unknownService", "service", ["service": reference])
    }

    static func refused(
        _ code: String, _ key: String, _ field: String, _ arguments: [String: String] = [:]
    ) -> Refusals {
        Refusals([Refusal(.invalid, code: code, key: key, arguments: arguments, field: field)])
    }
}

/// The disposition that a delivery sets.
struct DecidedDisposition {
    var disposition: Disposition?
    var text: String?
    var warnings: [IntakeWarning] = []

    /// - Throws: ``Refusals`` when the service requires a disposition and none was said.
    mutating func decide(
        _ delivery: Intake, before: Interaction?, service: Service, known: KnownInteractions
    ) throws {
        let last = known.disposition(before?.lastDisposition, of: service.id)
        if delivery.act == .update || (delivery.disposition.isEmpty && delivery.act == .end && last != nil) {
            disposition = last
            return
        }
        let all = known.dispositions(of: service.id)
        if delivery.disposition.isEmpty {
            guard service.usesDispositions else { return }
            if service.requiresDisposition, delivery.act == .complete || before?.endedAt == nil {
                throw IntakeJudgement.refused(
                    "no_disposition", "interactions.noDisposition", "disposition", ["service": service.name])
            }
            disposition = all.system(.noDisposition)
        } else {
            find(delivery.disposition, in: all, of: service)
        }
        if delivery.act == .end, before?.endedAt != nil, !delivery.disposition.isEmpty, disposition != last {
            throw Refusals([
                Refusal(
                    .conflict, code: "already_ended", key: "interactions.alreadyEnded",
                    arguments: ["disposition": last?.name ?? ""], field: "disposition")
            ])
        }
    }

    /// The disposition that is meant; *Disposition not found* with the sender's words when there is none.
    mutating func find(_ reference: DispositionReference, in all: [Disposition], of service: Service) {
        if let found = reference.find(in: all) {
            disposition = found
            return
        }
        disposition = all.system(.dispositionNotFound)
        text = reference.text
        warnings.append(
            IntakeWarning(
                code: "unknown_disposition", key: "interactions.unknownDisposition",
                arguments: ["disposition": text ?? "", "service": service.name], field: "disposition"))
    }
}
