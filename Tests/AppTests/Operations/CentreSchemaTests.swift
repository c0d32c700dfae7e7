// SPDX-License-Identifier: Apache-2.0
// The JSON Schema says what the reader takes, judged by Python's jsonschema; the manual's tables are the description's.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct CentreSchemaTests {
    /// Validates a configuration file against the published schema; the sentences of what does not fit.
    private static func judge(_ texts: [String]) throws -> [[String]] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "otklik-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Operations.schema.utf8).write(to: folder.appending(path: "schema.json"))
        for (index, text) in texts.enumerated() {
            try Data(text.utf8).write(to: folder.appending(path: "\(index).yaml"))
        }
        let script = """
            import json, sys, yaml
            from jsonschema import Draft202012Validator as Validator
            folder = sys.argv[1]
            schema = json.load(open(folder + "/schema.json", encoding="utf-8"))
            Validator.check_schema(schema)
            told = []
            for index in range(int(sys.argv[2])):
                value = yaml.safe_load(open(f"{folder}/{index}.yaml", encoding="utf-8"))
                told.append(sorted("/".join(map(str, e.absolute_path)) for e in Validator(schema).iter_errors(value)))
            print(json.dumps(told))
            """
        let printed = try TestPython.run(script, [folder.path, String(texts.count)])
        return try JSONDecoder().decode([[String]].self, from: Data(printed.utf8))
    }

    @Test func `the demo centre's export and a file that says everything are valid`() async throws {
        try await CentreWorld.run(on: .sqlite) { world in
            let making = DemoMaking(
                installation: world.app.otklik.installation, rooms: world.app.rooms, assets: try Assets.load())
            _ = try await making.demo()
            let demo = try await world.operations.export("demo")
            #expect(try Self.judge([demo, CentreTexts.good, "otklik: 1\n"]) == [[], [], []])
        }
    }

    @Test func `what the reader refuses by its shape the schema refuses, too`() throws {
        let codes: Set<String> = [
            "wrong_type", "unknown_member", "missing_member", "one_of", "not_a_choice", "secret_in_clear",
        ]
        // Readers of YAML 1.1 take yes and 0o7 otherwise.
        let shaped = CentreBreakage.all.filter { codes.contains($0.code) && $0.name != "yes for true" }
        let told = try Self.judge(shaped.compactMap(\.text))
        #expect(told.count == shaped.count)
        #expect(
            zip(shaped, told).filter { $0.1.isEmpty }.map(\.0.name)
                == ["a number beyond all bounds"].filter { _ in false })
    }

    @Test func `every member that the reader takes is in the schema`() throws {
        let schema = try JSON(text: Operations.schema)
        var missing: [String] = []
        func walk(_ record: CentreRecord, _ value: JSON?, _ path: String, depth: Int) {
            guard depth < 30 else { return }
            for member in record.members {
                let place = path + "." + member.name
                guard let found = value?["properties"]?[member.name] else {
                    missing.append(place)
                    continue
                }
                walk(member.shape, found, place, depth: depth)
            }
            if value?["additionalProperties"] != .bool(false) { missing.append(path + ": additional") }
        }
        func walk(_ shape: CentreShape, _ value: JSON, _ path: String, depth: Int) {
            switch shape {
            case .record(let record): walk(record, value, path, depth: depth + 1)
            case .list(let element, _, _): walk(element, value["items"] ?? .null, path, depth: depth + 1)
            case .named(let name): #expect(value["$ref"] == .string("#/$defs/\(name)"))
            default: return
            }
        }
        walk(CentreShapes.file, schema, "", depth: 0)
        for (name, record) in CentreShapes.named { walk(record, schema["$defs"]?[name], name, depth: 0) }
        #expect(missing == [])
    }

    // MARK: The manual

    private static func table(_ record: CentreRecord) -> String {
        let rows = record.members.map { member in
            let wanted = member.isRequired ? "required" : member.fallback.map { "`\($0.text)`" } ?? ""
            return "| `\(member.name)` | \(kind(member.shape)) | \(wanted) | \(member.sentence) |\n"
        }
        return "| \(record.title) | is | default | |\n|---|---|---|---|\n" + rows.joined()
    }

    private static func kind(_ shape: CentreShape) -> String {
        switch shape.resolved {
        case .text: "text"
        case .flag: "true, false"
        case .number: "number"
        case .whole(let range): range.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "whole number"
        case .choice(let choices): choices.count > 5 ? "a choice" : choices.joined(separator: ", ")
        case .list(let element, _, _): "list of \(kind(element))"
        case .record(let record): record.title
        case .named: ""
        }
    }

    /// Every record, each once, in the order in which they are met.
    private static var records: [CentreRecord] {
        var records: [CentreRecord] = []
        func walk(_ shape: CentreShape) {
            switch shape.resolved {
            case .record(let record):
                guard !record.members.isEmpty, !records.contains(where: { $0.title == record.title }) else { return }
                records.append(record)
                for member in record.members { walk(member.shape) }
            case .list(let element, _, _): walk(element)
            default: return
            }
        }
        walk(.record(CentreShapes.file))
        return records
    }

    @Test func `the manual's tables are the description's`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let manual = try String(contentsOf: root.appending(path: "docs/CONFIGURATION.md"), encoding: .utf8)
        let tables = Self.records.map(Self.table).joined(separator: "\n")
        #expect(manual.contains(tables), "docs/CONFIGURATION.md wants these tables:\n\(tables)")
    }

    @Test func `the manual's example is a file that can be imported`() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let manual = try String(contentsOf: root.appending(path: "docs/CONFIGURATION.md"), encoding: .utf8)
        let match = try #require(manual.firstMatch(of: /```yaml\n([\s\S]*?)```/))
        try await CentreWorld.run(on: .sqlite) { world in
            let first = try await world.take(String(match.output.1))
            let second = try await world.take(String(match.output.1))
            #expect(first.count > 5)
            #expect(second == [])
        }
    }
}
