// SPDX-License-Identifier: Apache-2.0
// What it takes to make a service.

/// A service that is to be made.
public struct NewService: Sendable {
    /// How long a service's name may be.
    static let nameLimit = 200

    public var name: String
    public var type: ServiceType
    public var usesDispositions = true
    public var requiresDisposition = false
    /// The language of its customers; nil leaves it to the contact and the centre.
    public var language: String?
    /// The team of agents that are met for the first time in this service.
    public var team: TeamID?
    public var isEnabled = true

    public init(name: String, type: ServiceType) {
        self.name = name
        self.type = type
    }

    /// What is wrong with it, apart from the name being taken.
    func check() -> Refusals {
        var refusals = Refusals()
        if name.nonEmpty == nil {
            refusals.add(Refusal(.invalid, code: "required", key: "services.nameRequired", field: "name"))
        } else if name.count > Self.nameLimit {
            refusals.add(
                Refusal(
                    .invalid, code: "too_long", key: "services.nameTooLong",
                    arguments: ["limit": String(Self.nameLimit)], field: "name"))
        }
        if let language, !LanguageTag.isWellFormed(language) {
            refusals.add(Refusal(.invalid, code: "not_a_language", key: "services.badLanguage", field: "language"))
        }
        return refusals
    }
}
