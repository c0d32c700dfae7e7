// SPDX-License-Identifier: Apache-2.0
// The objects that the room's calls take and answer, with the limits that `IntakeForm` holds and the members that
// `InteractionAnswer` writes.

/// Objects of the API's description.
enum InteractionObjects {
    /// A sender's id: `.` and `..` would lead elsewhere in an address.
    static let externalIDPattern = #"^(?!\.{1,2}$)[A-Za-z0-9._:@~-]+$"#
    private static let languagePattern = "^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$"

    // MARK: What is sent

    static let sent = [
        APIObject("Completion", [.always("externalId", externalID)] + interaction + completion),
        APIObject("PartCompletion", interaction + completion),
        APIObject("Update", interaction.filter { $0.name != "endedAt" }),
        APIObject("End", interaction + dispositions),
        APIObject("Correction", [agent] + dispositions + [note] + times),
        APIObject(
            "Customer",
            [
                .optional("id", .text(upTo: InteractionLimits.externalID).orWhole),
                .optional("name", .text(upTo: InteractionLimits.name)),
                .optional("email", .text(upTo: InteractionLimits.email)),
                .optional("phone", .text(upTo: InteractionLimits.phone).orWhole),
                .optional("language", .text(upTo: InteractionLimits.language, pattern: languagePattern)),
            ]),
        APIObject(
            "Case",
            [
                .always("number", .text(upTo: InteractionLimits.caseNumber, isFilled: true).orWhole),
                .optional("title", .text(upTo: InteractionLimits.caseTitle)),
            ]),
    ]

    private static let externalID = APISchema.text(
        upTo: InteractionLimits.externalID, pattern: externalIDPattern
    ).orWhole
    private static let times: [APIMember] = [.optional("startedAt", .moment), .optional("endedAt", .moment)]
    private static let agent = APIMember.optional("agent", .text(upTo: InteractionLimits.login).orWhole)
    private static let note = APIMember.optional("note", .text(upTo: InteractionLimits.note))

    /// What is said of the interaction itself.
    private static let interaction: [APIMember] =
        [
            .optional("service", .text(upTo: InteractionLimits.name).orWhole),
            .optional("channel", .choice(Channel.self)),
            .optional("direction", .choice(Direction.self)),
        ] + times + [
            .optional("customer", .reference("Customer")),
            .optional("case", .reference("Case")),
            .optional("sentiment", .number(in: -1...1)),
            .optional("data", .anyObject),
        ]

    private static let dispositions: [APIMember] = [
        .optional("disposition", .text(upTo: InteractionLimits.disposition).orWhole),
        .optional("dispositionId", .text(upTo: InteractionLimits.disposition).orWhole),
        .optional("dispositionCode", .text(upTo: InteractionLimits.disposition).orWhole),
        .optional("dispositionName", .text(upTo: InteractionLimits.disposition)),
    ]

    /// What an agent leaves behind.
    private static let completion: [APIMember] =
        [.optional("part", .text(upTo: InteractionLimits.part).orWhole), agent] + dispositions + [
            note, .optional("final", .flag),
        ]

    // MARK: What is answered

    static let answered = [
        APIObject("Taken", taken(isRequired: true)),
        APIObject(
            "BatchItem",
            [.always("status", .integer(in: 200...599))] + taken(isRequired: false) + [
                APIMember("problem", .reference("Problem"))
            ]),
        APIObject(
            "Interaction",
            [
                .always("id", .id), .always("externalId", .text()), .always("source", .text()),
                .always("state", .choice(InteractionState.self)), .always("channel", .choice(Channel.self)),
                .always("direction", .choice(Direction.self)),
                .always("service", .reference("ServiceName").orNull),
                .always("disposition", .reference("Disposition").orNull),
                .always("contactId", .id.orNull), .always("caseId", .id.orNull),
                .always("startedAt", .moment.orNull), .always("endedAt", .moment.orNull),
                .always("reopenedAt", .moment.orNull), .always("sentiment", .number(in: -1...1).orNull),
            ]),
        APIObject("ServiceName", [.always("id", .id), .always("name", .text())]),
        APIObject(
            "Disposition",
            [
                .always("id", .id), .always("name", .text()), .always("code", .text().orNull),
                .always("systemType", .choice(SystemType.self).orNull),
            ]),
        APIObject(
            "Part",
            [
                .always("part", .text()), .always("agent", .text().orNull),
                .always("disposition", .reference("Disposition").orNull), .always("dispositionText", .text().orNull),
                .always("startedAt", .moment.orNull), .always("completedAt", .moment),
            ]),
        APIObject(
            "StartedRun", [.always("run", .id), .always("workflow", .text()), .always("configuration", .text())]),
        APIObject(
            "Warning",
            [.always("code", .choice(warnings)), .always("field", .text().orNull), .always("detail", .text())]),
    ]

    /// What a delivery may be warned of.
    static let warnings = ["unknown_agent", "unknown_disposition", "bad_email", "unknown_member"]

    private static func taken(isRequired: Bool) -> [APIMember] {
        [
            APIMember("interaction", .reference("Interaction"), isRequired: isRequired),
            APIMember("part", .reference("Part")),
            APIMember("runs", .list(of: .reference("StartedRun")), isRequired: isRequired),
            APIMember("warnings", .list(of: .reference("Warning")), isRequired: isRequired),
        ]
    }
}
