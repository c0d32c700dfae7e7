// SPDX-License-Identifier: Apache-2.0
// How long personal data of a centre is kept (spec 8). What is counted in reports stays: it names no customer.
import Durable
import Foundation

/// Periods in days; nil keeps for ever.
public struct RetentionPeriods: Sendable, Equatable {
    public static let allowed = 30...3650

    /// Customers' names, addresses, telephone numbers, attached data, and agents' notes of interactions.
    public var customerDays: Int?
    /// Internal messages to employees.
    public var inboxDays: Int?
    /// The log of who did what.
    public var auditDays: Int?

    public static let forEver = RetentionPeriods()

    public init(customerDays: Int? = nil, inboxDays: Int? = nil, auditDays: Int? = nil) {
        self.customerDays = customerDays
        self.inboxDays = inboxDays
        self.auditDays = auditDays
    }
}

extension Settings {
    /// The daily work that keeps the periods (Operations does it).
    public static let retentionWork = WorkKind("retention")
}
