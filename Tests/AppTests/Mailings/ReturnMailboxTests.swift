// SPDX-License-Identifier: Apache-2.0
// The mailbox for returned mail: what is in it reaches the ledger once, whatever happens in between.
import Durable
import Foundation
import HTTPTypes
import Post
import Storage
import TestSupport
import Testing

@testable import App

/// An IMAP server of the test's own: one mailbox, whose messages are files of a folder, in order of their names.
private final class MailboxServer {
    let port: Int
    let certificate: TestCertificate
    private let folder: URL
    private let process: Process
    private let output: Pipe

    private static let script = """
        import asyncio, os, re, ssl, sys
        folder, cert, key, mode = sys.argv[1:5]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        def messages():
            return sorted(int(n) for n in os.listdir(folder) if n.isdigit())
        def seen(uid):
            open(os.path.join(folder, f'seen-{uid}'), 'w').close()
        async def serve(reader, writer):
            def say(text): writer.write(text.encode() + b'\\r\\n')
            say('* OK IMAP4rev1 ready')
            while line := await reader.readline():
                tag, _, rest = line.decode().strip().partition(' ')
                word = rest.upper()
                if word.startswith('CAPABILITY'):
                    say('* CAPABILITY IMAP4rev1')
                    say(f'{tag} OK done')
                elif word.startswith('LOGIN'):
                    say(f'{tag} OK in' if 'right' in rest else f'{tag} NO [AUTHENTICATIONFAILED] wrong')
                elif word.startswith('STATUS'):
                    validity = open(os.path.join(folder, 'validity')).read()
                    say(f'* STATUS INBOX (MESSAGES {len(messages())} UIDVALIDITY {validity})')
                    say(f'{tag} OK done')
                elif word.startswith(('SELECT', 'EXAMINE')):
                    validity = open(os.path.join(folder, 'validity')).read()
                    say(f'* {len(messages())} EXISTS')
                    say(f'* OK [UIDVALIDITY {validity}] valid')
                    say(f'{tag} OK [READ-WRITE] done')
                elif word.startswith('UID SEARCH'):
                    first = int(re.search(r'UID (\\d+):', word.replace('UID SEARCH ', '')).group(1))
                    found = [u for u in messages() if u >= first] or messages()[-1:]
                    say('* SEARCH ' + ' '.join(map(str, found)))
                    say(f'{tag} OK done')
                elif word.startswith('UID FETCH'):
                    uid = int(word.split()[2])
                    body = open(os.path.join(folder, str(uid)), 'rb').read()
                    writer.write(b'* 1 FETCH (UID %d BODY[] {%d}\\r\\n' % (uid, len(body)) + body + b')\\r\\n')
                    seen(uid)
                    say(f'{tag} OK done')
                elif word.startswith('LOGOUT'):
                    say('* BYE')
                    say(f'{tag} OK done')
                    break
                else:
                    say(f'{tag} BAD what')
                await writer.drain()
            writer.close()
        async def main():
            tls = context if mode == 'tls' else None
            server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=tls)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """

    init(in folder: URL, mode: String = "tls") async throws {
        self.folder = folder.appending(path: "mailbox")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        certificate = try await TestCertificate.make(.good, in: folder)
        try Data("7".utf8).write(to: self.folder.appending(path: "validity"))
        let arguments = [
            self.folder.path, folder.appending(path: "good.pem").path, folder.appending(path: "good.key").path, mode,
        ]
        (process, output) = try TestPython.start(Self.script, arguments)
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        port = Int(String(decoding: bytes, as: UTF8.self)) ?? 0
    }

    func put(_ uid: Int, _ message: [UInt8]) throws {
        try Data(message).write(to: folder.appending(path: String(uid)))
    }

    /// The mailbox was made anew: its numbers begin again.
    func renew() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        try Data("8".utf8).write(to: folder.appending(path: "validity"))
    }

    func isSeen(_ uid: Int) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "seen-\(uid)").path)
    }

    func stop() { kill(process.processIdentifier, SIGKILL) }
}

