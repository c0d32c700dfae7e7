// SPDX-License-Identifier: Apache-2.0
// Debian's Postfix out of the package's files: STARTTLS, sign-in by Dovecot, mailboxes that a test reads, and reports
// about what could not be delivered.
import Foundation

/// A Postfix with a queue and a configuration of its own, in the folder of its Dovecot.
///
/// It takes mail for `customer.example` and `centre.example` from whoever signed in, each in one mailbox: `customer`,
/// `bounces`. At `customer.example` it refuses `nobody` and puts off `later`; what it took for `gone` comes back.
public struct PostfixServer: Sendable {
    public static var isThere: Bool {
        DovecotServer.isThere
            && ["postfix", "wrappers"].allSatisfy {
                FileManager.default.fileExists(atPath: "\(DovecotServer.files)/\($0)/.complete")
            }
    }
    /// Bytes.
    public static let sizeLimit = 30_000

    public let port: Int
    public let dovecot: DovecotServer
    private var folder: URL { dovecot.folder }

    /// Runs `body` with a server that is there, and stops it.
    public static func run(_ body: (PostfixServer) async throws -> Void) async throws {
        try await DovecotServer.run { dovecot in
            let server = PostfixServer(port: try TestPython.freePort(), dovecot: dovecot)
            try await server.start()
            try await stopping(dovecot.folder.path + "/queue/pid/master.pid") { try await body(server) }
        }
    }

    /// Returns when it listens. Root's Postfix runs with the rights of others; anybody else's believes to be root.
    private func start() async throws {
        let path = folder.path
        try FileManager.default.createDirectory(
            at: folder.appending(path: "etc"), withIntermediateDirectories: true)
        try Data(settings.utf8).write(to: folder.appending(path: "etc/main.cf"))
        try Data(services.utf8).write(to: folder.appending(path: "etc/master.cf"))
        try Data().write(to: folder.appending(path: "etc/dynamicmaps.cf"))
        // 67: there is no such user.
        try Data("exit 67\n".utf8).write(to: folder.appending(path: "gone.sh"))
        try await runShell(
            """
            set -e
            cd '\(path)'
            for name in active bounce corrupt defer deferred flush hold incoming private saved trace maildrop public; do
                mkdir -p queue/$name
            done
            mkdir -p data queue/pid mail/customer mail/bounces
            # It waits until its settings are older than some seconds.
            touch -d '1 minute ago' etc/*
            wrappers=$(echo \(path)/tools/wrappers/usr/lib/*-linux-gnu)
            export MAIL_CONFIG='\(path)/etc' LD_LIBRARY_PATH='\(path)/tools/postfix/usr/lib/postfix'
            if [ $(id -u) = 0 ]; then
                chown daemon data queue/*
                chown root queue/pid
                chown -R nobody:nogroup mail
                exec \(path)/tools/postfix/usr/lib/postfix/sbin/master -w
            fi
            export LD_PRELOAD=$wrappers/libnss_wrapper.so:$wrappers/libuid_wrapper.so
            export NSS_WRAPPER_PASSWD=/etc/passwd NSS_WRAPPER_GROUP=/etc/group UID_WRAPPER=1 UID_WRAPPER_ROOT=1
            exec \(path)/tools/postfix/usr/lib/postfix/sbin/master -w
            """)
    }

    private var settings: String {
        let path = folder.path
        // nobody and nogroup have this number on every Debian.
        let (user, group) = getuid() == 0 ? (65534, 65534) : (getuid(), getgid())
        return """
            compatibility_level = 3.6
            myhostname = localhost
            mydestination =
            mynetworks =
            alias_maps =
            alias_database =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            disable_dns_lookups = yes
            queue_directory = \(path)/queue
            data_directory = \(path)/data
            meta_directory = \(path)/etc
            command_directory = \(path)/tools/postfix/usr/sbin
            daemon_directory = \(path)/tools/postfix/usr/lib/postfix/sbin
            shlib_directory = \(path)/tools/postfix/usr/lib/postfix
            mail_owner = daemon
            setgid_group = mail
            default_privs = nobody
            maillog_file_prefixes = \(path)
            maillog_file = \(path)/postfix.log
            import_environment = MAIL_CONFIG LD_LIBRARY_PATH LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
                UID_WRAPPER UID_WRAPPER_ROOT
            tls_random_source = dev:/dev/urandom
            smtpd_tls_security_level = may
            smtpd_tls_auth_only = yes
            smtpd_tls_cert_file = \(path)/good.pem
            smtpd_tls_key_file = \(path)/good.key
            smtpd_tls_received_header = yes
            smtpd_sasl_auth_enable = yes
            smtpd_sasl_type = dovecot
            smtpd_sasl_path = \(dovecot.socket)
            smtpd_sasl_authenticated_header = yes
            smtpd_relay_restrictions = permit_sasl_authenticated, reject
            smtpd_recipient_restrictions = check_recipient_access inline:{
                { nobody@customer.example = 550 5.1.1 no such user }
                { later@customer.example = 450 4.7.1 come back }
                }, permit_sasl_authenticated, reject
            smtpd_data_restrictions = reject_unauth_pipelining
            smtpd_error_sleep_time = 0
            message_size_limit = \(Self.sizeLimit)
            recipient_delimiter = +
            transport_maps = inline:{ gone@customer.example=gone: }
            virtual_mailbox_domains = customer.example, centre.example
            virtual_mailbox_base = \(path)/mail
            virtual_mailbox_maps = regexp:{ {/@customer/ customer/} {/^bounces/ bounces/} }
            virtual_uid_maps = static:\(user)
            virtual_gid_maps = static:\(group)
            virtual_minimum_uid = 1

            """
    }

    private var services: String {
        """
        127.0.0.1:\(port) inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        retry unix - - n - - error
        virtual unix - n n - - virtual
        gone unix - n n - - pipe user=nobody argv=/bin/sh \(folder.path)/gone.sh
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd

        """
    }

    private static let waiting = """
        import json, pathlib, sys, time
        folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
        for _ in range(3000):
            found = sorted(path for part in ('new', 'cur') for path in folder.glob(part + '/*'))
            if len(found) >= count:
                break
            time.sleep(0.01)
        print(json.dumps([path.read_bytes().decode('utf8') for path in found]))
        """

    /// The messages in a mailbox, as soon as there are so many; as they came when they do not.
    public func mails(in mailbox: String, count: Int) throws -> [String] {
        let printed = try TestPython.run(Self.waiting, [folder.appending(path: "mail/\(mailbox)").path, "\(count)"])
        return try JSONDecoder().decode([String].self, from: Data(printed.utf8))
    }
}
