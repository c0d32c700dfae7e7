// SPDX-License-Identifier: Apache-2.0
// A centre's own settings: saved whole or not at all, obeyed by reports, and old data forgotten.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct CentreSettingsTests {
    @Test(arguments: engines) func `an administrator changes what the centre is called and where it is`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/centre").body.contains("value=\"Centre moscow\""))
            let fields = ["name": " ", "language": "de", "timeZone": "Moscow", "minimumN": "many"]
            let refused = try await browser.post("/settings/centre", fields)
            #expect(refused.status == .unprocessableContent)
            for field in fields.keys { #expect(refused.body.contains("href=\"#field-\(field)\""), "\(field)") }
            #expect(try await app.rooms.accounts.tenant(world.tenant)?.name == "Centre moscow")
            let good = ["name": "Восток", "language": "en", "timeZone": "Asia/Vladivostok", "minimumN": "7"]
            #expect(try await browser.post("/settings/centre", good).status == .seeOther)
            let tenant = try #require(try await app.rooms.accounts.tenant(world.tenant))
            #expect(tenant.name == "Восток" && tenant.language == "en" && tenant.timeZone == "Asia/Vladivostok")
            #expect(tenant.minimumN == 7 && tenant.askWithinHours == 72)
            // Reports go by it.
            let known = try await app.database.read { try ReportsStore(tenant: world.tenant, tx: $0).centre() }
            #expect(known.minimumN == 7 && known.timeZone == "Asia/Vladivostok")
        }
    }

    @Test(arguments: engines) func `hours are kept, and refused ones change nothing`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/hours").body.contains("00:00-24:00"))
            let refused = try await browser.post("/settings/hours", ["monday": "9-18", "holidays": "never"])
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("value=\"9-18\"") && refused.body.contains("#field-holidays"))
            let settings = app.rooms.settings
            func hours() async throws -> BusinessHours {
                try await app.database.read { try settings.hours(of: world.tenant, in: $0) }
            }
            #expect(try await hours() == .always)
            let fields = ["monday": "09:00-18:00", "friday": "09:00-17:00", "holidays": "2026-12-31 Канун"]
            #expect(try await browser.post("/settings/hours", fields).status == .seeOther)
            let kept = try await hours()
            #expect(kept.week[0] == [OpenInterval(from: 540, to: 1080)] && kept.week[1].isEmpty)
            #expect(kept.holidays.map(\.name) == ["Канун"])
        }
    }

    @Test(arguments: engines) func `what is older than its period is forgotten every day, and the rest stays`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine, leaving: ["retention", "fold", "inbox"]) { app in
            let own = try await WalkCentre.make(app, key: "own")
            let other = try await WalkCentre.make(app, key: "other")
            _ = try await other.browser(app, as: .administrator)
            let browser = try await own.browser(app, as: .administrator)
            try await browser.get("/settings/retention")
            let refused = try await browser.post("/settings/retention", ["customerDays": "3", "inboxDays": "x"])
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("#field-customerDays") && refused.body.contains("#field-inboxDays"))
            let periods = ["customerDays": "30", "inboxDays": "40", "auditDays": "50"]
            #expect(try await browser.post("/settings/retention", periods).status == .seeOther)
            try await app.runDue()
            #expect(try await customer(of: own, app) == own.mark + " customer")
            try await app.wait(seconds: 31 * 86_400)
            #expect(try await customer(of: own, app) == nil)
            #expect(try await count("internal_message", of: own, app) == 4)
            #expect(try await customer(of: other, app) == other.mark + " customer")
            let notes = try await app.database.query("SELECT tenant_id, note FROM interaction_part")
            #expect(Set(try notes.map { try $0.at(1, as: String.self) }) == ["", other.mark + " note"])
            try await app.wait(seconds: 15 * 86_400)
            #expect(try await count("internal_message", of: own, app) == 0)
            #expect(try await count("audit", of: own, app) > 0)
            try await app.wait(seconds: 10 * 86_400)
            #expect(try await count("audit", of: own, app) == 0)
            #expect(try await count("internal_message", of: other, app) == 4)
            #expect(try await count("audit", of: other, app) > 0)
        }
    }

    @Test(arguments: engines) func `a person changes their own profile and nothing else`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "agent")
            #expect(try await browser.get("/account").body.contains("/account/profile"))
            try await browser.get("/account/profile")
            let bad = ["firstName": "Я", "email": "no", "language": "fr", "timeZone": "Mars"]
            let refused = try await browser.post("/account/profile", bad)
            #expect(refused.status == .unprocessableContent)
            for field in ["email", "language", "timeZone"] { #expect(refused.body.contains("#field-\(field)")) }
            let good = [
                "firstName": "Мария", "lastName": "Петрова", "email": "m@example.org", "language": "ru",
                "timeZone": "Asia/Omsk", "roles": "administrator", "login": "root",
            ]
            #expect(try await browser.post("/account/profile", good).status == .seeOther)
            let accounts = app.rooms.accounts
            let people = try await app.database.read { try accounts.people([world.agent], of: world.tenant, in: $0) }
            let person = try #require(people[world.agent])
            #expect(person.name == "Мария Петрова" && person.email == "m@example.org" && person.login == "agent")
            #expect(person.timeZone == "Asia/Omsk" && person.roles == [.agent])
            #expect(try await browser.get("/account").body.contains("lang=\"ru\""))
        }
    }

    // MARK: -

    private func customer(of centre: WalkCentre, _ app: TestApp) async throws -> String? {
        let query: SQL = "SELECT customer_name FROM interaction WHERE tenant_id = \(centre.tenant)"
        return try await app.database.query(query).first?.at(0)
    }

    private func count(_ table: String, of centre: WalkCentre, _ app: TestApp) async throws -> Int {
        let query: SQL =
            table == "audit"
            ? "SELECT COUNT(*) FROM audit WHERE tenant_id = \(centre.tenant)"
            : "SELECT COUNT(*) FROM internal_message WHERE tenant_id = \(centre.tenant)"
        return try await app.database.query(query).first?.at(0) ?? -1
    }
}
