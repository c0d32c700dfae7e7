// SPDX-License-Identifier: Apache-2.0
// What programs sign in with.

/// An API key as it is listed; its secret is known to its holder alone.
public struct APIKey: Sendable {
    public let id: APIKeyID
    public let name: String
    public let source: String
    public let scopes: Set<SignedInKey.Scope>
    public let createdAt: Moment
    public let revokedAt: Moment?
}

/// What a new key is for.
public struct NewAPIKey: Sendable {
    public var name: String
    /// The sender's name for idempotency; `api` where there is one system only.
    public var source = "api"
    public var scopes: Set<SignedInKey.Scope> = Set(SignedInKey.Scope.allCases)

    public init(name: String) { self.name = name }

    /// - Throws: ``Refusals`` by field.
    func check() throws {
        var refusals = Refusals()
        if name.nonEmpty == nil || name.count > AccountsLimits.nameLength {
            refusals.add(Refusal(.invalid, code: "bad_name", key: "accounts.badKeyName", field: "name"))
        }
        if source.wholeMatch(of: /[a-z0-9][a-z0-9._-]{0,39}/) == nil {
            refusals.add(Refusal(.invalid, code: "bad_source", key: "accounts.badSource", field: "source"))
        }
        if scopes.isEmpty {
            refusals.add(Refusal(.invalid, code: "no_scope", key: "accounts.noScope", field: "scopes"))
        }
        try refusals.throwIfAny()
    }
}

/// A key that was just made: the only moment at which its secret can be seen.
public struct CreatedAPIKey: Sendable {
    public let id: APIKeyID
    public let secret: String
}
