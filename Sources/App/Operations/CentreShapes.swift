// SPDX-License-Identifier: Apache-2.0
// The configuration file of a contact centre: its sections, in the order in which they are written.

/// What a configuration file holds.
enum CentreShapes {
    /// The number of the form of the file; another is not read.
    static let version = 1

    /// The whole file.
    static let file = CentreRecord(
        title: "File",
        members: [
            .required("otklik", .whole(version...version), "The form of this file: 1."),
            .optional("centre", .record(centre), "The centre's own settings."),
            .optional("smtp", .record(smtp), "How mail leaves; without `host` it is captured."),
            .optional("teams", list(team, by: "name"), "Teams; one that is left out stays."),
            .optional("people", list(person, by: "login"), "People; passwords are never in the file."),
            .optional("services", list(service, by: "name"), "Services with their dispositions."),
            .optional("fields", list(field, by: "key"), "Survey fields; the built-in ones can be renamed."),
            .optional("forms", list(form, by: "name"), "Survey forms in all their languages."),
            .optional("workflows", list(workflow, by: "name"), "Workflows: what happens after an interaction."),
            .optional(
                "configurations", .list(.record(configuration), by: ["workflow", "name"], isOrdered: false),
                "Which service's interactions start which workflow, and when."),
        ])

    /// Records that may hold themselves.
    static let named: [String: CentreRecord] = ["block": block]

    private static func list(_ record: CentreRecord, by key: String) -> CentreShape {
        .list(.record(record), by: [key], isOrdered: false)
    }

    static func ordered(_ record: CentreRecord, by key: String) -> CentreShape {
        .list(.record(record), by: [key], isOrdered: true)
    }

    static let languages: CentreShape = .choice(["ru", "en"])

    private static let centre = CentreRecord(
        title: "Centre",
        members: [
            .required("name", .text, "The centre's name."),
            .usual("language", languages, .string("ru"), "The language of what nobody chose one for."),
            .usual("timeZone", .text, .string("Europe/Moscow"), "An IANA name."),
            .usual(
                "oneSurveyPerInteraction", .flag, .bool(true),
                "Whether an interaction is asked about once, whatever the form."),
            .usual("minimumAnswers", .whole(TenantChange.minimumAnswers), .number(30), "Fewer make a weak figure."),
            .usual("asking", .record(asking), asking.usual, "How often and how late is asked."),
        ])

    private static let asking = CentreRecord(
        title: "Asking",
        members: [
            .usual("withinHours", .whole(AskingRanges.hours), .number(72), "So long after the end at most."),
            .usual(
                "onceInDays", .whole(AskingRanges.days), .number(0), "One invitation per address in so many; 0: off."),
            .usual("perYear", .whole(AskingRanges.times), .number(0), "Invitations per address and year; 0: off."),
            .usual("sharePercent", .whole(AskingRanges.percent), .number(100), "How many of 100 are asked about."),
        ])

    private static let smtp = CentreRecord(
        title: "SMTP",
        members: [
            .usual("senderName", .text, .string(""), "The sender's name."),
            .required("senderEmail", .text, "The sender's address."),
            .optional("bounceEmail", .text, "The mailbox to which undeliverable mail comes back."),
            .usual(
                "bounceLimit", .whole(SMTPSettings.bounceLimitAllowed), .number(1),
                "After how many returned messages an address is left out."),
            .optional("host", .text, "The mail server."),
            .usual("port", .whole(1...65535), .number(587), "Its port."),
            .usual("secure", .choice(of: SecureMode.self), .string("starttls"), "How the connection is protected."),
            .optional("userName", .text, "The user; without it nobody signs in."),
            .optional("passwordEnv", .text, "The environment's variable that holds the password."),
            .optional("passwordFile", .text, "The file that holds the password, seen from this file."),
            .optional("sizeLimitMegabytes", .whole(1...1000), "The largest message."),
            .usual(
                "unknownPolicy", .choice(of: UnknownPolicy.self), .string("retry_once"),
                "What becomes of a message whose outcome nobody knows."),
            .usual("connections", .whole(SMTPSettings.connectionsAllowed), .number(8), "Connections at once."),
            .optional(
                "messagesPerSecond", .whole(TenantLimits.perSecond), "Messages that leave each node in a second."),
        ])

