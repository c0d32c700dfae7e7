// SPDX-License-Identifier: Apache-2.0
// What the command line does with survey forms. Each answer is a value that is printed as a table or as JSON.
import Foundation
import Storage

/// A form as the command line shows it.
public struct ShownForm: Encodable, Sendable {
    public let name: String
    public let languages: [String]
    /// The number of the newest version.
    public let version: Int
    public let changedAt: String
    public let changedBy: String?
    /// Whether it takes no answers.
    public let isClosed: Bool
    public let isArchived: Bool
    /// The workflows that ask it.
    public let workflows: [String]
    /// Counted up to ``SurveyLimits/answersCounted``.
    public let answers: Int

    init(_ entry: SurveyListEntry) {
        (name, isClosed, isArchived) = (entry.form.name, entry.form.isClosed, entry.form.isArchived)
        (languages, version) = (entry.newest.content.languages.map(\.language), entry.newest.number)
        (changedAt, changedBy) = (entry.form.changedAt.rfc3339, entry.changedBy)
        (workflows, answers) = (entry.uses.map(\.name), entry.answers)
    }
}

extension Otklik {
    /// The centre's forms by name, or those in the archive, newest first.
    public func forms(areArchived: Bool, tenant key: String?) async throws -> [ShownForm] {
        let (accounts, surveys) = (rooms.accounts, rooms.surveys)
        return try await installation.database.read { tx in
            let tenant = try accounts.meant(key, in: tx).id
            return try surveys.entries(areArchived: areArchived, of: tenant, in: tx).map(ShownForm.init)
        }
    }

    /// A form's zip, as the page exports it.
    /// - Parameter name: of a form that is not in the archive, ignoring case.
    /// - Throws: ``Refusals`` when there is no such form.
    public func exportForm(_ name: String, tenant key: String?) async throws -> [UInt8] {
        let (accounts, surveys) = (rooms.accounts, rooms.surveys)
        let (tenant, form) = try await installation.database.read { tx in
            let tenant = try accounts.meant(key, in: tx).id
            let wanted = name.trimmed.folded
            let form = try surveys.forms(of: tenant, in: tx).first { $0.name.folded == wanted }
            return (tenant, form)
        }
        guard let form, let (_, zip) = try await rooms.surveyFiles.exported(form.id, of: tenant) else {
            throw Refusals([
                Refusal(
                    .notFound, code: "unknown_form", key: "assembly.command.forms.unknown", arguments: ["name": name],
                    field: "name")
            ])
        }
        return zip
    }

    /// Stores a zip as a new form, all of it or nothing, and shows the form.
    /// - Throws: ``Refusal`` or ``Refusals`` with what is wrong with the file, the name or the fields.
    public func importForm(
        _ zip: [UInt8], named name: String, missing: MissingFields, tenant key: String?
    ) async throws -> ShownForm {
        let (accounts, surveys, files) = (rooms.accounts, rooms.surveys, rooms.surveyFiles)
        let read = try await files.read(zip)
        return try await change { tx, now in
            let tenant = try accounts.meant(key, in: tx).id
            let form = try files.take(
                read, named: name, missing, of: tenant, in: tx, as: SurveyChange(by: nil, at: now), by: .commandLine)
            let entries = try surveys.entries(areArchived: false, of: tenant, in: tx)
            guard let entry = entries.first(where: { $0.form.id == form }) else { throw Refusal.notFound }
            return ShownForm(entry)
        }
    }
}
