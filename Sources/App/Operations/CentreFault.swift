// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration file, and where.
import Markup

/// One thing that is wrong.
public struct CentreFault: Error, Sendable, Equatable {
    public let line: Int
    public let column: Int
    /// The way to it, such as `services[Sales].folders[Final].dispositions[Order].code`.
    public let path: String
    /// A stable word for programs.
    public let code: String
    /// The sentence's key in the dictionaries.
    public let key: String
    public let arguments: [String: String]

    /// What is wrong and what to do, in words.
    public func sentence(_ t: Localizer) -> String { t(key, arguments) }
}

/// All that is wrong with a file, in the order of its lines.
public struct CentreFaults: Error, Sendable, Equatable {
    public let all: [CentreFault]
    /// How many are told of at most: a wrong file may have one in every line.
    static let limit = 500

    init(_ faults: [CentreFault]) {
        var seen: Set<String> = []
        let distinct = faults.filter { seen.insert("\($0.line):\($0.column):\($0.path):\($0.code)").inserted }
        all = Array(
            distinct.sorted { ($0.line, $0.column, $0.path) < ($1.line, $1.column, $1.path) }.prefix(Self.limit))
    }
}

/// Where something of the file stands.
struct CentrePlace: Sendable, Equatable {
    let mark: YAMLMark
    let path: String
}

/// A way into the file, by the names of members and positions in lists.
struct CentrePath: Sendable, Hashable {
    private(set) var steps: [YAMLStep]

    init(_ steps: [YAMLStep] = []) { self.steps = steps }

    static func / (left: CentrePath, right: String) -> CentrePath { CentrePath(left.steps + [.key(right)]) }
    static func / (left: CentrePath, right: Int) -> CentrePath { CentrePath(left.steps + [.position(right)]) }

    /// One step less; nil at the file itself.
    var parent: CentrePath? { steps.isEmpty ? nil : CentrePath(steps.dropLast()) }
}
