// SPDX-License-Identifier: Apache-2.0
// What is written down of a deed: who, what, from where, and how things stood before and after.

/// The log's entry before it is written.
public struct AuditEntry: Sendable {
    public let person: PersonID?
    /// A name that stays readable when the person is gone: a login name, `api-key:NAME`, `command line`.
    public let actor: String
    /// The dictionary's key of the sentence that says it, with the room in front: `accounts.audit.keyCreated`.
    public let action: String
    public let subject: Int64?
    /// Fills the sentence's holes; `before` and `after` stand below it.
    public let details: JSON
    /// The address that the request came from; nil for what the product itself or the command line does.
    public var address: String?

    public init(
        person: PersonID?, actor: String, action: String, subject: Int64? = nil, details: JSON = .null,
        address: String? = nil
    ) {
        self.person = person
        self.actor = actor
        self.action = action
        self.subject = subject
        self.details = details
        self.address = address
    }

    /// What a signed-in person did.
    public init(by signedIn: SignedIn, action: String, subject: Int64? = nil, details: JSON = .null) {
        self.init(
            person: signedIn.person, actor: signedIn.name, action: action, subject: subject, details: details,
            address: signedIn.address)
    }
}

/// Who does something to a centre: somebody at a page, or the command line.
public struct Doer: Sendable {
    let person: PersonID?
    let actor: String
    let address: String?

    public init(_ signedIn: SignedIn) {
        (person, actor, address) = (signedIn.person, signedIn.name, signedIn.address)
    }

    private init(actor: String) { (person, self.actor, address) = (nil, actor, nil) }

    /// Whoever types commands on the server.
    public static let commandLine = Doer(actor: Accounts.commandLine)

    /// Somebody who acts from outside of the centre, by name: a provider.
    public static func named(_ actor: String) -> Doer { Doer(actor: actor) }

    /// The entry of a deed.
    func did(_ action: String, _ subject: Int64? = nil, _ details: JSON = .null) -> AuditEntry {
        AuditEntry(
            person: person, actor: actor, action: action, subject: subject, details: details, address: address)
    }
}

extension JSON {
    /// How something stood before and after, without what stayed: `{"before": {…}, "after": {…}}` and the rest.
    public static func change(
        from before: [String: JSON], to after: [String: JSON], _ rest: [String: JSON] = [:]
    ) -> JSON {
        let names = Set(before.keys).union(after.keys).filter { before[$0] ?? .null != after[$0] ?? .null }
        var whole = rest
        whole["before"] = .object(before.filter { names.contains($0.key) })
        whole["after"] = .object(after.filter { names.contains($0.key) })
        return .object(whole)
    }

    /// Whether a change of ``change(from:to:_:)`` is none.
    var isNoChange: Bool { self["before"] == .object([:]) && self["after"] == .object([:]) }
}
