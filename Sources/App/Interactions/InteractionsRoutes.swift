// SPDX-License-Identifier: Apache-2.0
// The API by which systems tell us about interactions (spec 6.1). Every call can be repeated safely.
import Foundation
import Hummingbird
import Markup

extension Interactions {
    /// Adds the room's addresses. The answer to `GET /api/v1/interactions/{externalId}` is Records'.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.post("/api/v1/completions") { request, context in try await complete(request, context) }
        router.put("/api/v1/interactions/{externalId}") { request, context in
            try await deliver(.update, request, context)
        }
        router.post("/api/v1/interactions/{externalId}/completions") { request, context in
            try await deliver(.complete, request, context)
        }
        router.post("/api/v1/interactions/{externalId}/end") { request, context in
            try await deliver(.end, request, context)
        }
        router.put("/api/v1/interactions/{externalId}/completions/{part}") { request, context in
            try await correct(request, context)
        }
        router.post("/api/v1/interactions/{externalId}/reopening") { request, context in
            let sender = IntakeSender(try context.require(scope: .interactionsWrite))
            let taken = try await reopen(try externalID(context), from: sender)
            return Self.answer(InteractionAnswer.of(taken, t: context.words))
        }
    }

    private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
        let sender = IntakeSender(try context.require(scope: .interactionsWrite))
        let json = try await body(request, limit: InteractionLimits.batchBodyBytes)
        if case .array(let items) = json { return try await completeAll(items, from: sender, context) }
        let delivery = try IntakeForm(now: installation.clock.now()).delivery(json, act: .complete)
        let taken = try await complete(delivery, from: sender)
        return Self.answer(InteractionAnswer.of(taken, t: context.words), status: taken.isNew ? .created : .ok)
    }

    private func completeAll(
        _ items: [JSON], from sender: IntakeSender, _ context: WebContext
    ) async throws -> Response {
        if items.count > InteractionLimits.batch {
            throw Refusal(
                .tooLarge, code: "too_many_items", key: "interactions.tooManyItems",
                arguments: ["limit": String(InteractionLimits.batch)])
        }
        let form = IntakeForm(now: installation.clock.now())
        var answers: [JSON] = Array(repeating: .null, count: items.count)
        var deliveries: [(position: Int, delivery: Intake)] = []
        for (position, item) in items.enumerated() {
            do {
                deliveries.append((position, try form.delivery(item, act: .complete)))
            } catch let refusals as Refusals {
                answers[position] = try refused(refusals, at: position, t: context.words)
            }
        }
        let outcomes = await complete(deliveries.map(\.delivery), from: sender)
        for ((position, _), outcome) in zip(deliveries, outcomes) {
            switch outcome {
            case .taken(var taken):
                for index in taken.warnings.indices { taken.warnings[index].field?.insert(at: position) }
                answers[position] = Self.with(
                    status: taken.isNew ? 201 : 200, InteractionAnswer.of(taken, t: context.words))
            case .refused(let refusals): answers[position] = try refused(refusals, at: position, t: context.words)
            }
        }
        return Self.answer(.array(answers))
    }

    private func deliver(_ act: Intake.Act, _ request: Request, _ context: WebContext) async throws -> Response {
        let sender = IntakeSender(try context.require(scope: .interactionsWrite))
        let externalID = try externalID(context)
        let json = try await body(
            request, limit: InteractionLimits.bodyBytes, whenEmpty: act == .end ? .object([:]) : nil)
        let form = IntakeForm(now: installation.clock.now())
        var delivery = try form.delivery(json, act: act, externalID: externalID)
        delivery.mayMake = act == .update
        let taken = try await complete(delivery, from: sender)
        let isMade = taken.isNew && act != .end
        return Self.answer(InteractionAnswer.of(taken, t: context.words), status: isMade ? .created : .ok)
    }

    private func correct(_ request: Request, _ context: WebContext) async throws -> Response {
        let sender = IntakeSender(try context.require(scope: .interactionsWrite))
        let externalID = try externalID(context)
        let part = Self.parameter("part", context) ?? ""
        guard part.unicodeScalars.count <= InteractionLimits.part else { throw Self.unknownPart(part) }
        let json = try await body(request, limit: InteractionLimits.bodyBytes)
        let form = IntakeForm(now: installation.clock.now())
        let taken = try await correct(try form.correction(json, externalID: externalID, part: part), from: sender)
        return Self.answer(InteractionAnswer.of(taken, t: context.words))
    }

    private func body(_ request: Request, limit: Int, whenEmpty: JSON? = nil) async throws -> JSON {
        let isEmpty = request.headers[.transferEncoding] == nil && Int(request.headers[.contentLength] ?? "0") == 0
        if let whenEmpty, isEmpty { return whenEmpty }
        return try await jsonBody(request, limit: limit)
    }

    private func externalID(_ context: WebContext) throws -> String {
        guard let externalID = Self.parameter("externalId", context), IntakeForm.isExternalID(externalID) else {
            throw Refusals([
                Refusal(
                    .invalid, code: "bad_external_id", key: "interactions.badExternalID",
                    arguments: ["limit": String(InteractionLimits.externalID)], field: "externalId")
            ])
        }
        return externalID
    }

    private static func parameter(_ name: String, _ context: WebContext) -> String? {
        context.parameters.get(name)?.removingPercentEncoding
    }

    /// One item's refusal, its fields with the item's place: `[3].service`.
    private func refused(_ refusals: Refusals, at position: Int, t: Localizer) throws -> JSON {
        var placed = refusals
        placed.all = refusals.all.map { refusal in
            var field = refusal.field
            field?.insert(at: position)
            return Refusal(
                refusal.kind, code: refusal.code, key: refusal.key, arguments: refusal.arguments,
                field: field ?? "[\(position)]")
        }
        let problem = Problem(placed, t: t)
        let document = try JSON(text: try problem.json())
        return .object(["status": .number(Double(problem.status.code)), "problem": document])
    }

    private static func with(status: Int, _ answer: JSON) -> JSON {
        guard case .object(var members) = answer else { return answer }
        members["status"] = .number(Double(status))
        return .object(members)
    }

    static func answer(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: json.text)))
    }
}

extension String {
    /// Puts a batch item's place before a member's path.
    fileprivate mutating func insert(at position: Int) { self = "[\(position)].\(self)" }
}
