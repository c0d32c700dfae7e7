// SPDX-License-Identifier: Apache-2.0
// What a customer sees when he opens a link (spec 3.5).
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyPageTests {
    @Test(arguments: engines) func `the page shows each kind of block with nothing chosen`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.get(try await world.customer().path)
            #expect(page.status == .ok)
            #expect(page.body.utf8.count < 30 * 1024)
            #expect(!page.body.contains(" style="))
            #expect(!page.body.contains(" checked") && !page.body.contains(" selected"))
            for part in [
                "<html lang=\"ru\">", "<h1>Качество обслуживания</h1>", "Ромашка", "<p>Оцените &lt;нас&gt;.</p>",
                "<legend id=\"q_fcr_l\">Решили вопрос? <span class=\"must\">обязательно</span></legend>",
                "<input type=\"radio\" name=\"q_fcr\" id=\"q_fcr_0\" value=\"0\" required><span>Да</span>",
                "<div class=\"scale n5\">", "<div class=\"scale n11\">", "value=\"10\" required><span>10</span>",
                "<input type=\"number\" id=\"q_percent\" name=\"q_percent\" min=\"0\" max=\"100\" step=\"5\"",
                "<input type=\"checkbox\" name=\"q_topics\" id=\"q_topics_2\" value=\"2\"><span>Н/Д</span>",
                "<select id=\"q_city\" name=\"q_city\">\n<option value=\"\">Выберите…</option>",
                "<label for=\"q_why\" id=\"q_why_l\">Почему?</label>", "maxlength=\"4000\"", "Отправить</button>",
            ] { #expect(page.body.contains(part), "\(part)") }
            #expect(!page.body.contains("Спасибо за отзыв!"))
        }
    }

    @Test(arguments: engines) func `every page carries its fence`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            for path in [customer.path, "/s/unknown"] {
                let page = try await world.get(path)
                #expect(
                    page.headers[.contentSecurityPolicy]
                        == "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
                #expect(page.headers[.cacheControl] == "no-store")
                #expect(page.headers[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
                #expect(page.headers[try #require(HTTPField.Name("X-Robots-Tag"))] == "noindex, nofollow")
                #expect(page.headers[.setCookie] == nil)
            }
        }
    }

    @Test(arguments: engines) func `the language is the invitation's until the customer switches`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let wishes: [(String?, String)] = [("en-GB,ru", "en"), ("ru-RU", "ru"), ("fr", "ru"), (nil, "ru")]
            for (number, wish) in wishes.enumerated() {
                let customer = try await world.customer(Int64(number + 1), language: wish.0)
                let page = try await world.get(customer.path)
                #expect(page.body.contains("<html lang=\"\(wish.1)\">"), "\(wish)")
            }
            let customer = try await world.customer(9)
            let english = try await world.get(customer.path + "?lang=en")
            #expect(english.body.contains("<h1>Quality of service</h1>"))
            #expect(english.body.contains("action=\"?lang=en\""))
            #expect(english.body.contains("<a href=\"?lang=ru\" lang=\"ru\" hreflang=\"ru\">Русский</a>"))
            #expect(english.body.contains("data-clear=\"Clear\""))
            let unknown = try await world.get(customer.path + "?lang=xx")
            #expect(unknown.body.contains("<html lang=\"ru\">"))
        }
    }

    @Test(arguments: engines) func `a form in a third language has our words in English, marked as such`(
        _ engine: Dialect
    ) async throws {
        let german = FormLanguage(
            language: "de", title: "Qualität",
            blocks: [SurveyBlock(key: "why", kind: .notes, text: "Warum?", isRequired: true)])
        try await SurveyWorld.run(on: engine, content: SurveyContent(languages: [german])) { world in
            let customer = try await world.customer(language: "de-AT")
            let page = try await world.get(customer.path)
            #expect(page.body.contains("<html lang=\"de\">"))
            #expect(page.body.contains("<span class=\"must\" lang=\"en\" dir=\"ltr\">required</span>"))
            #expect(page.body.contains("<button type=\"submit\" lang=\"en\" dir=\"ltr\">Send</button>"))
            #expect(!page.body.contains("<nav"))
            let thanks = try await world.answer(customer, [("q_why", "Darum")])
            #expect(thanks.body.contains("<h1 lang=\"en\" dir=\"ltr\">Thank you!</h1>"))
        }
    }

    @Test(arguments: engines) func `a link shows the newest version`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            _ = try await world.open(customer)
            try await world.rename(to: "Новое название")
            #expect(try await world.get(customer.path).body.contains("<h1>Новое название</h1>"))
        }
    }

    @Test(arguments: engines) func `a form's own style comes in the one sheet, inside its scope`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine, content: SurveyWorld.content(css: "h1 { color: teal }")) { world in
            let page = try await world.get(try await world.customer().path)
            let links = page.body.matches(of: #/<link rel="stylesheet" href="([^"]+)">/#)
            #expect(links.count == 1)
            let sheet = try await world.get(String(try #require(links.first).1))
            #expect(sheet.status == .ok)
            #expect(sheet.headers[.contentType] == "text/css; charset=utf-8")
            #expect(sheet.body.contains("--accent:"))
            #expect(sheet.body.hasSuffix("@scope (.survey) {\nh1 { color: teal }\n}\n"))
            for path in ["/survey-style/0/1/2.css", "/survey-style/0/x/y.css", "/survey-style/0/1/2"] {
                #expect(try await world.get(path).status == .notFound, "\(path)")
            }
        }
    }

    @Test(arguments: engines) func `a form's style stands in the way of nothing that is ours`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine, content: SurveyWorld.content(css: "* { display: none }")) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            let refused = try await world.submit(page, [("q_fcr", "0")])
            let fence = try #require(refused.body.range(of: "<div class=\"fence\">"))
            for ours in ["class=\"centre\">Ромашка", "class=\"languages\"", "исправьте 1 ответ"] {
                let place = try #require(refused.body.range(of: ours))
                #expect(place.lowerBound < fence.lowerBound, "\(ours)")
            }
            let weak = try await world.submit(page, SurveyWorld.good)
            let notice = try #require(weak.body.range(of: "Нажмите «Отправить» ещё раз"))
            #expect(notice.lowerBound < (try #require(weak.body.range(of: "<div class=\"fence\">"))).lowerBound)
            #expect(weak.body.contains("<button type=\"submit\" form=\"answers\">Отправить</button>"))
            world.app.clock.advance(seconds: 5)
            let shown = try world.opened(weak, at: page.path)
            #expect(try await world.submit(shown, SurveyWorld.good).body.contains("<div class=\"fence\">"))
            #expect(try await !world.get(customer.path).body.contains("<div class=\"fence\">"))
        }
    }

    @Test(arguments: engines) func `a form's picture stands above its title, inside the reach of its style`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let kept = Picture(png: [1, 2, 3], width: 1, height: 1)
            let (surveys, form, tenant, now) = (world.surveys, world.form, world.tenant, world.app.now)
            var content = SurveyWorld.content()
            content.image = kept.sha256
            let (stored, name) = (content, kept.sha256)
            try await world.app.database.write { tx in
                try Settings.keep(kept, of: tenant, in: tx, by: nil, at: now)
                _ = try surveys.newVersion(
                    of: form, content: stored, revision: nil, tenant: tenant, in: tx,
                    as: SurveyChange(by: nil, at: now))
            }
            let page = try await world.get(try await world.customer().path)
            let picture = "<div class=\"survey\">\n<img class=\"picture\" src=\"/pictures/\(name)\" alt=\"\">\n<h1>"
            #expect(page.body.contains(picture))
            let plain = SurveyWorld.content()
            #expect(try !jsonText(plain).contains("image"))
        }
    }

    @Test(arguments: engines) func `a form's style is compressed for who takes it`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine, content: SurveyWorld.content(css: "h1 { color: teal }")) { world in
            let page = try await world.get(try await world.customer().path)
            let address = String(try #require(page.body.firstMatch(of: #/rel="stylesheet" href="([^"]+)"/#)).1)
            let plain = try await world.get(address)
            let small = try await world.app.request(.get, address, headers: [.acceptEncoding: "br, gzip"])
            #expect(small.headers[.contentEncoding] == "gzip" && plain.headers[.contentEncoding] == nil)
            #expect(small.headers[.vary] == "Accept-Encoding" && plain.headers[.vary] == "Accept-Encoding")
        }
    }

    @Test(arguments: engines) func `a draft belongs to one version in one language, and to no filled page`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            func mark(_ body: String) -> String? {
                body.firstMatch(of: #/data-draft="([^"]+)"/#).map { String($0.1) }
            }
            let first = try await world.get(customer.path).body
            #expect(first.contains("id=\"draft\" hidden") && !first.contains("data-filled"))
            let english = try await world.get(customer.path + "?lang=en").body
            #expect(mark(first) != nil && mark(first) != mark(english))
            try await world.rename(to: "Новое название")
            let page = try await world.open(customer)
            #expect(mark(try await world.get(customer.path).body) != mark(first))
            let refused = try await world.submit(page, [("q_fcr", "0")])
            #expect(refused.body.contains(" data-filled"))
            #expect(refused.headers[.setCookie] == nil)
            // What ends the matter forgets the draft by its script; what does not has none.
            world.app.clock.advance(seconds: 5)
            #expect(try await world.submit(page, SurveyWorld.good).body.contains("<script"))
            #expect(try await world.get(customer.path).body.contains("<script"))
            #expect(try await !world.get("/s/unknown").body.contains("<script"))
        }
    }

    @Test(arguments: engines) func `a preview is for administrators`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.get("/forms/\(world.form)/preview?language=en")
            #expect(page.status != .ok)
            #expect(!page.body.contains("Quality of service"))
        }
    }

    @Test(arguments: engines) func `a hundred looks change nothing`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let before = try await world.invitation(customer)
            for _ in 0..<100 {
                #expect(try await world.get(customer.path).status == .ok)
                let head = try await world.app.request(.head, customer.path)
                #expect(head.status == .ok && head.body.isEmpty)
            }
            #expect(try await world.invitation(customer) == before)
            #expect(try await world.submissions() == [])
            #expect(try await world.count("SELECT COUNT(*) FROM statistic_delta WHERE answered_on > 0") == 0)
        }
    }
}

extension SurveyWorld {
    /// Stores a version with another Russian title.
    func rename(to title: String) async throws {
        var content = Self.content()
        content.languages[0].title = title
        let (surveys, form, tenant, now) = (surveys, form, tenant, app.now)
        let stored = content
        _ = try await app.database.write { tx in
            try surveys.newVersion(
                of: form, content: stored, revision: nil, tenant: tenant, in: tx, as: SurveyChange(by: nil, at: now))
        }
    }
}
