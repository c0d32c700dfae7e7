// SPDX-License-Identifier: Apache-2.0
// A contact centre: everything that the product keeps belongs to one.
import Foundation
import Storage

/// One contact centre and its settings.
public struct Tenant: Sendable {
    /// What a centre is for.
    public enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case production, test, demo
    }

    public let id: TenantID
    /// Its name in addresses: `/{key}/login`.
    public let key: String
    public let name: String
    public let kind: Kind
    /// The language of what nobody chose a language for.
    public let language: String
    public let timeZone: String
    /// The provider's switch (spec 8).
    public let surveysEnabled: Bool
    public let oneSurveyPerInteraction: Bool
    public let askWithinHours: Int
    public let askOnceInDays: Int
    public let askPerYear: Int
    public let askSharePercent: Int
    /// Below so many answers a figure is shown as weak.
    public let minimumN: Int
    /// What the provider allows.
    public let limits: TenantLimits
    /// Its logo: a picture by its name; nil where it has none.
    public let logo: String?
    /// How much it keeps; nil until it was measured.
    public let storage: StorageUse?
    /// Since when nobody works there any more; nil for a centre that is in use.
    public let archivedAt: Moment?

    public var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }

    /// Captured mail and its links may be shown to administrators only where no customer is real.
    public var isForTrying: Bool { kind != .production }
}

/// What a new centre begins with.
public struct NewTenant: Sendable {
    public var key: String
    public var name: String
    public var kind: Tenant.Kind = .production
    public var language = "ru"
    public var timeZone = "Europe/Moscow"
    /// Off until the provider switches it on.
    public var surveysEnabled = false

    public init(key: String, name: String) {
        self.key = key
        self.name = name
    }

    /// - Throws: ``Refusals`` when the key or the name cannot be used.
    func check() throws { try refusals.throwIfAny() }

    /// Everything that is wrong, by field.
    var refusals: Refusals {
        var refusals = Refusals()
        if key.wholeMatch(of: /[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?/) == nil || Self.taken.contains(key) {
            refusals.add(Refusal(.invalid, code: "bad_key", key: "accounts.badTenantKey", field: "key"))
        }
        refusals.all += Self.refusals(name: name, language: language, timeZone: timeZone).all
        return refusals
    }

    /// What is wrong with what may be changed later, too.
    static func refusals(name: String, language: String, timeZone: String) -> Refusals {
        var refusals = Refusals()
        if name.nonEmpty == nil || name.count > AccountsLimits.nameLength {
            refusals.add(Refusal(.invalid, code: "bad_name", key: "accounts.badTenantName", field: "name"))
        }
        if !["ru", "en"].contains(language) {
            refusals.add(Refusal(.invalid, code: "bad_language", key: "accounts.badLanguage", field: "language"))
        }
        if TimeZone(identifier: timeZone) == nil {
            refusals.add(Refusal(.invalid, code: "bad_time_zone", key: "accounts.badTimeZone", field: "timeZone"))
        }
        return refusals
    }

    /// Words that addresses begin with already.
    private static let taken: Set<String> = [
        "api", "assets", "account", "health", "login", "logout", "metrics", "provider", "s", "settings",
        "sign-in", "u",
    ]
}

/// How much Accounts takes.
public enum AccountsLimits {
    /// Characters of a login name.
    public static let loginLength = 100
    /// Characters of a name of a person, team or centre.
    public static let nameLength = 100
    /// Characters of a password, in bytes: more would only feed the hash.
    static let passwordBytes = 512
    /// Fewer characters are guessed too quickly.
    static let passwordLength = 10
    /// The step after the password has to be taken within so long.
    static let secondStepSeconds: Int64 = 600
    /// How often it is noted that a session was seen.
    static let seenSeconds: Int64 = 300
    /// A link in a mail works so long.
    static let mailedLinkHours: Int64 = 1
    /// A session ends so long after signing in.
    static let sessionDays: Int64 = 14
    /// A link for choosing a password that somebody hands over works so long.
    static let handedLinkHours: Int64 = 72
    /// People whom a team's page offers in a list; where there are more, login names are typed.
    static let offeredPeople = 300
    /// Rows of one page of a list.
    static let pageRows = 50
}
