// SPDX-License-Identifier: Apache-2.0
// What the command line does with mail that came back.
import Markup
import Post
import Storage

/// What became of a report, as the command line shows it.
public struct ShownBounce: Encodable, Sendable {
    public let kind: String
    /// The id of the message that it is about; nil when that cannot be told.
    public let message: String?
    public let status: String?
    public let isNew: Bool
    public let isBounced: Bool
    public let isSuppressed: Bool
    /// What it means, in the language of this run.
    public let detail: String
}

extension Otklik {
    /// The most that is read of a report.
    public static let bounceBytes = MailLimits.reportBytes

    /// Takes a report about undeliverable mail.
    /// - Parameters:
    ///   - recipient: The address that it came to, where the mail server tells it.
    ///   - key: The centre that keeps it when it names no message; nil for none.
    public func takeBounce(
        _ report: [UInt8], to recipient: String?, tenant key: String?, language: String
    ) async throws -> ShownBounce {
        let accounts = rooms.accounts
        let tenant = try await installation.database.read { tx -> TenantID? in
            if let key { return try accounts.meant(key, in: tx).id }
            let all = try accounts.tenants(after: nil, limit: 2, in: tx)
            return all.count == 1 ? all.first?.id : nil
        }
        let taken = try await rooms.mailings.take(
            report: report, to: recipient, of: tenant, contacts: rooms.contacts, at: installation.clock.now())
        let t = installation.catalogue.localizer(language)
        return ShownBounce(
            kind: taken.kind.rawValue, message: taken.message?.description, status: taken.status,
            isNew: taken.isNew, isBounced: taken.isBounced, isSuppressed: taken.isSuppressed,
            detail: t("mailings.report.kind.\(taken.kind.rawValue)"))
    }
}
