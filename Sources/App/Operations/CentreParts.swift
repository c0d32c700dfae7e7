// SPDX-License-Identifier: Apache-2.0
// The entries of a configuration file as values: what CentreShapes describes, with names where the rooms have ids.

/// The centre's own settings.
struct CentrePart: Codable, Sendable, Equatable {
    /// How often and how late is asked.
    struct Asking: Codable, Sendable, Equatable {
        var withinHours: Int
        var onceInDays: Int
        var perYear: Int
        var sharePercent: Int
    }

    var name: String
    var language: String
    var timeZone: String
    var oneSurveyPerInteraction: Bool
    var minimumAnswers: Int
    var asking: Asking
}

/// How mail leaves.
struct SMTPPart: Codable, Sendable, Equatable {
    var senderName: String
    var senderEmail: String
    var bounceEmail: String?
    var bounceLimit: Int
    var host: String?
    var port: Int
    var secure: SecureMode
    var userName: String?
    var passwordEnv: String?
    var passwordFile: String?
    var sizeLimitMegabytes: Int?
    var unknownPolicy: UnknownPolicy
    var connections: Int
    var messagesPerSecond: Int?
}

/// A team.
struct TeamPart: Codable, Sendable, Equatable {
    var name: String
    var was: String?
}

/// A person.
struct PersonPart: Codable, Sendable, Equatable {
    var login: String
    var firstName: String
    var lastName: String
    var email: String?
    var roles: [Role]
    var team: String?
    var supervisedTeams: [String]
    var language: String
    var timeZone: String?
    var isActive: Bool
}

/// A service with its dispositions.
struct ServicePart: Codable, Sendable, Equatable {
    /// A folder.
    struct Folder: Codable, Sendable, Equatable {
        var name: String
        var was: String?
        var dispositions: [Entry]
    }

    /// A disposition.
    struct Entry: Codable, Sendable, Equatable {
        var name: String
        var was: String?
        var description: String
        var code: String?
        var type: DispositionType
        var systemType: SystemType?
        var agentSelects: Bool
        var doNotAsk: Bool
        var directions: [DispositionFit]
    }

    var name: String
    var was: String?
    var type: ServiceType
    var language: String?
    var team: String?
    var isEnabled: Bool
    var usesDispositions: Bool
    var requiresDisposition: Bool
    /// Nil: as they are.
    var folders: [Folder]?
}

/// A survey field.
struct FieldPart: Codable, Sendable, Equatable {
    var key: String
    var name: String
    var kind: SurveyFieldKind
    var minimum: Double
    var maximum: Double
    var satisfiedFrom: Double?
    var promoterFrom: Double?
    var detractorTo: Double?
}

/// A form.
struct FormPart: Codable, Sendable, Equatable {
    var name: String
    var was: String?
    var validDays: Int
    var editHours: Int
    var isClosed: Bool
    var css: String
    var image: String?
    var languages: [FormLanguage]
}

/// A workflow; links in its texts name forms.
struct WorkflowPart: Codable, Sendable, Equatable {
    var name: String
    var was: String?
    var blocks: [ScenarioBlock]
}

/// A configuration.
struct ConfigurationPart: Codable, Sendable, Equatable {
    /// What starts it.
    struct Starter: Codable, Sendable, Equatable {
        /// How a sentiment is compared, in words.
        enum Comparison: String, Codable, Sendable {
            case below, above
        }

        var event: Trigger.Event
        var disposition: String?
        var withSystem: Bool
        var comparison: Comparison?
        var threshold: Double?
    }

    var workflow: String
    var name: String
    var was: String?
    var service: String
    var isEnabled: Bool
    var limits: AskingLimits
    var triggers: [Starter]
}

/// A whole configuration.
struct CentreParts: Codable, Sendable, Equatable {
    var otklik = CentreShapes.version
    var centre: CentrePart?
    var smtp: SMTPPart?
    var teams: [TeamPart]?
    var people: [PersonPart]?
    var services: [ServicePart]?
    var fields: [FieldPart]?
    var forms: [FormPart]?
    var workflows: [WorkflowPart]?
    var configurations: [ConfigurationPart]?

    /// As the file's description sees it.
    func value() throws -> JSON { try JSON(text: jsonText(self)) }
}

/// A form's name in the link `$(survey.link:NAME)`, without what would end the variable.
enum SurveyLinkName {
    private static let signs: [(Character, String)] = [
        ("%", "%25"), (")", "%29"), ("}", "%7D"), ("|", "%7C"),
    ]

    static func encoded(_ name: String) -> String {
        name.map { letter in signs.first { $0.0 == letter }?.1 ?? String(letter) }.joined()
    }

    static func decoded(_ text: String) -> String {
        signs.reversed().reduce(text) { $0.replacing($1.1, with: String($1.0)) }
    }
}