    private static let team = CentreRecord(
        title: "Team", members: [.required("name", .text, "The team's name."), .was])

    private static let person = CentreRecord(
        title: "Person",
        members: [
            .required("login", .text, "The login name; it never changes."),
            .usual("firstName", .text, .string(""), "The first name."),
            .usual("lastName", .text, .string(""), "The last name."),
            .optional("email", .text, "The address of the person's mail."),
            .usual(
                "roles", .words(.choice(Role.ofCentre.map(\.rawValue))), .array([.string("agent")]),
                "What the person may do."),
            .optional("team", .text, "The person's team."),
            .usual("supervisedTeams", .words(), .array([]), "The teams whose figures a supervisor sees."),
            .usual("language", languages, .string("ru"), "The language of the person's pages."),
            .optional("timeZone", .text, "An IANA name; the centre's when left out."),
            .usual("isActive", .flag, .bool(true), "Whether the person may sign in."),
        ])

    static let service = CentreRecord(
        title: "Service",
        members: [
            .required("name", .text, "The service's name."), .was,
            .required("type", .choice(of: ServiceType.self), "What kind of entrance it is."),
            .optional("language", .text, "The language of its customers."),
            .optional("team", .text, "The team of agents that are met here for the first time."),
            .usual("isEnabled", .flag, .bool(true), "Whether it takes interactions."),
            .usual("usesDispositions", .flag, .bool(true), "Whether agents pick dispositions."),
            .usual("requiresDisposition", .flag, .bool(false), "Whether they have to."),
            .optional(
                "folders", ordered(folder, by: "name"),
                "Dispositions. Left out: as they are; a new service gets the pre-defined ones."),
        ])

    private static let folder = CentreRecord(
        title: "Folder",
        members: [
            .required("name", .text, "The folder's name."), .was,
            .usual("dispositions", ordered(disposition, by: "name"), .array([]), "What agents may pick."),
        ])

    private static let disposition = CentreRecord(
        title: "Disposition",
        members: [
            .required("name", .text, "Unique within the service, whatever the case."), .was,
            .usual("description", .text, .string(""), "What it means."),
            .optional("code", .text, "Digits, in quotes."),
            .usual("type", .choice(of: DispositionType.self), .string("SUCCESS"), "What it says about the goal."),
            .optional("systemType", .choice(of: SystemType.self), "Which outcome of the system it stands for."),
            .usual("agentSelects", .flag, .bool(true), "Whether agents are offered it."),
            .usual("doNotAsk", .flag, .bool(false), "Whether triggers on any disposition leave it out."),
            .usual(
                "directions", .words(.choice(of: DispositionFit.self)), .array([.string("inbound")]),
                "Which interactions it is offered for."),
        ])

    static let dispositionShape: CentreShape = .record(disposition)

    private static let field = CentreRecord(
        title: "Field",
        members: [
            .required("key", .text, "Stable and short: a-z, 0-9 and _."),
            .required("name", .text, "The field's name."),
            .required("kind", .choice(of: SurveyFieldKind.self), "How values become a figure."),
            .required("minimum", .number, "The least value."),
            .required("maximum", .number, "The greatest value. A new scale begins a new series of figures."),
            .optional("satisfiedFrom", .number, "From which value on a customer is satisfied (average)."),
            .optional("promoterFrom", .number, "From which value on a customer is a promoter."),
            .optional("detractorTo", .number, "Up to which value a customer is a detractor."),
        ])
}

extension CentreRecord {
    /// What is meant when all of it is left out.
    fileprivate var usual: JSON {
        .object(
            Dictionary(members.compactMap { member in member.fallback.map { (member.name, $0) } }) { first, _ in first }
        )
    }
}
