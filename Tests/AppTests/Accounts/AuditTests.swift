// SPDX-License-Identifier: Apache-2.0
// The log as administrators read it.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct AuditTests {
    @Test(arguments: engines) func `the log tells who did what, before and after, in the reader's language`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.agent)"
            try await browser.get(path)
            let fields = ["firstName": "<b>", "language": "en", "roles": "supervisor", "team": world.team.description]
            #expect(try await browser.post(path, fields).status == .seeOther)
            let page = try await browser.get("/settings/audit").body
            #expect(page.contains("<a href=\"\(path)\">Changed the person agent</a>"))
            #expect(page.contains("<li>Roles: <del>Agent</del> → <ins>Supervisor</ins></li>"))
            #expect(page.contains("<li>Team: <del>–</del> → <ins>Sales</ins></li>"))
            #expect(page.contains("<ins>&lt;b&gt;</ins>"))
            #expect(page.contains(">ADMIN</a>") && page.contains("127.0.0.1") && page.contains("Signed in"))
            try await browser.post("/language", ["language": "ru", "back": "/"])
            let russian = try await browser.get("/settings/audit").body
            #expect(russian.contains("Изменён сотрудник agent"))
            #expect(russian.contains("<li>Роли: <del>Оператор</del> → <ins>Супервизор</ins></li>"))
        }
    }

    @Test(arguments: engines) func `the log is filtered by person, kind and day, and read page by page`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let first = app.now
            try await app.database.write { tx in
                for number in 0..<70 {
                    _ = try accounts.addTeam("Team \(number)", of: world.tenant, by: .commandLine, in: tx, at: first)
                }
            }
            app.clock.advance(seconds: 86400)
            let browser = try await world.browser(app, as: "admin")
            _ = try await world.browser(app, as: "agent")
            func shown(_ query: String) async throws -> String { try await browser.get("/settings/audit" + query).body }
            let teams = try await shown("?kind=teams")
            #expect(teams.contains("“Team 69”") && teams.contains("“Team 20”") && !teams.contains("“Team 19”"))
            #expect(teams.contains("The server’s command line") && !teams.contains("Signed in"))
            let next = try #require(teams.firstMatch(of: /href="(\/settings\/audit\?kind=teams&amp;before=[0-9]+)"/))
                .output.1
            let rest = try await browser.get(String(next).replacing("&amp;", with: "&")).body
            #expect(rest.contains("“Team 19”") && rest.contains("“Team 0”") && !rest.contains("“Team 20”"))
            let access = try await shown("?kind=access&person=AGENT")
            #expect(access.contains(">AGENT</a>") && !access.contains("/settings/people/\(world.administrator)"))
            // The clock of the tests begins on 2 March, and the centre is in Moscow.
            #expect(try await shown("?to=2026-03-02").contains("Team 69"))
            #expect(try await shown("?from=2026-03-03").contains("Team 69") == false)
            #expect(try await shown("?kind=keys").contains("No entries"))
            #expect(try await shown("?kind=centre").contains("No entries"))
            let refused = try await browser.get("/settings/audit?from=yesterday&person=nobody")
            #expect(refused.status == .unprocessableContent && refused.body.contains("There is no such day."))
            let unknown = try await browser.get("/settings/audit?person=nobody")
            #expect(unknown.body.contains("There is nobody with the login name “nobody”."))
        }
    }

    @Test(arguments: engines) func `another centre's log is not there, and none for others than administrators`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let (accounts, now) = (app.rooms.accounts, app.now)
            try await app.database.write { tx in
                _ = try accounts.addTeam("Theirs alone", of: theirs.tenant, by: .commandLine, in: tx, at: now)
            }
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/audit").body.contains("Theirs alone") == false)
            for login in ["super", "agent"] {
                let other = try await world.browser(app, as: login)
                #expect(try await other.get("/settings/audit").status == .forbidden)
            }
        }
    }

    @Test func `mail settings are logged without their password`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            try await browser.get("/settings/email")
            let fields = [
                "sender_name": "Centre", "sender_email": "s@example.org", "host": "mail.example.org", "port": "587",
                "secure": "starttls", "requires_authentication": "1", "user_name": "u", "password": "the secret word",
                "unknown_policy": "retry_once",
            ]
            #expect(try await browser.post("/settings/email", fields).status == .seeOther)
            let page = try await browser.get("/settings/audit").body
            #expect(page.contains("Changed the mail settings") && page.contains("mail.example.org"))
            let stored = try await app.database.query("SELECT details FROM audit")
            #expect(try !stored.contains { try $0.at(0, as: String.self).contains("secret word") })
        }
    }

    @Test func `the newest entries are found by an index`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            var (byPerson, byKind) = (AuditFilter(), AuditFilter())
            byPerson.person = PersonID(raw: 1)
            byKind.kind = .keys
            for filter in [AuditFilter(), byPerson, byKind] {
                let statement = AuditStore.page(filter, of: TenantID(raw: 1), limit: 51)
                let plan = try await app.database.query("EXPLAIN QUERY PLAN \(statement)")
                    .map { try $0.get("detail", as: String.self) }
                #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
            }
        }
    }
}
