// SPDX-License-Identifier: Apache-2.0
// Debian's Dovecot 2.3 out of the package's files: a mailbox by IMAP with STARTTLS, and Postfix's judge of passwords.
import Foundation

/// A Dovecot with a configuration of its own, in a folder of its own. Everybody with the password has a mailbox.
public struct DovecotServer: Sendable {
    public static let password = "тайна"
    static let files = FileManager.default.currentDirectoryPath + "/.vendor/tools"

    /// Whether it can be started here: it finds its parts only where the package puts them, so that it needs a view of
    /// the file system of its own.
    public static let isThere: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\(view(files)) 'dovecot --version' 2> /dev/null | grep -q '^2[.]3'"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// IMAP, with STARTTLS only.
    public let port: Int
    public let certificate: TestCertificate
    let folder: URL

    /// Where Postfix asks about passwords.
    var socket: String { folder.path + "/dovecot/auth-client" }

    /// Runs `body` with a server that is there, and stops it.
    public static func run(_ body: (DovecotServer) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let server = try await DovecotServer(in: folder)
            try await stopping(folder.path + "/dovecot/master.pid") { try await body(server) }
        }
    }

    private init(in folder: URL) async throws {
        self.folder = folder
        certificate = try await TestCertificate.make(.good, in: folder)
        port = try TestPython.freePort()
        let path = folder.path
        try Data(Self.configuration(path, port: port).utf8).write(to: folder.appending(path: "dovecot.conf"))
        // It returns when it listens. Root's mailboxes belong to somebody with fewer rights.
        try await runShell(
            """
            set -e
            chmod 711 '\(TemporaryRoot.url.path)'
            chmod 755 '\(path)'
            ln -s '\(Self.files)' '\(path)/tools'
            mkdir -p '\(path)/mail'
            if [ $(id -u) = 0 ]; then chown nobody:nogroup '\(path)/mail'; fi
            cd '\(path)'
            \(Self.view("\(path)/tools")) 'config=\(path)/dovecot.conf
                exec doveconf -f service=master -c $config -m master -e $(command -v dovecot) -c $config'
            """)
    }

    /// A shell in which the packages' files stand where Dovecot looks for them; for nobody else.
    private static func view(_ tools: String) -> String {
        let parts = "\(tools)/dovecot/usr"
        let mount = "mount -t overlay overlay -o lowerdir=\(parts)/lib:/usr/lib /usr/lib"
        let path = "PATH=\(parts)/sbin:\(parts)/bin:$PATH"
        let libraries = "LD_LIBRARY_PATH=/usr/lib/dovecot:/usr/lib/dovecot/modules/old-stats"
        // Only who is root of a namespace may mount; Dovecot wants to be who owns the files.
        let inside = "--map-user=$(id -u) --map-group=$(id -g)"
        return """
            env \(path) \(libraries) \
            unshare $([ $(id -u) = 0 ] || echo --map-root-user) --mount sh -c '\(mount) && exec "$@"' sh \
            $([ $(id -u) = 0 ] || echo unshare --user \(inside)) sh -c
            """
    }

    private static func configuration(_ path: String, port: Int) -> String {
        let isRoot = getuid() == 0
        let owner = isRoot ? "nobody" : "\(getuid())"
        let ownGroup = getgrgid(getgid()).map { String(cString: $0.pointee.gr_name) } ?? ""
        return """
            protocols = imap
            listen = 127.0.0.1
            base_dir = \(path)/dovecot
            state_dir = \(path)/dovecot
            libexec_dir = /usr/lib/dovecot
            log_path = \(path)/dovecot.log
            default_internal_user = \(isRoot ? "mail" : NSUserName())
            default_internal_group = \(isRoot ? "mail" : ownGroup)
            default_login_user = \(isRoot ? "nobody" : NSUserName())
            import_environment = LD_LIBRARY_PATH
            ssl = required
            ssl_cert = <\(path)/good.pem
            ssl_key = <\(path)/good.key
            auth_mechanisms = plain login
            auth_failure_delay = 0
            mail_location = maildir:\(path)/mail/%u
            first_valid_uid = 1
            passdb {
              driver = static
              args = password=\(password)
            }
            userdb {
              driver = static
              args = uid=\(owner) gid=\(isRoot ? "nogroup" : "\(getgid())") home=\(path)/mail/%u
            }
            service imap-login {
              chroot =
              inet_listener imap {
                port = \(port)
              }
              inet_listener imaps {
                port = 0
              }
            }
            service anvil {
              chroot =
              # Wrong passwords are not punished by waiting.
              unix_listener anvil-auth-penalty {
                mode = 0
              }
            }
            service stats {
              chroot =
            }
            service auth {
              unix_listener auth-client {
                mode = 0666
              }
            }

            """
    }

    /// Puts a message into somebody's mailbox, as one that nobody has read.
    public func put(_ name: String, _ message: [UInt8], for user: String) async throws {
        let mailbox = folder.appending(path: "mail/\(user)")
        for part in ["cur", "new", "tmp"] {
            try FileManager.default.createDirectory(
                at: mailbox.appending(path: part), withIntermediateDirectories: true)
        }
        try Data(message).write(to: mailbox.appending(path: "new/\(name)"))
        if getuid() == 0 { try await runShell("chown -R nobody:nogroup '\(mailbox.path)'") }
    }

    /// The names of somebody's messages that were read.
    public func read(of user: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "mail/\(user)/cur").path)
        return names.filter { $0.hasSuffix("S") }.map { $0.components(separatedBy: ":")[0] }.sorted()
    }
}
