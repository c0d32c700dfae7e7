// SPDX-License-Identifier: Apache-2.0
// The outbox: what is found, what a message's page tells, and what administrators do to messages by hand.
import Durable
import Foundation
import HTTPTypes
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct OutboxTests {
    /// Messages' ids, oldest first.
    private func ids(_ world: MailWorld) async throws -> [MessageID] {
        let tenant = world.tenant
        return try await world.app.database.query("SELECT id FROM message WHERE tenant_id = \(tenant) ORDER BY id")
            .map { try $0.at(0) }
    }

    /// The log's entries: what was done, and to how many.
    private func deeds(_ world: MailWorld) async throws -> [String] {
        let tenant = world.tenant
        return try await world.app.database.query(
            "SELECT action, details FROM audit WHERE tenant_id = \(tenant) AND action LIKE 'mailings.%' ORDER BY id"
        ).map { row in
            let count = try JSON(text: try row.at(1, as: String.self))["count"]?.scalarText ?? ""
            return "\(try row.at(0, as: String.self)) \(count)"
        }
    }

    /// A message's history, the oldest line first.
    private func events(_ world: MailWorld, _ id: MessageID) async throws -> [String] {
        try await world.app.database.query(EventStore.newest(of: id, tenant: world.tenant, limit: 50))
            .map(EventStore.event).reversed().map { "\($0.state.rawValue) \($0.reply ?? "")".trimmed }
    }

    @Test(arguments: engines) func `a message's page tells every attempt with the server's reply`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT": "451 4.7.1 greylisted, come back"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            try await world.deliver()
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 120)
            try await world.deliver()
            let id = try #require(try await ids(world).first)
            #expect(try await events(world, id) == ["retrying 451 4.7.1 greylisted, come back"])
            let page = try await MailBrowser(world).get("/outbox/\(id)").body
            for words in ["451 4.7.1 greylisted, come back", "250 2.0.0 queued", "письмо составлено"] {
                #expect(page.components(separatedBy: words).count == 2, "\(words)")
            }
            #expect(page.contains("href=\"/workflows/runs/701\"") && page.contains("href=\"/records/601\""))
        }
    }

    @Test(arguments: engines) func `what leaves at once has no history of its own`(_ engine: Dialect) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            try await world.deliver()
            let rows = try await world.app.database.query("SELECT COUNT(*) FROM message_event")
            #expect(try rows.first?.at(0, as: Int.self) == 0)
        }
    }

    @Test(arguments: engines) func `messages are found by address, subject, number, Message-ID and day`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine) { world, _ in
            try await world.compose([
                world.due(["ivan@customer.example"], subject: "Как мы справились?"),
                world.due(["i_an@customer.example"], subject: "Ваш заказ 100%"),
                world.due(["Anna@Other.example"], subject: "КАК дела"),
            ])
            let browser = try await MailBrowser(world)
            let all = try await ids(world)
            func found(_ text: String, _ more: String = "") async throws -> [Int] {
                let body = try await browser.get("/outbox?search=\(queryValue(text))\(more)").body
                return all.indices.filter { body.contains("href=\"/outbox/\(all[$0])\"") }
            }
            #expect(try await found("") == [0, 1, 2])
            #expect(try await found("ivan@customer.example") == [0])
            #expect(try await found("IVAN@") == [0])
            #expect(try await found("i_an@") == [1])
            #expect(try await found("anna") == [2])
            #expect(try await found("как") == [0, 2])
            #expect(try await found("ваш заказ 100%") == [1])
            #expect(try await found("%") == [])
            #expect(try await found("справились") == [])
            #expect(try await found("\(all[1])") == [1])
            #expect(try await found("<\(all[2]).77@localhost>") == [2])
            #expect(try await found("как", "&state=failed") == [])
            #expect(try await found("как", "&state=queued&before=\(all[2])") == [0])
            #expect(try await found("как", "&from=2020-01-01&to=2099-01-01") == [0, 2])
            #expect(try await found("", "&from=2099-01-01") == [])
            #expect(try await found("", "&to=2020-01-01") == [])
            #expect(try await found("", "&interaction=601") == [0, 1, 2])
            #expect(try await found("", "&interaction=602") == [])
            #expect(try await found("", "&workflow=2") == [])
        }
    }

    @Test(arguments: engines) func `a cancelled message does not leave, and its run ends`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            let browser = try await MailBrowser(world)
            let id = try #require(try await ids(world).first)
            let question = try await browser.get("/outbox/cancellation?id=\(id)")
            #expect(question.status == .ok && question.body.contains("1 письмо не уйдёт"))
            #expect(try await world.states() == ["queued"])
            #expect(try await browser.post("/outbox/cancellation?id=\(id)").status == .seeOther)
            #expect(try await world.states() == ["cancelled"])
            #expect(try await browser.post("/outbox/cancellation?id=\(id)").status == .seeOther)
            try await world.deliver()
            #expect(server.received.isEmpty)
            #expect(try await world.states() == ["cancelled"])
            #expect(try await world.signals() == [.notAsked(gate: "mailings.reason.cancelledByHand")])
            #expect(try await deeds(world) == ["mailings.audit.cancellation 1"])
            #expect(try await browser.get("/settings/audit").body.contains("Отправка писем отменена: 1"))
            #expect(try await browser.get("/outbox/\(id)").body.contains("отправку отменил администратор"))
        }
    }

    @Test(arguments: engines) func `what is being sent cannot be cancelled, and what was claimed stays cancelled`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 2) { world, _ in
            try await world.compose([world.due(["a@x.example"]), world.due(["b@x.example"], run: 702)])
            let (tenant, now, all) = (world.tenant, world.app.now, try await ids(world))
            // A worker has read both, and the first byte of the first is about to leave.
            let read = try await world.app.database.write { tx in
                let ledger = LedgerStore(tx: tx, tenant: tenant)
                let read = try ledger.load(all)
                _ = try ledger.begin([all[0]], at: now)
                return read
            }
            let browser = try await MailBrowser(world)
            #expect(try await browser.post("/outbox/cancellation?id=\(all[0])&id=\(all[1])").status == .seeOther)
            #expect(try await world.states() == ["sending", "cancelled"])
            #expect(try await deeds(world) == ["mailings.audit.cancellation 1"])
            let mailings = world.mailings
            let begun = try await world.app.database.write { tx in
                let begun = try LedgerStore(tx: tx, tenant: tenant).begin([all[1]], at: now)
                // The worker withdraws what it may not begin; that is no outcome of a cancelled message.
                let late = read.map {
                    Concluded(item: nil, message: $0, attempt: $0.attempt, verdict: .postponed)
                }
                try mailings.conclude(late, of: tenant, in: tx, at: now)
                return begun
            }
            #expect(begun.isEmpty)
            #expect(try await world.states() == ["sending", "cancelled"])
        }
    }

    @Test(arguments: engines) func `a message that failed is sent again with its Message-ID`(
        _ engine: Dialect
    ) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT": "550 5.1.1 no such user"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due(windowSeconds: 60)])
            try await world.deliver()
            #expect(try await world.states() == ["failed"])
            server.behaviour.replies = [:]
            world.app.clock.advance(seconds: 3600)
            let browser = try await MailBrowser(world)
            let id = try #require(try await ids(world).first)
            #expect(try await browser.get("/outbox/\(id)").body.contains("/outbox/resending?id=\(id)"))
            #expect(try await browser.get("/outbox/resending?id=\(id)").body.contains("1 письмо уйдёт ещё раз"))
            #expect(try await browser.post("/outbox/resending?id=\(id)").status == .seeOther)
            #expect(try await world.states() == ["queued"])
            try await world.deliver()
            #expect(try await world.states() == ["sent"])
            #expect(server.received.last?.text.contains("<\(id).77@centre.example>") == true)
            #expect(
                try await events(world, id) == [
                    "failed 550 5.1.1 no such user", "queued mailings.reason.resentByHand",
                ])
            // The run has gone its way long ago.
            #expect(try await world.signals() == [.mailNotSent(reason: "550 5.1.1 no such user")])
            #expect(try await deeds(world) == ["mailings.audit.resending 1"])
            let sent = try await browser.get("/outbox/resending?id=\(id)")
            #expect(sent.body.contains("нельзя отправить снова"))
            #expect(!(try await browser.get("/outbox/\(id)").body.contains("/outbox/resending")))
        }
    }

    @Test(arguments: engines) func `all that a filter finds is treated, and nothing else`(
        _ engine: Dialect
    ) async throws {
        try await MailWorld.run(engine, runs: 620) { world, _ in
            try await world.compose(
                (0..<620).map { world.due(["c\($0)@\($0 < 600 ? "x" : "y").example"], run: 701 + Int64($0)) })
            let browser = try await MailBrowser(world)
            let ask = try await browser.get("/outbox/cancellation?all=1&search=c&state=queued")
            #expect(ask.body.contains("620 писем не уйдёт"))
            #expect(try await browser.post("/outbox/cancellation?all=1&search=c1&state=queued").status == .seeOther)
            let states = try await world.states()
            // c1, c10…c19, c100…c199.
            #expect(states.filter { $0 == "cancelled" }.count == 111)
            #expect(try await browser.post("/outbox/cancellation?all=1&state=queued").status == .seeOther)
            #expect(Set(try await world.states()) == ["cancelled"])
            #expect(
                try await deeds(world) == [
                    "mailings.audit.cancellation 111", "mailings.audit.cancellation 500",
                    "mailings.audit.cancellation 9",
                ])
        }
    }

    @Test(arguments: engines) func `what was erased is not sent again`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT": "550 no"]
        try await MailWorld.run(engine, behaviour) { world, server in
            try await world.save(port: server.port)
            try await world.compose([world.due()])
            try await world.deliver()
            try await world.app.database.write { tx in try tx.execute("DELETE FROM message_content") }
            let id = try #require(try await ids(world).first)
            let browser = try await MailBrowser(world)
            #expect(try await browser.post("/outbox/resending?id=\(id)").status == .seeOther)
            #expect(try await world.states() == ["failed"])
            #expect(try await deeds(world) == [])
            #expect(!(try await browser.get("/outbox/\(id)").body.contains("/outbox/resending")))
        }
    }

    @Test(arguments: engines) func `nobody opens a customer's survey from the outbox`(_ engine: Dialect) async throws {
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app)
            try await app.database.write { tx in try tx.execute("UPDATE tenant SET kind = 'production'") }
            let link = MailPlaceholder.surveyLink
            let due = MessageDue(
                tenant: world.tenant, run: world.run, block: "mail", interaction: world.interaction,
                invitation: InvitationID(raw: 9), recipients: [try #require(EmailAddress("ivan@customer.example"))],
                senderName: "", senderEmail: "", replyTo: nil, subject: "Опрос",
                html: "<p><a href=\"\(link)\">Ответить</a></p>", text: nil, language: "ru",
                windowEndsAt: app.now.adding(seconds: 60), isTest: false)
            try await world.compose([due])
            let id = try #require(try await ids(world).first)
            let browser = try await MailBrowser(world)
            let secret = world.mailings.invitations.surveyLink(InvitationID(raw: 9))
            let token = try #require(secret.split(separator: "/").last.map(String.init))
            for path in ["/preview", "?view=html", "?view=text", "?view=source"] {
                let page = try await browser.get("/outbox/\(id)\(path)")
                #expect(page.status == .ok)
                #expect(!page.body.contains(token) && !page.body.contains("/u/77."), "\(path)")
            }
            #expect(try await browser.get("/outbox/\(id)/preview").body.contains("href=\"#hidden\""))
            #expect(try await browser.get("/outbox/\(id)?view=text").body.contains("[ссылка скрыта]"))
            let source = try await browser.get("/outbox/\(id)?view=source").body
            #expect(source.contains("List-Unsubscribe") && source.contains("multipart/alternative"))
            try await world.node.leave()
        }
    }
}
