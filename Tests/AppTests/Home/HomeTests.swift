// SPDX-License-Identifier: Apache-2.0
// What the home page asks people to look at.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct HomeTests {
    @Test func `a form lacks the languages that others and the centre have`() {
        let forms = [("A", ["ru", "en"]), ("B", ["ru"]), ("C", ["de", "ru", "en"])]
        let found = Attention.untranslated(forms, centre: "ru")
        #expect(found.map(\.form) == ["A", "B"])
        #expect(found.map(\.languages) == [["de"], ["de", "en"]])
        #expect(Attention.untranslated([("A", ["en"])], centre: "ru").map(\.languages) == [["ru"]])
        #expect(Attention.untranslated([], centre: "ru").isEmpty)
    }

    @Test(arguments: engines) func `what needs attention is counted for the centre alone`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine, leaving: ["fold"]) { app in
            let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: app.otklik.assets)
            let demo = try #require(try await making.demo())
            for (number, agent) in [(1, "petrova"), (2, "nobody-knows")] {
                let body = """
                    {"externalId": "h-\(number)", "service": "\(DemoTexts.stories[0].service)", "channel": "voice",
                     "direction": "inbound", "agent": "\(agent)", "disposition": "Никто не знает"}
                    """
                let answer = try await app.request(
                    .post, "/api/v1/completions",
                    headers: [.authorization: "Bearer \(demo.apiKey)", .contentType: "application/json"], body: body)
                try #require(answer.status == .created, "\(answer.body)")
            }
            try await app.runDue()
            let accounts = app.rooms.accounts
            let tenant = try #require(try await app.database.read { try accounts.tenant(key: demo.tenant, in: $0)?.id })
            let since = app.now.adding(days: -Attention.days)
            func attention(_ tenant: TenantID) async throws -> Attention {
                let row = try await app.database.query(HomeStore.attention(of: tenant, since: since)).first
                return try HomeStore.attention(try #require(row))
            }
            let found = try await attention(tenant)
            #expect(found.unknownAgents == 1 && found.unknownDispositions == 2)
            #expect(found.held == 0 && found.notSent == 0)
            #expect(try await attention(TenantID(raw: tenant.raw + 1)) == Attention())
            let administrator = try #require(demo.people.first { $0.role == Role.administrator.rawValue })
            let browser = Browser(app)
            try await browser.post(
                "/demo/login", ["login": administrator.login, "password": administrator.password])
            let page = try await browser.get("/").body
            #expect(page.contains("1 неизвестный оператор") || page.contains("1 unknown agent"))
            #expect(page.contains("2 обращения с неизвестным") || page.contains("2 interactions with an unknown"))
        }
    }

    @Test func `an agent sees no figures and no tasks of others`() async throws {
        try await TestApp.run(on: .sqlite, leaving: ["fold"]) { app in
            let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: app.otklik.assets)
            let demo = try #require(try await making.demo())
            let agent = try #require(demo.people.first { $0.role == Role.agent.rawValue })
            let browser = Browser(app)
            try await browser.post("/demo/login", ["login": agent.login, "password": agent.password])
            let page = try await browser.get("/").body
            #expect(page.contains("href=\"/inbox\""))
            for hidden in ["/reports", "/records", "/settings/people", "/design", "class=\"figures\""] {
                #expect(!page.contains(hidden), "\(hidden)")
            }
        }
    }
}
