// SPDX-License-Identifier: Apache-2.0
// Differences and faults for whoever typed the command: in words, or as JSON for programs.
import Markup

/// What came of an import.
public struct CentreReport: Sendable {
    public let tenant: String
    public let file: String
    public var differences: [CentreDifference] = []
    public var faults: [CentreFault] = []
    public var isApplied = false

    public init(tenant: String, file: String) {
        self.tenant = tenant
        self.file = file
    }

    /// Longer values are cut in the list; the JSON has them whole.
    private static let shown = 80

    // MARK: Words

    /// The differences, one a line.
    public func list(_ t: Localizer) -> String {
        if differences.isEmpty { return t("operations.import.nothing") }
        let lines = differences.map { Self.line($0, t) }
        return (lines + [t("operations.import.differences", count: differences.count)]).joined(separator: "\n")
    }

    private static func line(_ difference: CentreDifference, _ t: Localizer) -> String {
        let isEntry = difference.path.hasSuffix("]")
        switch difference.kind {
        case .added where isEntry: return "+ \(difference.path): \(t("operations.import.added"))"
        case .removed where isEntry: return "- \(difference.path): \(t("operations.import.removed"))"
        case .retired: return "- \(difference.path): \(t("operations.import.retired"))"
        case .added, .removed, .changed:
            let old = difference.old.map(short) ?? t("operations.import.nothingThere")
            let new = difference.new.map(short) ?? t("operations.import.nothingThere")
            return "~ \(difference.path): \(old) → \(new)"
        }
    }

    private static func short(_ value: JSON) -> String {
        let text = bare(value).text
        return text.count > shown ? text.prefix(shown - 1) + "…" : text
    }

    /// The faults, one a line, as compilers write them.
    public func faultList(_ t: Localizer) -> String {
        let lines = faults.map { fault in
            t(
                "operations.import.place",
                [
                    "file": file, "line": String(fault.line), "column": String(fault.column),
                    "path": fault.path.nonEmpty ?? "–", "sentence": fault.sentence(t), "code": fault.code,
                ])
        }
        return (lines + [t("operations.import.faults", count: faults.count)]).joined(separator: "\n")
    }

    // MARK: JSON

    /// All of it for programs.
    public func json(_ t: Localizer) -> String {
        JSON.object([
            "tenant": .string(tenant), "applied": .bool(isApplied),
            "differences": .array(
                differences.map { difference in
                    .object([
                        "path": .string(difference.path), "kind": .string(difference.kind.rawValue),
                        "old": difference.old.map(Self.bare) ?? .null, "new": difference.new.map(Self.bare) ?? .null,
                    ])
                }),
            "errors": .array(
                faults.map { fault in
                    .object([
                        "line": .number(Double(fault.line)), "column": .number(Double(fault.column)),
                        "path": .string(fault.path), "code": .string(fault.code),
                        "message": .string(fault.sentence(t)),
                    ])
                }),
        ]).text
    }

    /// Without what is said for finding only.
    private static func bare(_ value: JSON) -> JSON {
        switch value {
        case .object(let members):
            .object(members.filter { $0.key != CentreComparison.identity && $0.key != "was" }.mapValues(bare))
        case .array(let elements): .array(elements.map(bare))
        default: value
        }
    }
}
