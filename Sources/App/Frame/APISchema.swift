// SPDX-License-Identifier: Apache-2.0
// What a value of the API may be: as much of JSON Schema (2020-12) as it takes to say what is read and answered. Rooms
// write it in Swift beside what they check, with the same limits and the same enumerations.

/// One kind of value.
public struct APISchema: Sendable {
    /// What the value is. A list's limit is the number of its items, a text's the number of its characters.
    indirect enum Kind: Sendable {
        case text(limit: Int?, isFilled: Bool, pattern: String?, format: String?)
        case integer(ClosedRange<Double>)
        case number(ClosedRange<Double>?)
        case flag
        case choice([String])
        case object([APIMember])
        case map(APISchema)
        case list(APISchema, limit: Int?)
        case reference(String)
        case either([APISchema])
        case anyObject
        case anything
    }

    let kind: Kind
    /// Whether null is taken, or answered when there is no value.
    var mayBeNull = false
    /// Whether a whole number is taken in place of a text: senders write ids and codes so.
    var mayBeWhole = false

    /// The whole numbers that JSON carries from program to program without change (RFC 8259, section 6).
    static let wholeNumbers = -9_007_199_254_740_991.0...9_007_199_254_740_991.0

    // MARK: Kinds

    public static func text(
        upTo limit: Int? = nil, isFilled: Bool = false, pattern: String? = nil, format: String? = nil
    ) -> APISchema {
        APISchema(kind: .text(limit: limit, isFilled: isFilled, pattern: pattern, format: format))
    }
    /// A moment as RFC 3339 says it.
    public static let moment = text(format: "date-time")
    /// A day of the calendar.
    public static let day = text(format: "date")
    /// An id of ours.
    public static let id = text(pattern: idPattern)
    static let idPattern = "^[0-9]{1,19}$"
    public static let flag = APISchema(kind: .flag)
    /// How many of something.
    public static let count = APISchema(kind: .integer(0...wholeNumbers.upperBound))
    public static let anyObject = APISchema(kind: .anyObject)
    /// What is not refused as a whole, whatever it is.
    public static let anything = APISchema(kind: .anything)
    public static func number(in range: ClosedRange<Double>? = nil) -> APISchema { APISchema(kind: .number(range)) }
    public static func integer(in range: ClosedRange<Double>) -> APISchema { APISchema(kind: .integer(range)) }
    public static func choice(_ values: [String]) -> APISchema { APISchema(kind: .choice(values)) }
    /// One of the raw values of an enumeration.
    public static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> APISchema {
        .choice(Choice.allCases.map(\.rawValue))
    }
    public static func object(_ members: [APIMember]) -> APISchema { APISchema(kind: .object(members)) }
    /// An object whose names are data themselves.
    public static func map(of value: APISchema) -> APISchema { APISchema(kind: .map(value)) }
    public static func list(of item: APISchema, upTo limit: Int? = nil) -> APISchema {
        APISchema(kind: .list(item, limit: limit))
    }
    /// An object that is described under its name.
    public static func reference(_ name: String) -> APISchema { APISchema(kind: .reference(name)) }
    public static func either(_ schemas: APISchema...) -> APISchema { APISchema(kind: .either(schemas)) }

    /// The same, or null.
    public var orNull: APISchema { changed { $0.mayBeNull = true } }
    /// The same text, or a whole number.
    public var orWhole: APISchema { changed { $0.mayBeWhole = true } }

    private func changed(_ change: (inout APISchema) -> Void) -> APISchema {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A member of an object.
public struct APIMember: Sendable {
    public let name: String
    public let schema: APISchema
    public let isRequired: Bool

    public init(_ name: String, _ schema: APISchema, isRequired: Bool = false) {
        self.name = name
        self.schema = schema
        self.isRequired = isRequired
    }

    /// A member that is always there.
    public static func always(_ name: String, _ schema: APISchema) -> APIMember {
        APIMember(name, schema, isRequired: true)
    }

    /// A member that a sender may leave out; null says the same.
    public static func optional(_ name: String, _ schema: APISchema) -> APIMember { APIMember(name, schema.orNull) }
}

extension APISchema {
    /// The schema as JSON Schema.
    /// - Parameter describe: what a member is, by its name.
    func json(describe: (String) -> String? = { _ in nil }) -> JSON {
        var keywords = keywords(describe)
        guard mayBeNull else { return .object(keywords) }
        switch (kind, keywords["type"]) {
        case (.reference, _), (.either, _):
            return .object(["anyOf": .array([.object(keywords), .object(["type": .string("null")])])])
        case (_, .array(let types)?): keywords["type"] = .array(types + [.string("null")])
        case (_, let type?): keywords["type"] = .array([type, .string("null")])
        case (_, nil): break
        }
        if case .array(let values)? = keywords["enum"] { keywords["enum"] = .array(values + [.null]) }
        return .object(keywords)
    }

    private func keywords(_ describe: (String) -> String?) -> [String: JSON] {
        switch kind {
        case .text(let limit, let isFilled, let pattern, let format):
            return textKeywords(limit, isFilled, pattern, format)
        case .integer(let range): return Self.numberKeywords("integer", range)
        case .number(let range): return Self.numberKeywords("number", range)
        case .flag: return ["type": .string("boolean")]
        case .choice(let values): return ["type": .string("string"), "enum": .array(values.map { .string($0) })]
        case .object(let members): return Self.objectKeywords(members, describe)
        case .map(let value): return ["type": .string("object"), "additionalProperties": value.json()]
        case .list(let item, let limit):
            var keywords: [String: JSON] = ["type": .string("array"), "items": item.json()]
            if let limit { keywords["maxItems"] = .number(Double(limit)) }
            return keywords
        case .reference(let name): return ["$ref": .string("#/components/schemas/" + name)]
        case .either(let schemas): return ["anyOf": .array(schemas.map { $0.json() })]
        case .anyObject: return ["type": .string("object")]
        case .anything: return [:]
        }
    }

    private func textKeywords(
        _ limit: Int?, _ isFilled: Bool, _ pattern: String?, _ format: String?
    ) -> [String: JSON] {
        var keywords: [String: JSON] = ["type": .string("string")]
        if let limit { keywords["maxLength"] = .number(Double(limit)) }
        if isFilled { keywords["minLength"] = .number(1) }
        if let pattern { keywords["pattern"] = .string(pattern) }
        if let format { keywords["format"] = .string(format) }
        if mayBeWhole {
            keywords.merge(Self.numberKeywords("integer", Self.wholeNumbers)) { _, new in new }
            keywords["type"] = .array([.string("string"), .string("integer")])
        }
        return keywords
    }

    private static func numberKeywords(_ type: String, _ range: ClosedRange<Double>?) -> [String: JSON] {
        var keywords: [String: JSON] = ["type": .string(type)]
        if let range {
            keywords["minimum"] = .number(range.lowerBound)
            keywords["maximum"] = .number(range.upperBound)
        }
        return keywords
    }

    private static func objectKeywords(
        _ members: [APIMember], _ describe: (String) -> String?
    ) -> [String: JSON] {
        var properties: [String: JSON] = [:]
        for member in members {
            guard case .object(var keywords) = member.schema.json() else { continue }
            if let description = describe(member.name) { keywords["description"] = .string(description) }
            properties[member.name] = .object(keywords)
        }
        let required = members.filter(\.isRequired).map { JSON.string($0.name) }
        var keywords: [String: JSON] = ["type": .string("object"), "properties": .object(properties)]
        if !required.isEmpty { keywords["required"] = .array(required) }
        return keywords
    }
}
