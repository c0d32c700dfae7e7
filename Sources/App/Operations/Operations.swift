// SPDX-License-Identifier: Apache-2.0
// The room's face: a contact centre's whole configuration as one file, out and in.
import Foundation
import Storage

/// What keeps an installation running and its centres reproducible.
public struct Operations: Sendable {
    let installation: Installation
    let accounts: Accounts
    let settings: Settings
    let services: Services
    let surveys: Surveys
    let workflows: Workflows
    let mailings: Mailings

    init(
        installation: Installation, accounts: Accounts, settings: Settings, services: Services,
        _ below: (surveys: Surveys, workflows: Workflows, mailings: Mailings)
    ) {
        self.installation = installation
        self.accounts = accounts
        self.settings = settings
        self.services = services
        surveys = below.surveys
        workflows = below.workflows
        mailings = below.mailings
    }

    /// The key of the centre that is meant: the given one, or that of the only centre.
    /// - Throws: ``Refusal`` when there is none, or more than one to choose from.
    public func key(_ given: String?) async throws -> String {
        try await installation.database.read { [accounts] tx in try accounts.meant(given, in: tx).key }
    }

    /// A centre's configuration as the text of a file: the same configuration gives the same bytes.
    /// - Throws: ``Refusal`` when there is no such centre, or when two of its things cannot be told apart by name.
    public func export(_ key: String?) async throws -> String {
        CentreWriter.text(of: try await value(key))
    }

    /// The same as JSON in one line, for programs; import reads it, too, since JSON is YAML.
    public func exportJSON(_ key: String?) async throws -> String { try await value(key).text + "\n" }

    private func value(_ key: String?) async throws -> JSON {
        let centre = try await installation.database.read { tx in try stored(key, in: tx) }
        try refuseTwins(centre)
        return try centre.parts(CentreNames(centre)).value()
    }

    /// What an import of a file would change.
    /// - Throws: ``CentreFaults`` with everything that is wrong with the file.
    public func differences(_ file: CentreFile, of key: String?) async throws -> [CentreDifference] {
        try await installation.database.read { tx in
            try CentreImport(file, over: try stored(key, in: tx), self).differences()
        }
    }

    /// Applies a file, all or nothing.
    /// - Parameter expected: The differences that were shown; others are not made.
    /// - Throws: ``CentreFaults``; ``Refusal`` when the configuration has changed since.
    public func apply(_ file: CentreFile, of key: String?, expecting expected: [CentreDifference]) async throws {
        let now = installation.clock.now()
        try await installation.database.write { tx in
            try accounts.lock(try accounts.meant(key, in: tx).id, in: tx)
            let change = try CentreImport(file, over: try stored(key, in: tx), self)
            guard try change.differences() == expected else {
                throw Refusal(.conflict, code: "changed_since", key: "operations.changedSince")
            }
            if !expected.isEmpty { try change.apply(expected, in: tx, at: now) }
        }
    }

    /// The JSON Schema of the configuration file.
    public static var schema: String { CentreSchema.text }

    // MARK: Reading

    private func stored(_ key: String?, in tx: any Transaction) throws -> StoredCentre {
        let tenant = try accounts.meant(key, in: tx)
        let services = try services.all(of: tenant.id, in: tx)
        return StoredCentre(
            tenant: tenant, smtp: try settings.smtp(of: tenant.id, in: tx),
            teams: try accounts.teams(of: tenant.id, in: tx), people: try accounts.directory(of: tenant.id, in: tx),
            services: services, contents: try self.services.contents(of: tenant.id, in: tx),
            fields: try surveys.fields(of: tenant.id, in: tx), forms: try surveys.forms(of: tenant.id, in: tx),
            versions: try surveys.newestVersions(of: tenant.id, in: tx),
            workflows: try workflows.all(of: tenant.id, in: tx),
            configurations: try workflows.configurations(of: tenant.id, in: tx))
    }

    /// Configurations could once have the same name; the file tells them apart by it.
    private func refuseTwins(_ centre: StoredCentre) throws {
        var seen: Set<String> = []
        let twins = centre.configurations.filter { !seen.insert("\($0.workflow) \($0.name.folded)").inserted }
        try Refusals(
            twins.map { twin in
                Refusal(
                    .conflict, code: "name_twice", key: "operations.twins", arguments: ["name": twin.name])
            }
        ).throwIfAny()
    }
}
