// SPDX-License-Identifier: Apache-2.0
// Who works in a contact centre.
import Foundation

/// A person of one centre. Agents whom only a sender's system knows have no password and cannot sign in.
public struct Person: Sendable, Hashable {
    public let id: PersonID
    public let tenant: TenantID
    public let login: String
    public let firstName: String
    public let lastName: String
    public let email: String?
    public let team: TeamID?
    public let language: String
    /// Nil where the centre's applies.
    public let timeZone: String?
    public let isActive: Bool
    /// Made from a sender's login name, and not looked at by an administrator yet.
    public let needsReview: Bool
    public let canSignIn: Bool
    public var roles: Set<Role>

    /// First and last name; the login name where there is neither.
    public var name: String {
        let full = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
        return full.isEmpty ? login : full
    }
}

extension SignedIn {
    /// Whether an administrator may change somebody: a provider's account leads to all centres, so that no centre's
    /// administrator may take it over by a new address or a link.
    func mayChange(_ person: Person) -> Bool { !person.roles.contains(.provider) || roles.contains(.provider) }
}

extension Refusal {
    /// A provider's account is changed by providers only.
    static let ofProvider = Refusal(.forbidden, code: "provider", key: "accounts.ofProvider")
}

/// A team of one centre.
public struct Team: Sendable, Hashable {
    public let id: TeamID
    public let name: String
    /// Its figures stay; it is offered nowhere any more.
    public var isArchived = false
}

/// What a new person begins with.
public struct NewPerson: Sendable {
    public var login: String
    public var firstName = ""
    public var lastName = ""
    public var email: String?
    public var team: TeamID?
    public var roles: Set<Role> = []
    public var supervisedTeams: Set<TeamID> = []
    public var language = "ru"
    public var timeZone: String?

    public init(login: String) { self.login = login }

    /// Somebody as they stand, to begin a change with.
    init(_ person: Person, supervisedTeams: Set<TeamID>) {
        login = person.login
        (firstName, lastName, email) = (person.firstName, person.lastName, person.email)
        (team, roles, self.supervisedTeams) = (person.team, person.roles, supervisedTeams)
        (language, timeZone) = (person.language, person.timeZone)
    }

    /// The names as they are searched.
    var nameFolded: String { (firstName + " " + lastName).folded }

    /// - Throws: ``Refusals`` by field.
    func check() throws { try refusals.throwIfAny() }

    /// Everything that is wrong, by field.
    var refusals: Refusals {
        var refusals = Refusals()
        if !isLogin(login) {
            refusals.add(Refusal(.invalid, code: "bad_login", key: "accounts.badLogin", field: "login"))
        }
        for (field, value) in [("firstName", firstName), ("lastName", lastName)]
        where value.count > AccountsLimits.nameLength {
            refusals.add(Refusal(.invalid, code: "bad_name", key: "accounts.badName", field: field))
        }
        if let email, EmailAddress(email) == nil {
            refusals.add(Refusal(.invalid, code: "bad_email", key: "accounts.badEmail", field: "email"))
        }
        if !["ru", "en"].contains(language) {
            refusals.add(Refusal(.invalid, code: "bad_language", key: "accounts.badLanguage", field: "language"))
        }
        if let timeZone, TimeZone(identifier: timeZone) == nil {
            refusals.add(Refusal(.invalid, code: "bad_time_zone", key: "accounts.badTimeZone", field: "timeZone"))
        }
        return refusals
    }
}

/// Whether a text can be a login name: up to 100 visible characters, with single spaces between words at most.
func isLogin(_ text: String) -> Bool {
    guard text == text.trimmed, !text.isEmpty, text.count <= AccountsLimits.loginLength else { return false }
    return text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

/// An agent as a sender's system names one.
public struct AgentReference: Sendable, Hashable {
    public let login: String
    /// Where an unknown one is put: the service's default team.
    public let team: TeamID?

    public init(login: String, team: TeamID?) {
        self.login = login
        self.team = team
    }
}

/// An agent whom a sender meant.
public struct FoundAgent: Sendable {
    public let person: Person
    /// True when the login name was unknown and the person was made.
    public let isNew: Bool
}

/// How somebody stands, as lists tell it.
public enum PersonState: String, Sendable, CaseIterable {
    /// Works here and can sign in.
    case active
    /// Works here and has chosen no password.
    case noPassword
    /// Was made from a sender's login name, and nobody has looked at them.
    case needsReview
    /// Does not work here any more.
    case inactive
}

/// Which people a list shows.
public struct PeopleFilter: Sendable, Equatable {
    /// In which team.
    enum InTeam: Sendable, Equatable {
        case any, none
        case one(TeamID)
    }

    /// What was typed: each of its words stands in a name or the address.
    var text = ""
    var role: Role?
    var team = InTeam.any
    var state: PersonState?

    public init() {}

    /// Few enough for a statement.
    var words: [String] { text.split(separator: " ").prefix(5).map { String($0.prefix(100)) } }
}
