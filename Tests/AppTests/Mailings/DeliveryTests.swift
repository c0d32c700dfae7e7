// SPDX-License-Identifier: Apache-2.0
// The ledger against a real SMTP server on both engines: every state, and what a kill leaves.
import Durable
import Foundation
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct DeliveryTests {
    @Test(arguments: engines) func `a mail is sent once and the run hears of it`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            #expect(try await world.states() == ["queued"])
            try await world.deliver()
            let message = try #require(try await world.messages().first)
            #expect(message.state == "sent")
            #expect(message.reply == "250 2.0.0 queued")
            #expect(message.attempt == 1)
            #expect(try await world.signals() == [.mailSent])
            let received = try #require(server.received.first)
            #expect(received.sender == "survey@centre.example")
            #expect(received.recipient == "ivan@customer.example")
            #expect(received.text.contains("Message-ID: <") && received.text.contains(".77@centre.example>"))
            try await world.deliver()
            #expect(server.received.count == 1)
        }
    }

    @Test(arguments: engines) func `many mails share the connections that are allowed`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine, runs: 250) { world, server in
            try await world.save(port: server.port, connections: 3)
            try await world.compose((0..<250).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            try await world.deliver()
            #expect(Set(try await world.states()) == ["sent"])
            #expect(Set(server.received.map(\.recipient)).count == 250)
            #expect(server.received.count == 250)
            #expect(server.openAtOnce <= 3)
            #expect(try await world.signals().allSatisfy { $0 == .mailSent })
        }
    }

    @Test(arguments: engines) func `one that fails by itself takes no other's outcome along`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 40) { world, server in
            try await world.save(port: server.port)
            try await world.addBrokenKey(of: "broken.example")
            try await world.compose(
                (0..<40).map { number in
                    world.due(
                        ["c\(number)@x.example"], run: 701 + Int64(number),
                        sender: number == 20 ? "a@broken.example" : "")
                })
            await #expect(throws: (any Error).self) { try await world.deliver() }
            #expect(try await world.states().count { $0 == "sent" } == 39)
            #expect(try await world.messages().filter { $0.state == "sent" }.allSatisfy { $0.attempt == 1 })
            #expect(server.received.count == 39 && Set(server.received.map(\.recipient)).count == 39)
        }
    }

    @Test(arguments: engines) func `a refused recipient fails at once with the server's words`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT": "550 5.1.1 no such user"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            try await world.deliver()
            #expect(try await world.states() == ["failed"])
            #expect(try await world.signals() == [.mailNotSent(reason: "550 5.1.1 no such user")])
        }
    }

    @Test(arguments: engines) func `a temporary refusal is tried again until the send window ends`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT": "451 4.7.1 greylisted"]
        try await MailWorld.run(engine, runs: 2, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due(windowSeconds: 600), world.due(["b@x.example"], run: 702)])
            try await world.deliver()
            #expect(try await world.states() == ["retrying", "retrying"])
            for _ in 0..<20 {
                world.app.clock.advance(seconds: 60)
                try await world.deliver()
            }
            #expect(try await world.states() == ["failed", "retrying"])
            #expect(try await world.signals() == [.mailNotSent(reason: "451 4.7.1 greylisted"), nil])
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 7200)
            try await world.deliver()
            #expect(try await world.states() == ["failed", "sent"])
            #expect(server.received.count == 1)
        }
    }

    @Test(arguments: engines) func `when nobody can know, it is tried once more and then counts as sent`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.killAt = "DOT"
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            try await world.deliver()
            #expect(try await world.states() == ["unknown"])
            #expect(try await world.signals() == [nil])
            world.app.clock.advance(seconds: 10)
            try await world.deliver()
            #expect(try await world.states() == ["unknown"])
            #expect(try await world.messages().first?.attempt == 2)
            #expect(try await world.signals() == [.mailSent])
            world.app.clock.advance(seconds: 86400)
            try await world.deliver()
            #expect(try await world.messages().first?.attempt == 2)
            let identities = server.commands.filter { $0.hasPrefix("MAIL") }.count
            #expect(identities == 2)
        }
    }

    @Test(arguments: engines) func `with the other policy it is not tried again`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.killAt = "DOT"
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port, policy: .leave)
            try await world.compose([world.due()])
            try await world.deliver()
            #expect(try await world.states() == ["unknown"])
            #expect(try await world.signals() == [.mailSent])
            #expect(server.commands.filter { $0.hasPrefix("MAIL") }.count == 1)
        }
    }

    @Test(arguments: engines) func `a message that a dead node was sending becomes unknown and goes once more`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 3) { world, server in
            try await world.save(port: server.port)
            try await world.compose((0..<3).map { world.due(["c\($0)@x.example"], run: 701 + Int64($0)) })
            let tenant = world.tenant
            let now = world.app.now
            // Another node had begun with the first; the second was only claimed by it.
            try await world.app.database.write { tx in
                let ids = try tx.query("SELECT id FROM message WHERE tenant_id = \(tenant) ORDER BY id")
                let first: MessageID = try ids[0].at(0)
                _ = try LedgerStore(tx: tx, tenant: tenant).begin([first], at: now)
            }
            try await world.deliver()
            let messages = try await world.messages()
            #expect(messages.map(\.state) == ["sent", "sent", "sent"])
            #expect(messages.map(\.attempt) == [2, 1, 1])
            #expect(server.received.map(\.recipient).sorted() == ["c0@x.example", "c1@x.example", "c2@x.example"])
            #expect(try await world.signals().allSatisfy { $0 == .mailSent })
        }
    }

    @Test(arguments: engines) func `an outcome of somebody who no longer holds the message changes nothing`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine) { world, _ in
            try await world.compose([world.due()])
            let (tenant, now) = (world.tenant, world.app.now)
            let matched = try await world.app.database.write { tx in
                let ledger = LedgerStore(tx: tx, tenant: tenant)
                let rows = try tx.query("SELECT id FROM message WHERE tenant_id = \(tenant)")
                let id: MessageID = try rows[0].at(0)
                let first = try ledger.begin([id], at: now)
                let second = try ledger.begin([id], at: now)
                #expect(first == [id: 1] && second == [id: 2])
                return try ledger.record(
                    [.init(id: id, attempt: 1, state: .sent, reply: "250 late", addsUnknown: false)], at: now)
            }
            #expect(matched.isEmpty)
            #expect(try await world.states() == ["sending"])
        }
    }

    @Test(arguments: engines) func `several recipients: the run leaves by not sent only when none was accepted`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT TO:<BAD": "550 5.1.1 no"]
        try await MailWorld.run(engine, runs: 2, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([
                world.due(["bad1@x.example", "good@x.example"], run: 701),
                world.due(["bad2@x.example", "bad3@x.example"], run: 702),
            ])
            try await world.deliver()
            #expect(try await world.states() == ["failed", "sent", "failed", "failed"])
            #expect(try await world.signals() == [.mailSent, .mailNotSent(reason: "550 5.1.1 no")])
        }
    }

    @Test(arguments: engines) func `several recipients at once: the run hears once, and goes on`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, _ in
            try await world.compose([
                world.due(["a@x.example", "b@x.example", "c@x.example"], run: 701),
                world.due(["d@x.example"], run: 702),
            ])
            // All three in one commit, as they end when they are captured at the same time.
            try await world.conclude { _ in .captured }
            #expect(try await world.states() == ["captured", "captured", "captured", "captured"])
            #expect(try await world.signals() == [.mailSent, .mailSent])
        }
    }

    @Test(arguments: engines) func `several recipients: a refusal weighs more than a gate's no`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, _ in
            try await world.compose([
                world.due(["a@x.example", "bad@x.example"], run: 701),
                world.due(["a@x.example", "b@x.example"], run: 702),
            ])
            try await world.conclude { message in
                message.recipient.hasPrefix("bad") ? .failed(reason: "550 no") : .cancelled(gate: "suppressed")
            }
            #expect(try await world.signals() == [.mailNotSent(reason: "550 no"), .notAsked(gate: "suppressed")])
        }
    }

    @Test(arguments: engines) func `a run that cannot go on does not keep the outcome of its mail`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due(), world.due(windowSeconds: 0), world.due(run: 702)])
            try await world.app.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO workflow_version (tenant_id, id, workflow_id, number, scenario, created_at)
                    VALUES (\(world.tenant), 2, 1, 2, '{', 0)
                    """)
                try tx.execute("UPDATE run SET version_id = 2 WHERE id = 701")
            }
            try await world.deliver()
            #expect(try await world.states() == ["sent", "failed", "sent"])
            #expect(try await world.signals() == [nil, .mailSent])
        }
    }

    @Test(arguments: engines) func `too large is refused before it is sent`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.offers = ["PIPELINING", "SIZE 2000"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due(html: "<p>\(String(repeating: "много ", count: 500))</p>")])
            try await world.deliver()
            #expect(try await world.states() == ["failed"])
            #expect(try await world.messages().first?.reply == "mailings.reason.tooLarge 2000")
            #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
        }
    }

    @Test(arguments: engines) func `without a server mail is captured, once, readable and never called sent`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine) { world, _ in
            try await world.compose([world.due()])
            try await world.deliver()
            #expect(try await world.states() == ["captured"])
            #expect(try await world.signals() == [.mailSent])
            let mail = try #require(try await world.mailings.capturedMails(of: world.tenant).first)
            #expect(mail.subject == "Как мы справились?")
            #expect(mail.text == "Здравствуйте!")
            #expect(mail.to == "ivan@customer.example")
            let file = world.app.folder.appending(path: "mail").appending(path: mail.file)
            let raw = try String(contentsOf: file, encoding: .utf8)
            #expect(raw.contains("To: ivan@customer.example\r\n"))
            let files = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
            #expect(files.count == 1)
        }
    }
}
