// SPDX-License-Identifier: Apache-2.0
// Signing in and out, and what keeps others out.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SignInTests {
    @Test(arguments: engines) func `somebody signs in, is known, and signs out`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            _ = try await SignInWorld.make(app)
            let browser = Browser(app)
            #expect(try await browser.get("/reports?by=team").headers[.location] == "/login?next=/reports%3Fby%3Dteam")
            #expect(try await browser.get("/login").status == .ok)
            let fields = ["login": " ADMIN ", "password": SignInWorld.password, "next": "/account"]
            let answer = try await browser.post("/login", fields)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/account")
            let cookie = try #require(answer.headers[values: .setCookie].first)
            #expect(cookie.hasPrefix("otklik=") && cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Lax"))
            #expect(try await browser.get("/account").body.contains("ADMIN"))
            let left = browser.cookies
            #expect(try await browser.post("/logout", [:]).headers[.location] == "/login")
            #expect(browser.cookies["otklik"] == nil)
            let replayed = try await app.request(
                .get, "/account", headers: [.cookie: "otklik=\(left["otklik"] ?? "")"])
            #expect(replayed.status == .seeOther)
        }
    }

    @Test func `a session ends by itself`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "agent")
            app.clock.advance(seconds: 14 * 86400 - 1)
            #expect(try await browser.get("/account").status == .ok)
            app.clock.advance(seconds: 1)
            #expect(try await browser.get("/account").status == .seeOther)
        }
    }

    @Test(arguments: engines) func `a wrong name and a wrong password are told alike`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            _ = try await SignInWorld.make(app)
            let browser = Browser(app)
            let wrongPassword = try await browser.post("/login", ["login": "admin", "password": "wrong password"])
            let wrongName = try await browser.post("/login", ["login": "nobody", "password": "wrong password"])
            #expect(wrongPassword.status == .unprocessableContent)
            #expect(wrongName.status == .unprocessableContent)
            #expect(
                wrongPassword.body.replacing("admin", with: "X") == wrongName.body.replacing("nobody", with: "X"))
            #expect(browser.cookies["otklik"] == nil)
            #expect(try await browser.post("/login", ["login": "admin"]).body.contains("Enter your password."))
        }
    }

    @Test(arguments: engines) func `guessing is slowed down, others are not locked out`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            _ = try await SignInWorld.make(app)
            let browser = Browser(app)
            for _ in 0..<5 {
                let guess = try await browser.post("/login", ["login": "admin", "password": "guess guess"])
                #expect(guess.status == .unprocessableContent)
            }
            let right = ["login": "admin", "password": SignInWorld.password]
            let refused = try await browser.post("/login", right)
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.retryAfter] != nil)
            let other = ["login": "agent", "password": SignInWorld.password]
            #expect(try await browser.post("/login", other).status == .seeOther)
            app.clock.advance(seconds: 61)
            #expect(try await Browser(app).post("/login", right).status == .seeOther)
        }
    }

    @Test(arguments: engines) func `attempts at once are counted one by one`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let now = app.now
            let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await app.database.write { tx in
                            try SessionsStore(tx: tx).countAttempt("x", .accountFromAddress, at: now) != nil
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(passed == Patience.accountFromAddress.free)
        }
    }

    @Test func `a centre is chosen by its address, or typed where there are several`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            _ = try await SignInWorld.make(app)
            _ = try await SignInWorld.make(app, key: "kazan")
            let browser = Browser(app)
            #expect(try await browser.get("/login").body.contains("name=\"centre\""))
            #expect(try await browser.get("/kazan/login").body.contains("Centre kazan"))
            #expect(try await browser.get("/nowhere/login").status == .notFound)
            let fields = ["login": "admin", "password": SignInWorld.password]
            #expect(try await browser.post("/login", fields).status == .unprocessableContent)
            #expect(try await browser.post("/login", fields.merging(["centre": "Kazan"]) { $1 }).status == .seeOther)
            #expect(try await browser.get("/account").body.contains("Centre kazan"))
        }
    }

    @Test func `a form is taken from our own pages only`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            let fields = ["language": "ru", "back": "/account"]
            #expect(try await browser.post("/language", fields, sendsToken: false).status == .forbidden)
            let forged = fields.merging([formTokenName: "0"]) { $1 }
            #expect(try await browser.post("/language", forged, sendsToken: false).status == .forbidden)
            for site in ["cross-site", "same-site"] {
                let headers = ["Sec-Fetch-Site": site]
                #expect(try await browser.post("/language", fields, headers: headers).status == .forbidden)
            }
            for origin in ["https://evil.example", "null"] {
                #expect(try await browser.post("/language", fields, headers: ["Origin": origin]).status == .forbidden)
            }
            let good = try await browser.post(
                "/language", fields, headers: ["Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"])
            #expect(good.headers[.location] == "/account")
            #expect(try await browser.get("/account").body.contains("<html lang=\"ru\">"))
        }
    }

    @Test func `signing in cannot be forced from another site`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            _ = try await SignInWorld.make(app)
            let fields = ["login": "admin", "password": SignInWorld.password]
            let answer = try await Browser(app).post("/login", fields, headers: ["Sec-Fetch-Site": "cross-site"])
            #expect(answer.status == .forbidden)
        }
    }

    @Test func `a page without a form body and a token in the header or the query are told apart`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            let token = try #require(browser.hidden(formTokenName))
            let type = ["Content-Type": "application/json"]
            let without = try await browser.post("/logout", [:], headers: type, sendsToken: false)
            #expect(without.status == .forbidden)
            let withHeader = try await browser.post(
                "/logout", [:], headers: type.merging(["X-Form-Token": token]) { $1 }, sendsToken: false)
            #expect(withHeader.status == .seeOther)
        }
    }

    @Test func `a subscriber's IPv6 addresses are one`() {
        #expect(networkOf("2001:db8:1:2:3:4:5:6") == networkOf("2001:db8:1:2::9"))
        #expect(networkOf("2001:db8:1:2::9") != networkOf("2001:db8:1:3::9"))
        #expect(networkOf("203.0.113.7") == "203.0.113.7")
    }

    @Test(arguments: engines) func `a person's tone goes with them to every browser, and nobody else's`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let first = try await world.browser(app, as: "agent")
            try await first.post("/theme", ["theme": "dark", "back": "/"])
            let second = try await world.browser(app, as: "agent")
            #expect(try await second.get("/account").body.contains("data-theme=\"dark\""))
            // The browser's own choice, made before anybody signed in, gives way to the person's.
            let third = Browser(app)
            try await third.post("/theme", ["theme": "light", "back": "/"])
            #expect(try await third.get("/login").body.contains("data-theme=\"light\""))
            try await third.post("/moscow/login", ["login": "agent", "password": SignInWorld.password])
            #expect(try await third.get("/account").body.contains("data-theme=\"dark\""))
            let other = try await world.browser(app, as: "super")
            #expect(try await !other.get("/account").body.contains("data-theme"))
        }
    }
}
