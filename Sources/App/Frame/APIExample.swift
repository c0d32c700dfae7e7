// SPDX-License-Identifier: Apache-2.0
// Calls that can be tried as they stand, from `<Room>/<room>.examples.json`: a test runs each of them in their order.
import Foundation
import Markup

/// One call with everything in it, and what is answered.
public struct APIExample: Sendable, Decodable {
    /// The call's `operationId`.
    public let operation: String
    /// The last part of its dictionary key.
    public let name: String
    /// Values of the path and the query, by name.
    public let parameters: [String: String]?
    public let body: JSON?
    public let status: Int
    /// As it was answered once; nil where the answer is too long to show.
    public let answer: JSON?

    /// The examples of all rooms, a room's in the order in which they can be run.
    public static func load(from assets: AssetTree, rooms: [String]) throws -> [APIExample] {
        try rooms.flatMap { room -> [APIExample] in
            guard let text = assets.text("\(room)/\(room.lowercased()).examples.json") else { return [] }
            return try fromJSON(text)
        }
    }

    /// The address with its values in it, below `/api/v1`.
    func path(_ operation: APIOperation) -> String {
        var path = operation.shortPath
        var query: [String] = []
        for parameter in operation.parameters {
            guard let value = parameters?[parameter.name] else { continue }
            switch parameter.place {
            case .path: path = path.replacing("{\(parameter.name)}", with: queryValue(value))
            case .query: query.append("\(parameter.name)=\(queryValue(value))")
            }
        }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    /// The command that makes the call: `$API` is the address of the API, `$KEY` a key.
    func curl(_ operation: APIOperation, in description: APIDescription) -> String {
        let usual = body == nil ? "GET" : "POST"
        let method = operation.method == usual ? "" : "-X \(operation.method) "
        var lines = ["curl \(method)\"$API\(path(operation))\""]
        if operation.scope != nil { lines.append("-H \"Authorization: Bearer $KEY\"") }
        if let body {
            lines.append("-H 'Content-Type: application/json'")
            let text = description.pretty(body, as: operation.body?.schema)
            lines.append("-d '\(text.replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n  ")
    }
}

extension APIDescription {
    /// JSON on several lines, members in the order in which the schema names them: as people would write it.
    func pretty(_ json: JSON, as schema: APISchema?, indent: String = "") -> String {
        let inner = indent + "  "
        switch json {
        case .object(let members) where !members.isEmpty:
            let known = self.members(in: schema)
            let rest = members.keys.filter { name in !known.contains { $0.name == name } }.sorted()
            let lines = (known.map(\.name) + rest).compactMap { name -> String? in
                guard let value = members[name] else { return nil }
                let type = known.first { $0.name == name }?.schema ?? self.value(in: schema)
                return "\(inner)\(JSON.string(name).text): \(pretty(value, as: type, indent: inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let items) where !items.isEmpty:
            let lines = items.map { inner + pretty($0, as: item(in: schema), indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        default: return json.text
        }
    }

    private func members(in schema: APISchema?) -> [APIMember] {
        switch schema?.kind {
        case .object(let members): members
        case .reference(let name): members(of: name) ?? []
        case .either(let schemas): schemas.lazy.map { members(in: $0) }.first { !$0.isEmpty } ?? []
        default: []
        }
    }

    private func value(in schema: APISchema?) -> APISchema? {
        if case .map(let value)? = schema?.kind { value } else { nil }
    }

    private func item(in schema: APISchema?) -> APISchema? {
        switch schema?.kind {
        case .list(let item, _): item
        case .either(let schemas): schemas.lazy.compactMap { item(in: $0) }.first
        default: nil
        }
    }
}
