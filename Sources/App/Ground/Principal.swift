// SPDX-License-Identifier: Apache-2.0
// Who is asking: known by all rooms, decided by Accounts.

/// What a person may do (spec 8). A person may hold several.
public enum Role: String, Sendable, Codable, CaseIterable {
    case administrator
    case supervisor
    case agent
    /// Looks after the installation: its centres, their limits, its health. Sees nothing of any centre's customers.
    case provider

    /// What a centre's administrators give and take; who is a provider is decided by the installation's.
    public static let ofCentre: [Role] = [.administrator, .supervisor, .agent]
}

/// A signed-in person, as far as rooms need to know.
public struct SignedIn: Sendable {
    public let tenant: TenantID
    public let person: PersonID
    public let name: String
    public let roles: Set<Role>
    /// The teams whose figures and records a supervisor sees; none assigned is none.
    public let supervisedTeams: Set<TeamID>
    /// The language of the pages: "ru" or "en".
    public let language: String
    /// The person's time zone, else the centre's.
    public let timeZone: String
    /// The value that forms have to send back.
    public let formToken: String
    /// Where the request comes from, for the log; nil where nobody has said so.
    public var address: String?
    /// The session by which the person is known; nil where there is none.
    public var session: SessionID?
    /// The provider's switch: whether the centre asks its customers (spec 8).
    public var hasSurveys = true
    /// The tone that the person has chosen; nil where there was no choice yet.
    public var theme: Theme?

    public init(
        tenant: TenantID, person: PersonID, name: String, roles: Set<Role>, supervisedTeams: Set<TeamID>,
        language: String, timeZone: String, formToken: String
    ) {
        self.tenant = tenant
        self.person = person
        self.name = name
        self.roles = roles
        self.supervisedTeams = supervisedTeams
        self.language = language
        self.timeZone = timeZone
        self.formToken = formToken
    }
}

/// A program that asks with an API key.
public struct SignedInKey: Sendable {
    /// What a key may be used for.
    public enum Scope: String, Sendable, Codable, CaseIterable {
        case interactionsWrite = "interactions:write"
        case interactionsRead = "interactions:read"
        case reportsRead = "reports:read"
        case mailWrite = "mail:write"
    }

    public let tenant: TenantID
    public let key: APIKeyID
    /// The sender's name for idempotency: two systems' ids cannot collide, and a successor key repeats nothing.
    public let source: String
    public let scopes: Set<Scope>
    /// The provider's switch: whether the centre asks its customers (spec 8).
    public var hasSurveys = true

    public init(tenant: TenantID, key: APIKeyID, source: String, scopes: Set<Scope>) {
        self.tenant = tenant
        self.key = key
        self.source = source
        self.scopes = scopes
    }
}
