// SPDX-License-Identifier: Apache-2.0
// What people do to messages by hand, one or many at a time.
import Durable
import Storage

/// A deed that a person does to messages.
enum MessageDeed: String, CaseIterable, Sendable {
    /// It is tried once more, as if it had just been written, with the same Message-ID.
    case resending
    /// It does not leave any more.
    case cancellation

    /// In which states a message can be treated so. One that is being sent just now never can: nobody knows how far
    /// it has come.
    var states: [MessageState] {
        switch self {
        case .resending: [.failed, .bounced, .unknown, .cancelled, .captured, .retrying]
        case .cancellation: [.queued, .retrying, .held]
        }
    }

    /// Messages that are treated in one transaction.
    static let piece = 500
    /// Messages that are treated at one press of the button.
    static let most = 20_000
    /// Messages that can be chosen one by one.
    static let mostChosen = 100
}

extension Mailings {
    /// Treats messages that are in a fitting state, and writes down who did it.
    /// - Returns: how many were treated.
    func perform(
        _ deed: MessageDeed, on ids: [MessageID], by signedIn: SignedIn, in tx: any Transaction, at now: Moment
    ) throws -> Int {
        let tenant = signedIn.tenant
        let messages = try MessageDeedStore(tx: tx, tenant: tenant).locked(ids, for: deed)
        guard !messages.isEmpty else { return 0 }
        switch deed {
        case .resending: try resend(messages, of: tenant, in: tx, at: now)
        case .cancellation: try cancel(messages, of: tenant, in: tx, at: now)
        }
        let entry = AuditEntry(
            by: signedIn, action: "mailings.audit.\(deed.rawValue)",
            subject: messages.count == 1 ? messages.first?.id.raw : nil,
            details: .object(["count": .string(String(messages.count))]))
        try AuditStore(tx: tx, tenant: tenant).insert(entry, at: now)
        return messages.count
    }

    /// The messages are due at once and get a send window of their own. Their runs have gone on and hear nothing; the
    /// gates are asked again when they leave.
    private func resend(
        _ messages: [LedgerMessage], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let ids = messages.map(\.id)
        let events = EventStore(tx: tx, tenant: tenant)
        try events.keep(ids)
        try MessageDeedStore(tx: tx, tenant: tenant).queue(
            ids, until: now.adding(hours: MailLimits.resendHours), at: now)
        try events.insert(ids.map { ($0, .queued, "mailings.reason.resentByHand") }, at: now)
        let moves = messages.compactMap(\.invitation).map { InvitationMove(invitation: $0, state: .queued) }
        try invitations.move(moves, of: tenant, in: tx, at: now)
        try Work.schedule(ids.map { (Self.messageWork, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
    }

    /// The messages end, and with them their runs, as when a gate says no. Whoever has claimed one to send it finds
    /// that its attempt is over.
    private func cancel(
        _ messages: [LedgerMessage], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let ids = messages.map(\.id)
        try EventStore(tx: tx, tenant: tenant).keep(messages.filter { $0.state != .queued }.map(\.id))
        let concluded = messages.map { message in
            Concluded(
                item: nil, message: message, attempt: message.attempt,
                verdict: .cancelled(gate: "mailings.reason.cancelledByHand"))
        }
        try conclude(concluded, of: tenant, in: tx, at: now)
        try MessageDeedStore(tx: tx, tenant: tenant).endAttempt(ids)
        // Nothing is left to do: whoever claims them next puts the work away.
        try Work.schedule(ids.map { (Self.messageWork, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
    }
}
