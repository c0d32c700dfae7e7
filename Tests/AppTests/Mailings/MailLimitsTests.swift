// SPDX-License-Identifier: Apache-2.0
// What the provider lets a centre take: the size of a message, and how many leave in a second.
import Durable
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct MailLimitsTests {
    private func run(
        _ engine: Dialect, runs: Int, _ limits: TenantLimits,
        _ body: (MailWorld, ScriptedSMTPServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedSMTPServer.start(.init())
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app, runs: runs)
            try await world.save(port: server.port)
            let (accounts, tenant, now) = (app.rooms.accounts, world.tenant, app.now)
            try await app.database.write { try accounts.setLimits(limits, of: tenant, in: $0, at: now) }
            try await body(world, server)
            try await world.node.leave()
        }
        try await server.stop()
    }

    @Test(arguments: engines) func `no more messages leave in a second than the provider allows`(
        _ engine: Dialect
    ) async throws {
        try await run(engine, runs: 25, TenantLimits(messagesPerSecond: 10)) { world, server in
            try await world.compose((0..<25).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            var counts: [Int] = []
            for _ in 0..<4 {
                try await world.deliver()
                counts.append(server.received.count)
                // Asked again within the same second, nothing more leaves.
                try await world.deliver()
                #expect(server.received.count == counts.last)
                world.app.clock.advance(seconds: 1)
            }
            #expect(counts == [10, 20, 25, 25])
            #expect(Set(try await world.states()) == ["sent"])
        }
    }

    @Test(arguments: engines) func `no more connections stand than centre and provider allow`(
        _ engine: Dialect
    ) async throws {
        try await run(engine, runs: 25, TenantLimits(connections: 2)) { world, server in
            try await world.save(port: server.port, connections: 8)
            try await world.compose((0..<25).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            #expect(server.received.count == 25)
            #expect(server.openAtOnce <= 2)
        }
    }

    @Test(arguments: engines) func `of the centre's pace and the provider's the slower holds`(
        _ engine: Dialect
    ) async throws {
        try await run(engine, runs: 12, TenantLimits(messagesPerSecond: 100)) { world, server in
            let (settings, tenant, now) = (world.app.rooms.settings, world.tenant, world.app.now)
            try await world.app.database.write { tx in
                guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
                smtp.messagesPerSecond = 5
                try settings.save(smtp, of: tenant, in: tx, at: now)
            }
            try await world.compose((0..<12).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            var counts: [Int] = []
            for _ in 0..<3 {
                try await world.deliver()
                counts.append(server.received.count)
                world.app.clock.advance(seconds: 1)
            }
            #expect(counts == [5, 10, 12])
        }
    }

    @Test(arguments: engines) func `the size limit counts encoded bytes, and what is over it meets no server`(
        _ engine: Dialect
    ) async throws {
        try await run(engine, runs: 2, TenantLimits(messageMegabytes: 1)) { world, server in
            // As HTML and as text, each a third longer in base64: both are below a megabyte before that.
            let (fits, exceeds) = (String(repeating: "a ", count: 175_000), String(repeating: "a ", count: 200_000))
            try await world.compose([world.due(html: "<p>\(exceeds)</p>")])
            try await world.deliver()
            #expect(try await world.messages().map(\.reply) == ["mailings.reason.overLimit 1048576"])
            #expect(try await world.signals().first == .mailNotSent(reason: "mailings.reason.overLimit 1048576"))
            #expect(server.connections == 0)
            try await world.compose([world.due(run: 702, html: "<p>\(fits)</p>")])
            try await world.deliver()
            #expect(try await world.states() == ["failed", "sent"])
            let size = try #require(server.received.first).content.count
            #expect(size > 900_000 && size < 1 << 20)
        }
    }

    @Test func `a place is given once, and a new pace begins anew`() {
        let (pace, tenant, now) = (MailPace(), TenantID(raw: 1), Moment(milliseconds: 10_000))
        func place(_ id: Int64, at moment: Moment, perSecond: Int = 2) -> Int64 {
            pace.place(for: MessageID(raw: id), of: tenant, perSecond: perSecond, at: moment).milliseconds
        }
        #expect((1...5).map { place($0, at: now) } == [10_000, 10_000, 11_000, 11_000, 12_000])
        #expect(place(3, at: now) == 11_000)
        #expect(place(3, at: now.adding(seconds: 1)) == 11_000)
        #expect(place(6, at: now.adding(seconds: 1)) == 12_000)
        #expect(place(7, at: now.adding(seconds: 1), perSecond: 1) == 11_000)
    }
}
