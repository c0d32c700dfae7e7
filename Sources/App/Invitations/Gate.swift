// SPDX-License-Identifier: Apache-2.0
// What may say no before a survey is sent (spec 5.5), as values that are stored, compared and put into words.
import Markup
import Storage

/// A condition that has to hold when an invitation is made, and again when its mail leaves.
public enum Gate: String, SQLConvertible, Codable, CaseIterable {
    case surveysOff = "surveys_off"
    case storageFull = "storage_full"
    case configurationDisabled = "configuration_disabled"
    case formClosed = "form_closed"
    case reopened
    case tooOld = "too_old"
    case suppressed
    case personOfTenant = "person_of_tenant"
    case answered
    case askedByRun = "asked_by_run"
    case notInShare = "not_in_share"
    case askedRecently = "asked_recently"
    case askedThisYear = "asked_this_year"
    case linkExpired = "link_expired"
}

/// A gate's no, with the number that belongs to its sentence: the other run, the hours, the days, the count.
public struct GateNo: Error, Sendable, Equatable, LosslessStringConvertible {
    public let gate: Gate
    public let number: Int64?

    public init(_ gate: Gate, _ number: Int64? = nil) {
        self.gate = gate
        self.number = number
    }

    /// As it stands in `run.reason`: `too_old:72`.
    public var description: String { gate.rawValue + (number.map { ":\($0)" } ?? "") }

    public init?(_ description: String) {
        let parts = description.split(separator: ":", maxSplits: 1)
        guard let first = parts.first, let gate = Gate(rawValue: String(first)) else { return nil }
        self.init(gate, parts.count == 2 ? Int64(parts[1]) : nil)
    }

    /// The reason in words, for people.
    public func sentence(_ t: Localizer) -> String {
        t("invitations.gate.\(gate.rawValue)", ["number": number.map { String($0) } ?? ""])
    }
}

/// How often and how late may be asked: the centre's settings, or a configuration's own (spec 5.6).
/// Nil is the centre's.
public struct AskingLimits: Sendable, Codable, Equatable {
    /// The interaction ended at most so long before its run began.
    public var withinHours: Int?
    /// At most one invitation per address in so many days; 0 is no limit.
    public var onceInDays: Int?
    /// At most so many a year; 0 is no limit.
    public var perYear: Int?
    /// How many of a hundred interactions are asked about.
    public var sharePercent: Int?

    public init(withinHours: Int? = nil, onceInDays: Int? = nil, perYear: Int? = nil, sharePercent: Int? = nil) {
        self.withinHours = withinHours
        self.onceInDays = onceInDays
        self.perYear = perYear
        self.sharePercent = sharePercent
    }

    /// These limits where they are set, else the others.
    func over(_ others: AskingLimits) -> AskingLimits {
        AskingLimits(
            withinHours: withinHours ?? others.withinHours, onceInDays: onceInDays ?? others.onceInDays,
            perYear: perYear ?? others.perYear, sharePercent: sharePercent ?? others.sharePercent)
    }

    /// What is wrong, each with its place `limits.…`.
    public var refusals: Refusals {
        let numbers = [
            ("withinHours", withinHours, AskingRanges.hours), ("onceInDays", onceInDays, AskingRanges.days),
            ("perYear", perYear, AskingRanges.times), ("sharePercent", sharePercent, AskingRanges.percent),
        ]
        return Refusals(
            numbers.compactMap { field, number, range in
                guard let number, !range.contains(number) else { return nil }
                return .outside(range, field: "limits." + field)
            })
    }

    /// Whether earlier invitations have to be looked at.
    var countsEarlier: Bool { (onceInDays ?? 0) > 0 || (perYear ?? 0) > 0 }

    /// Whether an interaction is among the share that is asked: decided by its id, so that it is decided once.
    static func isInShare(_ interaction: InteractionID, percent: Int) -> Bool {
        var bits = UInt64(bitPattern: interaction.raw) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Int(bits % 100) < percent
    }
}
