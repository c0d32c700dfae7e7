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
                "/settings/people/\(world.administrator)", ["roles": "agent", "language": "en"])
            #expect(answer.status == .conflict)
            #expect(try await browser.get("/settings/people").status == .ok)
            let leaving = try await browser.post("/settings/people/\(world.administrator)/deactivation", [:])
            #expect(leaving.status == .conflict)
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

    @Test(arguments: engines) func `people are found by words, role, team and state, page by page`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (accounts, now) = (app.rooms.accounts, app.now)
            try await app.database.write { tx in
                for number in 0..<60 {
                    var new = NewPerson(login: "agent\(1000 + number)")
                    (new.firstName, new.lastName) = ("Ольга", number == 7 ? "Ёжикова_100%" : "Кузнецова")
                    new.email = "o\(number)@example.org"
                    new.roles = number < 3 ? [.supervisor] : [.agent]
                    new.team = number < 5 ? world.team : nil
                    _ = try accounts.addPerson(new, of: world.tenant, in: tx, at: now)
                }
            }
            func found(_ build: (inout PeopleFilter) -> Void) async throws -> [String] {
                var filter = PeopleFilter()
                build(&filter)
                let fixed = filter
                return try await app.database.read {
                    try accounts.everybody(fixed, of: world.tenant, in: $0).map(\.login)
                }
            }
            #expect(try await found { $0.text = "ёжикова ОЛЬГА" } == ["agent1007"])
            #expect(try await found { $0.text = "_100%" } == ["agent1007"])
            #expect(try await found { $0.text = "o12@" } == ["agent1012"])
            #expect(try await found { $0.text = "!" } == [])
            #expect(try await found { $0.role = .supervisor }.count == 4)
            #expect(try await found { $0.team = .one(world.team) }.count == 5)
            #expect(try await found { $0.team = .none }.count == 59)
            #expect(try await found { $0.state = .noPassword }.count == 60)
            #expect(try await found { $0.state = .active } == ["admin", "agent", "host", "super"])
            let browser = try await world.browser(app, as: "admin")
            let first = try await browser.get("/settings/people?q=кузнецова&role=agent".addingPercent)
            #expect(first.body.contains("agent1003") && !first.body.contains("agent1059"))
            let next = try #require(first.body.firstMatch(of: /href="(\/settings\/people\?[^"]+after=[^"]+)"/)).output.1
            let second = try await browser.get(String(next).replacing("&amp;", with: "&"))
            #expect(second.body.contains("agent1059") && !second.body.contains("agent1003"))
            #expect(try await browser.get("/settings/people?q=nobody").body.contains("Nobody found"))
        }
    }

    @Test(arguments: engines) func `who is deactivated is out at once, and may come back`(engine: Dialect) async throws
    {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let (browser, agent) = (
                try await world.browser(app, as: "admin"), try await world.browser(app, as: "agent")
            )
            let path = "/settings/people/\(world.agent)"
            #expect(try await browser.get(path + "/deactivation").body.contains("Deactivate AGENT?"))
            #expect(try await browser.post(path + "/deactivation", ["confirmed": "1"]).status == .seeOther)
            #expect(try await agent.get("/account").status == .seeOther)
            let fields = ["login": "agent", "password": SignInWorld.password]
            #expect(try await Browser(app).post("/login", fields).status == .unprocessableContent)
            #expect(try await browser.get(path).body.contains("AGENT is inactive"))
            #expect(try await browser.post(path + "/activation", [:]).status == .seeOther)
            #expect(try await agent.get("/account").status == .seeOther)
            #expect(try await Browser(app).post("/login", fields).status == .seeOther)
            let log = try await app.database.query(
                "SELECT action, actor, address FROM audit WHERE subject_id = \(world.agent) ORDER BY id")
            let deeds = try log.map { try $0.at(0, as: String.self) }
            #expect(deeds.contains("accounts.audit.personDisabled") && deeds.contains("accounts.audit.personEnabled"))
            let disabled = try #require(try log.first { try $0.at(0, as: String.self).hasSuffix("personDisabled") })
            #expect(try disabled.at(1, as: String.self) == "ADMIN")
            #expect(try disabled.at(2, as: String.self) == "127.0.0.1")
        }
    }

    @Test func `the log tells how a person stood before and after`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.agent)"
            try await browser.get(path)
            let fields = [
                "firstName": "AGENT", "language": "en", "roles": "supervisor", "team": world.team.description,
                "timeZone": "Asia/Omsk",
            ]
            #expect(try await browser.post(path, fields).status == .seeOther)
            #expect(try await browser.post(path, fields).status == .seeOther)
            let rows = try await app.database.query(
                "SELECT details FROM audit WHERE action = 'accounts.audit.personChanged'")
            #expect(rows.count == 1)
            let details = try JSON(text: try #require(rows.first).at(0))
            #expect(details["before"] == .object(["roles": .string("agent")]))
            #expect(
                details["after"]
                    == .object([
                        "roles": .string("supervisor"), "team": .string("Sales"), "timeZone": .string("Asia/Omsk"),
                    ]))
        }
    }
}

extension String {
    /// As a browser would send it.
    fileprivate var addingPercent: String { addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? self }
}
