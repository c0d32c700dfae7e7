// SPDX-License-Identifier: Apache-2.0
// Compares a JSON value with a JSON Schema, as far as the API's description uses it. A keyword that is not known here
// is an error, so that nothing is passed over.
import Foundation

@testable import App

/// Checks values against the schemas of one OpenAPI document.
struct SchemaCheck {
    let document: JSON
    /// Whether objects may have no members beyond those described: true for what we answer ourselves.
    var isStrict = true

    /// What does not fit, with paths; empty when all does.
    func faults(_ value: JSON, _ schema: JSON, at path: String = "$") -> [String] {
        guard case .object(let keywords) = schema else { return ["\(path): no schema"] }
        return keywords.flatMap { fault($0.key, $0.value, keywords, value, path) }
    }

    private func fault(
        _ keyword: String, _ rule: JSON, _ keywords: [String: JSON], _ value: JSON, _ path: String
    ) -> [String] {
        switch keyword {
        case "description", "format", "required": return []
        case "properties": return properties(rule, keywords, value, path)
        case "additionalProperties": return member(rule, value, path)
        case "$ref": return faults(value, referred(rule), at: path)
        case "type": return type(rule, value, path)
        case "enum":
            guard case .array(let values) = rule else { return ["\(path): enum"] }
            return values.contains(value) ? [] : ["\(path): \(value.text) is none of \(rule.text)"]
        case "const": return rule == value ? [] : ["\(path): \(value.text) is not \(rule.text)"]
        case "anyOf":
            guard case .array(let schemas) = rule else { return ["\(path): anyOf"] }
            let all = schemas.map { faults(value, $0, at: path) }
            return all.contains([]) ? [] : all.min { $0.count < $1.count } ?? []
        case "allOf":
            guard case .array(let schemas) = rule else { return ["\(path): allOf"] }
            var loose = self
            loose.isStrict = false
            return schemas.flatMap { loose.faults(value, $0, at: path) }
        case "items":
            guard case .array(let items) = value else { return [] }
            return items.enumerated().flatMap { faults($0.element, rule, at: "\(path)[\($0.offset)]") }
        case "maxItems", "minimum", "maximum", "minLength", "maxLength", "pattern":
            return bound(keyword, rule, value) ? [] : ["\(path): \(value.text) breaks \(keyword) \(rule.text)"]
        default: return ["\(path): unknown keyword \(keyword)"]
        }
    }

    /// The member rules of an object that names no properties: its `additionalProperties`.
    private func member(_ rule: JSON, _ value: JSON, _ path: String) -> [String] {
        guard case .object(let members) = value, case .object = rule else { return [] }
        return members.flatMap { faults($0.value, rule, at: "\(path).\($0.key)") }
    }

    private func type(_ rule: JSON, _ value: JSON, _ path: String) -> [String] {
        let names: [JSON] = if case .array(let several) = rule { several } else { [rule] }
        return names.contains { fits(value, $0) } ? [] : ["\(path): \(value.text) is no \(rule.text)"]
    }

    private func properties(_ rule: JSON, _ keywords: [String: JSON], _ value: JSON, _ path: String) -> [String] {
        guard case .object(let members) = value, case .object(let properties) = rule else { return [] }
        var faults = members.flatMap { name, inner -> [String] in
            guard let schema = properties[name] else { return isStrict ? ["\(path).\(name) is not described"] : [] }
            return self.faults(inner, schema, at: "\(path).\(name)")
        }
        if case .array(let required)? = keywords["required"] {
            faults += required.filter { members[$0.scalarText ?? ""] == nil }.map { "\(path): \($0.text) is missing" }
        }
        return faults
    }

    private func fits(_ value: JSON, _ name: JSON) -> Bool {
        switch (value, name.scalarText) {
        case (.null, "null"?), (.bool, "boolean"?), (.string, "string"?), (.array, "array"?), (.object, "object"?),
            (.number, "number"?):
            true
        case (.number(let number), "integer"?): number.rounded() == number
        default: false
        }
    }

    private func bound(_ keyword: String, _ rule: JSON, _ value: JSON) -> Bool {
        let limit: Double = if case .number(let number) = rule { number } else { 0 }
        switch (keyword, value) {
        case ("minimum", .number(let number)): return number >= limit
        case ("maximum", .number(let number)): return number <= limit
        case ("minLength", .string(let text)): return Double(text.unicodeScalars.count) >= limit
        case ("maxLength", .string(let text)): return Double(text.unicodeScalars.count) <= limit
        case ("maxItems", .array(let items)): return Double(items.count) <= limit
        case ("pattern", .string(let text)):
            let expression = rule.scalarText.flatMap { try? Regex<AnyRegexOutput>($0) }
            return expression.map { text.contains($0) } ?? false
        default: return true
        }
    }

    private func referred(_ reference: JSON) -> JSON {
        let name = reference.scalarText?.split(separator: "/").last.map(String.init) ?? ""
        return document["components"]?["schemas"]?[name] ?? .null
    }
}
