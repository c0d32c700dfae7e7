// SPDX-License-Identifier: Apache-2.0
// The provider's pages: centres, the switch, limits, putting away, health; and what they never show.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ProviderPagesTests {
    private static let fields = [
        "name": "Север", "key": "North", "kind": "production", "language": "ru", "timeZone": "Asia/Omsk",
        "login": "chief", "firstName": "Вера", "email": "vera@example.org",
    ]

    @Test(arguments: engines) func `a provider makes a centre whose administrator begins with a link`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let host = try await world.browser(app, as: "host")
            #expect(try await host.get("/provider/centres/new").status == .ok)
            let bad = Self.fields.merging(["key": "api", "login": "", "email": "no"]) { $1 }
            let refused = try await host.post("/provider/centres/new", bad)
            #expect(refused.status == .unprocessableContent)
            for field in ["key", "login", "email"] { #expect(refused.body.contains("href=\"#field-\(field)\"")) }
            let made = try await host.post("/provider/centres/new", Self.fields)
            #expect(made.status == .ok)
            let link = try #require(made.body.firstMatch(of: /http:\/\/localhost(\/sign-in\/[^<]+)/)?.output.1)
            let again = try await host.post("/provider/centres/new", Self.fields)
            #expect(again.status == .conflict && again.body.contains("href=\"#field-key\""))

            let chief = Browser(app)
            try await chief.get(String(link))
            let chosen = ["password": SignInWorld.password, "again": SignInWorld.password]
            #expect(try await chief.post(String(link), chosen).status == .seeOther)
            let home = try await chief.get("/")
            #expect(home.status == .ok && !home.body.contains("href=\"/forms\""))
            let list = try await host.get("/provider/centres")
            #expect(list.body.contains("Север") && list.body.contains("north"))
        }
    }

    @Test(arguments: engines) func `the switch opens and closes the section, and links stay open`(
        engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { survey in
            let app = survey.app
            let customer = try await survey.customer()
            let (host, world) = try await Self.host(app)
            let admin = try await world.browser(app, as: "admin")
            let closed = try await admin.get("/forms")
            #expect(closed.status == .forbidden && closed.body.contains("switched off for this contact centre"))
            #expect(try await admin.get("/").body.contains("href=\"/forms\"") == false)
            try await Self.set(true, world.tenant, host)
            #expect(try await admin.get("/forms").status == .ok)
            #expect(try await admin.get("/").body.contains("href=\"/forms\""))

            try await Self.set(false, survey.tenant, host)
            #expect(try await survey.get(customer.path).status == .ok)
            #expect(try await survey.answer(customer).status == .ok)
            await #expect(throws: (any Error).self) { try await survey.customer(2) }
            let (accounts, tenant, now) = (app.rooms.accounts, survey.tenant, app.now)
            let key = try await app.database.write { tx in
                try accounts.createAPIKey(NewAPIKey(name: "PBX"), of: tenant, in: tx, at: now).secret
            }
            let refused = try await app.request(
                .get, "/api/v1/forms", headers: [.authorization: "Bearer \(key)"])
            #expect(refused.status == .forbidden)
            #expect(try refused.json()["code"] == .string("surveys_off"))
            let reports = try await app.request(
                .get, "/api/v1/reports/summary?from=2026-03-01&to=2026-03-02&by=agent",
                headers: [.authorization: "Bearer \(key)"])
            #expect(reports.status == .ok)
            let log = try await app.database.query(
                "SELECT actor, action FROM audit WHERE tenant_id = \(tenant) AND action = 'accounts.audit.surveysOff'")
            #expect(try log.first?.at(0, as: String.self) == "provider: HOST")
        }
    }

    @Test(arguments: engines) func `an archived centre lets nobody in until it is brought back`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let (host, _) = try await Self.host(app)
            let other = try await SignInWorld.make(app, key: "kazan")
            let admin = try await other.browser(app, as: "admin", centre: "kazan")
            let (accounts, now) = (app.rooms.accounts, app.now)
            let key = try await app.database.write { tx in
                try accounts.createAPIKey(NewAPIKey(name: "PBX"), of: other.tenant, in: tx, at: now).secret
            }
            func ask() async throws -> HTTPResponse.Status {
                let path = "/api/v1/reports/summary?from=2026-03-01&to=2026-03-02&by=agent"
                return try await app.request(.get, path, headers: [.authorization: "Bearer \(key)"]).status
            }
            #expect(try await ask() == .ok)
            let path = "/provider/centres/\(other.tenant)"
            #expect(try await host.get(path + "/archiving").body.contains("Centre kazan"))
            #expect(try await host.post(path + "/archiving", [:]).status == .seeOther)
            #expect(try await admin.get("/settings/people").status == .seeOther)
            #expect(try await ask() == .unauthorized)
            #expect(try await Browser(app).get("/kazan/login").status == .notFound)
            #expect(try await host.get(path).body.contains("/reactivation"))
            #expect(try await host.post(path + "/reactivation", [:]).status == .seeOther)
            #expect(try await admin.get("/settings/people").status == .ok)
            #expect(try await ask() == .ok)
        }
    }

    @Test(arguments: engines) func `nobody archives the centre that they sign in at`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let (host, world) = try await Self.host(app)
            let path = "/provider/centres/\(world.tenant)"
            #expect(try await host.get(path).status == .ok)
            #expect(try await host.post(path + "/archiving", [:]).status == .conflict)
            #expect(try await host.get(path).status == .ok)
        }
    }

    @Test(arguments: engines) func `limits are numbers within bounds, or none`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let (host, world) = try await Self.host(app)
            let path = "/provider/centres/\(world.tenant)"
            try await host.get(path)
            let bad = try await host.post(
                path + "/limits", ["messageMegabytes": "0", "messagesPerSecond": "many"])
            #expect(bad.status == .unprocessableContent)
            #expect(bad.body.contains("#field-messageMegabytes") && bad.body.contains("#field-messagesPerSecond"))
            #expect(bad.body.contains("value=\"many\""))
            try await host.post(path + "/limits", ["messageMegabytes": "5", "messagesPerSecond": ""])
            let accounts = app.rooms.accounts
            #expect(try await accounts.tenant(world.tenant)?.limits == TenantLimits(messageMegabytes: 5))
        }
    }

    @Test(arguments: engines) func `a provider's account is out of the reach of a centre's administrator`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let admin = try await world.browser(app, as: "admin")
            let path = "/settings/people/\(world.provider)"
            let list = try await admin.get("/settings/people")
            #expect(list.body.contains("HOST") && !list.body.contains(path + "\""))
            #expect(try await admin.get(path).status == .forbidden)
            #expect(try await admin.post(path, ["email": "x@example.org", "language": "en"]).status == .forbidden)
            #expect(try await admin.post(path + "/link", [:]).status == .forbidden)
            // Nor can the role be given away.
            let own = "/settings/people/\(world.agent)"
            try await admin.get(own)
            try await admin.post(own, ["roles": "provider", "language": "en", "isActive": "1"])
            let accounts = app.rooms.accounts
            let agent = try await app.database.read { try accounts.people([world.agent], of: world.tenant, in: $0) }
            #expect(agent[world.agent]?.roles == [])
            let otklik = app.otklik
            #expect(try await otklik.setProvider(true, login: "agent", tenant: nil).roles == ["provider"])
            // Changing the rest of a person leaves it alone.
            let host = try await world.browser(app, as: "host")
            #expect(try await host.get("/settings/people").status == .forbidden)
            #expect(try await otklik.setProvider(false, login: "agent", tenant: nil).roles == [])
        }
    }

    @Test(arguments: engines) func `a lost link is replaced only until a password is chosen`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let (host, world) = try await Self.host(app)
            var person = NewPerson(login: "chief")
            person.roles = [.administrator]
            let new = NewTenant(key: "omsk", name: "Омск")
            _ = try await app.otklik.createTenant(new, administrator: person)
            let accounts = app.rooms.accounts
            let (tenant, chief) = try await app.database.read { tx in
                let tenant = try accounts.meant("omsk", in: tx)
                return (tenant.id, try accounts.somebody("chief", of: tenant.id, in: tx).id)
            }
            let path = "/provider/centres/\(tenant)/links/\(chief)"
            #expect(try await host.get("/provider/centres/\(tenant)").body.contains(path))
            let shown = try await host.post(path, [:])
            #expect(shown.status == .ok && shown.body.contains("/sign-in/"))
            let own = "/provider/centres/\(world.tenant)/links/\(world.administrator)"
            #expect(try await host.post(own, [:]).status == .notFound)
        }
    }

    @Test(arguments: engines) func `health tells what is due and since when`(engine: Dialect) async throws {
        try await TestApp.run(on: engine, leaving: ["run"]) { app in
            let (host, _) = try await Self.host(app)
            #expect(try await host.get("/provider/health").body.contains("Everything that is due is being done"))
            let due = app.now
            try await app.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO work (kind, tenant_id, subject_id, due_at, attempt, revision)
                    VALUES ('run', 1, 1, \(due), 0, 1), ('run', 1, 2, \(due.adding(days: 1)), 0, 1)
                    """)
            }
            app.clock.advance(seconds: 61)
            let health = try await app.otklik.health()
            #expect(health.queues.map { [$0.waiting, $0.due, $0.claimed] } == [[2, 1, 0]])
            #expect(health.oldestDueAt == due && health.isLate)
            #expect(health.centres == 1 && health.databaseBytes > 0 && !health.engineVersion.isEmpty)
            #expect(health.engine == engine.rawValue && health.schema > 10)
            let page = try await host.get("/provider/health")
            #expect(page.body.contains("Work is late") && page.body.contains("Workflow runs"))
        }
    }

    // MARK: -

    /// A provider in a browser, signed in at a centre of their own.
    private static func host(_ app: TestApp) async throws -> (Browser, SignInWorld) {
        let world = try await SignInWorld.make(app)
        return (try await world.browser(app, as: "host"), world)
    }

    private static func set(_ isOn: Bool, _ tenant: TenantID, _ host: Browser) async throws {
        try await host.get("/provider/centres/\(tenant)")
        let answer = try await host.post("/provider/centres/\(tenant)/surveys", ["surveys": isOn ? "1" : "0"])
        #expect(answer.status == .seeOther)
    }
}
