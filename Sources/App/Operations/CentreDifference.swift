// SPDX-License-Identifier: Apache-2.0
// What an import would change: two configurations compared by the file's description, member by member.

/// One difference between what is stored and what a file says.
public struct CentreDifference: Sendable, Equatable {
    /// What becomes of it.
    public enum Kind: String, Sendable, Codable {
        case added, changed, removed
        /// It is not there any more for new work, and its history stays.
        case retired
    }

    /// The way to it, such as `services[Sales].folders[Final].name`.
    public let path: String
    public let kind: Kind
    /// Nil where there was nothing.
    public let old: JSON?
    /// Nil where there will be nothing.
    public let new: JSON?
}

/// Compares configurations.
struct CentreComparison {
    /// The member by which something that is stored is found under its new name.
    static let identity = "#"
    /// Lists whose entries are retired and not removed.
    private static let retiring: Set<String> = [
        "people", "services", "fields", "forms", "workflows", "configurations", "dispositions",
    ]

    private(set) var differences: [CentreDifference] = []

    /// - Parameters:
    ///   - old: What is stored; entries may carry ``identity``.
    ///   - new: What the file says; a section that it does not have is not compared.
    static func differences(from old: JSON, to new: JSON) -> [CentreDifference] {
        var comparison = CentreComparison()
        guard case .object(let members) = new else { return [] }
        for member in CentreShapes.file.members where member.name != "otklik" {
            guard let value = members[member.name] else { continue }
            comparison.compare(old[member.name], value, member.shape, path: member.name, name: member.name)
        }
        return comparison.differences
    }

    mutating func add(_ path: String, _ kind: CentreDifference.Kind, _ old: JSON?, _ new: JSON?) {
        differences.append(CentreDifference(path: path, kind: kind, old: old, new: new))
    }

    mutating func compare(_ old: JSON?, _ new: JSON?, _ shape: CentreShape, path: String, name: String) {
        let old = old == .null ? nil : old
        let new = new == .null ? nil : new
        switch (shape.resolved, old, new) {
        case (_, nil, nil): return
        case (.record(let record), .object(let before)?, .object(let after)?):
            for member in record.members where member.name != "was" {
                if record.title == CentreShapes.service.title, member.name == "folders" {
                    // Left out: as they are.
                    if let folders = after["folders"] { compareFolders(before["folders"], folders, path: path) }
                    continue
                }
                compare(
                    before[member.name], after[member.name], member.shape, path: path + "." + member.name,
                    name: member.name)
            }
        case (.list(let element, let names, let isOrdered), _, _) where !element.isScalar:
            let before = old.map(Self.elements) ?? []
            let after = new.map(Self.elements) ?? []
            if names.isEmpty {
                compare(before, after, element, path: path)
            } else {
                compare(before, after, element, by: names, isOrdered: isOrdered, (path, name))
            }
        default:
            if old != new { add(path, old == nil ? .added : new == nil ? .removed : .changed, old, new) }
        }
    }

    private static func elements(_ value: JSON) -> [JSON] {
        if case .array(let elements) = value { elements } else { [] }
    }

    /// Elements without names are told by their positions.
    private mutating func compare(_ old: [JSON], _ new: [JSON], _ element: CentreShape, path: String) {
        for position in 0..<max(old.count, new.count) {
            let before = old.indices.contains(position) ? old[position] : nil
            let after = new.indices.contains(position) ? new[position] : nil
            compareElement(before, after, element, path: "\(path)[\(position + 1)]", gone: .removed)
        }
    }

    private mutating func compareElement(
        _ old: JSON?, _ new: JSON?, _ element: CentreShape, path: String, gone: CentreDifference.Kind
    ) {
        switch (old, new) {
        case (nil, let new?): add(path, .added, nil, new)
        case (let old?, nil): add(path, gone, old, nil)
        default: compare(old, new, element, path: path, name: "")
        }
    }

    mutating func compare(
        _ old: [JSON], _ new: [JSON], _ element: CentreShape, by names: [String], isOrdered: Bool,
        _ place: (path: String, name: String)
    ) {
        let gone: CentreDifference.Kind = Self.retiring.contains(place.name) ? .retired : .removed
        let before = Dictionary(old.map { (Self.key(of: $0, by: names), $0) }, uniquingKeysWith: { first, _ in first })
        var found: [String] = []
        for value in new {
            let key = Self.key(of: value, by: names)
            if before[key] != nil { found.append(key) }
            let path = "\(place.path)[\(Self.shown(value, by: names))]"
            compareElement(before[key], value, element, path: path, gone: gone)
        }
        let left = old.map { Self.key(of: $0, by: names) }
        let kept = Set(found)
        for value in old where !kept.contains(Self.key(of: value, by: names)) {
            compareElement(value, nil, element, path: "\(place.path)[\(Self.shown(value, by: names))]", gone: gone)
        }
        guard isOrdered, left.filter(kept.contains) != found else { return }
        let order = { (values: [JSON]) -> JSON in .array(values.map { .string(Self.shown($0, by: names)) }) }
        add(place.path, .changed, order(old), order(new))
    }

    /// The folded names; what is found under a new name carries it.
    static func key(of value: JSON, by names: [String]) -> String {
        if let identity = value[identity]?.scalarText { return identity }
        return names.map { value[$0]?.scalarText?.folded ?? "" }.joined(separator: "\u{0}")
    }

    private static func shown(_ value: JSON, by names: [String]) -> String {
        names.map { CentrePathText.short(value[$0]?.scalarText ?? "") }.joined(separator: " / ")
    }
}
