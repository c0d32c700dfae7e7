// SPDX-License-Identifier: Apache-2.0
// What the DNS says of the sender's domain, by a server of the test's own: said as it is, in plain words.
import Durable
import HTTPTypes
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct DNSCheckTests {
    private func run(
        _ engine: Dialect, _ body: (MailWorld, SmallDNSServer, ShownSigningKey) async throws -> Void
    ) async throws {
        let server = try await SmallDNSServer.start()
        var setup = TestApp.Setup()
        setup.provider.dnsServer = server.address
        try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold"], as: setup) { app in
            let world = try await MailWorld(app)
            try await world.save(port: 25)
            let key = try await app.otklik.createSigningKey(
                .rsa, domain: "centre.example", selector: "s1", tenant: "mail")
            try await body(world, server, key)
            try await world.node.leave()
        }
        try await server.stop()
    }

    private func states(_ world: MailWorld) async throws -> [String] {
        try await world.app.otklik.checkDNS(tenant: "mail", language: "en").map { "\($0.record) \($0.state)" }
    }

    @Test(arguments: engines) func `a published record is found equal, missing, or another`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server, key in
            let nothing = try await states(world)
            #expect(nothing == ["dkim missing", "spf missing", "dmarc missing"])
            let right = key.record.joined()
            server.set([
                "s1._domainkey.centre.example": [right.replacing("; ", with: ";") + ";"],
                "centre.example": ["google-site-verification=x", "v=spf1 ip4:192.0.2.1 -all"],
                "_dmarc.centre.example": ["v=DMARC1; p=reject"],
            ])
            #expect(try await states(world) == ["dkim good", "spf good", "dmarc good"])
            #expect(Set(server.asked) == ["s1._domainkey.centre.example", "centre.example", "_dmarc.centre.example"])
            server.set([
                "s1._domainkey.centre.example": ["v=DKIM1; k=rsa; p=MIIBdifferent"],
                "centre.example": ["v=spf1 -all", "v=spf1 ~all"],
            ])
            #expect(try await states(world) == ["dkim different", "spf several", "dmarc missing"])
        }
    }

    @Test(arguments: engines) func `the page says it in the reader's language`(_ engine: Dialect) async throws {
        try await run(engine) { world, server, _ in
            let browser = try await MailBrowser(world)
            #expect(try await browser.get("/settings/email").body.contains("href=\"/settings/email/dns\""))
            server.set(["s1._domainkey.centre.example": ["v=DKIM1; p="]])
            let page = try await browser.get("/settings/email/dns")
            #expect(page.status == .ok)
            #expect(page.body.contains("Опубликован другой ключ") && page.body.contains("v=DKIM1; p="))
            #expect(page.body.contains("какие серверы вправе отправлять почту домена centre.example"))
        }
    }

    @Test(arguments: engines) func `a return path of another domain does not vouch for the sender`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, server, _ in
            let (settings, tenant, now) = (world.app.rooms.settings, world.tenant, world.app.now)
            try await world.app.database.write { tx in
                guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
                smtp.bounceEmail = "b@bounces.example"
                try settings.save(smtp, of: tenant, in: tx, at: now)
            }
            server.set(["bounces.example": ["v=spf1 -all"]])
            #expect(try await states(world)[1] == "spf unaligned")
        }
    }

    @Test func `who cannot be asked is not said to be missing`() async throws {
        let key = SigningKey(
            id: DKIMKeyID(raw: 1), domain: "a.example", selector: "s", algorithm: .rsa, record: "v=DKIM1; k=rsa; p=AB",
            createdAt: Moment(milliseconds: 0), revokedAt: nil, sealed: nil)
        #expect(DNSCheck.dkim(key, .unreachable).state == .unreachable)
        #expect(DNSCheck.dkim(key, .known(["k=rsa; p=A B"])).state == .good)
        #expect(DNSCheck.dkim(key, .known(["p=AB"])).state == .good)
        #expect(DNSCheck.dkim(key, .known(["k=ed25519; p=AB"])).state == .different)
        #expect(DNSCheck.dkim(key, .known(["p=AB", "p=CD"])).state == .several)
    }
}
