// SPDX-License-Identifier: Apache-2.0
// The configuration file's description as JSON Schema (draft 2020-12), for editors and for checks in version control.

/// The schema of the configuration file.
enum CentreSchema {
    /// Its text, readable, the same at every time.
    static var text: String {
        var output = Output()
        output.write(schema, indent: 0)
        return output.text + "\n"
    }

    /// A JSON value whose members have an order.
    private indirect enum Value {
        case plain(JSON)
        case list([Value])
        case members([(String, Value)])
    }

    private static var schema: Value {
        var definitions: [(String, Value)] = []
        for (name, record) in CentreShapes.named.sorted(by: { $0.key < $1.key }) {
            definitions.append((name, .members(members(of: record))))
        }
        let head: [(String, Value)] = [
            ("$schema", .plain(.string("https://json-schema.org/draft/2020-12/schema"))),
            ("$id", .plain(.string("https://otklik.dev/schema/configuration-1.json"))),
            ("title", .plain(.string("Otklik: the configuration of a contact centre"))),
        ]
        return .members(head + members(of: CentreShapes.file, isRoot: true) + [("$defs", .members(definitions))])
    }

    private static func members(of record: CentreRecord, isRoot: Bool = false) -> [(String, Value)] {
        var members: [(String, Value)] = isRoot ? [] : [("title", .plain(.string(record.title)))]
        members.append(("type", .plain(.string("object"))))
        let properties = record.members.map { ($0.name, value(of: $0)) }
        if !properties.isEmpty { members.append(("properties", .members(properties))) }
        let required = record.members.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members.append(("required", .plain(.array(required)))) }
        if !record.oneOf.isEmpty {
            let choices = record.oneOf.map { Value.members([("required", .plain(.array([.string($0)])))]) }
            members.append(("oneOf", .list(choices)))
        }
        members.append(("additionalProperties", .plain(.bool(false))))
        return members
    }

    private static func value(of member: CentreMember) -> Value {
        var members: [(String, Value)] = [("description", .plain(.string(member.sentence)))]
        members += self.members(of: member.shape)
        if let fallback = member.fallback { members.append(("default", .plain(fallback))) }
        return .members(members)
    }

    private static func members(of shape: CentreShape) -> [(String, Value)] {
        switch shape {
        case .text: [("type", .plain(.string("string")))]
        case .flag: [("type", .plain(.string("boolean")))]
        case .number: [("type", .plain(.string("number")))]
        case .whole(let range):
            [("type", .plain(.string("integer")))]
                + (range.map { range in
                    [
                        ("minimum", .plain(.number(Double(range.lowerBound)))),
                        ("maximum", .plain(.number(Double(range.upperBound)))),
                    ]
                } ?? [])
        case .choice(let choices): [("enum", .plain(.array(choices.map { .string($0) })))]
        case .list(let element, _, _):
            [("type", .plain(.string("array"))), ("items", .members(members(of: element)))]
        case .record(let record): members(of: record)
        case .named(let name): [("$ref", .plain(.string("#/$defs/\(name)")))]
        }
    }

    /// Writes a value over several lines.
    private struct Output {
        var text = ""

        mutating func write(_ value: Value, indent: Int) {
            switch value {
            case .plain(let json): text += json.text
            case .list(let values): block("[", "]", values.map { (nil, $0) }, indent)
            case .members(let members): block("{", "}", members.map { ($0.0, $0.1) }, indent)
            }
        }

        private mutating func block(_ open: String, _ close: String, _ values: [(String?, Value)], _ indent: Int) {
            if values.isEmpty { return text += open + close }
            text += open
            for (position, (name, value)) in values.enumerated() {
                text += (position > 0 ? "," : "") + "\n" + String(repeating: " ", count: indent + 2)
                if let name { text += JSON.string(name).text + ": " }
                write(value, indent: indent + 2)
            }
            text += "\n" + String(repeating: " ", count: indent) + close
        }
    }
}
