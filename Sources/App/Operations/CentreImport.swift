// SPDX-License-Identifier: Apache-2.0
// A file over a centre: judged, compared, and written by the rooms' own functions in one transaction.
import Storage

/// One import.
struct CentreImport {
    let file: CentreFile
    let stored: StoredCentre
    let operations: Operations
    let plan: CentrePlan
    private let before: JSON
    private let after: JSON
    private let storedEntries: [String: [String: JSON]]
    private let wantedEntries: [String: [String: JSON]]

    init(_ file: CentreFile, over stored: StoredCentre, _ operations: Operations) throws {
        self.file = file
        self.stored = stored
        self.operations = operations
        let language = try file.reading.part("centre", as: CentrePart.self)?.part.language ?? stored.tenant.language
        plan = try CentrePlan(file.reading, over: stored) { type in
            try operations.services.predefined(for: type, language: language)
        }
        before = try plan.before()
        after = try plan.after()
        storedEntries = Self.entries(before)
        wantedEntries = Self.entries(after)
    }

    /// What would change.
    /// - Throws: ``CentreFaults`` with everything that is wrong.
    func differences() throws -> [CentreDifference] {
        let faults = CentreFaults(CentreCheck(plan, file).faults)
        if !faults.all.isEmpty { throw faults }
        var differences = CentreComparison.differences(from: before, to: after)
        if let part = plan.smtp?.part {
            let (old, new) = (stored.smtp?.password, try part.settings(over: stored.smtp, file.password).password)
            if old != new { differences.append(Self.password(old, new)) }
        }
        return differences
    }

    /// A password is told to change, and never shown.
    private static func password(_ old: String?, _ new: String?) -> CentreDifference {
        let sign = JSON.string("***")
        return CentreDifference(
            path: "smtp.password", kind: old == nil ? .added : new == nil ? .removed : .changed,
            old: old.map { _ in sign }, new: new.map { _ in sign })
    }

    /// Whether members of an entry are not as they are stored.
    func isChanged(_ section: String, _ key: String, _ members: Set<String>) -> Bool {
        let (old, new) = (storedEntries[section]?[key], wantedEntries[section]?[key])
        return members.contains { Self.bare(old?[$0]) != Self.bare(new?[$0]) }
    }

    /// The entries of all sections by their names.
    private static func entries(_ value: JSON) -> [String: [String: JSON]] {
        guard case .object(let sections) = value else { return [:] }
        return sections.reduce(into: [:]) { all, section in
            guard case .array(let entries) = section.value else { return }
            let names =
                switch section.key {
                case "people": ["login"]
                case "fields": ["key"]
                case "configurations": ["workflow", "name"]
                default: ["name"]
                }
            all[section.key] = Dictionary(entries.map { (CentreComparison.key(of: $0, by: names), $0) }) { first, _ in
                first
            }
        }
    }

    /// Without what is said for finding only.
    private static func bare(_ value: JSON?) -> JSON? {
        switch value {
        case .null?, nil: return nil
        case .object(let members)?:
            let kept = members.filter { $0.key != CentreComparison.identity && $0.key != "was" }
            return .object(kept.compactMapValues(bare))
        case .array(let elements)?: return .array(elements.map { bare($0) ?? .null })
        default: return value
        }
    }

    // MARK: Writing

    /// Makes the differences. The caller has asked for them, and has the transaction.
    func apply(_ differences: [CentreDifference], in tx: any Transaction, at now: Moment) throws {
        var writer = CentreWrites(self, tx, now)
        try writer.write()
        let paths = differences.prefix(200).map { JSON.string($0.path) }
        try operations.accounts.audit(
            AuditEntry(
                person: nil, actor: Accounts.commandLine, action: "operations.audit.configurationImported",
                details: .object(["count": .number(Double(differences.count)), "paths": .array(Array(paths))])),
            of: stored.tenant.id, in: tx, at: now)
    }
}
