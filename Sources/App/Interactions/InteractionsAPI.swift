// SPDX-License-Identifier: Apache-2.0
// The room's calls as the API's description names them.

extension APISection {
    /// Interactions as senders tell of them. Reading them is Records'.
    public static let interactions = APISection(
        "interactions", words: "interactions.api.",
        operations: [.completeAtOnce, .update, .complete, .end, .correct, .reopen],
        objects: InteractionObjects.sent + InteractionObjects.answered)
}

extension APIParameter {
    /// The sender's id in the address.
    static let externalID = path(
        "externalId", .text(upTo: InteractionLimits.externalID, pattern: InteractionObjects.externalIDPattern))
}

extension APIOperation {
    fileprivate static let completeAtOnce: APIOperation = {
        var operation = APIOperation("complete", "POST", "/api/v1/completions", scope: .interactionsWrite)
        operation.body = APIBody(
            // An item that is no completion is answered by a problem of its own.
            .either(
                .reference("Completion"),
                .list(of: .either(.reference("Completion"), .anything), upTo: InteractionLimits.batch)),
            limitBytes: InteractionLimits.batchBodyBytes)
        operation.answers = [
            APIAnswer(201, .reference("Taken")),
            APIAnswer(200, .either(.reference("Taken"), .list(of: .reference("BatchItem")))),
        ]
        operation.problems =
            [.badExternalID, APIProblem(.tooLarge, "too_many_items", "interactions.tooManyItems")]
            + APIProblem.ofDeliveries + APIProblem.ofParts
        return operation
    }()

    fileprivate static let update: APIOperation = {
        var operation = one("update", "PUT", "")
        operation.body = APIBody(.reference("Update"), limitBytes: InteractionLimits.bodyBytes)
        operation.answers = [APIAnswer(201, .reference("Taken")), APIAnswer(200, .reference("Taken"))]
        operation.problems += APIProblem.ofDeliveries
        return operation
    }()

    fileprivate static let complete: APIOperation = {
        var operation = one("completePart", "POST", "/completions")
        operation.body = APIBody(.reference("PartCompletion"), limitBytes: InteractionLimits.bodyBytes)
        operation.answers = [APIAnswer(201, .reference("Taken")), APIAnswer(200, .reference("Taken"))]
        operation.problems += [.unknownInteraction] + APIProblem.ofDeliveries + APIProblem.ofParts
        return operation
    }()

    fileprivate static let end: APIOperation = {
        var operation = one("end", "POST", "/end")
        operation.body = APIBody(.reference("End"), isRequired: false, limitBytes: InteractionLimits.bodyBytes)
        operation.answers = [APIAnswer(200, .reference("Taken"))]
        operation.problems +=
            [
                .unknownInteraction, .noDisposition,
                APIProblem(.conflict, "already_ended", "interactions.alreadyEnded"),
            ] + APIProblem.ofDeliveries
        return operation
    }()

    fileprivate static let correct: APIOperation = {
        var operation = one("correct", "PUT", "/completions/{part}")
        operation.parameters.append(.path("part", .text(upTo: InteractionLimits.part, isFilled: true)))
        operation.body = APIBody(.reference("Correction"), limitBytes: InteractionLimits.bodyBytes)
        operation.answers = [APIAnswer(200, .reference("Taken"))]
        operation.problems +=
            [.unknownInteraction, APIProblem(.notFound, "unknown_part", "interactions.unknownPart"), .badLogin]
            + APIProblem.ofMembers
        return operation
    }()

    fileprivate static let reopen: APIOperation = {
        var operation = one("reopen", "POST", "/reopening")
        operation.answers = [APIAnswer(200, .reference("Taken"))]
        operation.problems += [.unknownInteraction]
        return operation
    }()

    /// A call about one interaction.
    private static func one(_ id: String, _ method: String, _ rest: String) -> APIOperation {
        var operation = APIOperation(
            id, method, "/api/v1/interactions/{externalId}" + rest, scope: .interactionsWrite)
        operation.parameters = [.externalID]
        operation.problems = [.badExternalID]
        return operation
    }
}

extension APIProblem {
    static let unknownInteraction = APIProblem(.notFound, "unknown_interaction", "interactions.unknownInteraction")

    fileprivate static let badExternalID = APIProblem(.invalid, "bad_external_id", "interactions.badExternalID")
    fileprivate static let badLogin = APIProblem(.invalid, "bad_login", "accounts.badLogin")
    fileprivate static let noDisposition = APIProblem(.invalid, "no_disposition", "interactions.noDisposition")
    /// What any member may be refused for.
    fileprivate static let ofMembers = [
        APIProblem(.invalid, "wrong_type", "interactions.wantedText"),
        APIProblem(.invalid, "too_long", "interactions.tooLong"),
        APIProblem(.invalid, "nul_character", "interactions.nul"),
        APIProblem(.invalid, "in_future", "interactions.inFuture"),
        APIProblem(.invalid, "ends_before_start", "interactions.endsBeforeStart"),
    ]
    /// What is said of an interaction may be refused for.
    fileprivate static let ofDeliveries =
        ofMembers + [
            APIProblem(.invalid, "required", "interactions.serviceRequired"),
            APIProblem(.invalid, "unknown_value", "interactions.wantedChoice"),
            APIProblem(.invalid, "out_of_range", "interactions.outOfRange"),
            APIProblem(.invalid, "bad_language", "interactions.badLanguage"),
            APIProblem(.invalid, "differs", "interactions.externalIDDiffers"),
            APIProblem(.invalid, "unknown_service", "interactions.unknownService"),
            APIProblem(.invalid, "channel_mismatch", "interactions.channelMismatch"),
            APIProblem(.invalid, "too_many_parts", "interactions.tooManyParts"),
            APIProblem(.conflict, "service_differs", "interactions.serviceDiffers"),
        ]
    /// What the completion of a part may be refused for.
    fileprivate static let ofParts = [
        badLogin, noDisposition, APIProblem(.conflict, "part_differs", "interactions.partDiffers"),
    ]
}
