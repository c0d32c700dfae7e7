// SPDX-License-Identifier: Apache-2.0
// Guessing: slowed down, written down, and no way to lock somebody out.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SignInLimitTests {
    private let right = ["login": "admin", "password": SignInWorld.password]
    private let wrong = ["login": "admin", "password": "guess guess guess"]

    @Test(arguments: engines) func `a thousand wrong passwords are slowed, logged, and lock nobody out`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let known = try await world.browser(app, as: "admin")
            try await known.post("/logout", [:])
            var statuses: [Int: Int] = [:]
            let guesser = Browser(app)
            for _ in 0..<1_000 {
                statuses[try await guesser.post("/login", wrong).status.code, default: 0] += 1
            }
            #expect(statuses == [422: 5, 429: 995])
            let deeds = try await app.database.query(
                """
                SELECT action, COUNT(*), MIN(address) FROM audit WHERE action LIKE '%signIn%ed'
                GROUP BY action ORDER BY action
                """
            )
            #expect(
                try deeds.map { try $0.at(0, as: String.self) } == [
                    "accounts.audit.signInFailed", "accounts.audit.signInSlowed",
                ])
            #expect(try deeds.map { try $0.at(1, as: Int.self) } == [5, 10])
            #expect(try deeds.map { try $0.at(2, as: String.self) } == ["127.0.0.1", "127.0.0.1"])
            // The same network does not get in by a strange browser; a known one does, at once.
            #expect(try await guesser.post("/login", right).status == .tooManyRequests)
            #expect(try await known.post("/login", right).status == .seeOther)
            // From elsewhere everybody does.
            let elsewhere = RequestOrigin(address: "203.0.113.9")
            let credentials = Credentials(login: "admin", password: SignInWorld.password)
            let admitted = try await app.rooms.accounts.signIn(
                credentials, to: world.tenant, from: elsewhere, at: app.now)
            guard case .session = admitted else {
                Issue.record("From elsewhere the right password does not suffice.")
                return
            }
        }
    }

    @Test(arguments: engines) func `guesses from many networks do not hold a known browser up`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let known = try await world.browser(app, as: "admin")
            try await known.post("/logout", [:])
            let guess = Credentials(login: "admin", password: "guess guess guess")
            var answers: [String: Int] = [:]
            for number in 0..<200 {
                let origin = RequestOrigin(address: "198.51.\(number / 100).\(number % 100)")
                do {
                    _ = try await accounts.signIn(guess, to: world.tenant, from: origin, at: app.now)
                } catch let refusal as Refusal {
                    answers[refusal.code, default: 0] += 1
                }
            }
            // However many networks there are, one account is not guessed at faster than its own patience allows.
            #expect(answers == ["wrong_password": Patience.account.free, "too_many_attempts": 170])
            #expect(try await Browser(app).post("/login", right).status == .tooManyRequests)
            #expect(try await known.post("/login", right).status == .seeOther)
        }
    }

    @Test(arguments: engines) func `a known browser guesses no faster than others`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let known = try await world.browser(app, as: "admin")
            try await known.post("/logout", [:])
            var statuses: [Int: Int] = [:]
            for _ in 0..<20 { statuses[try await known.post("/login", wrong).status.code, default: 0] += 1 }
            #expect(statuses == [422: 5, 429: 15])
            app.clock.advance(seconds: 61)
            #expect(try await known.post("/login", right).status == .seeOther)
        }
    }

    @Test(arguments: engines) func `signing in rightly never counts against the others of a network`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            _ = try await SignInWorld.make(app)
            for _ in 0..<80 { #expect(try await Browser(app).post("/login", right).status == .seeOther) }
        }
    }

    @Test func `a browser is known by those who signed in with it, and by this server only`() throws {
        let secret = ServerSecret(bytes: Array(repeating: 1, count: 32))
        let tenant = TenantID(raw: 1)
        var device = KnownDevice()
        for number in 0..<10 { device = device.remembering("Agent\(number)", of: tenant, secret) }
        let read = try #require(KnownDevice(cookie: device.cookie))
        #expect(read.knows("AGENT9", of: tenant, secret) && read.knows("agent2", of: tenant, secret))
        #expect(!read.knows("agent1", of: tenant, secret), "Only the last eight are kept.")
        #expect(!read.knows("agent9", of: TenantID(raw: 2), secret))
        #expect(!read.knows("agent9", of: tenant, ServerSecret(bytes: Array(repeating: 2, count: 32))))
        let stolen = KnownDevice().cookie + "." + (device.cookie.split(separator: ".").last.map(String.init) ?? "")
        #expect(KnownDevice(cookie: stolen)?.knows("agent2", of: tenant, secret) == false)
        for broken in ["", "x", "a.b.c", String(repeating: "x", count: 33) + String(repeating: ".a", count: 20)] {
            #expect(KnownDevice(cookie: broken) == nil)
        }
    }
}
