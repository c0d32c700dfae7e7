// SPDX-License-Identifier: Apache-2.0
// Teams: who is in them, who sees their figures, and what becomes of them when they are put away.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct TeamsTests {
    @Test(arguments: engines) func `an administrator makes, renames, fills and puts away a team`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: "admin")
            #expect(try await browser.get("/settings/teams").body.contains("Sales"))
            for (name, status) in [("", 422), ("sales", 409), (String(repeating: "x", count: 101), 422)] {
                #expect(try await browser.post("/settings/teams", ["name": name]).status.code == status)
            }
            let added = try await browser.post("/settings/teams", ["name": " Night "])
            let path = try #require(added.headers[.location])
            #expect(try await browser.get(path).body.contains("Nobody is in the team."))
            #expect(try await browser.post(path, ["name": "SALES"]).status == .conflict)
            #expect(try await browser.post(path, ["name": "Night shift"]).status == .seeOther)
            #expect(try await browser.post(path + "/members", ["member": "nobody"]).status == .unprocessableContent)
            #expect(try await browser.post(path + "/members", ["member": "AGENT"]).status == .seeOther)
            #expect(try await browser.post(path + "/supervisors", ["supervisor": "agent"]).status == .seeOther)
            let shown = try await browser.get(path)
            #expect(shown.body.contains("\(path)/members/\(world.agent)/removal"))
            #expect(shown.body.contains("\(path)/supervisors/\(world.agent)/removal"))
            let full = try await browser.post(path + "/archiving", ["confirmed": "1"])
            #expect(full.status == .conflict && full.body.contains("Move them to another team first."))
            #expect(try await browser.post("\(path)/members/\(world.agent)/removal", [:]).status == .seeOther)
            #expect(try await browser.get(path + "/archiving").body.contains("Archive the team “Night shift”?"))
            #expect(try await browser.post(path + "/archiving", ["confirmed": "1"]).status == .seeOther)
            #expect(try await browser.get("/settings/teams").body.contains("1 archived team"))
            #expect(try await browser.get("/settings/people/new").body.contains("Night shift") == false)
            try await browser.get(path)
            #expect(try await browser.post(path + "/members", ["member": "agent"]).status == .conflict)
            #expect(try await browser.post(path + "/restoration", [:]).status == .seeOther)
            #expect(try await browser.get(path).body.contains("/supervisors/\(world.agent)/removal"))
            let deeds = try await app.database.query(
                """
                SELECT action FROM audit WHERE action LIKE '%.audit.team%' OR action LIKE '%.supervisor%' ORDER BY id
                """)
            #expect(
                try deeds.map { try $0.at(0, as: String.self) }
                    == [
                        "teamCreated", "teamRenamed", "teamJoined", "supervisorAdded", "teamLeft", "teamArchived",
                        "teamRestored",
                    ].map { "accounts.audit." + $0 })
        }
    }

    @Test(arguments: engines) func `whoever sees a team's figures becomes a supervisor`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let now = app.now
            let signedIn = try await app.database.write { tx in
                let team = try accounts.team(world.team, of: world.tenant, in: tx)
                let agent = try accounts.somebody("agent", of: world.tenant, in: tx)
                for _ in 0..<2 {
                    try accounts.setSupervisor(true, agent, of: team, by: .commandLine, in: tx, at: now)
                }
                return try accounts.entry(of: try accounts.somebody("agent", of: world.tenant, in: tx), in: tx)
            }
            #expect(signedIn.person.roles == [.agent, .supervisor])
            #expect(signedIn.supervisedTeams == [world.team])
        }
    }

    @Test(arguments: engines) func `a new agent is not put into a team that was put away`(engine: Dialect) async throws
    {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let accounts = app.rooms.accounts
            let now = app.now
            let found = try await app.database.write { tx in
                let team = try accounts.team(world.team, of: world.tenant, in: tx)
                try accounts.setArchived(true, team, of: world.tenant, by: .commandLine, in: tx, at: now)
                return try accounts.findOrMakeAgent("new", team: world.team, of: world.tenant, in: tx, at: now)
            }
            #expect(found?.isNew == true && found?.person.team == nil)
        }
    }

    @Test(arguments: engines) func `another centre's teams are not there`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let ours = try await SignInWorld.make(app)
            let theirs = try await SignInWorld.make(app, key: "kazan")
            let browser = try await ours.browser(app, as: "admin")
            let path = "/settings/teams/\(theirs.team)"
            #expect(try await browser.get(path).status == .notFound)
            #expect(try await browser.get(path + "/archiving").status == .notFound)
            try await browser.get("/settings/teams")
            let posts = [
                (path, ["name": "Ours"]), (path + "/members", ["member": "agent"]),
                (path + "/supervisors", ["supervisor": "agent"]), (path + "/archiving", [:]),
                (path + "/restoration", [:]), (path + "/members/\(theirs.agent)/removal", [:]),
                ("/settings/teams/\(ours.team)/members/\(theirs.agent)/removal", [:]),
                ("/settings/teams/\(ours.team)/supervisors/\(theirs.supervisor)/removal", [:]),
                ("/settings/people/\(theirs.agent)/deactivation", [:]),
                ("/settings/people/\(theirs.agent)/activation", [:]), ("/settings/people/\(theirs.agent)/link", [:]),
            ]
            for (address, fields) in posts {
                #expect(try await browser.post(address, fields).status == .notFound, "\(address)")
            }
            #expect(try await app.database.query("SELECT id FROM person WHERE is_active = 0").isEmpty)
        }
    }

    @Test(arguments: ["super", "agent"]) func `only administrators see teams`(login: String) async throws {
        try await TestApp.run(on: .sqlite) { app in
            let world = try await SignInWorld.make(app)
            let browser = try await world.browser(app, as: login)
            for path in ["/settings/teams", "/settings/teams/\(world.team)", "/settings/teams/\(world.team)/archiving"]
            {
                #expect(try await browser.get(path).status == .forbidden)
            }
            for path in ["", "/\(world.team)", "/\(world.team)/members", "/\(world.team)/archiving"] {
                try await browser.get("/account")
                #expect(try await browser.post("/settings/teams" + path, ["name": "x"]).status == .forbidden)
            }
        }
    }
}
