// SPDX-License-Identifier: Apache-2.0
// A form as a file: what form.json holds, and how a stranger's is read. Unknown keys and versions are named.
import Foundation

/// Sentences about a form's file.
enum SurveyFileFault {
    static func refusal(_ code: String, _ key: String, _ arguments: [String: String] = [:]) -> Refusal {
        Refusal(.invalid, code: code, key: "surveys.file.\(key)", arguments: arguments, field: "file")
    }
}

/// `form.json`: everything of a form but its name in the list, its style and its picture.
struct SurveyFile: Codable, Sendable, Equatable {
    static let version = 1

    /// A field that a block counts for, with its scale: the same key may stand for another one elsewhere.
    struct Field: Codable, Sendable, Equatable {
        var key: String
        var name: String
        var kind: SurveyFieldKind
        var minimum: Double
        var maximum: Double
        var satisfiedFrom: Double?
        var promoterFrom: Double?
        var detractorTo: Double?

        init(_ field: SurveyField) {
            (key, name, kind) = (field.key, field.name, field.kind)
            (minimum, maximum) = (field.minimum, field.maximum)
            (satisfiedFrom, promoterFrom, detractorTo) = (
                field.satisfiedFrom, field.promoterFrom, field.detractorTo
            )
        }

        /// The field as it would be made, under a key of its own.
        func draft(key: String) -> SurveyField.Draft {
            var draft = SurveyField.Draft(key: key, name: name, kind: kind, scale: 0...1)
            (draft.minimum, draft.maximum) = (minimum, maximum)
            (draft.satisfiedFrom, draft.promoterFrom, draft.detractorTo) = (satisfiedFrom, promoterFrom, detractorTo)
            return draft
        }
    }

    var otklikForm = SurveyFile.version
    var validDays: Int
    var editHours: Int
    var fields: [Field]
    var languages: [FormLanguage]

    /// A form's file; fields are those that its blocks count for, by key.
    init(_ form: SurveyForm, _ content: SurveyContent, fields: [String: SurveyField]) {
        validDays = form.validDays
        editHours = form.editHours
        let bound = Set(content.languages.flatMap(\.blocks).compactMap(\.field))
        self.fields = bound.sorted().compactMap { fields[$0] }.map(Field.init)
        languages = content.languages
    }

    /// The text: keys in order, so that equal forms have equal texts.
    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads a text.
    /// - Throws: ``Refusal`` for the field `file`, with the place that is wrong.
    init(bytes: [UInt8]) throws {
        try Self.check(bytes)
        do {
            self = try JSONDecoder().decode(SurveyFile.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw SurveyFileFault.refusal("bad_value", "badValue", ["place": error.place])
        }
    }

    /// The same with no more to show than a form may hold: nobody may have checked yet that it keeps to the limits.
    var shown: SurveyFile {
        func cut(_ text: String, _ limit: Int) -> String { String(text.prefix(limit)) }
        var copy = self
        copy.languages = languages.prefix(SurveyLimits.languages).map { language in
            var short = language
            short.language = cut(language.language, SurveyLimits.keyBytes)
            short.title = cut(language.title, SurveyLimits.titleCharacters)
            return short
        }
        copy.fields = fields.prefix(SurveyLimits.fields).map { field in
            var short = field
            short.key = cut(field.key, SurveyLimits.keyBytes)
            short.name = cut(field.name, SurveyLimits.nameCharacters)
            return short
        }
        return copy
    }

    /// Refuses what is no JSON, no form of ours, or has keys that nobody knows.
    private static func check(_ bytes: [UInt8]) throws {
        let json: JSON
        do {
            json = try JSONReader.value(
                of: bytes, depthLimit: SurveyLimits.fileDepth, valueLimit: SurveyLimits.fileValues)
        } catch {
            throw Refusal(
                .invalid, code: "malformed_json", key: "frame.malformedJSON.\(error.reason.rawValue)",
                arguments: ["position": String(error.position), "name": error.name], field: "file")
        }
        guard case .object = json, let version = json["otklikForm"] else {
            throw SurveyFileFault.refusal("not_a_form", "notAForm")
        }
        guard version == .number(Double(Self.version)) else {
            throw SurveyFileFault.refusal(
                "unknown_version", "unknownVersion", ["version": String((version.scalarText ?? "?").prefix(20))])
        }
        if let place = Self.shape.unknown(in: json, at: "") {
            throw SurveyFileFault.refusal("unknown_key", "unknownKey", ["place": String(place.prefix(120))])
        }
    }

    /// The keys that an object may have, and what stands behind them.
    private indirect enum Shape: Sendable {
        case anything
        case object([String: Shape])
        case list(Shape)

        /// The first key that nobody knows.
        func unknown(in json: JSON, at path: String) -> String? {
            switch (self, json) {
            case (.object(let members), .object(let found)):
                for name in found.keys.sorted() {
                    let place = path.isEmpty ? name : path + "." + name
                    guard let shape = members[name], let value = found[name] else { return place }
                    if let unknown = shape.unknown(in: value, at: place) { return unknown }
                }
                return nil
            case (.list(let shape), .array(let values)):
                for (index, value) in values.enumerated() {
                    if let unknown = shape.unknown(in: value, at: "\(path)[\(index)]") { return unknown }
                }
                return nil
            default: return nil
            }
        }

        static func keys(_ names: String..., and members: [String: Shape] = [:]) -> Shape {
            .object(names.reduce(into: members) { $0[$1] = .anything })
        }
    }

    private static let shape: Shape = {
        let option = Shape.keys("text", "value")
        let block = Shape.keys(
            "key", "kind", "text", "isRequired", "field", "display", "minimum", "maximum", "step",
            and: ["options": .list(option)])
        let language = Shape.keys("language", "title", "sendButton", and: ["blocks": .list(block)])
        let field = Shape.keys(
            "key", "name", "kind", "minimum", "maximum", "satisfiedFrom", "promoterFrom", "detractorTo")
        return .keys(
            "otklikForm", "validDays", "editHours", and: ["fields": .list(field), "languages": .list(language)])
    }()
}

extension DecodingError {
    /// Where a value is missing or another one than it has to be.
    fileprivate var place: String {
        let path: [any CodingKey]
        switch self {
        case .keyNotFound(let key, let context): path = context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            path = context.codingPath
        @unknown default: path = []
        }
        let text = path.reduce(into: "") { text, key in
            text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
        }
        return String(text.prefix(120))
    }
}
