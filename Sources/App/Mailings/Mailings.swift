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
    let freshAllowance = FreshAllowance()

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
                let content = MailContent(
                    subject: event.subject, html: event.html, text: event.text, language: event.language)
                let packed = try content.packed()
                let senderEmail = event.senderEmail.nonEmpty ?? smtp?.senderEmail ?? Self.unsetSender
                let senderName = event.senderName.nonEmpty ?? smtp?.senderName ?? ""
                for recipient in event.recipients {
                    let id = tx.new(MessageID.self)
                    messages.append(
                        LedgerStore.NewMessage(
                            id: id, due: event, recipient: recipient, senderName: senderName, senderEmail: senderEmail,
                            messageID: Self.messageID(id, tenant: tenant, senderEmail: senderEmail), content: content,
                            packed: packed))
                }
            }
            try queue(messages, by: smtp, of: tenant, in: tx, at: now)
        }
    }

    /// What writing a centre's mails looks up, for ``Transaction/query(_:lookingUp:)``.
    func lookUps(of tenant: TenantID) -> [SQL] { settings.mailLookUps(of: tenant) + [HoldStore.query(tenant)] }

    /// Writes a ledger row for each mail to an employee.
    public func compose(_ due: [StaffMailDue], in tx: any Transaction, at now: Moment) throws {
        for (tenant, events) in Dictionary(grouping: due, by: \.tenant) {
            let smtp = try settings.smtp(of: tenant, in: tx)
            let senderEmail = smtp?.senderEmail ?? Self.unsetSender
            let messages = try events.map { event in
                let content = MailContent(
                    subject: event.subject, html: nil, text: event.text, language: event.language)
                let id = tx.new(MessageID.self)
                return try LedgerStore.NewMessage(
                    id: id, due: event, senderName: smtp?.senderName ?? "", senderEmail: senderEmail,
                    messageID: Self.messageID(id, tenant: tenant, senderEmail: senderEmail), content: content)
            }
            try queue(messages, by: smtp, of: tenant, in: tx, at: now)
        }
    }

    /// Writes rows, as many as may leave at once as being sent, and hands them over to whoever sends.
    private func queue(
        _ messages: [LedgerStore.NewMessage], by smtp: SMTPSettings?, of tenant: TenantID, in tx: any Transaction,
        at now: Moment
    ) throws {
        let ledger = LedgerStore(tx: tx, tenant: tenant)
        let fresh = try leavingAtOnce(messages, by: smtp, of: tenant, in: tx, at: now)
        func start(_ ids: [MessageID], carrying parcels: [FreshMessage] = []) throws -> Bool {
            try Work.start(
                Self.messageWork, ids.map { (tenant.raw, $0.raw) }, at: now.milliseconds, in: tx, carrying: parcels)
        }
        let started = Set(fresh.map(\.message.id))
        let areBegun = try start(fresh.map(\.message.id), carrying: fresh)
        _ = try start(messages.map(\.id).filter { !started.contains($0) })
        try ledger.insert(messages.filter { started.contains($0.id) }, areBegun: areBegun, at: now)
        try ledger.insert(messages.filter { !started.contains($0.id) }, at: now)
    }

    /// The messages that leave at once: nobody has anything to ask about them, and it is their centre's turn.
    private func leavingAtOnce(
        _ messages: [LedgerStore.NewMessage], by smtp: SMTPSettings?, of tenant: TenantID, in tx: any Transaction,
        at now: Moment
    ) throws -> [FreshMessage] {
        let ready = messages.filter { message in
            message.areGatesAsked && message.content.byteCount <= MailLimits.freshBytes && message.windowEndsAt > now
        }
        guard !ready.isEmpty, Work.isDoneHere(Self.messageWork, in: tx), freshAllowance.hasPlaces(for: tenant),
            let terms = try termsToLeaveAtOnce(smtp, of: tenant, in: tx)
        else { return [] }
        return ready.prefix(freshAllowance.take(ready.count, of: tenant)).map { message in
            FreshMessage(message.queued(at: now), terms: terms, of: tenant, allowance: freshAllowance)
        }
    }

    /// How a centre's mail leaves, where nothing keeps it from leaving at once; nil where each message is looked at
    /// first.
    private func termsToLeaveAtOnce(
        _ smtp: SMTPSettings?, of tenant: TenantID, in tx: any Transaction
    ) throws -> MailTerms? {
        // Whatever has been begun when the program dies is unknown. Where such mail is not tried again, it is to be as
        // little as can be.
        guard let smtp, smtp.host != nil, smtp.unknownPolicy == .retryOnce else { return nil }
        let terms = try self.terms(smtp, of: tenant, in: tx)
        let isHeld = try !HoldStore(tx: tx, tenant: tenant).all().isEmpty
        return isHeld || terms.perSecond != nil ? nil : terms
    }

    /// What the delivery has to know beside a centre's settings.
    func terms(_ smtp: SMTPSettings?, of tenant: TenantID, in tx: any Transaction) throws -> MailTerms {
        MailTerms(
            settings: smtp, limits: try settings.limits(of: tenant, in: tx),
            keys: try settings.signingKeys(of: tenant, in: tx))
    }

    /// Who captured mail is from while nobody has entered a sender.
    static let unsetSender = "survey@localhost"

    /// Why a centre's mail does not leave just now; empty when it does.
    public func holds(of tenant: TenantID) async throws -> [Hold] {
        try await installation.database.query(HoldStore.query(tenant)).map(HoldStore.hold)
    }
}
