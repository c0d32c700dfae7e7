// SPDX-License-Identifier: Apache-2.0
// How senders name a disposition, and which one they mean (spec 6.1).

/// What a sender said about the outcome.
public struct DispositionReference: Sendable, Equatable {
    /// Tried as id, code, then name.
    public var any: String?
    public var id: String?
    public var code: String?
    public var name: String?

    public init(any: String? = nil, id: String? = nil, code: String? = nil, name: String? = nil) {
        self.any = any?.nonEmpty
        self.id = id?.nonEmpty
        self.code = code?.nonEmpty
        self.name = name?.nonEmpty
    }

    /// Nothing was said: *No disposition* is set.
    public var isEmpty: Bool { any == nil && id == nil && code == nil && name == nil }

    /// The sender's own words, kept when no disposition was found.
    public var text: String? { any ?? name ?? code ?? id }

    /// The disposition that is meant, among those of one service. Retired ones are not found by code and name,
    /// which may belong to a successor, but by their id.
    public func find(in dispositions: [Disposition]) -> Disposition? {
        if let id { return dispositions.first { $0.id.description == id.trimmed } }
        let current = dispositions.filter { !$0.isRetired }
        if let code { return current.first { $0.code == code.trimmed } }
        if let name { return Self.named(name, in: current) }
        guard let any = any?.trimmed else { return nil }
        let byID = Int64(any).flatMap { _ in dispositions.first { $0.id.description == any } }
        return byID ?? current.first { $0.code == any } ?? Self.named(any, in: current)
    }

    private static func named(_ name: String, in dispositions: [Disposition]) -> Disposition? {
        if let exact = dispositions.first(where: { $0.name == name }) { return exact }
        let folded = name.folded
        return dispositions.first { $0.name.folded == folded }
    }
}

extension [Disposition] {
    /// The disposition of a system type.
    public func system(_ type: SystemType) -> Disposition? { first { $0.systemType == type && !$0.isRetired } }
}
