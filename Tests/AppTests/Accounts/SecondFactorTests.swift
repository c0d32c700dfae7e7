// SPDX-License-Identifier: Apache-2.0
// The second factor: codes of the clock, codes for a lost telephone, and the step after the password.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SecondFactorTests {
    /// RFC 6238, appendix B: the last six of its eight digits.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func `codes are those of the standard`(seconds: Int64, code: String) {
        let totp = TOTP(key: Array("12345678901234567890".utf8))
        let now = Moment(milliseconds: seconds * 1000)
        #expect(totp.code(at: TOTP.step(at: now)) == code)
        #expect(totp.step(of: code, at: now.adding(seconds: 30)) == TOTP.step(at: now))
        #expect(totp.step(of: code, at: now.adding(seconds: 90)) == nil)
    }

    /// RFC 4648, section 10.
    @Test func `keys are written in base 32`() {
        let vectors = ["": "", "f": "MY", "fo": "MZXQ", "foo": "MZXW6", "foob": "MZXW6YQ", "fooba": "MZXW6YTB"]
        for (plain, coded) in vectors {
            #expect(Base32.encoded(Array(plain.utf8)) == coded)
            #expect(Base32.decoded(coded.lowercased()) == Array(plain.utf8))
        }
        #expect(Base32.decoded("A1") == nil)
        for _ in 0..<20 {
            let totp = TOTP()
            #expect(totp.base32.count == 32 && TOTP(base32: totp.base32)?.key == totp.key)
        }
    }

    @Test func `recovery codes are read as people type them`() {
        #expect(RecoveryCode(typed: " ABCDE fgh23 ")?.text == "abcde-fgh23")
        for wrong in [
            "", "abcde-fgh2", "abcde-fgh234", "abcde-fgh20", String(repeating: " ", count: 30) + "abcdefgh23",
        ] {
            #expect(RecoveryCode(typed: wrong) == nil)
        }
        #expect(Set((0..<50).map { _ in RecoveryCode().text }).count == 50)
    }

    /// Turns the factor on by the pages; gives the key and the codes.
    private func turnOn(_ browser: Browser, _ app: TestApp) async throws -> (totp: TOTP, codes: [String]) {
        let path = "/account/second-factor"
        try await browser.get(path)
        let wrong = try await browser.post(path, ["current": "not the one"])
        #expect(wrong.status == .unprocessableContent)
        #expect(try await browser.post(path, ["current": SignInWorld.password]).status == .seeOther)
        let page = try await browser.get(path)
        #expect(page.body.contains("<svg class=\"qr\""))
        let key = try #require(page.body.firstMatch(of: /secret=([A-Z2-7]{32})/)).output.1
        let totp = try #require(TOTP(base32: String(key)))
        #expect(try await browser.post(path + "/confirmation", ["code": "000000"]).status == .unprocessableContent)
        let code = totp.code(at: TOTP.step(at: app.now))
        let shown = try await browser.post(path + "/confirmation", ["code": code])
        #expect(shown.status == .ok)
        let codes = shown.body.matches(of: /<code>([a-z2-9]{5}-[a-z2-9]{5})<\/code>/).map { String($0.output.1) }
        #expect(codes.count == RecoveryCode.count)
        return (totp, codes)
    }

    private let credentials = ["login": "agent", "password": SignInWorld.password]

    @Test(arguments: engines) func `signing in asks for a code, takes it once, and a recovery code once`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (totp, codes) = try await turnOn(try await world.browser(app, as: "agent"), app)
            app.clock.advance(seconds: 60)
            let fresh = totp.code(at: TOTP.step(at: app.now))
            func atSecondStep() async throws -> Browser {
                let browser = Browser(app)
                let answer = try await browser.post("/login", credentials.merging(["next": "/inbox"]) { $1 })
                #expect(answer.headers[.location] == "/login/code?next=/inbox")
                #expect(try await browser.get("/account").status == .seeOther)
                return browser
            }
            let browser = try await atSecondStep()
            #expect(try await browser.get("/login/code?next=/inbox").body.contains("value=\"/inbox\""))
            #expect(try await browser.post("/login/code", ["code": "123456"]).status == .unprocessableContent)
            let entered = try await browser.post("/login/code", ["code": " \(fresh) ", "next": "/inbox"])
            #expect(entered.headers[.location] == "/inbox")
            #expect(try await browser.get("/account").status == .ok)
            // The same step is refused, for another sign-in as well; an older one, too.
            let second = try await atSecondStep()
            for used in [fresh, totp.code(at: TOTP.step(at: app.now) - 1)] {
                #expect(try await second.post("/login/code", ["code": used]).status == .unprocessableContent)
            }
            let typed = codes[3].uppercased().replacing("-", with: " ")
            #expect(try await second.post("/login/code", ["code": typed]).status == .seeOther)
            let third = try await atSecondStep()
            #expect(try await third.post("/login/code", ["code": codes[3]]).status == .unprocessableContent)
            #expect(try await third.post("/login/code", ["code": codes[4]]).status == .seeOther)
            let stored = try await app.database.query("SELECT hash FROM recovery_code")
            #expect(stored.count == 8)
            let log = try await app.database.query("SELECT COUNT(*) FROM audit WHERE action LIKE '%recoveryCodeUsed'")
            #expect(try log.first?.at(0, as: Int.self) == 2)
        }
    }

    @Test(arguments: engines) func `of two that show one code at once, one gets in`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (totp, _) = try await turnOn(try await world.browser(app, as: "agent"), app)
            app.clock.advance(seconds: 60)
            let code = totp.code(at: TOTP.step(at: app.now))
            let credentials = credentials
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let browser = Browser(app)
                        try await browser.post("/login", credentials)
                        return try await browser.post("/login/code", ["code": code]).status.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [303, 422, 422, 422])
        }
    }

    @Test(arguments: engines) func `codes cannot be guessed, and the step runs out of time`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (totp, _) = try await turnOn(try await world.browser(app, as: "agent"), app)
            app.clock.advance(seconds: 60)
            let browser = Browser(app)
            try await browser.post("/login", credentials)
            var statuses: [Int] = []
            for number in 0..<20 {
                statuses.append(try await browser.post("/login/code", ["code": "\(200_000 + number)"]).status.code)
            }
            #expect(statuses == Array(repeating: 422, count: 5) + Array(repeating: 429, count: 15))
            app.clock.advance(seconds: 600)
            let late = try await browser.post("/login/code", ["code": totp.code(at: TOTP.step(at: app.now))])
            #expect(late.headers[.location] == "/login")
            #expect(try await browser.get("/account").status == .seeOther)
            #expect(try await Browser(app).get("/login/code").headers[.location] == "/login")
        }
    }

    @Test(arguments: engines) func `an administrator removes a lost second factor, and the log tells it`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            _ = try await turnOn(try await world.browser(app, as: "agent"), app)
            let browser = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.agent)/second-factor/removal"
            #expect(try await browser.get(path).body.contains("Remove the second factor of AGENT?"))
            #expect(try await browser.post(path, ["confirmed": "1"]).status == .seeOther)
            #expect(try await Browser(app).post("/login", credentials).headers[.location] == "/")
            let rows = try await app.database.query(
                "SELECT actor FROM audit WHERE action = 'accounts.audit.secondFactorRemoved'")
            #expect(try rows.map { try $0.at(0, as: String.self) } == ["ADMIN"])
            #expect(try await app.database.query("SELECT hash FROM recovery_code").isEmpty)
        }
    }

    @Test(arguments: engines) func `a link for a new password does not get around the second factor`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (totp, codes) = try await turnOn(try await world.browser(app, as: "agent"), app)
            app.clock.advance(seconds: 60)
            let (accounts, now) = (app.rooms.accounts, app.now)
            let address = try await app.database.write { tx in
                let person = try accounts.somebody("agent", of: world.tenant, in: tx)
                return try accounts.passwordLink(for: person, hours: 1, in: tx, at: now)
            }
            let browser = Browser(app)
            let new = ["password": "a brand new one", "again": "a brand new one"]
            let answer = try await browser.post(String(address.dropFirst("http://localhost".count)), new)
            #expect(answer.headers[.location] == "/login/code?next=/")
            #expect(try await browser.get("/account").status == .seeOther)
            let code = totp.code(at: TOTP.step(at: app.now))
            #expect(try await browser.post("/login/code", ["code": code]).headers[.location] == "/")
            // Its holder makes new codes and turns it off, each with the password.
            let path = "/account/second-factor"
            try await browser.get(path)
            let wrong = try await browser.post(path + "/recovery-codes", ["codesPassword": "wrong"])
            #expect(wrong.status == .unprocessableContent)
            let renewed = try await browser.post(path + "/recovery-codes", ["codesPassword": "a brand new one"])
            #expect(renewed.status == .ok && !renewed.body.contains(codes[0]))
            try await browser.get(path)
            #expect(
                try await browser.post(path + "/removal", ["removalPassword": "wrong"]).status == .unprocessableContent)
            let off = try await browser.post(path + "/removal", ["removalPassword": "a brand new one"])
            #expect(off.status == .seeOther)
            #expect(try await browser.get(path).body.contains("Turn the second factor on"))
        }
    }

    @Test func `a session that is older than the second factor ends with it, but for the one that turned it on`()
        async throws
    {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let old = try await world.browser(app, as: "agent")
            let browser = try await world.browser(app, as: "agent")
            _ = try await turnOn(browser, app)
            #expect(try await old.get("/account").status == .seeOther)
            #expect(try await browser.get("/account").status == .ok)
        }
    }

    @Test(arguments: ["super", "agent"]) func `only administrators remove another's second factor`(
        login: String
    ) async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let browser = try await world.browser(app, as: login)
            let own = "/settings/people/\(world.agent)/second-factor/removal"
            #expect(try await browser.get(own).status == .forbidden)
            try await browser.get("/account")
            #expect(try await browser.post(own, [:]).status == .forbidden)
            let administrator = try await world.browser(app, as: "admin")
            let other = "/settings/people/\(theirs.agent)/second-factor/removal"
            #expect(try await administrator.get(other).status == .notFound)
            try await administrator.get("/account")
            #expect(try await administrator.post(other, [:]).status == .notFound)
        }
    }

    /// As zbar and OpenCV read it.
    @Test func `a QR code has the modules that readers expect`() throws {
        let code = try #require(QRCode("https://example.org/"))
        #expect(code.size == 25)
        let corner = (0..<7).map { y in (0..<7).map { x in code.isDark(x, y) ? "#" : "." }.joined() }
        #expect(corner == ["#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######"])
        #expect(QRCode(String(repeating: "x", count: 412))?.size == 77)
        #expect(QRCode(String(repeating: "x", count: 413)) == nil)
    }
}
