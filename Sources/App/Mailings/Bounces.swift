// SPDX-License-Identifier: Apache-2.0
// What comes back: reports lead the ledger, the run's record and the invitation to what is true now (spec 2.3).
import Crypto
import Post
import Storage

/// What a report changed.
public struct ReportTaken: Sendable, Equatable {
    public var kind: DeliveryReport.Kind
    /// Nil when it could not be told which message it is about, or whether it may say so.
    public var message: MessageID?
    public var status: String?
    /// Whether it was taken for the first time.
    public var isNew = false
    /// Whether the message came to *bounced* by it.
    public var isBounced = false
    /// Whether the recipient's address is not asked any more, by it.
    public var isSuppressed = false
}

/// A report as the outbox lists it.
struct StoredReport: Sendable, Equatable {
    let kind: String
    let status: String?
    let diagnostic: String?
    let receivedAt: Moment
    /// Nil for one that names no message of ours.
    let message: MessageID?
    let recipient: String?
}

extension Mailings {
    /// How long after it was sent a report leads a message to *bounced*. A later one is kept, and changes no state.
    static let lateReportHours: Int64 = 72

    /// Takes a message that came back. The same one again changes nothing.
    /// - Parameters:
    ///   - recipient: The address that it came to, where whoever hands it over knows it.
    ///   - tenant: The centre that it may be about, and which keeps it when it names no message; nil for any, and none.
    public func take(
        report bytes: [UInt8], to recipient: String?, of tenant: TenantID?, contacts: Contacts, at now: Moment
    ) async throws -> ReportTaken {
        let report = DeliveryReport(message: bytes)
        let addresses = (recipient.map { [$0] } ?? []) + report.destinations
        let path = ReturnPath.find(among: addresses, secret: installation.secret).flatMap { path in
            tenant == nil || tenant == path.tenant ? path : nil
        }
        let digest = Array(SHA256.hash(data: bytes.prefix(MailLimits.reportBytes)).prefix(16))
        guard let owner = path?.tenant ?? tenant else { return ReportTaken(kind: report.kind, status: report.status) }
        return try await installation.database.write { tx in
            try take(report, digest, path?.message, of: owner, contacts: contacts, in: tx, at: now)
        }
    }

    private func take(
        _ report: DeliveryReport, _ digest: [UInt8], _ id: MessageID?, of tenant: TenantID, contacts: Contacts,
        in tx: any Transaction, at now: Moment
    ) throws -> ReportTaken {
        let store = BounceStore(tx: tx, tenant: tenant)
        let message = try id.flatMap { try store.locked($0) }
        var taken = ReportTaken(kind: report.kind, message: message?.id, status: report.status)
        let stored = StoredReport(
            kind: report.kind.rawValue, status: report.status, diagnostic: report.diagnostic, receivedAt: now,
            message: message?.id, recipient: report.recipient)
        taken.isNew = try store.insert(stored, digest, blamesAddress: report.isAddressAtFault)
        guard taken.isNew, let message else { return taken }
        if report.isUnsubscribe {
            taken.isSuppressed = try contacts.suppress(
                message.recipient, because: .unsubscribed, of: tenant, in: tx, at: now)
            return taken
        }
        if report.hasFailed { taken.isBounced = try bounce(message, report, store, of: tenant, in: tx, at: now) }
        taken.isSuppressed = try suppress(message, report, store, of: tenant, contacts: contacts, in: tx, at: now)
        return taken
    }

    /// The message did not arrive after all: the ledger, the invitation and the run's record say so.
    private func bounce(
        _ message: BounceStore.Sent, _ report: DeliveryReport, _ store: BounceStore, of tenant: TenantID,
        in tx: any Transaction, at now: Moment
    ) throws -> Bool {
        guard message.state == .sent || message.state == .unknown || message.state == .captured,
            now <= message.stateAt.adding(hours: Self.lateReportHours)
        else { return false }
        let reason = report.diagnostic ?? report.status ?? "mailings.reason.bounced"
        try store.bounce(message.id, reason: reason, at: now)
        if let invitation = message.invitation, try !store.isElsewhere(invitation, than: message.id) {
            try invitations.move(invitation, of: tenant, to: .bounced, in: tx, at: now)
        }
        if let run = message.run {
            try workflows.mailBounced(
                run, block: message.block ?? "", reason: reason,
                hasArrivedElsewhere: try store.isElsewhere(message), of: tenant, in: tx, at: now)
        }
        return true
    }

    /// An address of which as many messages came back as the centre allows is not written to again; nor is who calls
    /// our mail spam.
    private func suppress(
        _ message: BounceStore.Sent, _ report: DeliveryReport, _ store: BounceStore, of tenant: TenantID,
        contacts: Contacts, in tx: any Transaction, at now: Moment
    ) throws -> Bool {
        let reason: SuppressionReason
        if report.kind == .complaint {
            reason = .complained
        } else if report.isAddressAtFault {
            let limit = try settings.smtp(of: tenant, in: tx)?.bounceLimit ?? SMTPSettings.usualBounceLimit
            guard try store.hasBounced(message.recipient, times: limit) else { return false }
            reason = .bounced
        } else {
            return false
        }
        return try contacts.suppress(message.recipient, because: reason, of: tenant, in: tx, at: now)
    }
}
