// SPDX-License-Identifier: Apache-2.0
// What the form editor is told: saving, checking, somebody else's changes, older versions, the preview of a draft.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyEditorTests {
    /// The editor's world: a centre with a form, and its administrator's browser at the form list.
    private func run(
        _ engine: Dialect, _ body: (TestApp, WalkCentre, Browser) async throws -> Void
    ) async throws {
        try await TestApp.run(on: engine, leaving: ["fold", "inbox", "run", "message", "probe"]) { app in
            let centre = try await WalkCentre.make(app, key: "own")
            let browser = try await centre.browser(app, as: .administrator)
            try await browser.get("/account")
            try await body(app, centre, browser)
        }
    }

    private static let draft = """
        {"name":"NAME","validDays":14,"editHours":2,"revision":REVISION,"content":{"css":"","languages":[\
        {"language":"ru","title":"Оценка","blocks":[{"key":"q1","kind":"slider","text":"TEXT","isRequired":true,\
        "field":"nps","options":[],"minimum":0,"maximum":10,"step":1}]}]}}
        """

    private func draft(name: String = "Новая", revision: Int? = nil, text: String = "Порекомендуете?") -> String {
        Self.draft.replacing("NAME", with: name).replacing("TEXT", with: text)
            .replacing("REVISION", with: revision.map { String($0) } ?? "null")
    }

    private func value(_ response: TestResponse) throws -> JSON { try JSON(text: response.body) }

    private func deeds(_ app: TestApp, _ centre: WalkCentre) async throws -> [String] {
        let tenant = centre.tenant
        return try await app.database.read { tx in
            try tx.query("SELECT action FROM audit WHERE tenant_id = \(tenant) ORDER BY id").map { try $0.at(0) }
        }.filter { $0.hasPrefix("surveys.") }
    }

    @Test(arguments: engines) func `a new form is stored by its first save, and saving again makes a version`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let page = try await browser.get("/forms/new")
            #expect(page.body.contains("id=\"editor-model\"") && page.body.contains("\"isUnsaved\":false"))
            let created = try await browser.postJSON("/forms/new", draft())
            #expect(created.status == .created)
            let id = try #require(FormID(try value(created)["id"]?.scalarText ?? ""))
            let kept = try #require(try await app.rooms.surveys.form(id, of: centre.tenant))
            #expect(kept.name == "Новая" && kept.validDays == 14 && kept.editHours == 2 && kept.revision == 1)

            try await browser.get("/forms/\(id)/edit")
            let saved = try await browser.postJSON(
                "/forms/\(id)/edit", draft(name: "Другая", revision: 1, text: "Как?"))
            #expect(saved.status == .ok)
            #expect(try value(saved)["number"] == .number(2))
            #expect(try value(saved)["revision"] == .number(2))
            #expect(try value(saved)["savedBy"] != nil)
            // The same content once more changes settings, and makes no version of it.
            let again = try await browser.postJSON("/forms/\(id)/edit", draft(name: "Ещё", revision: 2, text: "Как?"))
            #expect(try value(again)["number"] == .number(2))
            #expect(try await app.rooms.surveys.form(id, of: centre.tenant)?.name == "Ещё")
            #expect(
                try await deeds(app, centre) == [
                    "surveys.audit.formCreated", "surveys.audit.formSaved", "surveys.audit.formSaved",
                ])
        }
    }

    @Test(arguments: engines) func `who saves over somebody else's change is shown it, and nothing is lost`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let path = "/forms/\(centre.form)/edit"
            try await browser.get(path)
            let first = try await browser.postJSON(path, draft(name: "Первая", revision: 1, text: "Раз?"))
            #expect(first.status == .ok)
            let second = try await browser.postJSON(path, draft(name: "Вторая", revision: 1, text: "Два?"))
            #expect(second.status == .conflict)
            let told = try value(second)
            #expect(told["code"] == .string("changed_since"))
            #expect(told["current"]?["name"] == .string("Первая"))
            #expect(told["current"]?["revision"] == .number(2))
            #expect(second.body.contains("Раз?"))
            #expect(try await app.rooms.surveys.form(centre.form, of: centre.tenant)?.name == "Первая")
            // With the revision that was told it goes through, and both are kept as versions.
            #expect(try await browser.postJSON(path, draft(name: "Вторая", revision: 2, text: "Два?")).status == .ok)
            let list = try await browser.get("/forms/\(centre.form)/versions")
            #expect(list.body.matches(of: /versions\/[0-9]+\/preview/).count == 3)
        }
    }

    @Test(arguments: engines) func `what breaks a rule is told by language and block, and nothing is stored`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            try await browser.get("/forms/new")
            let wrong = draft(name: "", text: "").replacing("\"maximum\":10", with: "\"maximum\":9")
            let refused = try await browser.postJSON("/forms/new", wrong)
            #expect(refused.status == .unprocessableContent)
            guard case .array(let errors)? = try value(refused)["errors"] else { throw Refusal.notFound }
            let places = errors.map { [$0["field"]?.scalarText, $0["code"]?.scalarText] }
            #expect(places == [["name", "bad_name"], ["ru.q1", "missing_text"], ["ru.q1", "outside_scale"]])
            // Checking says the same and never stores.
            let checked = try await browser.postJSON("/forms/check", wrong)
            #expect(checked.status == .ok)
            let (said, before) = (try value(checked)["errors"], try value(refused)["errors"])
            #expect(said == before)
            #expect(try await browser.postJSON("/forms/check", draft()).body == "{\"errors\":[]}")
            let (surveys, tenant) = (app.rooms.surveys, centre.tenant)
            #expect(try await app.database.read { try surveys.forms(of: tenant, in: $0) }.count == 1)

            for (text, status) in [("{", 400), ("{\"name\":1}", 400), ("[]", 400)] {
                let answer = try await browser.postJSON("/forms/new", text)
                #expect(Int(answer.status.code) == status, "\(text)")
                #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true)
            }
            try await browser.get("/forms/new")
            #expect(try await browser.postJSON("/forms/new", draft(name: "А")).status == .created)
            let taken = try await browser.postJSON("/forms/new", draft(name: "а"))
            #expect(taken.status == .conflict && taken.body.contains("name_taken"))
        }
    }

    @Test(arguments: engines) func `an older version is looked at and becomes the newest one again`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, centre, browser in
            let path = "/forms/\(centre.form)"
            let before = try #require(try await app.rooms.surveys.form(centre.form, of: centre.tenant))
            let old = try #require(try await app.rooms.surveys.version(before.version, of: centre.tenant))
            try await browser.get(path + "/edit")
            #expect(try await browser.postJSON(path + "/edit", draft(name: before.name, revision: 1)).status == .ok)
            let older = try await browser.get(path + "/edit?version=1")
            #expect(older.body.contains("\"isUnsaved\":true") && older.body.contains("\"revision\":2"))
            let look = try await browser.get(path + "/versions/1/preview")
            #expect(look.body.contains(old.content.languages[0].title))
            #expect(try await browser.get(path + "/versions/9/preview").status == .notFound)

            try await browser.get(path + "/versions")
            let late = try await browser.post(path + "/versions/1/restoration", ["revision": "1"])
            #expect(late.status == .conflict)
            #expect(try await browser.post(path + "/versions/1/restoration", ["revision": "2"]).status == .seeOther)
            let form = try #require(try await app.rooms.surveys.form(centre.form, of: centre.tenant))
            let newest = try #require(try await app.rooms.surveys.version(form.version, of: centre.tenant))
            #expect(newest.number == 3 && newest.content == old.content && form.revision == 3)
            #expect(try await deeds(app, centre).last == "surveys.audit.versionRestored")
        }
    }

    @Test func `a version that breaks a rule of today is opened in the editor instead`() async throws {
        try await run(.sqlite) { app, centre, browser in
            let (tenant, form) = (centre.tenant, centre.form)
            var content = SurveyContent(languages: [])
            content.languages = [
                FormLanguage(
                    language: "ru", title: "Старая",
                    blocks: [.slider(key: "q1", text: "Быстро?", scale: 0...5, field: "gone")])
            ]
            let stored = content
            try await app.database.write { tx in
                let change = SurveyChange(by: nil, at: Moment(milliseconds: 1))
                try SurveyStore.insert(tx.new(), of: form, content: stored, tenant: tenant, change: change, in: tx)
            }
            try await browser.get("/forms/\(form)/versions")
            let refused = try await browser.post("/forms/\(form)/versions/2/restoration", ["revision": "1"])
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("/forms/\(form)/edit?version=2"))
        }
    }

    @Test func `a draft is previewed as the real page, with its style and nothing to send to`() async throws {
        try await run(.sqlite) { app, centre, browser in
            let content = """
                {"css":"h1 { content: \\"</style><script>\\" }","languages":[{"language":"en","title":"Draft <b>",\
                "blocks":[{"key":"q1","kind":"notes","text":"Why?","isRequired":true,"options":[]}]}]}
                """
            let page = try await browser.post(
                "/forms/draft/preview", ["content": content, "languages": "en de <x>"])
            #expect(page.status == .ok)
            #expect(page.body.contains("Draft &lt;b&gt;") && page.body.contains("Why?") && !page.body.contains("<x>"))
            #expect(page.body.contains("@scope (.survey)") && !page.body.contains("</style><script>"))
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(page.body.contains(" disabled>") && policy.contains("frame-ancestors 'self'"))
            let nonce = try #require(policy.firstMatch(of: /style-src 'self' 'nonce-([0-9a-z]+)'/)?.output.1)
            #expect(page.body.contains("<style nonce=\"\(nonce)\">"))
            #expect(!policy.contains("unsafe"))
            // A sheet that does not balance is left out.
            let broken = content.replacing("h1 {", with: "h1 {{")
            try await browser.get("/account")
            let without = try await browser.post("/forms/draft/preview", ["content": broken, "languages": "en"])
            #expect(without.status == .ok && !without.body.contains("@scope"))
            try await browser.get("/account")
            #expect(try await browser.post("/forms/draft/preview", ["content": "{"]).status == .badRequest)
            let (surveys, tenant) = (app.rooms.surveys, centre.tenant)
            #expect(try await app.database.read { try surveys.forms(of: tenant, in: $0) }.count == 1)
        }
    }

    @Test func `words of a form cannot leave the editor's data`() async throws {
        try await run(.sqlite) { app, centre, browser in
            try await browser.get("/forms/new")
            let created = try await browser.postJSON("/forms/new", draft(name: "</script><script>alert(1)</script>"))
            let id = try value(created)["id"]?.scalarText ?? ""
            let page = try await browser.get("/forms/\(id)/edit")
            #expect(!page.body.contains("</script><script>") && page.body.contains("\\u003c/script>"))
        }
    }
}