@Suite struct ReturnMailboxTests {
    private func run(
        _ engine: Dialect, _ body: (MailWorld, MailBrowser, MailboxServer, ScriptedSMTPServer) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let smtp = try await ScriptedSMTPServer.start()
            let server = try await MailboxServer(in: folder)
            var setup = TestApp.Setup()
            setup.provider.mailAuthorityFile = server.certificate.authority
            try await TestApp.run(on: engine, leaving: ["message", "probe", "run", "fold", "mailbox"], as: setup) {
                app in
                let world = try await MailWorld(app)
                try await world.save(port: smtp.port)
                let (settings, tenant, now) = (app.rooms.settings, world.tenant, app.now)
                try await app.database.write { tx in
                    guard var smtp = try settings.smtp(of: tenant, in: tx) else { return }
                    smtp.bounceEmail = "bounces@centre.example"
                    try settings.save(smtp, of: tenant, in: tx, at: now)
                }
                try await body(world, try await MailBrowser(world), server, smtp)
                try await world.node.leave()
            }
            server.stop()
            try await smtp.stop()
        }
    }

    private func form(_ server: MailboxServer, password: String = "right") -> [String: String] {
        [
            "host": "localhost", "port": "\(server.port)", "secure": "tls", "user_name": "bounces",
            "password": password, "folder": "INBOX",
        ]
    }

    /// Reads the mailbox as its work does.
    private func read(_ world: MailWorld) async throws {
        let handler = world.mailings.mailboxHandler(contacts: world.app.rooms.contacts)
        let workers = Workers(
            database: world.app.database, node: world.node, handlers: [handler],
            clock: { [clock = world.app.clock] in clock.now.milliseconds }, logger: world.app.otklik.installation.logger
        )
        try await workers.runDue(now: world.app.now.milliseconds)
    }

    private func report(to address: String) -> [UInt8] {
        Array(
            """
            From: MAILER-DAEMON@mx.example\r\nTo: \(address)\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
            Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ivan@customer.example\r\n\
            Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n
            """.utf8)
    }

    private func reports(_ world: MailWorld) async throws -> Int {
        try await world.app.database.query("SELECT COUNT(*) FROM delivery_report").first?.at(0) ?? -1
    }

    @Test(arguments: engines) func `reports in the mailbox are taken once, also after a restart`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser, server, smtp in
            try await world.compose([world.due()])
            try await world.deliver()
            let address = try #require(smtp.received.last?.sender)
            try server.put(3, Array("From: a@x.example\r\nSubject: Hello\r\n\r\nSpam\r\n".utf8))
            try server.put(5, report(to: address))
            #expect(try await browser.post("/settings/email/mailbox", form(server)).status == .seeOther)
            try await read(world)
            #expect(try await world.states() == ["bounced"])
            #expect(try await reports(world) == 2)
            #expect(server.isSeen(5))
            #expect(try await browser.get("/settings/email/mailbox").body.contains("Прочитан без ошибок"))
            world.app.clock.advance(seconds: 60)
            try await read(world)
            #expect(try await reports(world) == 2)
            // Killed after a message was taken and before that was remembered: taken twice is once.
            try await world.app.database.write { tx in try tx.execute("UPDATE return_mailbox SET last_uid = 4") }
            world.app.clock.advance(seconds: 60)
            try await read(world)
            #expect(try await reports(world) == 2)
            let uid = try await world.app.database.query("SELECT last_uid FROM return_mailbox").first
            #expect(try uid?.at(0, as: Int64.self) == 5)
        }
    }

    @Test(arguments: engines) func `a mailbox that was made anew is read from its beginning`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser, server, _ in
            try server.put(9, Array("Subject: one\r\n\r\n1\r\n".utf8))
            _ = try await browser.post("/settings/email/mailbox", form(server))
            try await read(world)
            try server.renew()
            try server.put(1, Array("Subject: two\r\n\r\n2\r\n".utf8))
            world.app.clock.advance(seconds: 60)
            try await read(world)
            #expect(try await reports(world) == 2)
        }
    }

    @Test(arguments: engines) func `what is wrong with the mailbox is said, when it is tried and afterwards`(
        _ engine: Dialect
    ) async throws {
        try await run(engine) { world, browser, server, _ in
            let good = try await browser.post("/settings/email/mailbox/check", form(server))
            #expect(good.status == .ok && good.body.contains("писем в папке: 0"))
            let wrong = try await browser.post("/settings/email/mailbox/check", form(server, password: "wrong"))
            #expect(wrong.body.contains("не принял имя пользователя или пароль"))
            #expect(!wrong.body.contains("value=\"wrong\""))
            var other = form(server)
            other["host"] = "127.0.0.1"
            #expect(try await browser.post("/settings/email/mailbox/check", other).body.contains("сертификат"))
            var empty = form(server, password: "")
            let refused = try await browser.post("/settings/email/mailbox", empty)
            #expect(refused.status == .unprocessableContent && refused.body.contains("#field-password"))
            #expect(
                try await browser.post("/settings/email/mailbox", form(server, password: "wrong")).status == .seeOther)
            try await read(world)
            #expect(try await browser.get("/settings/email/mailbox").body.contains("Не удалось прочитать"))
            // The kept password goes to no other server.
            empty["host"] = "elsewhere.example"
            #expect(try await browser.post("/settings/email/mailbox", empty).status == .unprocessableContent)
            let sealed = try await world.app.database.query("SELECT password_sealed FROM return_mailbox").first
            #expect(!String(decoding: try #require(sealed).at(0, as: [UInt8].self), as: UTF8.self).contains("wrong"))
            #expect(try await browser.post("/settings/email/mailbox/removal").status == .seeOther)
            world.app.clock.advance(seconds: 3600)
            try await read(world)
            #expect(try await world.app.database.query("SELECT 1 FROM return_mailbox").isEmpty)
        }
    }

    @Test func `private networks are not reached where the provider forbids them`() async throws {
        try await withTemporaryFolder { folder in
            let server = try await MailboxServer(in: folder)
            defer { server.stop() }
            var account = IMAPAccount(
                host: "localhost", port: server.port, security: .tls,
                credentials: .init(userName: "a", password: "right"))
            account.authorityFile = server.certificate.authority
            #expect(try await IMAPMailbox.check(account) == 0)
            account.allowsPrivateHosts = false
            await #expect(throws: IMAPFault.self) { try await IMAPMailbox.check(account) }
        }
    }
}
