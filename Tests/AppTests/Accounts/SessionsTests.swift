// SPDX-License-Identifier: Apache-2.0
// Sessions: what somebody sees of their own, and how they end.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SessionsTests {
    private static let firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"

    private func sessionPaths(_ page: String) -> [String] {
        page.matches(of: /\/account\/sessions\/[0-9]+\/revocation/).map { String($0.output) }
    }

    @Test(arguments: engines) func `somebody sees their sessions and ends one, then all others`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let fields = ["login": "agent", "password": SignInWorld.password]
            let other = Browser(app)
            try await other.post("/login", fields, headers: ["User-Agent": Self.firefox])
            app.clock.advance(seconds: 60)
            let third = try await world.browser(app, as: "agent")
            app.clock.advance(seconds: 60)
            let mine = try await world.browser(app, as: "agent")
            let page = try await mine.get("/account")
            #expect(page.body.contains("Firefox, Windows") && page.body.contains("127.0.0.1"))
            #expect(page.body.contains("This session"))
            let paths = sessionPaths(page.body)
            #expect(paths.count == 2)
            // The one that was seen last stands first; the browser of another kind is the oldest.
            #expect(try await mine.post(try #require(paths.last), [:]).status == .seeOther)
            #expect(try await other.get("/account").status == .seeOther)
            #expect(try await third.get("/account").status == .ok)
            #expect(try await mine.post(try #require(paths.last), [:]).status == .notFound)
            try await mine.get("/account")
            #expect(try await mine.post("/account/sessions/revocation", [:]).status == .seeOther)
            #expect(try await third.get("/account").status == .seeOther)
            let last = try await mine.get("/account")
            #expect(last.status == .ok && sessionPaths(last.body).isEmpty)
            #expect(!last.body.contains("End all others"))
        }
    }

    @Test(arguments: engines) func `nobody ends another person's session by its number`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let victim = try await world.browser(app, as: "agent")
            let stranger = try await theirs.browser(app, as: "agent", centre: "kazan")
            let ids = try await app.database.query("SELECT id FROM session ORDER BY id").map {
                try $0.at(0, as: SessionID.self)
            }
            let browser = try await world.browser(app, as: "admin")
            for id in ids {
                #expect(try await browser.post("/account/sessions/\(id)/revocation", [:]).status == .notFound)
                try await browser.get("/account")
            }
            #expect(
                try await browser.post("/settings/people/\(theirs.agent)/sessions/revocation", [:]).status == .notFound)
            #expect(try await victim.get("/account").status == .ok)
            #expect(try await stranger.get("/account").status == .ok)
        }
    }

    @Test(arguments: engines) func `an administrator ends all sessions of somebody`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let agent = try await world.browser(app, as: "agent")
            let browser = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.agent)"
            #expect(try await browser.get(path).body.contains("1 open session"))
            #expect(try await browser.post(path + "/sessions/revocation", [:]).status == .seeOther)
            #expect(try await agent.get("/account").status == .seeOther)
            #expect(try await browser.get(path).body.contains("There are no open sessions."))
        }
    }

    @Test(arguments: engines) func `it is noted now and then that a session was seen`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "agent")
            let begun = app.now
            func seen() async throws -> Moment? {
                try await app.database.query("SELECT last_seen_at FROM session").first?.at(0)
            }
            app.clock.advance(seconds: 299)
            try await browser.get("/account")
            #expect(try await seen() == begun)
            app.clock.advance(seconds: 1)
            try await browser.get("/account")
            #expect(try await seen() == begun.adding(seconds: 300))
        }
    }

    @Test func `a browser's name for itself is told in a few words`() {
        let names = [
            Self.firefox: "Firefox, Windows",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36":
                "Chrome, Linux",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1":
                "Safari, iOS",
            "Mozilla/5.0 (Windows NT 10.0) Chrome/138.0 YaBrowser/25.8 Safari/537.36": "Yandex, Windows",
            "curl/8.5": "curl", "": "", "something else": "",
        ]
        for (agent, name) in names { #expect(RequestOrigin.deviceName(agent) == name) }
    }
}
