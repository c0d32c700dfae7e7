// SPDX-License-Identifier: Apache-2.0
// What every section's entries have in common, so that they are planned alike.

/// An entry that is found by a name and may have had another one.
protocol NamedPart: Codable, Sendable {
    /// The section of the file.
    static var section: String { get }
    /// The name that it is found by.
    var ownName: String { get }
    /// The name that it was found by before; nil when it had no other.
    var formerName: String? { get }
    /// Without what has no meaning: spaces around names, the order of what has none.
    var canonical: Self { get }
}

extension TeamPart: NamedPart {
    static let section = "teams"
    var ownName: String { name }
    var formerName: String? { was }
    var canonical: TeamPart { TeamPart(name: name.trimmed, was: was) }
}

extension PersonPart: NamedPart {
    static let section = "people"
    var ownName: String { login }
    /// A login name never changes.
    var formerName: String? { nil }
}

extension ServicePart: NamedPart {
    static let section = "services"
    var ownName: String { name }
    var formerName: String? { was }
}

extension FieldPart: NamedPart {
    static let section = "fields"
    var ownName: String { key }
    /// A key never changes.
    var formerName: String? { nil }
}

extension FormPart: NamedPart {
    static let section = "forms"
    var ownName: String { name }
    var formerName: String? { was }
}

extension WorkflowPart: NamedPart {
    static let section = "workflows"
    var ownName: String { name }
    var formerName: String? { was }
}

extension ConfigurationPart: NamedPart {
    static let section = "configurations"
    var ownName: String { CentreKey.of([workflow, name]) }
    var formerName: String? { was.map { CentreKey.of([workflow, $0]) } }
}

/// The text by which an entry with several names is found.
enum CentreKey {
    static func of(_ names: [String]) -> String { names.map(\.folded).joined(separator: "\u{0}") }
}

/// A section of the file, matched with what is stored.
struct PlannedSection<Part: NamedPart, ID: Identifier>: Sendable {
    /// Nil when the file has no such section.
    private(set) var entries: [Planned<Part, ID>]?
    /// What is stored and not in the file.
    private(set) var left: [ID] = []
    /// Where `was` cannot be meant.
    private(set) var wrongFormerNames: [CentrePath] = []
    /// From the stored to the file's name, folded, where they differ.
    private(set) var renames: [String: String] = [:]

    /// - Parameter stored: Everything that is stored, with the name that it is found by.
    init(_ entries: [CentreEntry<Part>]?, _ stored: [(id: ID, name: String)], _ ids: inout ProvisionalIDs) {
        guard let entries else { return }
        let names = Dictionary(stored.map { ($0.id, $0.name) }) { first, _ in first }
        let list = entries.map { (name: $0.part.ownName, was: $0.part.formerName) }
        wrongFormerNames = CentreMatching<ID>.wrongFormerNames(list).map { entries[$0].path }
        var matching = CentreMatching(stored.map { ($0.id, $0.name) })
        // Names first: what is found by its present name is nobody's former one.
        var found: [Int: ID] = [:]
        for (index, entry) in list.enumerated() { found[index] = matching.take(entry.name, was: nil) }
        for (index, entry) in list.enumerated() where found[index] == nil {
            found[index] = entry.was.flatMap { matching.take($0, was: nil) }
        }
        self.entries = entries.enumerated().map { index, entry in
            let id = found[index]
            if let id, let name = names[id], name.folded != entry.part.ownName.folded {
                renames[name.folded] = entry.part.ownName.folded
            }
            return Planned(path: entry.path, part: entry.part, stored: id, id: id ?? ids.new())
        }
        let kept = Set(found.values)
        left = stored.map(\.id).filter { !kept.contains($0) }
    }

    /// Ids by folded name: the file's where it has the section, else the stored ones'.
    func lookup(_ stored: [(id: ID, name: String)]) -> [String: ID] {
        let list = entries.map { $0.map { ($0.part.ownName.folded, $0.id) } } ?? stored.map { ($0.name.folded, $0.id) }
        return Dictionary(list) { first, _ in first }
    }

    /// What the stored ones will be called.
    func names(_ stored: [(id: ID, name: String)]) -> [ID: String] {
        var names = Dictionary(stored.map { ($0.id, $0.name) }) { first, _ in first }
        for entry in entries ?? [] where entry.stored != nil { names[entry.id] = entry.part.ownName }
        return names
    }
}
