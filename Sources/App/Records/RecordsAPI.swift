// SPDX-License-Identifier: Apache-2.0
// The room's call as the API's description names it, with the members that `RecordAnswer` writes.

extension APISection {
    /// One interaction's whole story.
    public static let records: APISection = {
        var operation = APIOperation("read", "GET", "/api/v1/interactions/{externalId}", scope: .interactionsRead)
        operation.parameters = [
            .externalID, .query("source", .text(pattern: "^([a-z0-9][a-z0-9._-]{0,39})?$"), isRequired: false),
        ]
        operation.answers = [APIAnswer(200, .reference("Record"))]
        operation.problems = [.unknownInteraction]
        return APISection("records", words: "records.api.", operations: [operation], objects: objects)
    }()

    private static let objects = [
        APIObject(
            "Record",
            [
                .always("interaction", .reference("Interaction")), .always("parts", .list(of: .reference("Part"))),
                .always("runs", .list(of: .reference("Run"))),
                .always("considered", .list(of: .reference("Considered"))),
                .always("invitations", .list(of: .reference("Invitation"))),
                .always("messages", .list(of: .reference("Message"))),
            ]),
        APIObject(
            "Run",
            [
                .always("run", .id), .always("workflow", .text()), .always("configuration", .text()),
                .always("event", .choice(Trigger.Event.self)), .always("part", .text().orNull),
                .always("state", .choice(RunState.self)), .always("reason", .text().orNull),
                .always("detail", .text().orNull), .always("createdAt", .moment), .always("changedAt", .moment),
                .always("dueAt", .moment.orNull), .always("history", .list(of: .reference("RunLine"))),
            ]),
        APIObject(
            "RunLine",
            [
                .always("at", .moment), .always("block", .text()), .always("outcome", .choice(RunLine.Outcome.self)),
                .always("detail", .text()),
            ]),
        APIObject(
            "Considered",
            [
                .always("configuration", .text()), .always("workflow", .text()), .always("enabled", .flag),
                .always("run", .id.orNull), .always("state", .choice(RunState.self).orNull),
                .always("reason", .text().orNull), .always("detail", .text()),
            ]),
        APIObject(
            "Invitation",
            [
                .always("id", .id), .always("run", .id), .always("form", .text()),
                .always("state", .choice(InvitationState.self)), .always("createdAt", .moment),
                .always("firstSentAt", .moment.orNull), .always("expiresAt", .moment.orNull),
                .always("answeredAt", .moment.orNull),
            ]),
        APIObject(
            "Message",
            [
                .always("id", .id), .always("run", .id.orNull), .always("recipient", .text()),
                .always("state", .choice(MessageState.self)), .always("reply", .text().orNull),
                .always("createdAt", .moment), .always("stateAt", .moment),
            ]),
    ]
}
