// SPDX-License-Identifier: Apache-2.0
// Keys that sign mail: made, used, ended, and never shown.
import Durable
import Foundation
import HTTPTypes
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SigningKeyTests {
    private func run(_ engine: Dialect, _ body: (MailWorld) async throws -> Void) async throws {
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app)
            try await body(world)
            try await world.node.leave()
        }
    }

    private func make(
        _ world: MailWorld, _ algorithm: SigningAlgorithm = .ed25519, domain: String = "centre.example",
        selector: String? = nil
    ) async throws -> ShownSigningKey {
        try await world.app.otklik.createSigningKey(algorithm, domain: domain, selector: selector, tenant: "mail")
    }

    @Test(arguments: engines) func `mail from a key's domain is signed by it, other mail is not`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world in
            let server = try await ScriptedSMTPServer.start()
            try await world.save(port: server.port)
            _ = try await make(world, .rsa)
            _ = try await make(world)
            try await world.compose([
                world.due(), world.due(sender: "a@mail.centre.example"), world.due(sender: "a@other.example"),
            ])
            try await world.deliver()
            var signatures: [String: [String]] = [:]
            for mail in server.received {
                signatures[mail.sender] = mail.text.matches(
                    of: /DKIM-Signature: v=1; a=([a-z0-9-]+);[^;]*;\r\n d=([^;]+);/
                )
                .map { "\($0.output.1) \($0.output.2)" }
            }
            let both = ["rsa-sha256 centre.example", "ed25519-sha256 centre.example"]
            #expect(signatures["survey@centre.example"] == both)
            #expect(signatures["a@mail.centre.example"] == both)
            #expect(signatures["a@other.example"] == [])
            try await server.stop()
        }
    }

    @Test(arguments: engines) func `a domain's own key goes before that of the domain above it`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world in
            let above = try await make(world)
            let own = try await make(world, domain: "mail.centre.example")
            let (settings, tenant) = (world.app.rooms.settings, world.tenant)
            let keys = try await settings.signingKeys(of: tenant)
            for (address, wanted) in [
                ("a@mail.centre.example", own.domain), ("a@x.mail.centre.example", own.domain),
                ("a@centre.example", above.domain), ("a@evilcentre.example", nil),
            ] {
                let sender = try #require(MailAddress(address))
                #expect(try settings.signingKeys(for: sender, among: keys).first?.domain == wanted)
            }
        }
    }

    @Test(arguments: engines) func `a revoked key signs no more, and its secret is gone`(_ engine: Dialect) async throws
    {
        try await run(engine) { world in
            let key = try await make(world)
            let revoked = try await world.app.otklik.revokeSigningKey(key.selector, domain: nil, tenant: "mail")
            #expect(revoked.revokedAt != nil)
            let rows = try await world.app.database.query("SELECT secret_sealed FROM dkim_key")
            #expect(try rows.first?.at(0, as: [UInt8]?.self) == nil)
            try await world.compose([world.due(sender: "a@centre.example")])
            try await world.deliver()
            let mail = try #require(try await world.mailings.capturedMails(of: world.tenant).first)
            let file = world.app.folder.appending(path: "mail/\(mail.file)")
            #expect(!String(decoding: try Data(contentsOf: file), as: UTF8.self).contains("DKIM-Signature"))
            await #expect(throws: Refusal.self) {
                try await world.app.otklik.revokeSigningKey(key.selector, domain: nil, tenant: "mail")
            }
        }
    }

    @Test(arguments: engines) func `making and revoking a key stand in the centre's log`(_ engine: Dialect) async throws
    {
        try await run(engine) { world in
            let key = try await make(world, selector: "s1")
            _ = try await world.app.otklik.revokeSigningKey(key.id, domain: nil, tenant: "mail")
            let rows = try await world.app.database.query(
                "SELECT action, actor, details FROM audit WHERE action LIKE 'settings.%' ORDER BY id")
            #expect(
                try rows.map { try $0.at(0, as: String.self) } == [
                    "settings.audit.signingKeyMade", "settings.audit.signingKeyRevoked",
                ])
            for row in rows {
                #expect(try row.at(1, as: String.self) == Accounts.commandLine)
                #expect(try row.at(2, as: String.self).contains("\"selector\":\"s1\""))
            }
        }
    }

    @Test(arguments: engines) func `what cannot be a key is refused by its field`(_ engine: Dialect) async throws {
        try await run(engine) { world in
            for (domain, selector, field) in [
                ("not a domain", "a", "domain"), ("centre.example", "a b", "selector"), ("", nil, "domain"),
                ("centre.example", "a\r\nb", "selector"),
            ] {
                await #expect {
                    try await make(world, domain: domain, selector: selector)
                } throws: { error in
                    try refusals(in: error).all.map(\.field) == [field]
                }
            }
            _ = try await make(world, selector: "one")
            await #expect {
                try await make(world, selector: "one")
            } throws: { ($0 as? Refusal)?.code == "selector_taken" }
            for name in ["two", "three", "four"] { _ = try await make(world, selector: name) }
            await #expect {
                try await make(world, selector: "five")
            } throws: { ($0 as? Refusal)?.code == "too_many_keys" }
        }
    }

    @Test(arguments: engines) func `the settings page says whether the sender is vouched for`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world in
            try await world.save(port: 25)
            let (accounts, tenant, now) = (world.app.rooms.accounts, world.tenant, world.app.now)
            let token = try await world.app.database.write { tx in
                let person = try accounts.somebody(PersonID(raw: 5), of: tenant, in: tx)
                return try accounts.beginSession(
                    of: person, from: RequestOrigin(address: "127.0.0.1"), in: tx, at: now)
            }.token
            func page() async throws -> String {
                try await world.app.request(.get, "/settings/email", headers: [.cookie: "otklik=\(token)"]).body
            }
            #expect(try await page().contains("otklik dkim create --domain centre.example"))
            let key = try await make(world)
            let signed = try await page()
            #expect(signed.contains("Письма подписывает centre.example"))
            #expect(signed.contains(key.recordName) && signed.contains("v=DKIM1; k=ed25519; p="))
        }
    }
}
