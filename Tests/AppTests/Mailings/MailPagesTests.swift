// SPDX-License-Identifier: Apache-2.0
// The pages about mail: outbox, SMTP settings with their check, and the unsubscribe link.
import Durable
import Foundation
import HTTPTypes
import Markup
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct MailPagesTests {
    private func run(_ engine: Dialect, _ body: (MailWorld, MailBrowser) async throws -> Void) async throws {
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app)
            try await body(world, try await MailBrowser(world))
            try await world.node.leave()
        }
    }

    private func form(port: Int, password: String = "secret-of-mail") -> [String: String] {
        [
            "sender_name": "Отклик", "sender_email": "survey@centre.example", "host": "127.0.0.1", "port": "\(port)",
            "secure": "none", "requires_authentication": "1", "user_name": "centre", "password": password,
            "size_limit": "", "unknown_policy": "retry_once",
        ]
    }

    @Test(arguments: engines) func `the outbox lists messages and shows what they say`(_ engine: Dialect) async throws {
        try await run(engine) { world, browser in
            try await world.compose([world.due(html: "<p>Здравствуйте <script>alert(1)</script></p>")])
            try await world.deliver()
            let list = try await browser.get("/outbox?state=captured&search=Ivan%40customer.example")
            #expect(list.status == .ok)
            #expect(list.body.contains("ivan@customer.example"))
            #expect(list.body.contains("сохранено без отправки"))
            #expect(try await browser.get("/outbox?state=failed").body.contains("ivan@customer.example") == false)
            let mail = try #require(try await world.mailings.capturedMails(of: world.tenant).first)
            let page = try await browser.get("/outbox/\(mail.id)")
            #expect(page.status == .ok)
            #expect(page.body.contains("Как мы справились?"))
            #expect(!page.body.contains("<script>alert"))
            let preview = try await browser.get("/outbox/\(mail.id)/preview")
            #expect(preview.headers[.contentSecurityPolicy]?.hasPrefix("sandbox; default-src 'none'") == true)
            #expect(try await browser.get("/outbox/12345").status == .notFound)
            let anonymous = try await world.app.request(.get, "/outbox/\(mail.id)")
            #expect(!anonymous.body.contains("Как мы справились?"))
        }
    }

    @Test(arguments: engines) func `a password is kept, never shown, and asked for again when the host changes`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser in
            #expect(try await browser.post("/settings/email", form(port: 2525)).status == .seeOther)
            let page = try await browser.get("/settings/email")
            #expect(page.status == .ok)
            #expect(page.body.contains("127.0.0.1"))
            #expect(!page.body.contains("secret-of-mail"))
            #expect(try await browser.post("/settings/email", form(port: 2525, password: "")).status == .seeOther)
            var moved = form(port: 2525, password: "")
            moved["host"] = "mail.elsewhere.example"
            let refused = try await browser.post("/settings/email", moved)
            #expect(refused.status == .unprocessableContent)
            let (settings, tenant) = (world.app.rooms.settings, world.tenant)
            let stored = try await world.app.database.read { tx in try settings.smtp(of: tenant, in: tx) }
            #expect(stored?.host == "127.0.0.1")
            #expect(stored?.password == "secret-of-mail")
            let columns = try await world.app.database.query("SELECT password_sealed FROM smtp_settings")
            let sealed: [UInt8] = try #require(columns.first).at(0)
            #expect(!String(decoding: sealed, as: UTF8.self).contains("secret"))
        }
    }

    @Test(arguments: engines) func `settings are tried as typed and told step by step`(_ engine: Dialect) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "secret-of-mail"]
        let server = try await ScriptedSMTPServer.start(behaviour)
        try await run(engine) { world, browser in
            var fields = form(port: server.port)
            fields["check_to"] = "admin@centre.example"
            fields["check_subject"] = "Проверка"
            fields["check_text"] = "Текст"
            let good = try await browser.post("/settings/email/check", fields)
            #expect(good.status == .ok)
            #expect(good.body.contains("Сервер принял письмо: 250 2.0.0 queued"))
            #expect(server.received.map(\.recipient) == ["admin@centre.example"])
            fields["password"] = "wrong"
            let bad = try await browser.post("/settings/email/check", fields)
            #expect(bad.body.contains("Не удалось войти на сервер: 535 5.7.8 wrong password"))
            #expect(!bad.body.contains("value=\"wrong\""))
            let (settings, tenant) = (world.app.rooms.settings, world.tenant)
            #expect(try await world.app.database.read { tx in try settings.smtp(of: tenant, in: tx) } == nil)
        }
        try await server.stop()
    }

    @Test(arguments: [
        ("ru", "сервер не предлагает шифрование (STARTTLS)"),
        ("en", "the server does not offer encryption (STARTTLS)"),
    ])
    func `why mail is held is said in the reader's language`(language: String, sentence: String) async throws {
        let server = try await ScriptedSMTPServer.start()
        for engine in engines {
            try await run(engine) { world, browser in
                let tenant = world.tenant
                try await world.app.database.write { tx in
                    try tx.execute("UPDATE person SET language = \(language) WHERE tenant_id = \(tenant)")
                }
                try await world.save(port: server.port, secure: .starttls)
                try await world.compose([world.due()])
                try await world.deliver()
                let list = try await browser.get("/outbox?state=held")
                // Once in the banner, once in the list.
                #expect(list.body.components(separatedBy: sentence).count == 3)
                let notices = try await world.app.database.query("SELECT body FROM internal_message")
                #expect(try notices.map { try $0.at(0, as: String.self) }.allSatisfy { $0.contains(sentence) })
                #expect(notices.count == 1)
                var fields = form(port: server.port)
                fields["secure"] = "starttls"
                fields["check_to"] = "admin@centre.example"
                let check = try await browser.post("/settings/email/check", fields)
                #expect(check.body.components(separatedBy: sentence).count == 3)
                let sent = try await world.app.otklik.sendTest(
                    to: "admin@centre.example", tenant: "mail", language: language)
                #expect(sent.steps.map(\.detail).contains { $0.hasSuffix(": " + sentence) })
                #expect(!list.body.contains("mailings.reason") && !check.body.contains("mailings.reason"))
            }
        }
        try await server.stop()
    }

    @Test(arguments: [("ru", "имя пользователя"), ("en", "user name")])
    func `the server's own words stand behind the sentence as they were`(language: String, part: String) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.passwords = ["centre": "new"]
        let server = try await ScriptedSMTPServer.start(behaviour)
        try await run(engines[0]) { world, browser in
            let tenant = world.tenant
            try await world.app.database.write { tx in
                try tx.execute("UPDATE person SET language = \(language) WHERE tenant_id = \(tenant)")
            }
            try await world.save(port: server.port, user: "centre", password: "old")
            try await world.compose([world.due()])
            try await world.deliver()
            let list = try await browser.get("/outbox?state=held")
            #expect(list.body.contains(part) && list.body.contains(": 535 5.7.8 wrong password"))
        }
        try await server.stop()
    }

    @Test func `every reason of the client has a sentence in both languages`() async throws {
        try await TestApp.run(on: engines[0]) { app in
            for code in SMTPReason.Code.allCases {
                let stored = SMTPReason(code, "x y").stored()
                for language in ["ru", "en"] {
                    let said = app.otklik.installation.catalogue.localizer(language).reason(stored)
                    #expect(said.hasSuffix(": x y") && !said.hasPrefix("mailings."), "\(language) \(code)")
                }
            }
        }
    }

    @Test(arguments: engines) func `opening the unsubscribe link changes nothing, its button and one click do`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, _ in
            try await world.compose([world.due()])
            let (tenant, contacts) = (world.tenant, world.app.rooms.contacts)
            let id: MessageID = try #require(
                try await world.app.database.query("SELECT id FROM message WHERE tenant_id = \(tenant)").first
            ).at(0)
            let secret = world.app.otklik.installation.secret
            let path = "/u/" + UnsubscribeToken(tenant: tenant, message: id).text(secret: secret)
            func isSuppressed() async throws -> Bool {
                try await world.app.database.read { tx in
                    try contacts.isSuppressed("ivan@customer.example", of: tenant, in: tx)
                }
            }
            let page = try await world.app.request(.get, path, headers: [.accept: "text/html"])
            #expect(page.status == .ok)
            #expect(page.body.contains("i…@customer.example"))
            #expect(try await isSuppressed() == false)
            let forged = try await world.app.request(.post, path + "0", headers: [.accept: "text/html"])
            #expect(forged.status == .notFound)
            #expect(try await isSuppressed() == false)
            for _ in 0..<2 {
                let done = try await world.app.request(
                    .post, path,
                    headers: [.contentType: "application/x-www-form-urlencoded", .origin: "https://mail.example"],
                    body: "List-Unsubscribe=One-Click")
                #expect(done.status == .ok)
                #expect(try await isSuppressed())
            }
        }
    }
}
