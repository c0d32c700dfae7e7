// SPDX-License-Identifier: Apache-2.0
// A centre's logo: taken in, seen by employees and customers, and removed.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct LogoTests {
    @Test(arguments: engines) func `a logo stands in the frame until it is removed`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let admin = try await world.browser(app, as: "admin")
            let empty = try await admin.get("/settings/centre").body
            #expect(empty.contains("There is no logo") && !empty.contains("/pictures/"))
            let taken = try await admin.upload("/settings/centre/logo", "picture", file: SamplePicture.png)
            #expect(taken.status == .seeOther)
            let logo = try #require(try await app.rooms.accounts.tenant(world.tenant)?.logo)
            let image = "<img src=\"/pictures/\(logo)\""
            #expect(try await admin.get("/settings/centre").body.contains(image))
            let agent = try await world.browser(app, as: "agent")
            #expect(try await agent.get("/account").body.contains(image))
            #expect(try await admin.get("/settings/centre/logo/removal").body.contains("Remove the logo"))
            #expect(try await app.rooms.accounts.tenant(world.tenant)?.logo == logo)
            try await admin.post("/settings/centre/logo/removal", [:])
            #expect(try await app.rooms.accounts.tenant(world.tenant)?.logo == nil)
            #expect(try await !admin.get("/settings/centre").body.contains(image))
            let log = try await admin.get("/settings/audit").body
            #expect(log.contains("Changed the logo") && log.contains("Removed the logo"))
        }
    }

    @Test(arguments: engines) func `what is no picture is refused beside the field, and the old logo stays`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let admin = try await world.browser(app, as: "admin")
            try await admin.upload("/settings/centre/logo", "picture", file: SamplePicture.png)
            let logo = try await app.rooms.accounts.tenant(world.tenant)?.logo
            for file in [Array("<svg onload=alert(1)>".utf8), [], SamplePicture.huge(30_000, 30_000)] {
                let refused = try await admin.upload("/settings/centre/logo", "picture", file: file)
                #expect(refused.status == .unprocessableContent && refused.body.contains("#field-picture"))
            }
            let agent = try await world.browser(app, as: "agent")
            #expect(
                try await agent.upload("/settings/centre/logo", "picture", file: SamplePicture.gif).status
                    == .forbidden)
            #expect(try await app.rooms.accounts.tenant(world.tenant)?.logo == logo)
        }
    }

    @Test(arguments: engines) func `customers see the logo above the questions`(engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            #expect(try await !world.get(customer.path).body.contains("class=\"logo\""))
            let admin = try await world.browser(as: .administrator)
            try await admin.upload("/settings/centre/logo", "picture", file: SamplePicture.png)
            world.app.clock.advance(seconds: 60)
            let page = try await world.get(customer.path).body
            #expect(page.contains("<p class=\"centre\"><img class=\"logo\" src=\"/pictures/"))
            #expect(page.contains("alt=\"Ромашка\">"))
        }
    }
}
