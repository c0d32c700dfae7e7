// SPDX-License-Identifier: Apache-2.0
// What was read of a configuration file: its values by sections, where everything stands, and what is wrong.

/// A file that was read.
struct CentreReading: Sendable {
    /// What could be read, with what is meant where something was left out.
    var value: JSON = .object([:])
    var faults: [CentreFault] = []
    var places: [CentrePath: CentrePlace] = [:]
    /// Sections, and entries of sections, that cannot be read as what they should be.
    var broken: Set<CentrePath> = []

    /// A fault at a place of the file, or at the nearest one around it that is there.
    func fault(
        _ path: CentrePath, code: String, key: String, arguments: [String: String] = [:]
    ) -> CentreFault {
        var around: CentrePath? = path
        while let here = around, places[here] == nil { around = here.parent }
        let place = around.flatMap { places[$0] }
        return CentreFault(
            line: place?.mark.line ?? 1, column: place?.mark.column ?? 1, path: place?.path ?? "", code: code,
            key: key, arguments: arguments)
    }

    /// Whether the file has something there.
    func has(_ path: CentrePath) -> Bool { places[path] != nil }

    /// Whether the file has a section.
    func has(_ section: String) -> Bool { has(CentrePath() / section) }

    /// Whether a section is there and cannot be read at all: nobody who names something of it is at fault.
    func isUnreadable(_ section: String) -> Bool {
        let path = CentrePath() / section
        return broken.contains(path) || (has(path) && value[section] == nil)
    }

    /// Whether a section has an entry that cannot be read, or cannot be read itself.
    func isBroken(_ section: String) -> Bool {
        isUnreadable(section) || broken.contains { $0.steps.first == .key(section) }
    }

    /// The entries of a section that can be read, each with its place; nil when the file has no such section.
    func entries<Part: Decodable>(_ section: String, as type: Part.Type) throws -> [CentreEntry<Part>]? {
        guard case .array(let elements)? = value[section] else { return nil }
        return try elements.enumerated().compactMap { position, element in
            let path = CentrePath() / section / position
            if broken.contains(path) { return nil }
            return CentreEntry(path: path, part: try fromJSON(element.text, as: type))
        }
    }

    /// One section that is no list.
    func part<Part: Decodable>(_ section: String, as type: Part.Type) throws -> CentreEntry<Part>? {
        let path = CentrePath() / section
        guard let element = value[section], !broken.contains(path) else { return nil }
        return CentreEntry(path: path, part: try fromJSON(element.text, as: type))
    }

    /// The names of a section's entries, of those that cannot be read, too: a fault in one is none of its users.
    func names(_ section: String, _ member: String = "name") -> [String] {
        guard case .array(let elements)? = value[section] else { return [] }
        return elements.compactMap { element in
            if case .string(let text)? = element[member] { text } else { nil }
        }
    }
}

/// An entry of a section and its place.
struct CentreEntry<Part: Sendable>: Sendable {
    let path: CentrePath
    var part: Part
}

/// Names in paths, short and in one line.
enum CentrePathText {
    static func short(_ text: String) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
        return line.count > 60 ? line.prefix(59) + "…" : line
    }
}

/// What was probably meant.
enum NearestName {
    /// The name that differs in the fewest letters; nil when none is near.
    static func of(_ name: String, among names: some Sequence<String>) -> String? {
        let folded = Array(name.folded.unicodeScalars.prefix(100))
        let near = names.prefix(500).map { ($0, distance(folded, Array($0.folded.unicodeScalars.prefix(100)))) }
        guard let best = near.min(by: { $0.1 < $1.1 }), best.1 <= max(2, folded.count / 3),
            best.1 < folded.count
        else { return nil }
        return best.0
    }

    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (line, letter) in left.enumerated() {
            var previous = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let here = min(row[column + 1] + 1, row[column] + 1, previous + (other == letter ? 0 : 1))
                previous = row[column + 1]
                row[column + 1] = here
            }
        }
        return row[right.count]
    }
}
