// SPDX-License-Identifier: Apache-2.0
// What comes back leads the ledger and the run's record; forged and repeated reports lead nowhere.
import Durable
import Foundation
import HTTPTypes
import Markup
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct BounceTests {
    /// A world with a server and a mailbox for what comes back.
    private func run(_ engine: Dialect, _ body: (MailWorld, ScriptedSMTPServer) async throws -> Void) async throws {
        let server = try await ScriptedSMTPServer.start()
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app)
            try await world.save(port: server.port)
            let (settings, tenant, now) = (app.rooms.settings, world.tenant, app.now)
            try await app.database.write { tx in
                guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
                smtp.bounceEmail = "bounces@centre.example"
                try settings.save(smtp, of: tenant, in: tx, at: now)
            }
            try await body(world, server)
            try await world.node.leave()
        }
        try await server.stop()
    }

    private static func sample(_ name: String, to address: String) throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/delivery-reports/\(name).eml")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return Array(text.replacing("bounces+TOKEN@centre.example", with: address).utf8)
    }

    private func take(_ world: MailWorld, _ report: [UInt8], to recipient: String? = nil) async throws -> ReportTaken {
        try await world.mailings.take(
            report: report, to: recipient, of: world.tenant, contacts: world.app.rooms.contacts, at: world.app.now)
    }

    private func suppressed(_ world: MailWorld) async throws -> [String] {
        try await world.app.database.query("SELECT address_folded || ' ' || reason FROM suppression ORDER BY 1")
            .map { try $0.at(0) }
    }

    private func lines(_ world: MailWorld) async throws -> [String] {
        try await world.app.database.query("SELECT outcome FROM run_step WHERE outcome LIKE 'mail%' ORDER BY id").map {
            try $0.at(0)
        }
    }

    /// Sends a mail; the return path that the server saw.
    private func send(_ world: MailWorld, _ server: ScriptedSMTPServer) async throws -> String {
        try await world.compose([world.due()])
        try await world.deliver()
        return try #require(server.received.last?.sender)
    }

    @Test(arguments: engines) func `a report that comes back makes the message bounced, once`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            #expect(address.hasPrefix("bounces+") && address.hasSuffix("@centre.example"))
            #expect(address.utf8.count <= 64 + 15)
            let report = try Self.sample("postfix-unknown-user", to: address)
            let taken = try await take(world, report)
            #expect(taken.isNew && taken.isBounced && taken.isSuppressed)
            let message = try #require(try await world.messages().first)
            #expect(message.state == "bounced")
            #expect(message.reply?.contains("User unknown") == true)
            #expect(try await suppressed(world) == ["ivan@customer.example bounced"])
            #expect(try await lines(world) == ["mail_sent", "mail_bounced"])
            let again = try await take(world, report)
            #expect(!again.isNew && !again.isBounced && !again.isSuppressed)
            #expect(try await lines(world) == ["mail_sent", "mail_bounced"])
        }
    }

    @Test(arguments: engines) func `an address is left out after as many returned messages as the centre says`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let (settings, tenant, now) = (world.app.rooms.settings, world.tenant, world.app.now)
            try await world.app.database.write { tx in
                guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
                smtp.bounceLimit = 2
                try settings.save(smtp, of: tenant, in: tx, at: now)
            }
            let first = try await send(world, server)
            #expect(!(try await take(world, try Self.sample("postfix-unknown-user", to: first)).isSuppressed))
            // Another report about the same message, and one for another fault, count for nothing.
            #expect(!(try await take(world, try Self.sample("gmail", to: first)).isSuppressed))
            let second = try await send(world, server)
            #expect(!(try await take(world, try Self.sample("microsoft365-policy", to: second)).isSuppressed))
            #expect(try await suppressed(world) == [])
            let third = try await send(world, server)
            #expect(try await take(world, try Self.sample("qmail", to: third)).isSuppressed)
            #expect(try await suppressed(world) == ["ivan@customer.example bounced"])
        }
    }

    @Test(arguments: engines) func `the way from sent to returned stands in the message's history`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            _ = try await take(world, try Self.sample("postfix-unknown-user", to: address))
            let rows = try await world.app.database.query("SELECT state, reply FROM message_event ORDER BY at")
            let lines = try rows.map { "\(try $0.at(0, as: String.self)) \(try $0.at(1, as: String.self))" }
            #expect(lines == ["sent 250 2.0.0 queued"])
        }
    }

    private static let others: [(String, bounced: Bool, suppressed: Bool)] = [
        ("gmail-quota", true, false), ("microsoft365-policy", true, false), ("qmail", true, true),
        ("exchange", true, true), ("postfix-delayed", false, false), ("postfix-delivered", false, false),
        ("out-of-office-sieve", false, false), ("challenge", false, false), ("complaint", false, true),
        ("a-person", false, false),
    ]

    @Test(arguments: engines, others.indices) func `what a report means decides what it changes`(
        _ engine: Dialect, _ index: Int
    ) async throws {
        let (name, bounced, isSuppressed) = Self.others[index]
        try await run(engine) { world, server in
            let address = try await send(world, server)
            let taken = try await take(world, try Self.sample(name, to: address.uppercased()))
            #expect(taken.message != nil && taken.isNew)
            #expect(taken.isBounced == bounced && taken.isSuppressed == isSuppressed)
            #expect(try await world.states() == [bounced ? "bounced" : "sent"])
            let reason = name == "complaint" ? "complained" : "bounced"
            #expect(try await suppressed(world) == (isSuppressed ? ["ivan@customer.example \(reason)"] : []))
        }
    }

    @Test(arguments: engines) func `after three days a report is kept and changes no state`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            world.app.clock.advance(seconds: 73 * 3600)
            let taken = try await take(world, try Self.sample("gmail", to: address))
            #expect(taken.isNew && !taken.isBounced && taken.isSuppressed)
            #expect(try await world.states() == ["sent"])
        }
    }

    @Test(arguments: engines) func `who has no signed address can say nothing`(_ engine: Dialect) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            let token = try #require(address.split(separator: "@").first?.split(separator: "+").last.map(String.init))
            var forged = ["bounces@centre.example", "bounces+\(String(token.reversed()))@centre.example"]
            for place in [0, 9, 20, 41] {
                var letters = Array(token)
                letters[place] = letters[place] == "b" ? "c" : "b"
                forged.append("bounces+\(String(letters))@centre.example")
            }
            for address in forged {
                let taken = try await take(world, try Self.sample("gmail", to: address))
                #expect(taken.message == nil && taken.isNew && !taken.isBounced, "\(address)")
            }
            #expect(try await world.states() == ["sent"])
            #expect(try await suppressed(world) == [])
            // Of another centre's message nobody hears either.
            let other = try await world.mailings.take(
                report: try Self.sample("gmail", to: address), to: nil, of: TenantID(raw: 78),
                contacts: world.app.rooms.contacts, at: world.app.now)
            #expect(other.message == nil)
        }
    }

    @Test(arguments: engines) func `a mail to the address of List-Unsubscribe asks for no more`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            let mail = "From: ivan@customer.example\r\nTo: \(address)\r\nSubject: Unsubscribe\r\n\r\n"
            #expect(try await take(world, Array(mail.utf8)).isSuppressed)
            #expect(try await suppressed(world) == ["ivan@customer.example unsubscribed"])
            #expect(try await world.states() == ["sent"])
        }
    }

    @Test(arguments: engines) func `programs hand reports over with a key, people see them`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server in
            let address = try await send(world, server)
            let key = try await world.app.otklik.createAPIKey(NewAPIKey(name: "mx"), tenant: "mail").key ?? ""
            var narrow = NewAPIKey(name: "other")
            narrow.scopes = [.reportsRead]
            let other = try await world.app.otklik.createAPIKey(narrow, tenant: "mail").key ?? ""
            func post(_ body: String, key: String) async throws -> TestResponse {
                try await world.app.request(
                    .post, "/api/v1/mail/reports",
                    headers: [.authorization: "Bearer \(key)", .contentType: "application/json"], body: body)
            }
            let report = Data(try Self.sample("mailru", to: "postmaster@centre.example")).base64EncodedString()
            let body = "{\"message\": \"\(report)\", \"recipient\": \"\(address)\"}"
            #expect(try await post(body, key: other).status == .forbidden)
            #expect(try await post(body, key: "wrong").status == .unauthorized)
            #expect(try await post("{\"message\": \"no base64!\"}", key: key).status == .unprocessableContent)
            #expect(try await post("{\"recipient\": 7}", key: key).body.contains("bad_recipient"))
            let answer = try await post(body, key: key)
            #expect(answer.status == .ok)
            #expect(try answer.json()["bounced"] == .bool(true))
            #expect(try await post(body, key: key).json()["new"] == .bool(false))
            let (accounts, tenant, now) = (world.app.rooms.accounts, world.tenant, world.app.now)
            let token = try await world.app.database.write { tx in
                let person = try accounts.somebody(PersonID(raw: 5), of: tenant, in: tx)
                return try accounts.beginSession(
                    of: person, from: RequestOrigin(address: "127.0.0.1"), in: tx, at: now)
            }.token
            let page = try await world.app.request(.get, "/outbox/reports", headers: [.cookie: "otklik=\(token)"])
            #expect(page.status == .ok)
            #expect(page.body.contains("доставить нельзя") && page.body.contains("user not found"))
            #expect(try await world.app.request(.get, "/outbox/reports").status != .ok)
        }
    }
}
