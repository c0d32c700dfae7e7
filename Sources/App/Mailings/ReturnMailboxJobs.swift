// SPDX-License-Identifier: Apache-2.0
// Reads the mailboxes for returned mail, once a minute each; what was read is never read again, and never lost.
import Durable
import Post
import Storage

extension Mailings {
    /// Mailboxes to be read: subject is the centre's id.
    static let mailboxWork = WorkKind("mailbox")
    private static let pauseSeconds: Int64 = 60
    /// After a refused sign-in: mail servers lock accounts that try too often.
    private static let refusedPauseSeconds: Int64 = 600

    /// The handler that reads mailboxes; each centre's by itself, since a server may be slow.
    public func mailboxHandler(contacts: Contacts) -> WorkHandler {
        WorkHandler(kind: Self.mailboxWork, batch: 10, concurrency: 4, isByTenant: true) { items, context in
            for item in items { try await read(item, contacts: contacts, context) }
        }
    }

    /// The account that a mailbox describes.
    func account(_ mailbox: ReturnMailbox) -> IMAPAccount {
        let security: SMTPAccount.Security =
            switch mailbox.secure {
            case .none: .none
            case .starttls: .startTLS
            case .tls: .tls
            }
        var account = IMAPAccount(
            host: mailbox.host, port: mailbox.port, security: security,
            credentials: .init(userName: mailbox.userName, password: mailbox.password))
        account.folder = mailbox.folder
        account.authorityFile = installation.provider.mailAuthorityFile
        account.allowsPrivateHosts = installation.provider.allowsPrivateMailHosts
        return account
    }

    /// Tries a mailbox that need not be saved.
    func check(_ mailbox: ReturnMailbox) async throws -> ReturnMailboxPage.Outcome {
        do {
            return .messages(try await IMAPMailbox.check(account(mailbox)))
        } catch let fault as IMAPFault {
            return .fault(fault.stored)
        }
    }

    /// Keeps a mailbox and reads it at once.
    func save(_ mailbox: ReturnMailbox, over old: ReturnMailbox?, by signedIn: SignedIn) async throws {
        let (installation, now) = (installation, installation.clock.now())
        let isAnother =
            old.map { ($0.host, $0.userName, $0.folder) != (mailbox.host, mailbox.userName, mailbox.folder) } ?? true
        try await installation.database.write { tx in
            try ReturnMailboxStore(tx: tx, tenant: signedIn.tenant, secret: installation.secret).save(
                mailbox, isAnother: isAnother, at: now)
            let entry = AuditEntry(
                by: signedIn, action: "mailings.audit.mailboxChanged",
                details: .change(from: old?.facts ?? [:], to: mailbox.facts))
            try AuditStore(tx: tx, tenant: signedIn.tenant).insert(entry, at: now)
            try Work.schedule(
                Self.mailboxWork, tenant: signedIn.tenant.raw, subject: signedIn.tenant.raw, at: now.milliseconds,
                in: tx)
        }
    }

    private func read(_ item: WorkItem, contacts: Contacts, _ context: WorkContext) async throws {
        let (tenant, installation) = (TenantID(raw: item.tenant), installation)
        let stored = try await installation.database.read { tx in
            try ReturnMailboxStore(tx: tx, tenant: tenant, secret: installation.secret).find()
        }
        guard let stored else {
            return try await installation.database.write { try Work.settle([item], as: .done, in: $0) }
        }
        var (problem, pause): (String?, Int64) = (nil, Self.pauseSeconds)
        do {
            let found = try await IMAPMailbox.read(account(stored.mailbox), after: stored.state.position)
            for message in found.messages {
                if context.isStopping() { break }
                try await take(
                    message.bytes, of: tenant, contacts, at: .init(validity: found.validity, uid: message.uid))
            }
            if found.messages.count == IMAPLimits.messages { pause = 0 }
        } catch let fault as IMAPFault {
            problem = fault.stored
            if fault.code == .wrongCredentials { pause = Self.refusedPauseSeconds }
        }
        let (said, wait) = (problem, pause)
        let now = installation.clock.now()
        try await installation.database.write { tx in
            try ReturnMailboxStore(tx: tx, tenant: tenant, secret: installation.secret).checked(problem: said, at: now)
            try Work.settle([item], as: .again(at: now.adding(seconds: wait).milliseconds), in: tx)
        }
    }

    /// Takes one message and then remembers that it was read: killed in between, it is taken twice, which changes
    /// nothing.
    private func take(
        _ bytes: [UInt8], of tenant: TenantID, _ contacts: Contacts, at position: IMAPPosition
    ) async throws {
        let (installation, now) = (installation, installation.clock.now())
        if !bytes.isEmpty {
            _ = try await take(report: bytes, to: nil, of: tenant, contacts: contacts, at: now)
        }
        try await installation.database.write { tx in
            try ReturnMailboxStore(tx: tx, tenant: tenant, secret: installation.secret).advance(
                to: position.uid, validity: position.validity)
        }
    }
}
