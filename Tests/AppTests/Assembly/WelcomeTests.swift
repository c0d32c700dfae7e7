// SPDX-License-Identifier: Apache-2.0
// What the first start leaves behind.
import Foundation
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct WelcomeTests {
    @Test(arguments: engines) func `the first start gives its centre the built-in fields`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            #expect(try await app.otklik.setUpLines().count == 2)
            #expect(try await app.otklik.setUpLines().count == 2)
            let fields = try await app.database.read { tx in
                let tenant = try #require(try app.rooms.accounts.onlyTenant(in: tx))
                return try app.rooms.surveys.fields(of: tenant.id, in: tx)
            }
            #expect(Set(fields.keys) == ["fcr", "nps", "csat"])
        }
    }
}
