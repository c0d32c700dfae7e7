// SPDX-License-Identifier: Apache-2.0
// JSON of the API → checked deliveries, or every error with its path.
import Foundation

/// Reads deliveries.
struct IntakeForm {
    let now: Moment

    /// A delivery from the body of a request.
    /// - Parameter externalID: what the address says; nil when the body has to say it.
    /// - Throws: ``Refusals``.
    func delivery(_ json: JSON, act: Intake.Act, externalID: String? = nil, path: String = "") throws -> Intake {
        guard case .object(let object) = json else {
            throw Refusals([
                Refusal(
                    .invalid, code: "wrong_type", key: "interactions.wantedObject", field: path.isEmpty ? nil : path)
            ])
        }
        var members = JSONMembers(object, path: path)
        let said = members.text("externalId", limit: InteractionLimits.externalID, orNumber: true)
        var delivery = Intake(externalID: externalID ?? said ?? "", act: act)
        if let said, let externalID, said != externalID {
            members.refuse("externalId", code: "differs", key: "interactions.externalIDDiffers")
        } else if members.refusals.all.isEmpty {
            check(delivery.externalID, &members)
        }
        readInteraction(&members, into: &delivery)
        if act != .update { readDisposition(&members, into: &delivery.disposition) }
        if act == .complete { readCompletion(&members, into: &delivery.completion) }
        try members.refusals.throwIfAny()
        delivery.warnings += unknownMembers(members)
        return delivery
    }

    /// A correction of a part.
    /// - Throws: ``Refusals``.
    func correction(_ json: JSON, externalID: String, part: String) throws -> PartCorrection {
        guard case .object(let object) = json else {
            throw Refusals([Refusal(.invalid, code: "wrong_type", key: "interactions.wantedObject")])
        }
        var members = JSONMembers(object)
        var correction = PartCorrection(externalID: externalID, part: part)
        var completion = Intake.Completion()
        readCompletion(&members, into: &completion)
        readDisposition(&members, into: &correction.disposition)
        (correction.startedAt, correction.endedAt) = readTimes(&members)
        (correction.agent, correction.note) = (completion.agent, completion.note)
        try members.refusals.throwIfAny()
        correction.warnings = unknownMembers(members)
        return correction
    }

