// SPDX-License-Identifier: Apache-2.0
// The JSON Schema of form.json says what the reader takes, judged by Python's jsonschema.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveySchemaTests {
    /// How many faults the schema finds in each text.
    private static func judge(_ texts: [String]) throws -> [Int] {
        let script = """
            import json, sys
            from jsonschema import Draft202012Validator as Validator
            schema = json.loads(sys.argv[1])
            Validator.check_schema(schema)
            print(json.dumps([len(list(Validator(schema).iter_errors(json.loads(text)))) for text in sys.argv[2:]]))
            """
        let printed = try TestPython.run(script, [SurveyFileSchema.text] + texts)
        return try JSONDecoder().decode([Int].self, from: Data(printed.utf8))
    }

    /// Gives `body` the built-in fields, as a centre has them.
    private func withFields(_ body: ([String: SurveyField]) async throws -> Void) async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app, hasSurveys: true)
            let surveys = app.rooms.surveys
            let fields = try await app.database.write { tx in
                try surveys.welcome(world.tenant, language: "en", in: tx)
                return try surveys.fields(of: world.tenant, in: tx)
            }
            try await body(fields)
        }
    }

    private static func file(_ content: SurveyContent, fields: [String: SurveyField]) throws -> String {
        let form = SurveyForm(
            id: FormID(raw: 1), name: "Form", version: FormVersionID(raw: 1), validDays: 30, editHours: 0,
            isClosed: false, isArchived: false, revision: 1, changedAt: Moment(milliseconds: 0))
        return String(decoding: try SurveyFile(form, content, fields: fields).bytes(), as: UTF8.self)
    }

    @Test func `what the templates export is valid`() async throws {
        try await withFields { fields in
            let files = try SurveyTemplate.all.map { try Self.file($0.content, fields: fields) }
            #expect(files.count > 4)
            let told = try Self.judge(files)
            #expect(told == files.map { _ in 0 })
        }
    }

    @Test func `what the reader refuses by its shape the schema refuses, too`() async throws {
        try await withFields { fields in
            let good = try Self.file(try #require(SurveyTemplate.find("quality")).content, fields: fields)
            let changes = [
                ("\"otklikForm\" : 1", "\"otklikForm\" : 2"),
                ("\"otklikForm\" : 1", "\"form\" : 1"),
                ("\"validDays\" : 30", "\"validDays\" : \"30\""),
                ("\"validDays\" : 30", "\"validDays\" : 30, \"color\" : \"red\""),
                ("\"kind\" : \"yes_no\"", "\"kind\" : \"maybe\""),
                ("\"isRequired\" : true", "\"isRequired\" : 1"),
                ("\"language\" : \"ru\"", "\"language\" : null"),
            ]
            let broken = changes.map { good.replacing($0.0, with: $0.1, maxReplacements: 1) }
            #expect(broken.allSatisfy { $0 != good })
            #expect(try Self.judge(broken).allSatisfy { $0 > 0 })
            for (text, change) in zip(broken, changes) {
                #expect(throws: Refusal.self, "\(change.1)") { try SurveyFile(bytes: Array(text.utf8)) }
            }
        }
    }

    @Test func `its limits are the product's`() throws {
        let schema = try JSON(text: SurveyFileSchema.text)
        let (parts, root) = (schema["$defs"], schema["properties"])
        func limit(_ value: JSON?, _ name: String) -> Int? {
            guard case .number(let number)? = value?[name] else { return nil }
            return Int(number)
        }
        let (block, language) = (parts?["block"]?["properties"], parts?["language"]?["properties"])
        let option = parts?["option"]?["properties"]
        #expect(limit(root?["languages"], "maxItems") == SurveyLimits.languages)
        #expect(limit(root?["fields"], "maxItems") == SurveyLimits.fields)
        #expect(limit(root?["validDays"], "maximum") == SurveyLimits.validDays.upperBound)
        #expect(limit(root?["editHours"], "maximum") == SurveyLimits.editHours.upperBound)
        #expect(limit(language?["blocks"], "maxItems") == SurveyLimits.blocks)
        #expect(limit(language?["title"], "maxLength") == SurveyLimits.titleCharacters)
        #expect(limit(language?["sendButton"], "maxLength") == SurveyLimits.sendButtonCharacters)
        #expect(limit(block?["text"], "maxLength") == SurveyLimits.textCharacters)
        #expect(limit(block?["options"], "maxItems") == SurveyLimits.options)
        #expect(limit(option?["text"], "maxLength") == SurveyLimits.optionCharacters)
        #expect(limit(parts?["key"], "maxLength") == SurveyLimits.keyBytes)
        #expect(limit(parts?["field"]?["properties"]?["name"], "maxLength") == SurveyLimits.nameCharacters)
        #expect(parts?["kind"]?["enum"] == .array(BlockKind.allCases.map { .string($0.rawValue) }))
    }

    @Test func `everybody may read it`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let answer = try await Browser(app).get("/schema/form-1.json")
            #expect(answer.status == .ok && answer.body == SurveyFileSchema.text)
            #expect(answer.headers[.contentType] == "application/schema+json")
        }
    }
}
