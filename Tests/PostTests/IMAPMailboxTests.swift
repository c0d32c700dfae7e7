// SPDX-License-Identifier: Apache-2.0
// Reading a mailbox: Debian's Dovecot by STARTTLS, and servers that try to be talked to without it.
import Foundation
import Post
import TestSupport
import Testing

/// Says what a dishonest server would, and writes down what it hears.
private struct DishonestServer {
    enum Deed: String, CaseIterable {
        /// Offers no STARTTLS, or somebody between took it away.
        case strips
        /// Says that the client is signed in already, so that it would not begin TLS.
        case preauthenticates
        /// Talks on in clear text behind the answer to STARTTLS.
        case injects
        case refuses
    }

    let port: Int
    private let process: Process
    private let heardFile: URL

    private static let script = """
        import socketserver, sys
        deed, heard = sys.argv[1], open(sys.argv[2], 'a', buffering=1)
        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda text: self.wfile.write(text.encode() + b'\\r\\n')
                say('* PREAUTH welcome' if deed == 'preauthenticates' else '* OK welcome')
                while line := self.rfile.readline().decode(errors='replace').strip():
                    tag, _, command = line.partition(' ')
                    heard.write(command + '\\n')
                    if command == 'CAPABILITY':
                        say('* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN' + ('' if deed == 'strips' else ' STARTTLS'))
                    if command == 'STARTTLS' and deed == 'refuses':
                        say(tag + ' NO not today')
                    elif command == 'STARTTLS':
                        say(tag + ' OK begin' + '\\r\\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\\r\\nA003 OK done')
                    else:
                        say(tag + ' OK done')
        server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), Conversation)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    init(_ deed: Deed, in folder: URL) throws {
        heardFile = folder.appending(path: "heard")
        try Data().write(to: heardFile)
        let output: Pipe
        (process, output) = try TestPython.start(Self.script, [deed.rawValue, heardFile.path])
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
        port = Int(String(decoding: bytes, as: UTF8.self)) ?? 0
    }

    func heard() throws -> [String] {
        try String(contentsOf: heardFile, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func stop() { kill(process.processIdentifier, SIGKILL) }
}

@Suite struct IMAPMailboxTests {
    private func account(port: Int, authority: String?) -> IMAPAccount {
        var account = IMAPAccount(
            host: "localhost", port: port, security: .startTLS,
            credentials: .init(userName: "bounces", password: DovecotServer.password))
        account.authorityFile = authority
        return account
    }

    private func fault(_ account: IMAPAccount) async -> IMAPFault.Code? {
        do {
            _ = try await IMAPMailbox.check(account)
            return nil
        } catch {
            return (error as? IMAPFault)?.code
        }
    }

    @Test(arguments: DishonestServer.Deed.allCases)
    fileprivate func `nobody who keeps TLS away learns a name or a password`(
        _ deed: DishonestServer.Deed
    ) async throws {
        try await withTemporaryFolder { folder in
            let server = try DishonestServer(deed, in: folder)
            defer { server.stop() }
            let found = await fault(account(port: server.port, authority: nil))
            #expect(deed == .injects ? found != nil : found == .noTLS, "\(String(describing: found))")
            #expect(try server.heard().allSatisfy { ["CAPABILITY", "STARTTLS", "LOGOUT"].contains($0) })
        }
    }

    @Test(.enabled(if: DovecotServer.isThere, "Dovecot 2.3 cannot be started here"))
    func `Dovecot's mailbox is read once by STARTTLS, and what was read is marked`() async throws {
        try await DovecotServer.run { server in
            let account = account(port: server.port, authority: server.certificate.authority)
            #expect(try await IMAPMailbox.check(account) == 0)
            for number in 1...3 {
                let text = "Subject: \(number)\r\n\r\n\(String(repeating: "x", count: number * 1000))\r\n"
                try await server.put("\(number)", Array(text.utf8), for: "bounces")
            }
            #expect(try await IMAPMailbox.check(account) == 3)
            #expect(try server.read(of: "bounces") == [])
            let first = try await IMAPMailbox.read(account, after: nil)
            #expect(first.messages.map(\.uid) == [1, 2, 3])
            #expect(first.messages.map { $0.bytes.count } == [1016, 2016, 3016])
            #expect(try server.read(of: "bounces") == ["1", "2", "3"])
            let second = try await IMAPMailbox.read(account, after: .init(validity: first.validity, uid: 2))
            #expect(second.messages.map(\.uid) == [3])
            #expect(
                try await IMAPMailbox.read(account, after: .init(validity: first.validity, uid: 3)).messages.isEmpty)
        }
    }

    @Test(.enabled(if: DovecotServer.isThere, "Dovecot 2.3 cannot be started here"))
    func `Dovecot's refusals are told apart`() async throws {
        try await DovecotServer.run { server in
            let good = account(port: server.port, authority: server.certificate.authority)
            #expect(await fault(good) == nil)
            var wrong = good
            wrong.credentials = .init(userName: "bounces", password: "wrong")
            #expect(await fault(wrong) == .wrongCredentials)
            var stranger = good
            stranger.authorityFile = nil
            #expect(await fault(stranger) == .untrusted)
            var implicit = good
            implicit.security = .tls
            #expect(await fault(implicit) == .noTLS)
            var other = good
            other.folder = "Nothing"
            #expect(await fault(other) == .refused)
        }
    }
}