    /// Whether a text may be a sender's id of an interaction. `.` and `..` would lead elsewhere in an address.
    static func isExternalID(_ text: String) -> Bool {
        (1...InteractionLimits.externalID).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._:@~-".utf8.contains(byte)
                }
            }
    }

    private func check(_ externalID: String, _ members: inout JSONMembers) {
        if externalID.isEmpty {
            members.refuse("externalId", code: "required", key: "interactions.externalIDRequired")
        } else if !Self.isExternalID(externalID) {
            members.refuse(
                "externalId", code: "bad_external_id", key: "interactions.badExternalID",
                ["limit": String(InteractionLimits.externalID)])
        }
    }

    private func readInteraction(_ members: inout JSONMembers, into delivery: inout Intake) {
        delivery.service = members.text("service", limit: InteractionLimits.name, orNumber: true)
        delivery.channel = members.choice("channel")
        delivery.direction = members.choice("direction")
        (delivery.startedAt, delivery.endedAt) = readTimes(&members, ends: delivery.act != .update)
        delivery.sentiment = members.number("sentiment", in: -1...1)
        delivery.customer = readCustomer(&members, warnings: &delivery.warnings)
        delivery.caseReference = readCase(&members)
        delivery.data = readData(&members)
    }

    /// - Parameter ends: false where an end has no meaning: an update ends nothing.
    private func readTimes(_ members: inout JSONMembers, ends: Bool = true) -> (started: Moment?, ended: Moment?) {
        let (started, ended) = (members.moment("startedAt"), ends ? members.moment("endedAt") : nil)
        let latest = now.adding(hours: InteractionLimits.aheadHours)
        for (name, moment) in [("startedAt", started), ("endedAt", ended)] {
            if let moment, moment > latest { members.refuse(name, code: "in_future", key: "interactions.inFuture") }
        }
        if let started, let ended, ended < started {
            members.refuse("endedAt", code: "ends_before_start", key: "interactions.endsBeforeStart")
        }
        return (started, ended)
    }

    private func readCompletion(_ members: inout JSONMembers, into completion: inout Intake.Completion) {
        if let part = members.text("part", limit: InteractionLimits.part, orNumber: true) { completion.part = part }
        completion.agent = members.text("agent", limit: InteractionLimits.login, orNumber: true)
        if let agent = completion.agent, !isLogin(agent) {
            members.refuse("agent", code: "bad_login", key: "accounts.badLogin")
        }
        completion.note = members.text("note", limit: InteractionLimits.note)
        completion.isFinal = members.bool("final") ?? true
    }

    private func readDisposition(_ members: inout JSONMembers, into reference: inout DispositionReference) {
        let limit = InteractionLimits.disposition
        reference = DispositionReference(
            any: members.text("disposition", limit: limit, orNumber: true),
            id: members.text("dispositionId", limit: limit, orNumber: true),
            code: members.text("dispositionCode", limit: limit, orNumber: true),
            name: members.text("dispositionName", limit: limit))
    }

    private func readCustomer(
        _ members: inout JSONMembers, warnings: inout [IntakeWarning]
    ) -> IntakeCustomer? {
        guard var inner = members.object("customer") else { return nil }
        var customer = IntakeCustomer()
        customer.id = inner.text("id", limit: InteractionLimits.externalID, orNumber: true)
        customer.name = inner.text("name", limit: InteractionLimits.name)
        customer.email = inner.text("email", limit: InteractionLimits.email)
        customer.phone = inner.text("phone", limit: InteractionLimits.phone, orNumber: true)
        customer.language = inner.text("language", limit: InteractionLimits.language)
        if let language = customer.language, language.wholeMatch(of: /[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*/) == nil {
            inner.refuse("language", code: "bad_language", key: "interactions.badLanguage")
        }
        if let email = customer.email, EmailAddress(email) == nil {
            warnings.append(
                IntakeWarning(code: "bad_email", key: "interactions.badEmail", field: inner.path("email")))
        }
        members.add(inner.refusals)
        warnings += unknownMembers(inner)
        return customer
    }

    private func readCase(_ members: inout JSONMembers) -> CaseReference? {
        guard var inner = members.object("case") else { return nil }
        let number = inner.text("number", limit: InteractionLimits.caseNumber, orNumber: true)
        let title = inner.text("title", limit: InteractionLimits.caseTitle)
        if number == nil, inner.refusals.all.isEmpty {
            inner.refuse("number", code: "required", key: "interactions.caseNumberRequired")
        }
        members.add(inner.refusals)
        return number.map { CaseReference(number: $0, title: title) }
    }

    private func readData(_ members: inout JSONMembers) -> [String: JSON]? {
        guard let value = members.value("data") else { return nil }
        guard case .object(let data) = value else {
            members.refuse("data", code: "wrong_type", key: "interactions.wantedObject")
            return nil
        }
        if value.holdsNUL {
            members.refuse("data", code: "nul_character", key: "interactions.nul")
        } else if value.text.utf8.count > InteractionLimits.dataBytes {
            let limit = String(InteractionLimits.dataBytes / 1024)
            members.refuse("data", code: "too_long", key: "interactions.dataTooLong", ["limit": limit])
        }
        return data
    }

    private func unknownMembers(_ members: JSONMembers) -> [IntakeWarning] {
        members.unread.prefix(10).map { name in
            let shown = String(name.prefix(64))
            return IntakeWarning(
                code: "unknown_member", key: "interactions.unknownMember", arguments: ["name": shown],
                field: members.path(shown))
        }
    }
}

extension JSON {
    /// Whether any text in it holds U+0000, which PostgreSQL cannot store.
    fileprivate var holdsNUL: Bool {
        switch self {
        case .string(let text): text.unicodeScalars.contains("\0")
        case .array(let items): items.contains(where: \.holdsNUL)
        case .object(let members):
            members.contains { $0.key.unicodeScalars.contains("\0") || $0.value.holdsNUL }
        case .null, .bool, .number: false
        }
    }
}
