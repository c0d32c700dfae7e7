// SPDX-License-Identifier: Apache-2.0
// What people and programs may read of the ledger, and the end of asking by a customer's own word.
import Foundation
import Markup
import Storage

/// A captured mail, decoded, with the links that its recipient would have had.
public struct CapturedMail: Sendable, Codable, Equatable {
    public let id: MessageID
    public let at: Moment
    public let to: String
    public let from: String
    public let subject: String
    public let text: String
    /// Nil for plain text.
    public let html: String?
    /// Nil when the mail asks nothing.
    public let surveyLink: String?
    /// The file below the data folder's `mail`.
    public let file: String
}

extension Mailings {
    /// How many messages a page of the outbox shows.
    static let outboxPage = 50

    /// The newest captured mails of a centre, decoded with their live links: for demos and tests.
    public func capturedMails(of tenant: TenantID, limit: Int = 1000) async throws -> [CapturedMail] {
        let rows = try await installation.database.query(OutboxStore.captured(of: tenant, limit: limit))
        return try rows.compactMap { try capturedMail(OutboxStore.outboxMessage($0), of: tenant) }
    }

    private func capturedMail(_ row: OutboxMessage, of tenant: TenantID) throws -> CapturedMail? {
        let outgoing = OutgoingMail(tenant: tenant, installation: installation, invitations: invitations)
        guard let read = outgoing.readable(row.message) else { return nil }
        let message = row.message
        return CapturedMail(
            id: message.id, at: row.stateAt, to: message.recipient, from: message.senderEmail, subject: read.subject,
            text: read.text, html: read.html,
            surveyLink: message.invitation.map { invitations.surveyLink($0) },
            file: "\(tenant)/\(CaptureFolder.name(of: message.messageID))")
    }

    /// Which teams' messages somebody sees: nil for all.
    static func teams(of signedIn: SignedIn) -> [TeamID]? {
        signedIn.roles.contains(.administrator) ? nil : signedIn.supervisedTeams.sorted()
    }

    /// What is said over every page while a centre's mail is held; nil when it leaves.
    public func banner(of tenant: TenantID, in zone: String, t: Localizer) async throws -> Banner? {
        guard let hold = try await holds(of: tenant).first else { return nil }
        let row = try await installation.database.query(OutboxStore.countHeld(of: tenant)).first
        let waiting = try row?.at(0, as: Int.self) ?? 0
        let since = t.dateTime(hold.since.date, in: TimeZone(identifier: zone) ?? .gmt)
        return Banner(
            text: t("mailings.banner", count: waiting, ["since": since, "reason": t.reason(hold.reason)]),
            link: (t("mailings.banner.link"), "/settings/email"))
    }

    /// The address behind an unsubscribe link, as far as it may be shown: `i…@example.com`. Nil: no such link.
    func maskedAddress(of token: UnsubscribeToken) async throws -> String? {
        let query = OutboxStore.recipient(token.message, of: token.tenant)
        guard let address = try await installation.database.query(query).first?.at(0, as: String.self),
            let at = address.lastIndex(of: "@")
        else { return nil }
        return String(address.prefix(1)) + "…" + address[at...]
    }

    /// The customer wants no more surveys: their address is suppressed for the centre. Twice is as good as once.
    /// - Returns: false when there is no such message any more.
    func unsubscribe(_ token: UnsubscribeToken, contacts: Contacts, at now: Moment) async throws -> Bool {
        let invitations = invitations
        return try await installation.database.write { tx in
            let row = try tx.one(OutboxStore.recipient(token.message, of: token.tenant))
            guard let row, let address = EmailAddress(try row.at(0)) else { return false }
            let isNew = try contacts.suppress(address, because: .unsubscribed, of: token.tenant, in: tx, at: now)
            if isNew, let invitation = try row.at(1, as: InvitationID?.self) {
                try invitations.move(invitation, of: token.tenant, to: .optedOut, in: tx, at: now)
            }
            return true
        }
    }
}
