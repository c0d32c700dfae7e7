// SPDX-License-Identifier: Apache-2.0
// The vocabulary in which the configuration file is described once: reading, writing, the differences, the JSON Schema
// and the manual's table all follow from that description.

/// What a value of the configuration file may be.
indirect enum CentreShape: Sendable {
    case text
    case flag
    /// A whole number; the range is for the schema, the room's rules decide.
    case whole(ClosedRange<Int>?)
    case number
    case choice([String])
    /// Elements with names of their own are found by the named members, others by their position.
    case list(CentreShape, by: [String], isOrdered: Bool)
    case record(CentreRecord)
    /// A record that may hold itself.
    case named(String)

    /// The shape itself, where a name stands for it.
    var resolved: CentreShape {
        guard case .named(let name) = self else { return self }
        return CentreShapes.named[name].map { .record($0) } ?? self
    }

    /// Whether a value of it is one word or number.
    var isScalar: Bool {
        switch self {
        case .text, .flag, .whole, .number, .choice: true
        case .list, .record, .named: false
        }
    }

    /// A list of words.
    static func words(_ shape: CentreShape = .text) -> CentreShape { .list(shape, by: [], isOrdered: false) }

    /// The raw values of an enumeration.
    static func choice<Choice: CaseIterable & RawRepresentable<String>>(of type: Choice.Type) -> CentreShape {
        .choice(type.allCases.map(\.rawValue))
    }
}

/// Members with names, in the order in which they are written.
struct CentreRecord: Sendable {
    /// What the manual and the schema call it.
    let title: String
    let members: [CentreMember]
    /// Members of which exactly one has to be given.
    var oneOf: [String] = []

    func member(_ name: String) -> CentreMember? { members.first { $0.name == name } }
}

/// One member of a record.
struct CentreMember: Sendable {
    let name: String
    let shape: CentreShape
    let isRequired: Bool
    /// What is meant when it is left out; nil is nothing.
    let fallback: JSON?
    /// One sentence, as the schema and the manual say it.
    let sentence: String

    static func required(_ name: String, _ shape: CentreShape, _ sentence: String) -> CentreMember {
        CentreMember(name: name, shape: shape, isRequired: true, fallback: nil, sentence: sentence)
    }

    static func optional(_ name: String, _ shape: CentreShape, _ sentence: String) -> CentreMember {
        CentreMember(name: name, shape: shape, isRequired: false, fallback: nil, sentence: sentence)
    }

    static func usual(_ name: String, _ shape: CentreShape, _ fallback: JSON, _ sentence: String) -> CentreMember {
        CentreMember(name: name, shape: shape, isRequired: false, fallback: fallback, sentence: sentence)
    }

    /// The former name of something that was renamed.
    static let was = optional(
        "was", .text, "The former name, where this is a new one: a rename instead of one retired and one added.")
}
