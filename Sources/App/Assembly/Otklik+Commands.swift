// SPDX-License-Identifier: Apache-2.0
// What the commands of the command line do, beside serving.
import Foundation
import Markup
import Storage

/// A captured mail, as `otklik demo mail --json` prints it.
public struct PrintedMail: Encodable, Sendable {
    public let to: String
    public let from: String
    public let subject: String
    public let at: String
    /// The survey's address; nil for mails without one.
    public let link: String?
    public let text: String
    public let html: String?
}

extension Otklik {
    /// The demo centre's captured mail, the newest first.
    public func capturedMails(of demo: Demo, limit: Int) async throws -> [PrintedMail] {
        let accounts = rooms.accounts
        let tenant = try await installation.database.read { tx in try accounts.tenant(key: demo.tenant, in: tx) }
        guard let tenant else { return [] }
        return try await rooms.mailings.capturedMails(of: tenant.id, limit: limit).map { mail in
            PrintedMail(
                to: mail.to, from: mail.from, subject: mail.subject, at: mail.at.rfc3339, link: mail.surveyLink,
                text: mail.text, html: mail.html)
        }
    }

    /// Makes a person, and returns the one-time address for choosing a password.
    public func createPerson(_ new: NewPerson, centre: String?) async throws -> String {
        let accounts = rooms.accounts
        let now = installation.clock.now()
        return try await installation.database.write { tx in
            let tenant = try accounts.centre(centre, in: tx)
            let person = try accounts.createPerson(new, passwordHash: nil, of: tenant, in: tx, at: now)
            return try accounts.makeLink(for: person, of: tenant, purpose: .reset, hours: 24 * 7, in: tx, at: now)
        }
    }

    /// Makes an API key, and returns its secret.
    public func createAPIKey(_ new: NewAPIKey, centre: String?) async throws -> String {
        let accounts = rooms.accounts
        let now = installation.clock.now()
        return try await installation.database.write { tx in
            let tenant = try accounts.centre(centre, in: tx)
            return try accounts.createAPIKey(new, of: tenant, in: tx, at: now).secret
        }
    }

    /// Refusals in words, for whoever typed the command.
    public func sentence(_ refusals: Refusals) -> String {
        let t = installation.catalogue.localizer("en")
        return refusals.all.map { t($0.key, $0.arguments) }.joined(separator: "\n")
    }
}

extension Accounts {
    /// The centre that a command means.
    fileprivate func centre(_ key: String?, in tx: any Transaction) throws -> TenantID {
        let found = try key.map { try tenant(key: $0, in: tx) } ?? onlyTenant(in: tx)
        guard let found else {
            throw ConfigurationError(description: "Which contact centre? Give its key by --centre.")
        }
        return found.id
    }
}
