// SPDX-License-Identifier: Apache-2.0
// What a scenario's variables stand for: a snapshot taken when the run starts, and what the survey says by now.

/// A run's variables.
struct RunVariables: Sendable {
    /// What the customer has answered by now.
    struct Survey: Sendable, Equatable {
        var isAnswered: Bool
        var scores: [String: Double]
    }

    /// The stored part, as in `run.variables`.
    var stored: JSON
    /// Nil when the run has no invitation.
    var survey: Survey?

    init(stored: JSON, survey: Survey? = nil) {
        self.stored = stored
        self.survey = survey
    }

    /// The text of a variable; nil when there is no such value.
    func text(_ name: VariableName) -> String? {
        guard name.steps.first == .member("survey"), name.steps.count >= 2 else {
            return name.value(in: stored)?.scalarText
        }
        switch name.steps[1] {
        case .member("answered"): return survey?.isAnswered == true ? "true" : "false"
        case .member("score"):
            guard name.steps.count == 3, case .member(let field) = name.steps[2] else { return nil }
            return survey?.scores[field].flatMap { JSON.number($0).scalarText }
        default: return nil
        }
    }

    /// What stands in a mail where a secret link will be put in when it leaves.
    static func placeholder(_ name: VariableName) -> String? {
        guard name.steps.count == 2, name.steps[0] == .member("survey") else { return nil }
        switch name.steps[1] {
        case .member("link"): return MailPlaceholder.surveyLink
        case .member("unsubscribeLink"): return MailPlaceholder.unsubscribeLink
        default: return nil
        }
    }

    /// Why the last mail was not sent: `error.reason`.
    mutating func setError(_ reason: String) {
        guard case .object(var members) = stored else { return }
        members["error"] = .object(["reason": .string(reason)])
        stored = .object(members)
    }

    private func stored(_ first: String, _ second: String) -> String? { stored[first]?[second]?.scalarText }

    /// Wishes for a language in order of preference: interaction, contact, service, tenant.
    var languages: [String] { (stored("run", "languages") ?? "").split(separator: ",").map(String.init) }
    var channel: Channel? { stored("item", "channel").flatMap(Channel.init(rawValue:)) }
    var contact: ContactID? { stored("item", "contactId").flatMap { ContactID($0) } }
}

/// Who completed interactions, and whose centre it is, as far as variables need it.
struct RunSurroundings: Sendable {
    /// What is said of an agent.
    struct Agent: Sendable {
        var login: String
        var firstName: String
        var lastName: String
        var email: String?
    }

    var tenantName: String
    var tenantLanguage: String
    var agents: [PersonID: Agent] = [:]
    var teams: [TeamID: String] = [:]
}

extension RunVariables {
    /// The snapshot that a run is started with.
    init(_ event: InteractionCompleted, _ around: RunSurroundings) {
        let emails = Self.emails(event)
        let firstName = event.contact?.firstName.nonEmpty ?? Self.names(event.customerName).first
        let lastName = event.contact?.lastName.nonEmpty ?? Self.names(event.customerName).last
        let wishes = [event.language, event.contact?.language, event.service.language, around.tenantLanguage]
        var languages: [String] = []
        for wish in wishes.compactMap({ $0?.nonEmpty }) where !languages.contains(wish) { languages.append(wish) }
        let name = event.customerName?.nonEmpty ?? "\(firstName) \(lastName)".trimmed
        let agent = event.agent.flatMap { around.agents[$0] }
        stored = .object([
            "user": Self.object([
                "id": event.agent?.description, "loginId": agent?.login, "firstName": agent?.firstName,
                "lastName": agent?.lastName, "email": agent?.email, "team": event.team.flatMap { around.teams[$0] },
            ]),
            "item": Self.item(event, email: emails.first, firstName: firstName, lastName: lastName),
            "contact": .object([
                "firstName": .string(firstName), "lastName": .string(lastName),
                "language": .string(event.contact?.language ?? ""),
                "emails": .array(emails.map { .object(["email_address": .string($0)]) }),
                "phones": .array(Self.phones(event).map { .object(["number": .string($0)]) }),
                "custom": .object(event.contact?.custom ?? [:]),
            ]),
            "from": Self.object(["name": name, "emailAddress": emails.first]),
            "case": Self.object([
                "id": event.caseID?.description, "number": event.caseNumber, "title": event.caseTitle,
            ]),
            "tenant": Self.object(["name": around.tenantName]),
            "run": Self.object(["languages": languages.joined(separator: ",")]),
        ])
        survey = nil
    }

    private static func item(
        _ event: InteractionCompleted, email: String?, firstName: String, lastName: String
    ) -> JSON {
        let from = event.channel == .voice ? event.customerPhone : event.customerEmail ?? event.customerPhone
        let seconds = event.startedAt.map { max(0, event.endedAt.milliseconds(since: $0) / 1000) }
        var item = object([
            "id": event.interaction.description, "globalInteractionId": event.interaction.description,
            "from": event.channel == .email ? email : from, "channel": event.channel.rawValue,
            "direction": event.direction.rawValue, "service": event.service.name,
            "disposition": event.disposition?.name ?? event.disposedText, "dispositionCode": event.disposition?.code,
            "note": event.part?.note, "startedAt": event.startedAt.map(utc), "endedAt": utc(event.endedAt),
            "duration": seconds.map { String($0) }, "language": event.language, "firstName": firstName,
            "lastName": lastName, "caseId": event.caseID?.description, "caseNumber": event.caseNumber,
            "contactId": event.contact?.id.description, "customerPhone": event.customerPhone,
        ])
        if case .object(var members) = item {
            members["data"] = .object(event.data)
            if let sentiment = event.sentiment { members["sentiment"] = .number(sentiment) }
            item = .object(members)
        }
        return item
    }

    private static func object(_ members: [String: String?]) -> JSON {
        .object(members.compactMapValues { $0.map { .string($0) } })
    }

    /// The interaction's own address first, then the contact's others in the stored order.
    private static func emails(_ event: InteractionCompleted) -> [String] {
        let stored = event.contact?.emails ?? []
        guard let own = event.customerEmail?.nonEmpty else { return stored }
        return [own] + stored.filter { $0.folded != own.folded }
    }

    private static func phones(_ event: InteractionCompleted) -> [String] {
        let stored = event.contact?.phones ?? []
        guard let own = event.customerPhone?.nonEmpty else { return stored }
        return [own] + stored.filter { $0 != own }
    }

    private static func names(_ name: String?) -> (first: String, last: String) {
        let words = (name ?? "").split(separator: " ", maxSplits: 1)
        return (words.first.map(String.init) ?? "", words.count > 1 ? String(words[1]).trimmed : "")
    }

    /// RFC 3339 in UTC, to the second; Foundation's formatter costs more than the rest of the snapshot.
    static func utc(_ moment: Moment) -> String {
        let seconds = Int((Double(moment.milliseconds) / 1000).rounded(.down))
        let days = (seconds >= 0 ? seconds : seconds - 86399) / 86400
        let rest = seconds - days * 86400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
        let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        return "\(LocalDay(daysSince1970: days))T\(time)Z"
    }
}
