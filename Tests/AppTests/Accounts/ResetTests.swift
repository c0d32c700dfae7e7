// SPDX-License-Identifier: Apache-2.0
// Invitations and forgotten passwords by mail.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ResetTests {
    /// A centre whose mail is captured, and people with addresses.
    private func open(
        _ engine: Dialect, kind: Tenant.Kind = .test, _ body: (TestApp, SignInWorld) async throws -> Void
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            try await app.database.write { tx in
                try tx.execute("UPDATE tenant SET kind = \(kind.rawValue)")
                try tx.execute(
                    "UPDATE person SET email = 'a@example.org', email_folded = 'a@example.org' WHERE login = 'agent'")
            }
            try await body(app, world)
        }
    }

    private func mails(_ app: TestApp, _ world: SignInWorld) async throws -> [CapturedMail] {
        while try await app.runDue() > 0 {}
        return try await app.rooms.mailings.capturedMails(of: world.tenant).sorted { $0.id < $1.id }
    }

    private func link(_ mail: CapturedMail?) throws -> String {
        let text = try #require(mail?.text)
        return String(try #require(text.firstMatch(of: /http:\/\/localhost(\/sign-in\/[A-Za-z0-9]+)/)).output.1)
    }

    @Test(arguments: engines) func `a forgotten password is chosen anew by a mailed link, once, within the hour`(
        engine: Dialect
    ) async throws {
        try await open(engine) { app, world in
            let old = try await world.browser(app, as: "agent")
            let browser = Browser(app)
            #expect(try await browser.get("/login").body.contains("href=\"/login/reset\""))
            #expect(try await browser.post("/login/reset", ["wanted": " "]).status == .unprocessableContent)
            #expect(try await browser.post("/login/reset", ["wanted": "A@Example.org"]).status == .ok)
            let sent = try await mails(app, world)
            #expect(sent.map(\.to) == ["a@example.org"])
            #expect(sent.first?.subject == "A new password for Centre moscow")
            #expect(sent.first?.text.contains("127.0.0.1") == true)
            let path = try link(sent.first)
            let new = ["password": "a brand new one", "again": "a brand new one"]
            #expect(try await browser.get(path).body.contains("AGENT, choose a password"))
            #expect(try await browser.post(path, new).headers[.location] == "/")
            #expect(try await old.get("/account").status == .seeOther)
            #expect(try await browser.get("/account").status == .ok)
            #expect(try await Browser(app).post(path, new).status == .gone)
            app.clock.advance(seconds: 600)
            try await Browser(app).post("/login/reset", ["wanted": "agent"])
            let second = try link(try await mails(app, world).last)
            app.clock.advance(seconds: 3600)
            #expect(try await Browser(app).get(second).status == .gone)
        }
    }

    @Test(arguments: engines) func `nobody learns who is there`(engine: Dialect) async throws {
        try await open(engine) { app, world in
            let accounts = app.rooms.accounts
            let now = app.now
            try await app.database.write { tx in
                var new = NewPerson(login: "never.invited")
                new.email = "n@example.org"
                _ = try accounts.addPerson(new, of: world.tenant, in: tx, at: now)
            }
            let wanted = ["agent", "nobody", "a@example.org", "b@example.org", "super", "never.invited"]
            var answers: Set<String> = []
            for text in wanted {
                let answer = try await Browser(app).post("/login/reset", ["wanted": text])
                #expect(answer.status == .ok)
                answers.insert(answer.body)
            }
            #expect(answers.count == 1)
            #expect(try await app.database.query("SELECT id FROM password_request").count == wanted.count)
            // The name and the address mean the same person, who is written to once; the others have no address,
            // are not there, or were never asked to sign in.
            #expect(try await mails(app, world).map(\.to) == ["a@example.org"])
            #expect(try await app.database.query("SELECT id FROM password_request").isEmpty)
        }
    }

    @Test(arguments: engines) func `asking again and again fills nobody's mailbox`(engine: Dialect) async throws {
        try await open(engine) { app, world in
            var statuses: [Int: Int] = [:]
            for _ in 0..<20 {
                statuses[try await Browser(app).post("/login/reset", ["wanted": "agent"]).status.code, default: 0] += 1
            }
            #expect(statuses == [200: 10, 429: 10])
            #expect(try await mails(app, world).count == 1)
        }
    }

    @Test(arguments: engines) func `a new person is invited by mail, and asks again when it is too late`(
        engine: Dialect
    ) async throws {
        try await open(engine) { app, world in
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/people/new").body.contains("Send an invitation at once"))
            let fields = [
                "login": "novikova", "firstName": "Вера", "language": "ru", "roles": "agent", "invite": "1",
            ]
            let without = try await browser.post("/settings/people/new", fields)
            #expect(without.status == .conflict && without.body.contains("Enter an email address"))
            #expect(try await app.database.query("SELECT id FROM person WHERE login = 'novikova'").isEmpty)
            let mended = fields.merging(["email": "v@example.org"]) { $1 }
            let path = try #require(try await browser.post("/settings/people/new", mended).headers[.location])
            let invitation = try #require(try await mails(app, world).first)
            #expect(invitation.subject == "Приглашение в «Centre moscow»" && invitation.to == "v@example.org")
            #expect(invitation.text.contains("novikova"))
            app.clock.advance(seconds: 3601)
            #expect(try await Browser(app).get(try link(invitation)).body.contains("/login/reset"))
            try await Browser(app).post("/login/reset", ["wanted": "novikova"])
            let second = try link(try await mails(app, world).last)
            let new = ["password": "a brand new one", "again": "a brand new one"]
            #expect(try await Browser(app).post(second, new).headers[.location] == "/")
            try await browser.get(path)
            #expect(try await browser.post(path + "/mail", [:]).status == .seeOther)
            #expect(try await mails(app, world).last?.subject == "Новый пароль: Centre moscow")
        }
    }

    @Test(arguments: engines) func `links stand in no table, and a mail's author cannot make one`(
        engine: Dialect
    ) async throws {
        try await open(engine) { app, world in
            try await Browser(app).post("/login/reset", ["wanted": "agent"])
            let mail = try #require(try await mails(app, world).first)
            let token = try link(mail).split(separator: "/").last.map(String.init) ?? ""
            let row = try #require(try await app.database.query("SELECT id, token_hash FROM sign_in_link").first)
            #expect(try row.at(1, as: [UInt8].self) == Token(shown: token)?.hash)
            let content = try #require(
                try await app.database.query("SELECT content FROM message_content").first?.at(0, as: [UInt8].self))
            let stored = try MailContent(packed: content)
            #expect(stored.text?.contains(token) == false && stored.text?.contains("sign-in-link-") == true)
            let id: SignInLinkID = try row.at(0)
            let forged = "\u{E000}sign-in-link-\(id)-x\u{E001} \u{E000}sign-in-link-\(id)\u{E001} \u{E000}sign-in-link-"
            #expect(MailedLink.fill(forged, of: app.otklik.installation) == forged)
        }
    }

    @Test(arguments: engines) func `without a mail server people are sent to the administrator`(
        engine: Dialect
    ) async throws {
        try await open(engine, kind: .production) { app, world in
            #expect(try await Browser(app).get("/login/reset").body.contains("Ask your administrator"))
            #expect(
                try await Browser(app).post("/login/reset", ["wanted": "agent"]).body.contains("Ask your administrator")
            )
            let browser = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.agent)"
            let page = try await browser.get(path)
            #expect(page.body.contains(path + "/link") && !page.body.contains(path + "/mail"))
            #expect(try await browser.post(path + "/mail", [:]).status == .conflict)
            #expect(try await mails(app, world).isEmpty)
        }
    }

    @Test func `another centre's people are not mailed to, nor asked for by others than administrators`() async throws {
        try await open(.sqlite) { app, world in
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.post("/settings/people/\(theirs.agent)/mail", [:]).status == .notFound)
            let agent = try await world.browser(app, as: "agent")
            #expect(try await agent.post("/settings/people/\(world.agent)/mail", [:]).status == .forbidden)
            #expect(try await Browser(app).get("/nowhere/login/reset").status == .notFound)
            let unknown = try await Browser(app).post("/login/reset", ["wanted": "agent", "centre": "nowhere"])
            #expect(unknown.status == .unprocessableContent)
            #expect(try await Browser(app).post("/kazan/login/reset", ["wanted": "agent"]).status == .ok)
        }
    }
}
