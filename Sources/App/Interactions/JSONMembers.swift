// SPDX-License-Identifier: Apache-2.0
// Reads the members of a JSON object one by one, keeps every error with its path, and knows what nobody asked for.
import Foundation

/// One JSON object that is being read.
struct JSONMembers {
    /// Where the object stands, for example `customer`; empty at the top.
    let path: String
    private let members: [String: JSON]
    private var read: Set<String> = []
    private(set) var refusals = Refusals()

    init(_ members: [String: JSON], path: String = "") {
        self.members = members
        self.path = path
    }

    /// The path of a member.
    func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Members that were not read, in order: misspelt ones, mostly.
    var unread: [String] { members.keys.filter { !read.contains($0) }.sorted() }

    mutating func refuse(_ name: String, code: String, key: String, _ arguments: [String: String] = [:]) {
        refusals.add(Refusal(.invalid, code: code, key: key, arguments: arguments, field: path(name)))
    }

    mutating func add(_ other: Refusals) { refusals.all += other.all }

    /// The member's value; nil when it is absent or null.
    mutating func value(_ name: String) -> JSON? {
        read.insert(name)
        let value = members[name]
        return value == .null ? nil : value
    }

    /// A text without spaces at its ends; nil when it is absent, null or empty. Whole numbers are taken as text where
    /// senders write ids and codes as numbers.
    mutating func text(_ name: String, limit: Int, orNumber: Bool = false) -> String? {
        guard let value = value(name) else { return nil }
        let text: String
        switch value {
        case .string(let string): text = string.trimmed
        case .number(let number) where orNumber && Self.isExact(number): text = value.scalarText ?? ""
        default:
            refuse(name, code: "wrong_type", key: "interactions.wantedText")
            return nil
        }
        if text.unicodeScalars.contains("\0") {
            refuse(name, code: "nul_character", key: "interactions.nul")
            return nil
        }
        if text.unicodeScalars.count > limit {
            refuse(name, code: "too_long", key: "interactions.tooLong", ["limit": String(limit)])
            return nil
        }
        return text.nonEmpty
    }

    /// Whether a number is whole and as it was sent: beyond 2^53 another id would be meant (RFC 8259, section 6).
    private static func isExact(_ number: Double) -> Bool {
        number.rounded() == number && APISchema.wholeNumbers.contains(number)
    }

    mutating func bool(_ name: String) -> Bool? {
        switch value(name) {
        case nil: return nil
        case .bool(let bool): return bool
        default:
            refuse(name, code: "wrong_type", key: "interactions.wantedBoolean")
            return nil
        }
    }

    mutating func number(_ name: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value else {
            refuse(name, code: "wrong_type", key: "interactions.wantedNumber")
            return nil
        }
        guard range.contains(number) else {
            let (lower, upper) = (range.lowerBound.formatted(), range.upperBound.formatted())
            refuse(name, code: "out_of_range", key: "interactions.outOfRange", ["from": lower, "to": upper])
            return nil
        }
        return number
    }

    mutating func moment(_ name: String) -> Moment? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value, let moment = Moment(rfc3339: text.trimmed), moment.isPlausible else {
            refuse(name, code: "wrong_type", key: "interactions.wantedMoment")
            return nil
        }
        return moment
    }

    /// One of the raw values of an enumeration.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) -> Choice? {
        guard let value = value(name) else { return nil }
        if case .string(let text) = value, let choice = Choice(rawValue: text) { return choice }
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        refuse(name, code: "unknown_value", key: "interactions.wantedChoice", ["values": all])
        return nil
    }

    /// An object, to be read as this one; its refusals are handed back by ``add(_:)``.
    mutating func object(_ name: String) -> JSONMembers? {
        guard let value = value(name) else { return nil }
        guard case .object(let inner) = value else {
            refuse(name, code: "wrong_type", key: "interactions.wantedObject")
            return nil
        }
        return JSONMembers(inner, path: path(name))
    }
}

extension Moment {
    /// Between 1970 and 2200: what cannot be meant is refused before it meets calendars.
    fileprivate var isPlausible: Bool { (0...7_258_118_400_000).contains(milliseconds) }
}
