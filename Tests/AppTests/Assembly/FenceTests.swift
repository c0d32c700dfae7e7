// SPDX-License-Identifier: Apache-2.0
// What stands around every request: cookies that nobody else can plant, limits for one address, and where to report a
// vulnerability.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct FenceTests {
    private static func setup(_ change: (inout TestApp.Setup) -> Void) -> TestApp.Setup {
        var setup = TestApp.Setup()
        change(&setup)
        return setup
    }

    @Test func `behind https every cookie belongs to this host alone`() async throws {
        try await TestApp.run(on: .sqlite, as: Self.setup { $0.baseURL = "https://otklik.example" }) { app in
            let world = try await SignInWorld.make(app)
            let browser = Browser(app)
            let answer = try await browser.post(
                "/moscow/login", ["login": "admin", "password": SignInWorld.password])
            #expect(answer.status == .seeOther)
            try await browser.get("/account")
            try await browser.post("/language", ["language": "ru", "back": "/account"])
            try await browser.get("/settings/people/\(world.agent)")
            let saved = try await browser.post(
                "/settings/people/\(world.agent)", ["roles": "agent", "language": "en", "isActive": "1"])
            #expect(saved.status == .seeOther)
            let wanted = ["__Host-otklik", "__Host-otklik-device", "__Host-otklik-language", "__Host-otklik-flash"]
            #expect(Set(browser.cookies.keys) == Set(wanted))
            for field in answer.headers[values: .setCookie] + saved.headers[values: .setCookie] {
                for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                    #expect(field.contains(attribute), "\(field)")
                }
                #expect(!field.contains("Domain"))
            }
            let transport = try #require(HTTPField.Name("Strict-Transport-Security"))
            #expect(answer.headers[transport]?.hasPrefix("max-age=") == true)
            // What the cookies carry arrives, and what another host has planted by a bare name does not.
            let page = try await browser.get("/settings/people")
            #expect(page.body.contains("lang=\"ru\"") && page.body.contains("class=\"toast\""))
            let planted = try await app.request(
                .get, "/moscow/login", headers: [.cookie: "otklik-language=ru", .acceptLanguage: "en"])
            #expect(planted.body.contains("lang=\"en\""))
        }
    }

    @Test func `without TLS nothing promises it`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let answer = try await app.request(.get, "/login")
            let transport = try #require(HTTPField.Name("Strict-Transport-Security"))
            #expect(answer.headers[transport] == nil)
        }
    }

    @Test func `cookies of others pass as they are`() {
        typealias Cookies = SecureCookiesMiddleware
        #expect(Cookies.inside(["a=1; otklik-flash=x", "__Host-otklik=t"]) == "a=1; __Host-otklik=t")
        #expect(Cookies.inside(["__Host-otklik-flash=x"]) == "__Host-otklik-flash=x; otklik-flash=x")
        #expect(Cookies.outside("__Host-otklik=t; Path=/; Secure") == "__Host-otklik=t; Path=/; Secure")
    }

    // MARK: Limits

    @Test func `an address that asks the API too often is told when to come again`() async throws {
        try await TestApp.run(on: .sqlite, as: Self.setup { $0.rates.apiPerSecond = 5 }) { app in
            let world = try await SignInWorld.make(app)
            let (accounts, now) = (app.rooms.accounts, app.now)
            let key = try await app.database.write { tx in
                try accounts.createAPIKey(NewAPIKey(name: "PBX"), of: world.tenant, in: tx, at: now).secret
            }
            func ask(_ address: String, key: String) async throws -> TestResponse {
                try await app.request(
                    .get, "/api/v1/reports/summary?from=2026-03-01&to=2026-03-02&by=agent",
                    headers: [.authorization: "Bearer \(key)"], from: address)
            }
            for _ in 0..<20 { #expect(try await ask("203.0.113.9", key: key).status == .ok) }
            let refused = try await ask("203.0.113.9", key: key)
            #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] == "1")
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(try refused.json()["code"] == .string("too_many_requests"))
            // Others are not concerned, nor is this machine.
            #expect(try await ask("203.0.113.10", key: key).status == .ok)
            for _ in 0..<50 { #expect(try await ask("127.0.0.1", key: key).status == .ok) }
            app.clock.advance(seconds: 1)
            for _ in 0..<5 { #expect(try await ask("203.0.113.9", key: key).status == .ok) }
            #expect(try await ask("203.0.113.9", key: key).status == .tooManyRequests)
            // Who tries keys has fewer tries.
            #expect(try await ask("203.0.113.11", key: "otk_none").status == .unauthorized)
            #expect(try await ask("203.0.113.11", key: key).status == .tooManyRequests)
        }
    }

    @Test func `two hundred people behind one address answer at once`() async throws {
        try await SurveyWorld.run(on: .sqlite) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            func submit(_ address: String) async throws -> TestResponse {
                try await world.app.request(
                    .post, page.path, headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: "nonce=none", from: address)
            }
            for _ in 0..<600 { #expect(try await submit("203.0.113.9").status != .tooManyRequests) }
            let refused = try await submit("203.0.113.9")
            #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] == "1")
            #expect(refused.body.contains("<main"))
            let read = try await world.app.request(.get, page.path, from: "203.0.113.9")
            #expect(read.status == .ok)
            #expect(try await submit("2001:db8:1:2::7").status != .tooManyRequests)
        }
    }

    @Test func `a proxy's customers are told apart`() async throws {
        let setup = Self.setup {
            $0.rates.surveysPerMinute = 2
            $0.trustedProxies = AddressList("198.51.100.1") ?? .none
        }
        try await TestApp.run(on: .sqlite, as: setup) { app in
            func submit(_ client: String) async throws -> TestResponse {
                let name = try #require(HTTPField.Name("X-Forwarded-For"))
                return try await app.request(
                    .post, "/s/none", headers: [name: client], body: "a=1", from: "198.51.100.1")
            }
            let first = try await submit("203.0.113.1")
            #expect(first.status == .notFound)
            #expect(try await submit("203.0.113.1").status == .notFound)
            #expect(try await submit("203.0.113.1").status == .tooManyRequests)
            #expect(try await submit("203.0.113.2").status == .notFound)
        }
    }

    @Test func `a limiter remembers no more than it has to`() {
        let limiter = RateLimiter(perSecond: 1, burst: 2)
        let now = Moment(milliseconds: 0)
        for number in 0..<30_000 { #expect(limiter.take("address \(number)", at: now) == nil) }
        #expect(limiter.take("one", at: now) == nil)
        #expect(limiter.take("one", at: now) == nil)
        #expect(limiter.take("one", at: now) == 1)
        #expect(limiter.take("one", at: now.adding(seconds: 1)) == nil)
    }

    // MARK: security.txt

    @Test(arguments: [
        ("security@example.org", "mailto:security@example.org"), ("mailto:a@example.org", "mailto:a@example.org"),
        ("https://example.org/report", "https://example.org/report"), ("http://example.org", nil), ("x y@z", nil),
        ("https://", nil), ("a@example.org\nContact: b@example.org", nil),
    ])
    func `a contact is an address of mail or of the web`(text: String, contact: String?) {
        #expect(SecurityTextRoutes.contact(text) == contact)
    }

    @Test func `security.txt is there when somebody is named`() async throws {
        let path = "/.well-known/security.txt"
        try await TestApp.run(on: .sqlite) { app in
            let answer = try await app.request(.get, path)
            #expect(answer.status == .notFound)
        }
        let setup = Self.setup { $0.provider.securityContact = "mailto:security@example.org" }
        try await TestApp.run(on: .sqlite, as: setup) { app in
            let answer = try await app.request(.get, path)
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(answer.body.contains("Contact: mailto:security@example.org\nExpires: "))
            let expires = try #require(answer.body.firstMatch(of: /Expires: (\S+)/)?.output.1)
            let left = try #require(Moment(rfc3339: String(expires))).milliseconds(since: app.now) / 86_400_000
            #expect((170...181).contains(left))
        }
    }
}
