// SPDX-License-Identifier: Apache-2.0
// Which thing a name of the file means: what the file has where it has the section, else what is stored. What the file
// adds has a number of its own until it is made.

/// An entry of the file, and what is stored under its name or its former one.
struct Planned<Part: Sendable, ID: Sendable>: Sendable {
    let path: CentrePath
    let part: Part
    /// Nil when it is new.
    let stored: ID?
    /// The stored id, or a provisional one.
    let id: ID
}

/// Ids by folded name.
struct CentreLookup: Sendable {
    var teams: [String: TeamID] = [:]
    var services: [String: ServiceID] = [:]
    var dispositions: [ServiceID: [String: DispositionID]] = [:]
    var forms: [String: FormID] = [:]
    var workflows: [String: WorkflowID] = [:]
    /// What is called how, for saying what was meant.
    var names: [Kind: [String]] = [:]

    /// Kinds of things that others name.
    enum Kind: String, Sendable {
        case team, service, disposition, form, workflow
    }
}

/// Ids for what is not made yet: at the far end, where no real one is.
struct ProvisionalIDs {
    private var next = Int64.max

    mutating func new<ID: Identifier>() -> ID {
        next -= 1
        return ID(raw: next)
    }
}

/// Finds what is stored under a name, or under the former name.
struct CentreMatching<ID: Hashable & Sendable> {
    private let stored: [String: ID]
    private var used: Set<ID> = []

    init(_ stored: [(ID, String)]) {
        self.stored = Dictionary(stored.map { ($0.1.folded, $0.0) }) { first, _ in first }
    }

    /// The thing of that name; each is found once.
    mutating func take(_ name: String, was: String?) -> ID? {
        for name in [name, was].compactMap({ $0 }) {
            if let id = stored[name.folded], used.insert(id).inserted { return id }
        }
        return nil
    }

    mutating func use(_ id: ID) -> Bool { used.insert(id).inserted }

    /// Where a former name is somebody else's present one, or is said twice: indexes into the list.
    static func wrongFormerNames(_ list: [(name: String, was: String?)]) -> [Int] {
        let names = Set(list.map(\.name.folded))
        var seen: Set<String> = []
        return list.indices.filter { index in
            guard let was = list[index].was?.folded, was != list[index].name.folded else { return false }
            return names.contains(was) || !seen.insert(was).inserted
        }
    }
}
