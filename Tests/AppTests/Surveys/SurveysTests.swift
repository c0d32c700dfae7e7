// SPDX-License-Identifier: Apache-2.0
// Forms, versions and fields on both engines.
import Foundation
import Logging
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveysTests {
    private let tenant = TenantID(raw: 7)
    private let change = SurveyChange(by: nil, at: Moment(milliseconds: 1_000))

    private func run(_ engine: Dialect, _ body: (Surveys, Database) async throws -> Void) async throws {
        try await withAppDatabase(engine) { database in
            let installation = Installation(
                database: database, clock: Clock { Moment(milliseconds: 1_000) },
                secret: ServerSecret(bytes: Array(repeating: 7, count: 32)),
                catalogue: try TestAssets.shared().catalogue, baseURL: "http://localhost",
                dataFolder: URL(fileURLWithPath: "/nonexistent"), logger: Logger(label: "test"))
            let surveys = Surveys(installation: installation)
            try await database.write { [tenant] tx in try surveys.welcome(tenant, language: "ru", in: tx) }
            try await body(surveys, database)
        }
    }

    private static func content(_ title: String) -> SurveyContent {
        let blocks = [SurveyBlock.slider(key: "q1", text: "Оценка", scale: 0...10, field: "nps")]
        return SurveyContent(languages: [FormLanguage(language: "ru", title: title, blocks: blocks)])
    }

    @Test(arguments: engines) func `a new centre has FCR, NPS and CSAT, and repeating it changes nothing`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { surveys, database in
            let fields = try await database.write { [tenant] tx in
                try surveys.welcome(tenant, language: "en", in: tx)
                return try surveys.fields(of: tenant, in: tx)
            }
            #expect(Set(fields.keys) == ["fcr", "nps", "csat"])
            #expect(fields["nps"].map { [$0.minimum, $0.maximum, $0.promoterFrom, $0.detractorTo] } == [0, 10, 9, 6])
            #expect(fields["csat"].map { [$0.minimum, $0.maximum, $0.satisfiedFrom] } == [1, 5, 4])
            #expect(fields["fcr"].map { [$0.minimum, $0.maximum] } == [0, 1])
            #expect(fields.values.allSatisfy { $0.isBuiltIn && !$0.isRetired && $0.series == 1 })
            let others = try await database.read { tx in try surveys.fields(of: TenantID(raw: 8), in: tx) }
            #expect(others.isEmpty)
        }
    }

    @Test(arguments: engines) func `a form is made once, and its newest version is the one to show`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { surveys, database in
            let id = try await database.write { [tenant, change] tx in
                let draft = NewForm(name: " Качество ", content: Self.content("А"))
                return try surveys.create(draft, of: tenant, in: tx, as: change)
            }
            let first = try #require(try await surveys.form(id, of: tenant))
            #expect(first.name == "Качество")
            #expect(first.validDays == 30 && first.editHours == 0 && first.revision == 1 && !first.isClosed)
            #expect(try await surveys.form(id, of: TenantID(raw: 8)) == nil)

            let second = try await database.write { [tenant, change] tx in
                try surveys.newVersion(
                    of: id, content: Self.content("Б"), revision: 1, tenant: tenant, in: tx, as: change)
            }
            let found = try await database.read { [tenant] tx in try surveys.form(id, of: tenant, in: tx) }
            let form = try #require(found)
            #expect(form.version == second && form.revision == 2)
            for version in [first.version, second] {
                // Twice: from the database, then from memory.
                for _ in 0..<2 {
                    let found = try #require(try await surveys.version(version, of: tenant))
                    #expect(found.content.languages[0].title == (version == second ? "Б" : "А"))
                    #expect(found.number == (version == second ? 2 : 1))
                }
            }
            #expect(try await surveys.version(second, of: TenantID(raw: 8)) == nil)
        }
    }

    @Test(arguments: engines) func `a name is taken once, ignoring case`(_ engine: Dialect) async throws {
        try await run(engine) { surveys, database in
            func create(_ name: String) async throws {
                _ = try await database.write { [tenant, change] tx in
                    try surveys.create(NewForm(name: name, content: Self.content("А")), of: tenant, in: tx, as: change)
                }
            }
            try await create("Ёлка")
            let refusals = await #expect(throws: Refusals.self) { try await create("ёлка") }
            #expect(refusals?.all.map(\.code) == ["name_taken"])
            let forms = try await database.read { [tenant] tx in try surveys.forms(of: tenant, in: tx) }
            #expect(forms.count == 1)
        }
    }

    @Test(arguments: engines) func `what breaks a rule is not stored, and all of it is named`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { surveys, database in
            var content = Self.content("")
            content.languages[0].blocks[0].minimum = 1
            let draft = NewForm(name: "", content: content, validDays: 0, editHours: -1)
            let refusals = await #expect(throws: Refusals.self) {
                try await database.write { [tenant, change] tx in
                    try surveys.create(draft, of: tenant, in: tx, as: change)
                }
            }
            #expect(
                refusals?.all.map(\.code)
                    == ["bad_name", "bad_validity", "bad_edit_time", "missing_text", "outside_scale"])
            let forms = try await database.read { [tenant] tx in try surveys.forms(of: tenant, in: tx) }
            #expect(forms.isEmpty)
        }
    }

    @Test(arguments: engines) func `a second editor is told, and a closed form says so`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { surveys, database in
            let id = try await database.write { [tenant, change] tx in
                try surveys.create(NewForm(name: "А", content: Self.content("А")), of: tenant, in: tx, as: change)
            }
            try await database.write { [tenant, change] tx in
                try surveys.close(id, isClosed: true, of: tenant, in: tx, as: change)
            }
            #expect(try await surveys.form(id, of: tenant)?.isClosed == true)
            let refusals = await #expect(throws: Refusals.self) {
                try await database.write { [tenant, change] tx in
                    _ = try surveys.newVersion(
                        of: id, content: Self.content("Б"), revision: 1, tenant: tenant, in: tx, as: change)
                }
            }
            #expect(refusals?.all.map(\.code) == ["changed_since"])
        }
    }
}
