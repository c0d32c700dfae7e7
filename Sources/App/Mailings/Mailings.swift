// SPDX-License-Identifier: Apache-2.0
// The room's face: every message that leaves goes through the ledger (spec 2.2).
import Durable
import Storage

/// The ledger of messages and their delivery.
public struct Mailings: Sendable {
    /// Due messages: subject is the message's id.
    static let messageWork = WorkKind("message")
    /// Held queues to be probed: subject is the centre's id.
    static let probeWork = WorkKind("probe")

    let installation: Installation
    let settings: Settings
    let invitations: Invitations
    let inbox: Inbox
    let workflows: Workflows

    public init(
        installation: Installation, settings: Settings, invitations: Invitations, inbox: Inbox, workflows: Workflows
    ) {
        self.installation = installation
        self.settings = settings
        self.invitations = invitations
        self.inbox = inbox
        self.workflows = workflows
    }

    /// Writes a ledger row per recipient of each; they are sent from there. A batch costs as many statements as one.
    public func compose(_ due: [MessageDue], in tx: any Transaction, at now: Moment) throws {
        for (tenant, events) in Dictionary(grouping: due, by: \.tenant) {
            let smtp = try settings.smtp(of: tenant, in: tx)
            var messages: [LedgerStore.NewMessage] = []
            for event in events {
                let content = try MailContent(
                    subject: event.subject, html: event.html, text: event.text, language: event.language
                ).packed()
                let senderEmail = event.senderEmail.nonEmpty ?? smtp?.senderEmail ?? Self.unsetSender
                let senderName = event.senderName.nonEmpty ?? smtp?.senderName ?? ""
                for recipient in event.recipients {
                    let id = tx.new(MessageID.self)
                    messages.append(
                        LedgerStore.NewMessage(
                            id: id, due: event, recipient: recipient, senderName: senderName, senderEmail: senderEmail,
                            messageID: Self.messageID(id, tenant: tenant, senderEmail: senderEmail), content: content))
                }
            }
            try queue(messages, of: tenant, in: tx, at: now)
        }
    }

    /// Writes a ledger row for each mail to an employee.
    public func compose(_ due: [StaffMailDue], in tx: any Transaction, at now: Moment) throws {
        for (tenant, events) in Dictionary(grouping: due, by: \.tenant) {
            let smtp = try settings.smtp(of: tenant, in: tx)
            let senderEmail = smtp?.senderEmail ?? Self.unsetSender
            let messages = try events.map { event in
                let content = MailContent(
                    subject: event.subject, html: nil, text: event.text, language: event.language)
                let id = tx.new(MessageID.self)
                return LedgerStore.NewMessage(
                    id: id, due: event, senderName: smtp?.senderName ?? "", senderEmail: senderEmail,
                    messageID: Self.messageID(id, tenant: tenant, senderEmail: senderEmail),
                    content: try content.packed())
            }
            try queue(messages, of: tenant, in: tx, at: now)
        }
    }

    private func queue(
        _ messages: [LedgerStore.NewMessage], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        try LedgerStore(tx: tx, tenant: tenant).insert(messages, at: now)
        try Work.start(
            Self.messageWork, messages.map { (tenant.raw, $0.id.raw) }, at: now.milliseconds, in: tx)
    }

    /// Who captured mail is from while nobody has entered a sender.
    static let unsetSender = "survey@localhost"

    /// Why a centre's mail does not leave just now; empty when it does.
    public func holds(of tenant: TenantID) async throws -> [Hold] {
        try await installation.database.query(HoldStore.query(tenant)).map(HoldStore.hold)
    }
}
