// SPDX-License-Identifier: Apache-2.0
// The client against Debian's Exim: STARTTLS, AUTH, PIPELINING, addresses that it refuses, and what it wrote down.
import Foundation
import Post
import TestSupport
import Testing

/// Exim with a configuration of its own, in a folder of its own; it throws away what it takes.
private struct EximServer {
    static let files = FileManager.default.currentDirectoryPath + "/.vendor/tools/exim"
    static var isThere: Bool { FileManager.default.fileExists(atPath: files + "/.complete") }

    let port: Int
    let certificate: TestCertificate
    private let folder: URL
    private let process: Process

    /// - Parameter folder: Exim gives up the rights of root, so that anybody must be able to write there.
    init(in folder: URL) async throws {
        self.folder = folder
        certificate = try await TestCertificate.make(.good, in: folder)
        port = try TestPython.freePort()
        let path = folder.path
        try Data(Self.configuration(path, port: port, certificate).utf8).write(to: folder.appending(path: "exim.conf"))
        // Debian's Exim asks for a user of its own name, which may not be root.
        try await runShell(
            """
            set -e
            mkdir -p \(path)/spool
            chmod -R a+rwX \(path)
            chmod go-w \(path)/exim.conf
            user=$(id -u | sed 's/^0$/65533/')
            cp /etc/passwd \(path)/passwd
            echo "Debian-exim:x:$user:65533::/:/bin/false" >> \(path)/passwd
            cp /etc/group \(path)/group
            echo "Debian-exim:x:65533:" >> \(path)/group
            """)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.files + "/usr/sbin/exim4")
        process.arguments = ["-C", path + "/exim.conf", "-bdf"]
        let libraries = try Self.libraries()
        process.environment = [
            "LD_LIBRARY_PATH": libraries, "LD_PRELOAD": libraries + "/libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": path + "/passwd", "NSS_WRAPPER_GROUP": path + "/group",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    private static func libraries() throws -> String {
        let folder = files + "/usr/lib"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return folder + "/" + (names.first { $0.hasSuffix("-linux-gnu") } ?? "")
    }

    private static func configuration(_ path: String, port: Int, _ certificate: TestCertificate) -> String {
        """
        primary_hostname = localhost
        spool_directory = \(path)/spool
        log_file_path = \(path)/spool/log-%s
        pid_file_path = \(path)/spool/pid
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = \(port)
        keep_environment =
        host_lookup =
        tls_advertise_hosts = *
        tls_certificate = \(path)/good.pem
        tls_privatekey = \(path)/good.key
        smtputf8_advertise_hosts = *
        acl_smtp_rcpt = recipients
        acl_smtp_data = contents
        begin acl
        recipients:
          deny ! authenticated = *
               message = authentication required
          deny local_parts = nobody
               message = 5.1.1 no such user
          defer local_parts = later
               message = 4.7.1 come back
          accept
        contents:
          warn logwrite = kept for $recipients by $authenticated_id in $tls_in_ver size $message_size
          discard
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_condition = ${if and{{eq{$auth2}{centre}}{eq{$auth3}{тайна}}}}
          server_set_id = $auth2
          server_advertise_condition = ${if def:tls_in_ver}

        """
    }

    /// The lines about messages that it kept.
    func kept() throws -> [String] {
        let log = try String(contentsOf: folder.appending(path: "spool/log-main"), encoding: .utf8)
        return log.split(separator: "\n").filter { $0.contains(" kept for ") }.map(String.init)
    }

    func stop() { kill(process.processIdentifier, SIGKILL) }
}

@Suite struct EximTests {
    private func envelope(to recipient: String) throws -> SMTPEnvelope {
        let from = try #require(MailAddress("survey@centre.example", name: "Отклик"))
        let to = try #require(MailAddress(recipient))
        var message = MailMessage(from: from, to: [to], subject: "Тема", id: "1@centre.example", sentAt: 0)
        message.text = ".первая строка\n..вторая\n"
        return try #require(SMTPEnvelope(message))
    }

    private func withServer(_ body: (EximServer, SMTPAccount) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let server = try await EximServer(in: folder)
            defer { server.stop() }
            var account = SMTPAccount(
                host: "localhost", port: server.port, security: .startTLS,
                credentials: .init(userName: "centre", password: "тайна"))
            account.authorityFile = server.certificate.authority
            account.connections = 4
            // It listens when its process has come so far.
            _ = try TestPython.run(
                """
                import socket, sys, time
                for _ in range(600):
                    try:
                        socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5).close()
                        break
                    except OSError:
                        time.sleep(0.05)
                """, ["\(server.port)"])
            try await body(server, account)
        }
    }

    @Test(.enabled(if: EximServer.isThere))
    func `Exim takes many messages over few connections, signed in by STARTTLS`() async throws {
        try await withServer { server, account in
            let pool = SMTPPool()
            let outcomes = try await withThrowingTaskGroup(of: SMTPOutcome.self) { group in
                for number in 0..<60 {
                    let mail = try envelope(to: "c\(number)@customer.example")
                    group.addTask { await pool.send(mail, through: account) }
                }
                return try await group.reduce(into: [SMTPOutcome]()) { $0.append($1) }
            }
            for outcome in outcomes {
                guard case .accepted = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
            let kept = try server.kept()
            #expect(kept.count == 60)
            #expect(kept.allSatisfy { $0.contains("by centre in TLS1.") })
            pool.close()
        }
    }

    @Test(.enabled(if: EximServer.isThere))
    func `what Exim refuses and puts off is told apart`() async throws {
        try await withServer { _, account in
            let pool = SMTPPool()
            if case .refused(.recipient, let reply) = await pool.send(
                try envelope(to: "nobody@customer.example"), through: account)
            {
                #expect(reply.code == 550 && reply.description.contains("no such user"))
            } else {
                Issue.record("It was to be refused.")
            }
            if case .postponed(_, let reply, _) = await pool.send(
                try envelope(to: "later@customer.example"), through: account)
            {
                #expect(reply?.code == 451)
            } else {
                Issue.record("It was to be put off.")
            }
            guard case .accepted = await pool.send(try envelope(to: "иван@customer.example"), through: account) else {
                Issue.record("It offers SMTPUTF8.")
                return
            }
            var stranger = account
            stranger.credentials = .init(userName: "centre", password: "wrong")
            let fault = await pool.check(stranger)
            #expect(fault?.step == .authentication)
            pool.close()
        }
    }
}
