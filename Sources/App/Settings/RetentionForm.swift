// SPDX-License-Identifier: Apache-2.0
// Retention periods as they are typed: days, or nothing for ever.

/// The fields of the page `/settings/retention`.
struct RetentionForm: Sendable {
    static let names = ["customerDays", "inboxDays", "auditDays"]
    var days: [String]

    init(_ periods: RetentionPeriods) {
        days = [periods.customerDays, periods.inboxDays, periods.auditDays].map { $0.map { String($0) } ?? "" }
    }

    init(_ input: FormInput) { days = Self.names.map { input.text($0) } }

    /// - Throws: ``Refusals`` with all that is wrong, by field.
    func checked() throws -> RetentionPeriods {
        var refusals = Refusals()
        let numbers = zip(Self.names, days).map { name, text -> Int? in
            if text.isEmpty { return nil }
            if let number = Int(text), RetentionPeriods.allowed.contains(number) { return number }
            refusals.add(.outside(RetentionPeriods.allowed, field: name))
            return nil
        }
        try refusals.throwIfAny()
        return RetentionPeriods(customerDays: numbers[0], inboxDays: numbers[1], auditDays: numbers[2])
    }
}
