// SPDX-License-Identifier: Apache-2.0
// The hourly work of the installation: old contents are erased, and what each centre keeps is measured.
import Durable
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct UpkeepTests {
    @Test(arguments: engines) func `contents of messages are erased after thirty days, and the ledger stays`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine, leaving: ["message", "run"]) { app in
            let world = try await MailWorld(app, runs: 1)
            try await world.compose((0..<3).map { world.due(["c\($0)@x.example"], run: 701) })
            func counts() async throws -> [Int] {
                let row = try await app.database.query(
                    "SELECT (SELECT COUNT(*) FROM message_content), (SELECT COUNT(*) FROM message)"
                ).first
                return try [row?.at(0) ?? -1, row?.at(1) ?? -1]
            }
            let before = try await counts()
            #expect(before == [3, 3])
            // Ids are of the machine's time, whatever the clock of the test says.
            let begun = Clock.system.now()
            try await app.rooms.operations.keepUp(at: begun.adding(days: 29))
            let early = try await counts()
            #expect(early == [3, 3])
            try await app.rooms.operations.keepUp(at: begun.adding(days: 31))
            let late = try await counts()
            #expect(late == [0, 3])
            try await world.node.leave()
        }
    }

    @Test(arguments: engines) func `erasing goes through the key, piece by piece`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let now = app.now
            try await app.database.write { tx in
                for start in stride(from: Int64(0), to: 2_500, by: 500) {
                    let rows = (start + 1...start + 500).map { number -> SQL in
                        "(\(world.tenant), \(number), \([UInt8(1)]), \(now))"
                    }.joined(separator: ", ")
                    try tx.execute(
                        "INSERT INTO message_content (tenant_id, message_id, content, erase_at) VALUES \(rows)")
                }
            }
            let mailings = app.rooms.mailings
            var pieces = 1
            while try await mailings.eraseContents(of: world.tenant, at: now.adding(days: 1)) { pieces += 1 }
            #expect(pieces == 3)
            let left = try await app.database.query("SELECT COUNT(*) FROM message_content").first?.at(0, as: Int.self)
            #expect(left == 0)
        }
    }

    @Test(arguments: engines) func `what a centre keeps is measured, and nobody else's`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let (world, other) = (
                try await SignInWorld.make(app), try await SignInWorld.make(app, key: "kazan")
            )
            func bytes(_ tenant: TenantID) async throws -> Int64 {
                try await app.database.bytes(ofTenant: tenant.raw)
            }
            let (mine, theirs) = (try await bytes(world.tenant), try await bytes(other.tenant))
            #expect(mine > 0)
            try await app.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO message_content (tenant_id, message_id, content, erase_at)
                    VALUES (\(world.tenant), 1, \([UInt8](repeating: 7, count: 5_000)), 1)
                    """)
            }
            // Three numbers of eight bytes beside the content.
            #expect(try await bytes(world.tenant) == mine + 5_024)
            #expect(try await bytes(other.tenant) == theirs)
        }
    }

    @Test(arguments: engines) func `the provider and the administrators see how full the storage is`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let world = try await SignInWorld.make(app)
            let host = try await world.browser(app, as: "host")
            let path = "/provider/centres/\(world.tenant)"
            #expect(try await host.get(path).body.contains("not measured yet"))
            let bad = try await host.post(path + "/limits", ["storageMegabytes": "9"])
            #expect(bad.status == .unprocessableContent && bad.body.contains("#field-storageMegabytes"))
            try await host.post(path + "/limits", ["storageMegabytes": "10"])
            let now = app.now
            try await app.rooms.operations.keepUp(at: now)
            #expect(try await host.get(path).body.contains("of 10 MB"))
            let admin = try await world.browser(app, as: "admin")
            #expect(try await !admin.get("/").body.contains("of the storage is used"))
            func fill(_ bytes: Int64) async throws {
                let use = StorageUse(bytes: bytes, measuredAt: now)
                try await app.database.write { try app.rooms.accounts.note(use, of: world.tenant, in: $0) }
            }
            try await fill(9_200_000)
            #expect(try await admin.get("/").body.contains("92% of the storage is used"))
            #expect(try await host.get(path).body.contains("nearly full"))
            try await fill(10_400_000)
            #expect(try await admin.get("/").body.contains("The storage is full (104%)"))
            let agent = try await world.browser(app, as: "agent")
            #expect(try await !agent.get("/").body.contains("The storage is full"))
        }
    }
}
