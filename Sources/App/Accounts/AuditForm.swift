// SPDX-License-Identifier: Apache-2.0
// Which part of the log an address asks for.
import Foundation

/// The filter of the log as it stands in addresses.
struct AuditQuery: Sendable {
    let person: String
    let kind: AuditKind?
    let from: String
    let to: String
    let before: AuditID?

    init(_ input: FormInput) {
        person = String(input.text("person").prefix(AccountsLimits.loginLength))
        kind = AuditKind(rawValue: input.text("kind"))
        from = String(input.text("from").prefix(20))
        to = String(input.text("to").prefix(20))
        before = input.id("before")
    }

    /// The filter without the person, whom the database knows.
    /// - Throws: ``Refusals`` by field for what is no day.
    func filter(in zone: TimeZone) throws -> AuditFilter {
        var refusals = Refusals()
        func day(_ text: String, _ field: String) -> LocalDay? {
            if text.isEmpty { return nil }
            if let day = LocalDay(text) { return day }
            refusals.add(Refusal(.invalid, code: "bad_day", key: "accounts.audit.badDay", field: field))
            return nil
        }
        var filter = AuditFilter(kind: kind, before: before)
        filter.from = day(from, "from")?.start(in: zone)
        filter.to = day(to, "to")?.adding(days: 1).start(in: zone)
        try refusals.throwIfAny()
        return filter
    }

    /// The address of a page of the log.
    func address(before: AuditID?) -> String {
        let values = [
            ("person", person), ("kind", kind?.rawValue ?? ""), ("from", from), ("to", to),
            ("before", before?.description ?? ""),
        ]
        let pairs = values.filter { !$0.1.isEmpty }.map { $0.0 + "=" + queryValue($0.1) }
        return "/settings/audit" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}
