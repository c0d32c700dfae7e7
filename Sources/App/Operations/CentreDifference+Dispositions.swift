// SPDX-License-Identifier: Apache-2.0
// Dispositions are compared over the folders of a service: one that was moved is that, and nothing else.

extension CentreComparison {
    /// - Parameter path: Of the service.
    mutating func compareFolders(_ old: JSON?, _ new: JSON, path: String) {
        let before = Self.folders(old)
        let after = Self.folders(new)
        let head: (Folder) -> JSON = { folder in
            .object(["name": .string(folder.name), Self.identity: .string(folder.key)])
        }
        let record = CentreRecord(title: "Folder", members: [.required("name", .text, "")])
        compare(
            before.map(head), after.map { .object(["name": .string($0.name)]) }, .record(record), by: ["name"],
            isOrdered: true, (path + ".folders", "folders"))
        let stored = Dictionary(before.flatMap { folder in folder.entries.map { ($0.key, (folder, $0.value)) } }) {
            first, _ in first
        }
        var kept: Set<String> = []
        for folder in after {
            for (key, value) in folder.entries {
                let place =
                    "\(path).folders[\(CentrePathText.short(folder.name))].dispositions[\(Self.name(of: value))]"
                guard let (home, known) = stored[key] else {
                    add(place, .added, nil, value)
                    continue
                }
                kept.insert(key)
                compare(known, value, CentreShapes.dispositionShape, path: place, name: "")
                if home.key != folder.key { add(place + ".folder", .changed, .string(home.name), .string(folder.name)) }
            }
        }
        for folder in before {
            for (key, value) in folder.entries where !kept.contains(key) {
                let place =
                    "\(path).folders[\(CentrePathText.short(folder.name))].dispositions[\(Self.name(of: value))]"
                add(place, .retired, value, nil)
            }
        }
        compareOrder(before, after, kept, path: path)
    }

    /// The order within each folder, of those that were there and stay.
    private mutating func compareOrder(_ old: [Folder], _ new: [Folder], _ kept: Set<String>, path: String) {
        for folder in new {
            guard let before = old.first(where: { $0.key == folder.key }) else { continue }
            let stay = Set(before.entries.map(\.key)).intersection(folder.entries.map(\.key)).intersection(kept)
            let left = before.entries.filter { stay.contains($0.key) }
            let right = folder.entries.filter { stay.contains($0.key) }
            guard left.map(\.key) != right.map(\.key) else { continue }
            let names = { (entries: [(key: String, value: JSON)]) -> JSON in
                .array(entries.map { .string(Self.name(of: $0.value)) })
            }
            add(
                "\(path).folders[\(CentrePathText.short(folder.name))].dispositions", .changed, names(left),
                names(right))
        }
    }

    /// A folder as it is compared.
    private struct Folder {
        let key: String
        let name: String
        let entries: [(key: String, value: JSON)]
    }

    private static func folders(_ value: JSON?) -> [Folder] {
        guard case .array(let folders)? = value else { return [] }
        return folders.map { folder in
            var entries: [(key: String, value: JSON)] = []
            if case .array(let values)? = folder["dispositions"] {
                entries = values.map { (key(of: $0, by: ["name"]), $0) }
            }
            return Folder(key: key(of: folder, by: ["name"]), name: folder["name"]?.scalarText ?? "", entries: entries)
        }
    }

    private static func name(of value: JSON) -> String { CentrePathText.short(value["name"]?.scalarText ?? "") }
}
