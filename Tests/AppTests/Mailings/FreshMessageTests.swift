// SPDX-License-Identifier: Apache-2.0
// Mail that leaves at once: made as being sent where workers run, and as true in the ledger as any other.
import Durable
import Foundation
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite(.timeLimit(.minutes(2))) struct FreshMessageTests {
    /// Runs workers for as long as the body takes, so that transactions find somebody to hand their mail over to.
    private func working(
        _ world: MailWorld, pool: SMTPPool = SMTPPool(), _ body: () async throws -> Void
    ) async throws {
        let clock = world.app.clock
        let workers = Workers(
            database: world.app.database, node: world.node, handlers: world.mailings.handlers(pool: pool),
            clock: { clock.now.milliseconds }, logger: world.app.otklik.installation.logger)
        try await world.node.tend()
        try await TestSupport.working(workers, on: Mailings.messageWork, of: world.app.database, body)
    }

    /// Composes, and says how the rows were made.
    private func compose(
        _ due: [MessageDue], _ world: MailWorld, erasing: Bool = false
    ) async throws -> [String] {
        let (mailings, now, tenant) = (world.mailings, world.app.now, world.tenant)
        return try await world.app.database.write { tx in
            let last = try tx.one("SELECT COALESCE(MAX(id), 0) FROM message WHERE tenant_id = \(tenant)")
            let before: Int64 = try last?.at(0) ?? 0
            try mailings.compose(due, in: tx, at: now)
            if erasing { try tx.execute("DELETE FROM message_content WHERE tenant_id = \(tenant)") }
            return try tx.query(
                "SELECT state, attempt FROM message WHERE tenant_id = \(tenant) AND id > \(before) ORDER BY id"
            ).map { "\(try $0.at(0, as: String.self)) \(try $0.at(1, as: Int.self))" }
        }
    }

    private func wait(_ world: MailWorld, for states: [String]) async throws {
        try await wait { try await world.states() == states }
    }

    /// Asks again and again; the suite's time limit ends it.
    private func wait(until isSo: () async throws -> Bool) async throws {
        while try await !isSo() { await Task.yield() }
    }

    @Test(arguments: engines) func `it is sent by what is in memory, as one attempt`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine, runs: 2) { world, server in
            try await world.save(port: server.port)
            try await working(world) { () async throws -> Void in
                let made = try await compose(
                    [world.due(), world.due(["b@x.example"], run: 702)], world, erasing: true)
                #expect(made == ["sending 1", "sending 1"])
                try await wait(world, for: ["sent", "sent"])
            }
            #expect(try await world.messages().map(\.attempt) == [1, 1])
            #expect(try await world.messages().map(\.reply) == ["250 2.0.0 queued", "250 2.0.0 queued"])
            #expect(try await world.signals() == [.mailSent, .mailSent])
            #expect(server.received.count == 2)
            let received = try #require(server.received.first { $0.recipient == "ivan@customer.example" })
            #expect(received.sender == "survey@centre.example")
            #expect(received.text.contains("Message-ID: <") && received.text.contains(".77@centre.example>"))
        }
    }

    /// What makes a message wait to be looked at.
    enum Hindrance: String, CaseIterable, CustomTestStringConvertible {
        case nobodyWorks, noServer, leftWhenUnknown, pace, providersPace, hold, large, windowOver
        var testDescription: String { rawValue }
    }

    @Test(arguments: engines, Hindrance.allCases) func `it is queued where it may not leave at once`(
        _ engine: Dialect, _ hindrance: Hindrance
    ) async throws {
        try await MailWorld.run(engine) { world, server in
            if hindrance != .noServer {
                try await world.save(port: server.port, policy: hindrance == .leftWhenUnknown ? .leave : .retryOnce)
            }
            let (tenant, now) = (world.tenant, world.app.now)
            try await world.app.database.write { tx in
                switch hindrance {
                case .pace:
                    try tx.execute("UPDATE smtp_settings SET messages_per_second = 5 WHERE tenant_id = \(tenant)")
                case .providersPace:
                    try tx.execute("UPDATE tenant SET messages_per_second = 5 WHERE id = \(tenant)")
                case .hold:
                    _ = try HoldStore(tx: tx, tenant: tenant).hold(senderEmail: "", because: "421 busy", at: now)
                case .nobodyWorks, .noServer, .leftWhenUnknown, .large, .windowOver: break
                }
            }
            // Text that cannot be made small.
            let noise = (0..<2500).map { _ in UUID().uuidString }.joined()
            let due = world.due(
                windowSeconds: hindrance == .windowOver ? 0 : 86400,
                html: hindrance == .large ? "<p>\(noise)</p>" : "<p>Здравствуйте!</p>")
            if hindrance == .nobodyWorks {
                #expect(try await compose([due], world) == ["queued 0"])
                try await world.deliver()
            } else {
                try await working(world) { () async throws -> Void in
                    #expect(try await compose([due], world) == ["queued 0"])
                    let end: [Hindrance: String] = [.noServer: "captured", .hold: "held", .windowOver: "failed"]
                    try await wait(world, for: [end[hindrance] ?? "sent"])
                }
            }
            #expect(server.received.count == ([.noServer, .hold, .windowOver].contains(hindrance) ? 0 : 1))
        }
    }

    @Test(arguments: engines) func `one that could not begin has had no attempt`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.greeting = "421 4.3.2 closed today"
        try await MailWorld.run(engine, runs: 2, behaviour) { world, server in
            try await world.save(port: server.port)
            try await working(world) { () async throws -> Void in
                #expect(try await compose([world.due()], world) == ["sending 1"])
                try await wait(world, for: ["held"])
                #expect(try await world.messages().map(\.attempt) == [0])
                #expect(try await world.notices().count == 1)
                // From now on the centre's mail waits.
                #expect(try await compose([world.due(run: 702)], world) == ["queued 0"])
                try await wait(world, for: ["held", "held"])
                server.behaviour.greeting = "220 test.example ESMTP"
                try await world.save(port: server.port)
                try await wait(world, for: ["sent", "sent"])
            }
            #expect(try await world.messages().map(\.attempt) == [1, 1])
            #expect(server.received.count == 2)
        }
    }

    @Test(arguments: engines) func `a refusal is an attempt, and a later one is made as ever`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT TO:<BAD": "550 5.1.1 no", "RCPT TO:<SLOW": "451 4.7.1 greylisted"]
        try await MailWorld.run(engine, runs: 2, behaviour) { world, server in
            try await world.save(port: server.port)
            try await working(world) { () async throws -> Void in
                let made = try await compose(
                    [world.due(["bad@x.example"]), world.due(["slow@x.example"], run: 702)], world)
                #expect(made == ["sending 1", "sending 1"])
                try await wait(world, for: ["failed", "retrying"])
                #expect(try await world.messages().map(\.attempt) == [1, 1])
            }
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 120)
            try await world.deliver()
            #expect(try await world.states() == ["failed", "sent"])
            #expect(try await world.messages().map(\.attempt) == [1, 2])
            #expect(try await world.signals() == [.mailNotSent(reason: "550 5.1.1 no"), .mailSent])
        }
    }

    @Test(arguments: engines) func `what has not begun when sending ends is queued again`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.silentAt = "CONNECT"
        try await MailWorld.run(engine, runs: 3, behaviour) { world, server in
            try await world.save(port: server.port)
            let pool = SMTPPool()
            try await working(world, pool: pool) { () async throws -> Void in
                let due = (0..<3).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) }
                #expect(try await compose(due, world) == ["sending 1", "sending 1", "sending 1"])
                pool.close()
                try await wait(world, for: ["queued", "queued", "queued"])
            }
            #expect(try await world.messages().map(\.attempt) == [0, 0, 0])
            server.behaviour.silentAt = nil
            world.app.clock.advance(seconds: 10)
            try await world.deliver()
            #expect(try await world.states() == ["sent", "sent", "sent"])
            #expect(try await world.messages().map(\.attempt) == [1, 1, 1])
            #expect(server.received.count == 3)
        }
    }

    @Test(arguments: engines) func `one whose outcome could not be written is unknown, not sent from memory again`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, server in
            try await world.save(port: server.port)
            try await working(world) { () async throws -> Void in
                let (mailings, now) = (world.mailings, world.app.now)
                let due = [world.due(["a@x.example"]), world.due(["b@x.example"], run: 702)]
                try await world.app.database.write { tx in
                    try mailings.compose(due, in: tx, at: now)
                    try tx.execute("ALTER TABLE message RENAME COLUMN reply TO elsewhere")
                }
                // Its handler has tried both together and each alone, and given up: they wait for a later try.
                let waiting: SQL = "SELECT 1 FROM work WHERE kind = 'message' AND node_id IS NULL"
                try await wait { try await world.app.database.query(waiting).count == 2 }
                try await world.app.database.write { tx in
                    try tx.execute("ALTER TABLE message RENAME COLUMN elsewhere TO reply")
                }
                #expect(try await world.states() == ["sending", "sending"])
                #expect(server.received.map(\.recipient).sorted() == ["a@x.example", "b@x.example"])
            }
            world.app.clock.advance(seconds: 3600)
            try await world.deliver()
            #expect(try await world.states() == ["sent", "sent"])
            #expect(try await world.messages().map(\.attempt) == [2, 2])
            let ids = server.received.map { $0.text.split(separator: "\r\n").first { $0.hasPrefix("Message-ID") } }
            #expect(ids.count == 4 && Set(ids).count == 2)
            let events = try await world.app.database.query("SELECT state FROM message_event")
            #expect(try events.map { try $0.at(0, as: String.self) } == ["unknown", "unknown"])
        }
    }

    @Test(arguments: engines) func `a transaction that is rolled back keeps no place`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine, runs: 8) { world, server in
            try await world.save(port: server.port)
            try await working(world) { () async throws -> Void in
                let due = (0..<8).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) }
                let (mailings, now) = (world.mailings, world.app.now)
                for _ in 0..<3 {
                    await #expect(throws: CancellationError.self) {
                        try await world.app.database.write { tx in
                            try mailings.compose(due, in: tx, at: now)
                            throw CancellationError()
                        }
                    }
                }
                #expect(try await compose(due, world) == Array(repeating: "sending 1", count: 8))
                try await wait(world, for: Array(repeating: "sent", count: 8))
            }
            #expect(server.received.count == 8)
        }
    }

    @Test(arguments: engines) func `a reminder is asked about when it leaves`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            let due = world.due()
            func survey(isNew: Bool) -> MessageDue {
                MessageDue(
                    tenant: due.tenant, run: due.run, block: due.block, interaction: due.interaction,
                    invitation: InvitationID(raw: 9), isInvitationNew: isNew, recipients: due.recipients,
                    senderName: "", senderEmail: "", replyTo: nil, subject: due.subject, html: due.html, text: nil,
                    language: "ru-RU", windowEndsAt: due.windowEndsAt, isTest: true)
            }
            try await working(world) { () async throws -> Void in
                #expect(try await compose([survey(isNew: true)], world) == ["sending 1"])
                #expect(try await compose([survey(isNew: false)], world) == ["queued 0"])
                try await wait(world, for: ["sent", "sent"])
            }
        }
    }

    @Test(arguments: engines) func `one that fails before it begins is queued, and fails as any other`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            try await world.addBrokenKey(of: "centre.example")
            try await working(world) { () async throws -> Void in
                #expect(try await compose([world.due(windowSeconds: 60)], world) == ["sending 1"])
                try await wait(world, for: ["queued"])
                #expect(try await world.messages().map(\.attempt) == [0])
            }
            world.app.clock.advance(seconds: 3600)
            try await world.deliver()
            #expect(try await world.states() == ["failed"])
            #expect(try await world.signals() == [.mailNotSent(reason: "mailings.reason.windowOver")])
            #expect(server.received.isEmpty)
        }
    }

    @Test func `it is as much as leaves soon`() {
        let (allowance, tenant, start) = (FreshAllowance(), TenantID(raw: 1), ContinuousClock.now)
        let (soon, late) = (start + .milliseconds(1), start + .seconds(1))
        let first = allowance.take(1000, of: tenant)
        #expect(first > 1 && first < FreshAllowance.most)
        #expect(allowance.take(1, of: tenant) == 0 && !allowance.hasPlaces(for: tenant))
        // Another centre has its own.
        #expect(allowance.take(1, of: TenantID(raw: 2)) == 1)
        for _ in 0..<first { allowance.giveBack(of: tenant, madeAt: start, at: soon) }
        let second = allowance.take(1000, of: tenant)
        #expect(second == 2 * first)
        // What was never begun says nothing of the server.
        for _ in 0..<second { allowance.giveBack(of: tenant) }
        #expect(allowance.take(1000, of: tenant) == second)
        for _ in 0..<second { allowance.giveBack(of: tenant, madeAt: start, at: late) }
        #expect(allowance.take(1000, of: tenant) == 1)
        allowance.giveBack(of: tenant)
        for _ in 0..<1000 where allowance.take(1, of: tenant) == 1 {
            allowance.giveBack(of: tenant, madeAt: start, at: soon)
        }
        #expect(allowance.take(1000, of: tenant) == FreshAllowance.most)
    }
}
