// SPDX-License-Identifier: Apache-2.0
// The first start, and links that let somebody in once.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct LinkTests {
    private func path(_ address: String) -> String { String(address.dropFirst("http://localhost".count)) }

    @Test(arguments: engines) func `the first start is set up by a link`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let accounts = app.rooms.accounts
            let now = app.now
            let made = try await app.database.write { try accounts.makeSetUpLink(in: $0, at: now) }
            let link = path(try #require(made))
            let browser = Browser(app)
            #expect(try await browser.get("/login").body.contains("Not set up yet"))
            #expect(try await browser.get(link).body.contains("First set-up"))
            var fields = [
                "centreName": "Ромашка", "timeZone": "Asia/Omsk", "login": "anna", "firstName": "Анна", "email": "",
                "lastName": "Соколова", "password": "short", "again": "other",
            ]
            let refused = try await browser.post(link, fields)
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("fewer than 10") && refused.body.contains("not the same"))
            #expect(refused.body.contains("value=\"Ромашка\""))
            #expect(!refused.body.contains("short"))
            fields["password"] = SignInWorld.password
            fields["again"] = SignInWorld.password
            #expect(try await browser.post(link, fields).headers[.location] == "/")
            let home = try await browser.get("/")
            #expect(home.body.contains("Ромашка") && home.body.contains("Анна Соколова"))
            #expect(try await browser.get(link).status == .gone)
            let again = try await app.database.write { try accounts.makeSetUpLink(in: $0, at: now) }
            #expect(again == nil)
            let other = Browser(app)
            let signedIn = try await other.post("/login", ["login": "anna", "password": SignInWorld.password])
            #expect(signedIn.status == .seeOther)
        }
    }

    @Test(arguments: engines) func `a link works once, and opening it changes nothing`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let now = app.now
            let link = try await app.database.write { tx in
                try accounts.makeLink(for: world.agent, of: world.tenant, purpose: .signIn, hours: 1, in: tx, at: now)
            }
            let browser = Browser(app)
            for _ in 0..<3 { #expect(try await browser.get(path(link)).body.contains("AGENT")) }
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await Browser(app).post(path(link), ["a": "b"]).status.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.sorted() == [303, 410, 410, 410, 410])
            app.clock.advance(seconds: 3600)
            #expect(try await browser.get(path(link)).status == .gone)
        }
    }

    @Test func `a link for a password ends other sessions`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let administrator = try await world.browser(app, as: "admin")
            let agent = try await world.browser(app, as: "agent")
            try await administrator.get("/settings/people/\(world.agent)")
            let shown = try await administrator.post("/settings/people/\(world.agent)/link", [:])
            let link = try #require(shown.body.firstMatch(of: /http:\/\/localhost(\/sign-in\/[A-Za-z0-9]+)/)).output.1
            let fields = ["password": "a brand new one", "again": "a brand new one"]
            #expect(try await Browser(app).post(String(link), fields).status == .seeOther)
            #expect(try await agent.get("/account").status == .seeOther)
            let again = try await Browser(app).post("/login", ["login": "agent", "password": "a brand new one"])
            #expect(again.status == .seeOther)
        }
    }

    @Test func `a password is changed by those who know the present one`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "agent")
            let other = try await world.browser(app, as: "agent")
            let new = ["password": "a brand new one", "again": "a brand new one"]
            let wrong = try await browser.post("/account/password", new.merging(["current": "not the one"]) { $1 })
            #expect(wrong.status == .unprocessableContent)
            try await browser.get("/account")
            let fields = new.merging(["current": SignInWorld.password]) { $1 }
            let right = try await browser.post("/account/password", fields)
            #expect(right.status == .seeOther)
            #expect(try await browser.get("/account").body.contains("The password is changed."))
            #expect(try await browser.get("/account").body.contains("The password is changed.") == false)
            #expect(try await other.get("/account").status == .seeOther)
        }
    }
}
