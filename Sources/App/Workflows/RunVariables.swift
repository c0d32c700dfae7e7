// SPDX-License-Identifier: Apache-2.0
// What a scenario's variables stand for: a snapshot taken when the run starts, and what the survey says by now.

/// A run's variables.
struct RunVariables: Sendable {
    /// What the customer has answered by now.
    struct Survey: Sendable, Equatable {
        var isAnswered: Bool
        var scores: [String: Double]
    }

    /// The stored part: JSON text as in `run.variables`. It stays text, since most steps read little of it or nothing.
    private(set) var stored: String
    /// Nil when the run has no invitation.
    var survey: Survey?

    init(stored: String, survey: Survey? = nil) {
        self.stored = stored
        self.survey = survey
    }

    /// The text of a variable; nil when there is no such value.
    func text(_ name: VariableName) -> String? {
        guard name.steps.first == .member("survey"), name.steps.count >= 2 else {
            return JSON.value(at: name.steps, in: stored)?.scalarText
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
        guard case .object(var members)? = try? JSON(text: stored) else { return }
        members["error"] = .object(["reason": .string(reason)])
        stored = JSON.object(members).text
    }

    private func text(_ first: String, _ second: String) -> String? {
        JSON.value(at: [.member(first), .member(second)], in: stored)?.scalarText
    }

    /// Wishes for a language in order of preference: interaction, contact, service, tenant.
    var languages: [String] { (text("run", "languages") ?? "").split(separator: ",").map(String.init) }
    var channel: Channel? { text("item", "channel").flatMap(Channel.init(rawValue:)) }
    var contact: ContactID? { text("item", "contactId").flatMap { ContactID($0) } }
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
        let names = Self.names(event.customerName)
        let firstName = event.contact?.firstName.nonEmpty ?? names.first
        let lastName = event.contact?.lastName.nonEmpty ?? names.last
        // Members in the order of their names, so that equal variables have equal texts.
        var writer = JSONWriter(capacity: Self.usualBytes)
        writer.object { stored in
            stored.object("case") { part in
                part.member("id", event.caseID?.description)
                part.member("number", event.caseNumber)
                part.member("title", event.caseTitle)
            }
            stored.object("contact") { part in
                part.member("custom", .object(event.contact?.custom ?? [:]))
                part.array("emails") { list in
                    for email in emails { list.object { $0.member("email_address", email) } }
                }
                part.member("firstName", firstName)
                part.member("language", event.contact?.language ?? "")
                part.member("lastName", lastName)
                part.array("phones") { list in
                    for phone in Self.phones(event) { list.object { $0.member("number", phone) } }
                }
            }
            stored.object("from") { part in
                part.member("emailAddress", emails.first)
                part.member("name", event.customerName?.nonEmpty ?? "\(firstName) \(lastName)".trimmed)
            }
            stored.object("item") { part in
                Self.writeItem(event, email: emails.first, firstName: firstName, lastName: lastName, to: &part)
            }
            stored.object("run") { part in
                part.member("languages", Self.languages(event, around).joined(separator: ","))
            }
            stored.object("tenant") { $0.member("name", around.tenantName) }
            stored.object("user") { Self.writeUser(event, around, to: &$0) }
        }
        stored = writer.text
        survey = nil
    }

    /// A snapshot of an interaction with little attached data.
    private static let usualBytes = 1024

    private static func languages(_ event: InteractionCompleted, _ around: RunSurroundings) -> [String] {
        let wishes = [event.language, event.contact?.language, event.service.language, around.tenantLanguage]
        var languages: [String] = []
        for wish in wishes.compactMap({ $0?.nonEmpty }) where !languages.contains(wish) { languages.append(wish) }
        return languages
    }

    private static func writeUser(
        _ event: InteractionCompleted, _ around: RunSurroundings, to part: inout JSONWriter
    ) {
        let agent = event.agent.flatMap { around.agents[$0] }
        part.member("email", agent?.email)
        part.member("firstName", agent?.firstName)
        part.member("id", event.agent?.description)
        part.member("lastName", agent?.lastName)
        part.member("loginId", agent?.login)
        part.member("team", event.team.flatMap { around.teams[$0] })
    }

    private static func writeItem(
        _ event: InteractionCompleted, email: String?, firstName: String, lastName: String, to part: inout JSONWriter
    ) {
        let from = event.channel == .voice ? event.customerPhone : event.customerEmail ?? event.customerPhone
        let seconds = event.startedAt.map { max(0, event.endedAt.milliseconds(since: $0) / 1000) }
        let id = event.interaction.description
        part.member("caseId", event.caseID?.description)
        part.member("caseNumber", event.caseNumber)
        part.member("channel", event.channel.rawValue)
        part.member("contactId", event.contact?.id.description)
        part.member("customerPhone", event.customerPhone)
        part.member("data", .object(event.data))
        part.member("direction", event.direction.rawValue)
        part.member("disposition", event.disposition?.name ?? event.disposedText)
        part.member("dispositionCode", event.disposition?.code)
        part.member("duration", seconds.map { String($0) })
        part.member("endedAt", utc(event.endedAt))
        part.member("firstName", firstName)
        part.member("from", event.channel == .email ? email : from)
        part.member("globalInteractionId", id)
        part.member("id", id)
        part.member("language", event.language)
        part.member("lastName", lastName)
        part.member("note", event.part?.note)
        if let sentiment = event.sentiment { part.member("sentiment", .number(sentiment)) }
        part.member("service", event.service.name)
        part.member("startedAt", event.startedAt.map(utc))
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
