// SPDX-License-Identifier: Apache-2.0
// The list of forms: what it says, and what its buttons do.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyListTests {
    /// A centre with a form, by whoever is its administrator.
    private func run(
        _ engine: Dialect, _ body: (TestApp, WalkCentre, Browser) async throws -> Void
    ) async throws {
        try await TestApp.run(on: engine, leaving: ["fold", "inbox", "message", "probe"]) { app in
            let centre = try await WalkCentre.make(app, key: "own")
            let browser = try await centre.browser(app, as: .administrator)
            try await browser.get("/forms", language: "en")
            try await body(app, centre, browser)
        }
    }

    private func form(named name: String, _ app: TestApp, _ centre: WalkCentre) async throws -> SurveyForm? {
        let surveys = app.rooms.surveys
        return try await app.database.read { try surveys.forms(of: centre.tenant, in: $0) }
            .first { $0.name == name }
    }

    @Test(arguments: engines) func `the list says who uses a form and who changed it`(engine: Dialect) async throws {
        try await run(engine) { app, centre, browser in
            let page = try await browser.get("/forms?sort=-answers").body
            for part in [
                centre.mark + " form", centre.mark + " workflow", "/forms/\(centre.form)/edit", "target=\"_blank\"",
                "FCR", "/forms/new?template=quality", "/forms/\(centre.form)/preview?language=en",
            ] { #expect(page.contains(part), "\(part)") }
        }
    }

    @Test(arguments: engines) func `a form of an enabled workflow stays, and says who uses it`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let path = "/forms/\(centre.form)/deletion"
            let question = try await browser.get(path)
            #expect(question.body.contains(centre.mark + " workflow") && question.body.contains("disabled"))
            let refused = try await browser.post(path, [:])
            #expect(refused.status == .conflict && refused.body.contains(centre.mark + " workflow"))
            let kept = try await form(named: centre.mark + " form", app, centre)
            #expect(kept?.isArchived == false)
        }
    }

    @Test(arguments: engines) func `a form that was asked is archived, and comes back under a free name`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let name = centre.mark + " form"
            try await browser.post("/workflows/configurations/\(centre.configuration)/disabling", [:])
            let question = try await browser.get("/forms/\(centre.form)/deletion")
            #expect(question.body.contains("closesNow"))
            let deleted = try await browser.post("/forms/\(centre.form)/deletion", ["closesNow": "1"])
            #expect(deleted.status == .seeOther)
            let gone = try await form(named: name, app, centre)
            #expect(gone == nil)
            let closed = try await app.rooms.surveys.form(centre.form, of: centre.tenant)
            #expect(closed?.isClosed == true && closed?.isArchived == true)
            let archive = try await browser.get("/forms/archive")
            #expect(archive.body.contains(name))
            // Somebody has taken the name meanwhile.
            let (surveys, now) = (app.rooms.surveys, app.now)
            _ = try await app.database.write { tx in
                try surveys.create(
                    NewForm(
                        name: name,
                        content: SurveyContent(languages: [FormLanguage(language: "ru", title: "A", blocks: [])])),
                    of: centre.tenant, in: tx, as: SurveyChange(by: nil, at: now))
            }
            let restored = try await browser.post("/forms/\(centre.form)/restoration", [:])
            #expect(restored.status == .seeOther)
            let back = try await form(named: name + "(2)", app, centre)
            #expect(back?.id == centre.form && back?.isClosed == true)
            try await browser.post("/forms/\(centre.form)/opening", [:])
            let open = try await app.rooms.surveys.form(centre.form, of: centre.tenant)
            #expect(open?.isClosed == false && open?.isArchived == false)
        }
    }

    @Test(arguments: engines) func `a copy takes the next free number, and is erased when nobody was asked`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let name = centre.mark + " form"
            for _ in 0..<2 { try await browser.post("/forms/\(centre.form)/copies", [:]) }
            let second = try #require(try await form(named: name + "(2)", app, centre))
            let third = try await form(named: name + "(3)", app, centre)
            #expect(third != nil)
            try await browser.post("/forms/\(second.id)/copies", [:])
            let fourth = try await form(named: name + "(4)", app, centre)
            #expect(fourth != nil)
            let taken = try await browser.post("/forms/\(second.id)/name", ["name": name.uppercased()])
            #expect(taken.status == .conflict && taken.body.contains("#field-name"))
            let empty = try await browser.post("/forms/\(second.id)/name", ["name": " "])
            #expect(empty.status == .unprocessableContent)
            let renamed = try await browser.post("/forms/\(second.id)/name", ["name": "Новое"])
            #expect(renamed.status == .seeOther)
            try await browser.post("/forms/\(second.id)/deletion", [:])
            let erased = try await app.rooms.surveys.form(second.id, of: centre.tenant)
            #expect(erased == nil)
            let versions = try await app.database.query(
                "SELECT 1 FROM survey_version WHERE tenant_id = \(centre.tenant) AND form_id = \(second.id)")
            #expect(versions.isEmpty)
        }
    }

    @Test(arguments: [
        ("Опрос", ["опрос"], 2, "Опрос(2)"), ("Опрос", [], 1, "Опрос"),
        ("Опрос", ["опрос", "опрос(2)"], 1, "Опрос(3)"),
        ("Опрос(2)", ["опрос(2)", "опрос(3)"], 2, "Опрос(4)"), ("(7)", [], 2, "(8)"),
    ])
    func `names of copies`(name: String, taken: [String], start: Int, copy: String) {
        #expect(SurveyName.free(name, taken: Set(taken), from: start) == copy)
    }

    @Test func `a long name is cut so that its number fits`() {
        let name = String(repeating: "я", count: SurveyLimits.nameCharacters)
        let copy = SurveyName.free(name, taken: [name.folded], from: 2)
        #expect(copy.count == SurveyLimits.nameCharacters && copy.hasSuffix("(2)"))
    }

    // MARK: Templates

    private static let fields = Dictionary(
        uniqueKeysWithValues: SurveyField.builtIn.map { field in
            (
                field.key,
                SurveyField(
                    id: SurveyFieldID(raw: 1), key: field.key, name: field.key, kind: field.kind,
                    minimum: field.scale.lowerBound, maximum: field.scale.upperBound,
                    satisfiedFrom: field.marks.satisfiedFrom, promoterFrom: field.marks.promoterFrom,
                    detractorTo: field.marks.detractorTo, series: 1, isBuiltIn: true, isRetired: false)
            )
        })

    @Test func `every template can be stored as it is, in both languages`() throws {
        #expect(SurveyTemplate.all.map(\.key) == ["quality", "call", "nps", "full", "chat", "email"])
        for template in SurveyTemplate.all {
            #expect(template.content.refusals(fields: Self.fields) == [], "\(template.key)")
            #expect(template.content.languages.map(\.language) == ["ru", "en"])
            let keys = template.content.languages.map { $0.blocks.map(\.key) }
            #expect(keys[0] == keys[1])
            #expect(template.name("ru").isEmpty == false && template.description("en").isEmpty == false)
        }
        let bound = try #require(SurveyTemplate.find("quality")).content.languages[0].blocks.compactMap(\.field)
        #expect(bound == ["fcr", "csat", "nps"])
        #expect(SurveyTemplate.find("none") == nil)
    }

    @Test func `a block counts for nothing where the centre's scale is another`() throws {
        var fields = Self.fields
        fields["csat"]?.maximum = 3
        fields["nps"] = nil
        fields["fcr"]?.isRetired = true
        let content = try #require(SurveyTemplate.find("full")).content(fields: fields, language: "en")
        #expect(content.languages.map(\.language) == ["en", "ru"])
        #expect(content.languages.flatMap(\.blocks).compactMap(\.field) == [])
        #expect(content.refusals(fields: fields) == [])
    }
}
