// SPDX-License-Identifier: Apache-2.0
// The client against a server that others wrote (Python's aiosmtpd): STARTTLS, TLS, AUTH, and certificates that are
// not to be trusted.
import Foundation
import Post
import TestSupport
import Testing

/// aiosmtpd with a certificate of its own, in a process of its own.
private final class RealServer {
    enum Mode: String { case plain, starttls, tls }

    let port: Int
    /// The authority that a client has to trust.
    let certificate: String
    private let process: Process
    private let output: FileHandle

    private static let script = """
        import sys, ssl, asyncio, json
        from aiosmtpd.smtp import SMTP, AuthResult
        mode, cert, key = sys.argv[1:4]
        class Handler:
            async def handle_DATA(self, server, session, envelope):
                print(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos,
                    'tls': session.ssl is not None, 'login': session.auth_data or '',
                    'text': envelope.content.decode('utf8')}), flush=True)
                return '250 2.0.0 taken'
        def authenticate(server, session, envelope, mechanism, data):
            good = data.login == b'centre' and data.password == b'\\xd1\\x82\\xd0\\xb0\\xd0\\xb9\\xd0\\xbd\\xd0\\xb0'
            return AuthResult(success=good, handled=False, auth_data=data.login.decode())
        context = None
        if mode != 'plain':
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
        def make():
            return SMTP(Handler(), hostname='localhost', enable_SMTPUTF8=True,
                tls_context=context if mode == 'starttls' else None, require_starttls=mode == 'starttls',
                authenticator=authenticate, auth_required=mode != 'plain', auth_require_tls=mode == 'starttls')
        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(make, '127.0.0.1', 0, ssl=context if mode == 'tls' else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """

    init(_ mode: Mode, in folder: URL, host: String = "localhost") throws {
        certificate = folder.appending(path: "cert.pem").path
        let key = folder.appending(path: "key.pem").path
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", key, "-out", certificate, "-subj", "/CN=\(host)", "-addext", "subjectAltName=DNS:\(host)",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let started = try TestPython.start(Self.script, [mode.rawValue, certificate, key])
        process = started.process
        output = started.output.fileHandleForReading
        port = Int(Self.line(output)) ?? 0
    }

    /// The next message that the server took.
    func next() throws -> [String: String] {
        let object = try JSONSerialization.jsonObject(with: Data(Self.line(output).utf8)) as? [String: Any] ?? [:]
        return object.mapValues { "\($0)" }
    }

    func stop() { kill(process.processIdentifier, SIGKILL) }

    private static func line(_ handle: FileHandle) -> String {
        var bytes: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct RealServerTests {
    private static let isThere: Bool = (try? TestPython.run("import aiosmtpd")) != nil

    private func message() throws -> SMTPEnvelope {
        let from = try #require(MailAddress("survey@centre.example", name: "Отклик"))
        let to = try #require(MailAddress("ivan@customer.example"))
        var message = MailMessage(from: from, to: [to], subject: "Тема", id: "1@centre.example", sentAt: 0)
        message.text = ".первая строка"
        return try #require(SMTPEnvelope(message))
    }

    private func withServer(
        _ mode: RealServer.Mode, host: String = "localhost", _ body: (RealServer) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let server = try RealServer(mode, in: folder, host: host)
            defer { server.stop() }
            try await body(server)
        }
    }

    private func account(
        _ server: RealServer, _ security: SMTPAccount.Security, password: String = "тайна"
    ) -> SMTPAccount {
        var account = SMTPAccount(
            host: "localhost", port: server.port, security: security,
            credentials: security == .none ? nil : .init(userName: "centre", password: password))
        account.authorityFile = server.certificate
        return account
    }

    @Test(.enabled(if: isThere), arguments: [SMTPAccount.Security.startTLS, .tls])
    func `a message goes through TLS and AUTH, several over one connection`(
        security: SMTPAccount.Security
    ) async throws {
        try await withServer(security == .tls ? .tls : .starttls) { server in
            let pool = SMTPPool()
            let account = account(server, security)
            for _ in 0..<3 {
                let outcome = await pool.send(try message(), through: account)
                #expect(outcome == .accepted(SMTPReply(code: 250, lines: ["2.0.0 taken"])))
                let received = try server.next()
                #expect(received["from"] == "survey@centre.example")
                #expect(received["login"] == "centre")
                #expect(received["text"]?.contains("Subject: =?UTF-8?B?") == true)
            }
            pool.close()
        }
    }

    @Test(.enabled(if: isThere)) func `a plain server takes mail too`() async throws {
        try await withServer(.plain) { server in
            guard case .accepted = await SMTPPool().send(try message(), through: account(server, .none)) else {
                Issue.record("not accepted")
                return
            }
        }
    }

    @Test(.enabled(if: isThere), arguments: [SMTPAccount.Security.startTLS, .tls])
    func `a certificate that nobody vouches for is refused`(security: SMTPAccount.Security) async throws {
        try await withServer(security == .tls ? .tls : .starttls) { server in
            var account = account(server, security)
            account.authorityFile = nil
            guard case .fault(let fault) = await SMTPPool().send(try message(), through: account) else {
                Issue.record("not refused")
                return
            }
            #expect(fault.step == .handshake)
            #expect(fault.reason == SMTPReason(.untrustedCertificate))
        }
    }

    @Test(.enabled(if: isThere), arguments: [SMTPAccount.Security.startTLS, .tls])
    func `a certificate for another host is refused`(security: SMTPAccount.Security) async throws {
        try await withServer(security == .tls ? .tls : .starttls, host: "other.example") { server in
            guard case .fault(let fault) = await SMTPPool().send(try message(), through: account(server, security))
            else {
                Issue.record("not refused")
                return
            }
            #expect(fault.step == .handshake)
        }
    }

    @Test(.enabled(if: isThere)) func `a wrong password is a fault at authentication`() async throws {
        try await withServer(.starttls) { server in
            let account = account(server, .startTLS, password: "wrong")
            guard case .fault(let fault) = await SMTPPool().send(try message(), through: account) else {
                Issue.record("not refused")
                return
            }
            #expect(fault.step == .authentication)
            #expect(fault.reply?.code == 535)
        }
    }

    @Test(.enabled(if: isThere)) func `checking settings tells each step`() async throws {
        try await withServer(.starttls) { server in
            let probe = await SMTPProbe.run(account(server, .startTLS), sending: try message())
            #expect(probe.isGood)
            #expect(probe.tlsVersion == "TLS 1.3")
            #expect(probe.certificate?.hasPrefix("localhost ") == true)
            #expect(probe.mechanism == "PLAIN")
            #expect(probe.peer?.hasSuffix(":\(server.port)") == true)
            let plain = await SMTPProbe.run(account(server, .tls))
            #expect(plain.fault?.step == .handshake || plain.fault?.step == .greeting)
            #expect(!plain.isGood)
        }
    }
}
