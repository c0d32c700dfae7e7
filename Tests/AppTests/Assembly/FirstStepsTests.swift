// SPDX-License-Identifier: Apache-2.0
// From the API to the ledger in one transaction, and what happens when a workflow spoils it.
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct FirstStepsTests {
    private func withDemo(_ engine: Dialect, _ body: (TestApp, String) async throws -> Void) async throws {
        try await TestApp.run(on: engine, leaving: ["fold", "run", "message"]) { app in
            let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: try Assets.load())
            try await body(app, try #require(try await making.demo()).apiKey)
        }
    }

    private func complete(_ numbers: ClosedRange<Int>, _ app: TestApp, _ key: String) async throws -> TestResponse {
        let calls = numbers.map { number in
            """
            {"externalId": "call-\(number)", "service": "Входящий продажи", "channel": "voice",
             "direction": "inbound", "disposition": "Заказ", "customer": {"email": "c\(number)@example.org"}}
            """
        }
        let headers: HTTPFields = [.authorization: "Bearer \(key)", .contentType: "application/json"]
        return try await app.request(
            .post, "/api/v1/completions", headers: headers, body: "[\(calls.joined(separator: ","))]")
    }

    private func count(_ sql: SQL, _ app: TestApp) async throws -> Int {
        try await app.database.query(sql)[0].at(0)
    }

    @Test(arguments: engines)
    func `a workflow that cannot be read keeps no interaction from being recorded`(engine: Dialect) async throws {
        try await withDemo(engine) { app, key in
            let sound = try await app.database.query("SELECT id, scenario FROM workflow_version")
            try await app.database.write { _ = try $0.execute("UPDATE workflow_version SET scenario = '{'") }
            let response = try await complete(1...3, app, key)
            #expect(response.status == .ok)
            #expect(try await count("SELECT COUNT(*) FROM interaction", app) == 3)
            #expect(try await count("SELECT COUNT(*) FROM run WHERE state = 'ready'", app) == 3)
            #expect(try await count("SELECT COUNT(*) FROM work WHERE kind = 'run'", app) == 3)
            // Once it can be read again they go on by themselves.
            try await app.database.write { tx in
                for row in sound {
                    let (id, scenario): (Int64, String) = (try row.at(0), try row.at(1))
                    try tx.execute("UPDATE workflow_version SET scenario = \(scenario) WHERE id = \(id)")
                }
            }
            try await app.runDue()
            #expect(try await count("SELECT COUNT(*) FROM run WHERE state = 'ready'", app) == 0)
        }
    }
}
