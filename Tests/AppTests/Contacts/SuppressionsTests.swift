// SPDX-License-Identifier: Apache-2.0
// The list of those who are not asked: added, found, taken off, taken in and out.
import Durable
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SuppressionsTests {
    /// A signed-in administrator of the centre.
    private struct Browser {
        let app: TestApp
        let token: String

        func get(_ path: String) async throws -> TestResponse {
            try await app.request(.get, path, headers: [.cookie: "otklik=\(token)"])
        }

        func post(_ path: String, _ fields: [String: String]) async throws -> TestResponse {
            var fields = fields
            fields["form_token"] = app.rooms.accounts.formToken(of: token)
            let body = fields.map { name, value in
                "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }.joined(separator: "&")
            return try await app.request(
                .post, path,
                headers: [.cookie: "otklik=\(token)", .contentType: "application/x-www-form-urlencoded"], body: body)
        }
    }

    private func run(_ engine: Dialect, _ body: (MailWorld, Browser) async throws -> Void) async throws {
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app)
            let (accounts, tenant, now) = (app.rooms.accounts, world.tenant, app.now)
            let token = try await app.database.write { tx in
                let person = try accounts.somebody(PersonID(raw: 5), of: tenant, in: tx)
                return try accounts.beginSession(
                    of: person, from: RequestOrigin(address: "127.0.0.1"), in: tx, at: now)
            }.token
            try await body(world, Browser(app: app, token: token))
            try await world.node.leave()
        }
    }

    private func entries(_ world: MailWorld) async throws -> [String] {
        let tenant = world.tenant
        return try await world.app.database.query(
            "SELECT address_folded, reason FROM suppression WHERE tenant_id = \(tenant) ORDER BY address_folded"
        ).map { "\(try $0.at(0, as: String.self)) \(try $0.at(1, as: String.self))" }
    }

    @Test(arguments: engines) func `an address is added once, found, and taken off after a question`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser in
            #expect(try await browser.post("/suppressions", ["address": "Ivan@Customer.example"]).status == .seeOther)
            #expect(try await browser.post("/suppressions", ["address": "ivan@customer.example"]).status == .seeOther)
            let bad = try await browser.post("/suppressions", ["address": "nobody"])
            #expect(bad.status == .unprocessableContent)
            #expect(bad.body.contains("nobody") && bad.body.contains("aria-invalid"))
            #expect(try await entries(world) == ["ivan@customer.example manual"])
            #expect(try await browser.get("/suppressions?search=CUSTOMER").body.contains("ivan@customer.example"))
            #expect(!(try await browser.get("/suppressions?search=i_an").body.contains("ivan@customer.example")))
            #expect(!(try await browser.get("/suppressions?search=%25").body.contains("ivan@customer.example")))
            #expect(!(try await browser.get("/suppressions?reason=bounced").body.contains("ivan@customer.example")))
            let question = try await browser.get("/suppressions/removal?address=ivan%40customer.example")
            #expect(question.status == .ok && question.body.contains("ivan@customer.example"))
            #expect(try await entries(world).count == 1)
            let removal = "/suppressions/removal?address=ivan%40customer.example"
            #expect(try await browser.post(removal, [:]).status == .seeOther)
            #expect(try await browser.post(removal, [:]).status == .notFound)
            #expect(try await entries(world) == [])
        }
    }

    @Test(arguments: engines) func `a file is taken whole or not at all, and errors name their lines`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser in
            let bad = "address,reason\r\na@x.example,bounced\r\nno address\r\nb@x.example,because\r\n"
            let refused = try await browser.post("/suppressions/import", ["file": bad])
            #expect(refused.status == .unprocessableContent)
            #expect(refused.body.contains("Строка 3") && refused.body.contains("Строка 4"))
            #expect(refused.body.contains("a@x.example,bounced"))
            #expect(try await entries(world) == [])
            let good = "\u{FEFF}address;reason\n\"A@x.example\";bounced\n\nb@x.example\na@X.example;complained\n"
            #expect(try await browser.post("/suppressions/import", ["file": good]).status == .seeOther)
            #expect(try await entries(world) == ["a@x.example bounced", "b@x.example manual"])
            #expect(try await browser.post("/suppressions/import", ["file": "\n\n"]).status == .unprocessableContent)
        }
    }

    @Test(arguments: engines) func `a list is taken in as a file, with its bad lines named`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser in
            func upload(_ content: [UInt8], token: String? = nil) async throws -> TestResponse {
                let token = token ?? world.app.rooms.accounts.formToken(of: browser.token)
                let head = "--b\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"list.csv\"\r\n\r\n"
                let body = String(decoding: Array(head.utf8) + content, as: UTF8.self) + "\r\n--b--\r\n"
                return try await world.app.request(
                    .post, "/suppressions/import?form_token=\(token)",
                    headers: [
                        .cookie: "otklik=\(browser.token)", .contentType: "multipart/form-data; boundary=b",
                    ], body: body)
            }
            let bad = try await upload(Array("address,reason\r\nnobody\r\nb@x.example\r\n".utf8))
            #expect(bad.status == .unprocessableContent && bad.body.contains("Строка 2"))
            #expect(try await upload([]).status == .unprocessableContent)
            #expect(try await upload(Array("a@x.example\n".utf8), token: "wrong").status == .forbidden)
            #expect(try await entries(world) == [])
            let good = try await upload(Array("\u{FEFF}address;reason\r\na@x.example;bounced\r\n".utf8))
            #expect(good.status == .seeOther)
            #expect(try await entries(world) == ["a@x.example bounced"])
        }
    }

    @Test(arguments: engines) func `every change of the list stands in the log, once`(_ engine: Dialect) async throws {
        try await run(engine) { world, browser in
            for _ in 0..<2 { _ = try await browser.post("/suppressions", ["address": "a@x.example"]) }
            _ = try await browser.post("/suppressions/import", ["file": "a@x.example\nb@x.example\n"])
            for _ in 0..<2 { _ = try await browser.post("/suppressions/removal?address=a%40x.example", [:]) }
            let log = try await browser.get("/settings/audit").body
            for sentence in [
                "Адрес a@x.example больше не опрашивается", "новых адресов 1 из 2",
                "Адрес a@x.example снова можно опрашивать",
            ] {
                #expect(log.components(separatedBy: sentence).count == 2, "\(sentence)")
            }
        }
    }

    @Test(arguments: engines) func `what is exported can be imported, however much it is`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser in
            let many = (0..<4100).map { "c\($0)@x.example,unsubscribed" }.joined(separator: "\n")
            #expect(try await browser.post("/suppressions/import", ["file": many]).status == .seeOther)
            let file = try await browser.get("/suppressions/export")
            #expect(file.headers[.contentType]?.hasPrefix("text/csv") == true)
            #expect(file.body.split(separator: "\r\n").count == 4101)
            let tenant = world.tenant
            try await world.app.database.write { tx in
                try tx.execute("DELETE FROM suppression WHERE tenant_id = \(tenant)")
            }
            #expect(try await browser.post("/suppressions/import", ["file": file.body]).status == .seeOther)
            #expect(try await entries(world).count == 4100)
            let page = try await browser.get("/suppressions")
            #expect(page.body.contains("after=c1044%40x%2Eexample"))
        }
    }

    @Test(arguments: engines) func `only administrators of the centre see the list`(_ engine: Dialect) async throws {
        try await run(engine) { world, browser in
            let now = world.app.now
            try await world.app.database.write { tx in
                try tx.execute(
                    """
                    INSERT INTO suppression (tenant_id, address_folded, reason, created_at)
                    VALUES (78, 'other@x.example', 'manual', \(now))
                    """)
            }
            #expect(!(try await browser.get("/suppressions").body.contains("other@x.example")))
            #expect(!(try await browser.get("/suppressions/export").body.contains("other@x.example")))
            #expect(try await browser.post("/suppressions/removal?address=other%40x.example", [:]).status == .notFound)
            for path in ["/suppressions", "/suppressions/export", "/suppressions/removal?address=other%40x.example"] {
                #expect(try await world.app.request(.get, path).status != .ok, "\(path)")
            }
        }
    }
}
