// SPDX-License-Identifier: Apache-2.0
// What may be changed of a contact centre once it is there, and within which bounds.
import Foundation
import Storage

/// Within which bounds a centre, or a configuration of its own, may ask.
public enum AskingRanges {
    public static let hours = 1...8760
    public static let days = 0...3650
    public static let times = 0...1000
    public static let percent = 0...100
}

/// The settings of a centre that are its own; its key, kind and the provider's switch are not.
public struct TenantChange: Sendable, Equatable {
    public static let minimumAnswers = 1...10_000

    public var name: String
    public var language: String
    public var timeZone: String
    public var oneSurveyPerInteraction: Bool
    public var askWithinHours: Int
    public var askOnceInDays: Int
    public var askPerYear: Int
    public var askSharePercent: Int
    public var minimumN: Int

    public init(_ tenant: Tenant) {
        name = tenant.name
        language = tenant.language
        timeZone = tenant.timeZone
        oneSurveyPerInteraction = tenant.oneSurveyPerInteraction
        askWithinHours = tenant.askWithinHours
        askOnceInDays = tenant.askOnceInDays
        askPerYear = tenant.askPerYear
        askSharePercent = tenant.askSharePercent
        minimumN = tenant.minimumN
    }

    /// What is wrong, by field.
    public var refusals: Refusals {
        var refusals = NewTenant.refusals(name: name, language: language, timeZone: timeZone)
        let numbers = [
            ("askWithinHours", askWithinHours, AskingRanges.hours), ("askOnceInDays", askOnceInDays, AskingRanges.days),
            ("askPerYear", askPerYear, AskingRanges.times), ("askSharePercent", askSharePercent, AskingRanges.percent),
            ("minimumN", minimumN, Self.minimumAnswers),
        ]
        for (field, number, range) in numbers where !range.contains(number) {
            refusals.add(.outside(range, field: field))
        }
        return refusals
    }
}

extension Refusal {
    /// A number that has to lie within a range.
    public static func outside(_ range: ClosedRange<Int>, field: String) -> Refusal {
        Refusal(
            .invalid, code: "number_outside", key: "accounts.numberOutside",
            arguments: ["least": String(range.lowerBound), "most": String(range.upperBound)], field: field)
    }
}

extension Accounts {
    /// Keeps others from changing the same centre as a whole until the end of the transaction.
    public func lock(_ tenant: TenantID, in tx: any Transaction) throws { try TenantsStore(tx: tx).lock(tenant) }

    /// Gives a centre a logo, by the name of a picture, or none.
    public func setLogo(_ picture: String?, of tenant: TenantID, in tx: any Transaction) throws {
        try TenantsStore(tx: tx).setLogo(picture, of: tenant)
    }

    /// Changes a centre's settings.
    /// - Throws: ``Refusals`` by field.
    public func change(_ tenant: TenantID, to change: TenantChange, in tx: any Transaction) throws {
        try change.refusals.throwIfAny()
        try TenantsStore(tx: tx).update(tenant, to: change)
    }
}
