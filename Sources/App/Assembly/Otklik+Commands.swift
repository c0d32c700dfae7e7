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

    /// Refusals in words, for whoever typed the command.
    public func sentence(_ refusals: Refusals, language: String = "en") -> String {
        let t = installation.catalogue.localizer(language)
        return refusals.all.map { t($0.key, $0.arguments) }.joined(separator: "\n")
    }
}

extension Configuration {
    /// Whether there is a database to be opened: the one that PostgreSQL's address names, or the folder's own.
    public var hasDatabase: Bool {
        database != nil || FileManager.default.fileExists(atPath: dataFolder.appending(path: Database.fileName).path)
    }
}
