// SPDX-License-Identifier: Apache-2.0
// People, agents of senders' systems, keys, and the wall between centres.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct PeopleTests {
    @Test(arguments: engines) func `unknown agents become people once, however many ask`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let now = app.now
            let logins = ["petrova", "PETROVA", "agent", " иванов ", "Иванов", "", "bad\u{7}name"]
            let references = logins.map { AgentReference(login: $0, team: world.team) }
            let found = try await withThrowingTaskGroup(of: [FoundAgent?].self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await app.database.write {
                            try accounts.findOrMakeAgents(references, of: world.tenant, in: $0, at: now)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for agents in found {
                #expect(agents[0]?.person.id == agents[1]?.person.id)
                #expect(agents[2]?.person.id == world.agent && agents[2]?.isNew == false)
                #expect(agents[3]?.person.id == agents[4]?.person.id)
                #expect(agents[5] == nil && agents[6] == nil)
                #expect(agents[0]?.person.id == found[0][0]?.person.id)
            }
            let made = try #require(found[0][0]?.person)
            #expect(made.needsReview && !made.canSignIn && made.team == world.team && made.roles == [.agent])
            #expect(made.name.folded == "petrova")
        }
    }

    @Test(arguments: engines) func `an administrator adds and changes people`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/people/new").status == .ok)
            let fields = [
                "login": "petrova", "firstName": "Анна", "lastName": "<b>Петрова</b>", "email": "nonsense",
                "roles": "agent", "newTeam": "Ночь", "language": "ru",
            ]
            let refused = try await browser.post("/settings/people/new", fields)
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("href=\"#field-email\""))
            let mended = fields.merging(["email": "p@example.com"]) { $1 }
            let added = try await browser.post("/settings/people/new", mended)
            let path = try #require(added.headers[.location])
            #expect(try await browser.get(path).body.contains("&lt;b&gt;Петрова&lt;/b&gt;"))
            #expect(try await browser.get("/settings/people").body.contains("Ночь"))
            let same = fields.merging(["email": "", "login": "PETROVA"]) { $1 }
            let again = try await browser.post("/settings/people/new", same)
            #expect(again.status == .conflict)
            try await browser.get(path)
            let changed = try await browser.post(path, ["firstName": "Вера", "language": "ru", "roles": "supervisor"])
            #expect(changed.status == .seeOther)
            #expect(try await browser.get(path).body.contains("Вера"))
        }
    }

    @Test func `the last administrator stays one`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            try await browser.get("/settings/people/\(world.administrator)")
            let answer = try await browser.post(
                "/settings/people/\(world.administrator)", ["roles": "agent", "language": "en", "isActive": "1"])
            #expect(answer.status == .conflict)
            #expect(try await browser.get("/settings/people").status == .ok)
        }
    }

    @Test(arguments: engines) func `a key lets a program in until it is revoked`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            try await browser.get("/settings/api-keys")
            let refused = try await browser.post("/settings/api-keys", ["name": "", "source": "CRM!"])
            #expect(refused.status == .unprocessableContent)
            let created = try await browser.post(
                "/settings/api-keys", ["name": "Telephony", "source": "pbx", "scopes": "reports:read"])
            #expect(created.status == .created)
            let secret = String(try #require(created.body.firstMatch(of: /otk_[A-Za-z0-9]{33}/)).output)
            let example = try #require(created.body.firstMatch(of: /localhost(\/api\/[^&]+(?:&amp;[^&]+)*)&#39;/))
                .output.1
            let tried = try await app.request(
                .get, String(example).replacing("&amp;", with: "&"), headers: [.authorization: "Bearer \(secret)"])
            #expect(tried.status == .ok, "\(example)")
            let list = try await browser.get("/settings/api-keys")
            #expect(list.body.contains("Telephony") && !list.body.contains(secret))
            let stored = try await app.database.query("SELECT hash, name, scopes FROM api_key")
            #expect(stored.count == 1)

            func ask(_ authorization: String?) async throws -> TestResponse {
                var headers = HTTPFields()
                headers[.authorization] = authorization
                return try await app.request(
                    .get, "/api/v1/reports/summary?from=2026-03-01&to=2026-03-02&by=agent", headers: headers)
            }
            #expect(try await ask("Bearer \(secret)").status == .ok)
            #expect(try await ask("bearer \(secret)").status == .ok)
            for wrong in [nil, "Bearer otk_wrong", "Bearer \(secret)x", "Basic \(secret)", "Bearer"] {
                let answer = try await ask(wrong)
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[.wwwAuthenticate] != nil)
                #expect(try answer.json()["code"] == .string("api_key_required"))
            }
            let write = try await app.request(
                .post, "/api/v1/completions",
                headers: [.authorization: "Bearer \(secret)", .contentType: "application/json"], body: "{}")
            #expect(write.status == .forbidden)
            let link = try #require(list.body.firstMatch(of: /\/settings\/api-keys\/[0-9]+\/revocation/)).output
            #expect(try await browser.get(String(link)).body.contains("Telephony"))
            #expect(try await browser.post(String(link), [:]).status == .seeOther)
            #expect(try await ask("Bearer \(secret)").status == .unauthorized)
        }
    }

    @Test(arguments: engines) func `another centre's people and keys are not there`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let ours = try await SignInWorld.make(app)
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let accounts = app.rooms.accounts
            let now = app.now
            let key = try await app.database.write { tx in
                try accounts.createAPIKey(NewAPIKey(name: "Theirs"), of: theirs.tenant, in: tx, at: now)
            }
            let browser = try await ours.browser(app, as: "admin")
            for path in ["/settings/people/\(theirs.agent)", "/settings/api-keys/\(key.id)/revocation"] {
                #expect(try await browser.get(path).status == .notFound)
                try await browser.get("/account")
                #expect(try await browser.post(path, ["roles": "administrator", "language": "en"]).status == .notFound)
            }
            let team = try await browser.post(
                "/settings/people/new", ["login": "x", "language": "en", "team": theirs.team.description])
            #expect(team.status == .unprocessableContent)
            let own = try await browser.get("/settings/people")
            #expect(!own.body.contains(theirs.agent.description))
            #expect(try await app.database.query("SELECT id FROM api_key WHERE revoked_at IS NULL").count == 1)
            let seen = try await app.database.read {
                try accounts.people([theirs.agent, ours.agent], of: ours.tenant, in: $0)
            }
            #expect(Set(seen.keys) == [ours.agent])
        }
    }

    @Test(arguments: ["super", "agent"]) func `only administrators change the centre`(login: String) async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: login)
            for path in ["people", "people/new", "people/\(world.agent)", "api-keys"] {
                let answer = try await browser.get("/settings/" + path)
                #expect(answer.status == .forbidden)
                #expect(answer.body.contains("<h1>No access</h1>"))
            }
            let home = try await browser.get("/")
            #expect(home.status == .ok && !home.body.contains("/settings/people"))
        }
    }
}
