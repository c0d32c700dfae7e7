// SPDX-License-Identifier: Apache-2.0
// What is looked up ahead is word for word what is looked up later: else it would be done twice.
import Durable
import Foundation
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite(.timeLimit(.minutes(2))) struct LookUpTests {
    /// What became of what a transaction looked up ahead.
    private struct Ahead: Sendable, Equatable {
        let taken: Int
        let wasted: [String]
    }

    private func lookedUp(
        in database: Database, _ body: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Ahead {
        try await database.write { tx in
            let watched = WatchedTransaction(tx)
            try body(watched)
            watched.forgetLookUps()
            return Ahead(taken: watched.taken, wasted: watched.wasted)
        }
    }

    @Test(arguments: engines)
    func `what a new interaction needs is looked up along with whether it is new`(engine: Dialect) async throws {
        try await withInteractions(engine) { world in
            // Makes the agent.
            _ = try await world.interactions.complete(world.intake("pbx-1"), from: world.sender)
            let next = world.intake("pbx-2") { $0.customer?.email = "other@example.com" }
            let (interactions, sender, now) = (world.interactions, world.sender, world.time.now)
            let ahead = try await lookedUp(in: world.database) { tx in
                _ = try interactions.complete(next, from: sender, in: tx, at: now)
            }
            // The service, the agent, the centre and the customer.
            #expect(ahead == Ahead(taken: 4, wasted: []))
        }
    }

    @Test(arguments: engines)
    func `an agent who has to be made may be waited for, so that nothing looked up before counts`(
        engine: Dialect
    ) async throws {
        try await withInteractions(engine) { world in
            let (interactions, sender, now) = (world.interactions, world.sender, world.time.now)
            let first = world.intake("pbx-1")
            let ahead = try await lookedUp(in: world.database) { tx in
                _ = try interactions.complete(first, from: sender, in: tx, at: now)
            }
            #expect(ahead.wasted.count == 1)
            #expect(ahead.wasted.first?.contains("contact_email") == true)
        }
    }

    @Test(arguments: engines)
    func `who listens to a service is looked up along with its dispositions`(engine: Dialect) async throws {
        try await CallCentre.open(engine) { centre in
            try await centre.workflow([.mail("mail")])
            try await centre.interaction(1)
            let (workflows, event, now) = (centre.workflows, centre.event(1), centre.clock.now)
            let ahead = try await lookedUp(in: centre.database) { tx in
                let lookUps = workflows.lookUps(
                    aboutInteractionsOf: [CallCentre.service.id], of: CallCentre.tenant)
                _ = try tx.query("SELECT 1", lookingUp: lookUps)
                _ = try workflows.consider([event], in: tx, at: now)
            }
            #expect(ahead == Ahead(taken: 1, wasted: []))
        }
    }

    @Test(arguments: engines)
    func `how a centre's mail leaves is looked up along with its rules`(engine: Dialect) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            let clock = world.app.clock
            let workers = Workers(
                database: world.app.database, node: world.node, handlers: world.mailings.handlers(pool: SMTPPool()),
                clock: { clock.now.milliseconds }, logger: world.app.otklik.installation.logger)
            try await world.node.tend()
            try await working(workers, on: Mailings.messageWork, of: world.app.database) {
                let (mailings, tenant, due, now) = (world.mailings, world.tenant, world.due(), world.app.now)
                let ahead = try await lookedUp(in: world.app.database) { tx in
                    _ = try tx.query("SELECT 1", lookingUp: mailings.lookUps(of: tenant))
                    try mailings.compose([due], in: tx, at: now)
                }
                // The settings, the provider's limits, the keys, and who is held.
                #expect(ahead == Ahead(taken: 4, wasted: []))
            }
        }
    }

    @Test(arguments: engines, [true, false])
    func `runs are looked up along with their mails, but not where some are told later`(
        engine: Dialect, isSent: Bool
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, _ in
            try await world.compose([world.due(["a@x.example", "b@x.example"]), world.due(run: 702)])
            let (mailings, tenant, now) = (world.mailings, world.tenant, world.app.now)
            let ahead = try await lookedUp(in: world.app.database) { tx in
                let rows = try tx.query("SELECT id FROM message WHERE tenant_id = \(tenant) ORDER BY id")
                let messages = try LedgerStore(tx: tx, tenant: tenant).load(try rows.map { try $0.at(0) })
                let concluded = messages.map { message in
                    let fails = !isSent && message.recipient == "a@x.example"
                    let verdict: Verdict = fails ? .failed(reason: "550 no") : .sent(reply: "250 ok")
                    return Concluded(item: nil, message: message, attempt: message.attempt, verdict: verdict)
                }
                try mailings.conclude(concluded, of: tenant, in: tx, at: now)
            }
            #expect(ahead == Ahead(taken: isSent ? 1 : 0, wasted: []))
            let states = try await world.app.database.query(
                "SELECT state FROM run WHERE tenant_id = \(world.tenant) ORDER BY id")
            #expect(try states.map { try $0.at(0, as: String.self) } == ["finished", "finished"])
        }
    }
}
