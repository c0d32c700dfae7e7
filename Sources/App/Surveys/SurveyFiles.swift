// SPDX-License-Identifier: Apache-2.0
// Forms out into files and in again: the same bytes both times. Nothing is stored unless all of a file is valid.
import Foundation
import Storage

/// What becomes of a block whose field the centre has not, or on another scale.
public enum MissingFields: String, CaseIterable, Sendable {
    /// Nothing is imported; the fields are listed.
    case ask
    /// The fields are made, under a key of their own where theirs is taken.
    case create
    /// The block counts for none.
    case leave
}

/// A form's file that was read, with its picture made anew.
struct ReadSurveyFile: Sendable {
    let file: SurveyFile
    let style: String
    let picture: Picture?
}

/// A field of a file that the centre has not as it is there.
struct UnfittingField: Sendable {
    let wanted: SurveyFile.Field
    /// The centre's field of the same key: retired, or on another scale. Nil when it has none.
    let known: SurveyField?
}

/// What a file holds, before anything becomes of it.
struct SurveyFileLook: Sendable {
    let file: SurveyFile
    let hasStyle: Bool
    let hasPicture: Bool
    let missing: [UnfittingField]
    /// What the form would be called.
    let name: String
}

/// Reads and writes the files of forms.
struct SurveyFiles: Sendable {
    let surveys: Surveys
    let settings: Settings
    private let zipping = SurveyZipping()

    init(surveys: Surveys, settings: Settings) {
        self.surveys = surveys
        self.settings = settings
    }

    private var database: Database { surveys.installation.database }

    /// A form as a zip, and its name; nil when there is none.
    func exported(_ id: FormID, of tenant: TenantID) async throws -> (name: String, zip: [UInt8])? {
        let found = try await database.read { tx -> (SurveyForm, [String: [UInt8]])? in
            guard let form = try surveys.form(id, of: tenant, in: tx),
                let version = try surveys.version(form.version, of: tenant, in: tx)
            else { return nil }
            let file = SurveyFile(form, version.content, fields: try surveys.fields(of: tenant, in: tx))
            var contents = ["form.json": try file.bytes()]
            if !version.content.css.isEmpty { contents["style.css"] = Array(version.content.css.utf8) }
            if let image = version.content.image { contents["image.png"] = try Settings.png(image, of: tenant, in: tx) }
            return (form, contents)
        }
        guard let (form, contents) = found else { return nil }
        return (form.name, try await zipping.packed(contents))
    }

    /// Reads a file from outside.
    /// - Throws: ``Refusal`` for the field `file`.
    func read(_ zip: [UInt8]) async throws -> ReadSurveyFile {
        guard zip.count <= SurveyLimits.zipBytes else {
            throw SurveyFileFault.refusal(
                "file_too_large", "tooLarge", ["limit": String(SurveyLimits.zipBytes / 1024 / 1024)])
        }
        let contents = try await zipping.unpacked(zip)
        guard let json = contents["form.json"] else { throw SurveyFileFault.refusal("no_form", "noForm") }
        let file = try await zipping.apart { try SurveyFile(bytes: json) }
        guard let style = String(validating: contents["style.css"] ?? [], as: UTF8.self), !style.utf8.contains(0) else {
            throw SurveyFileFault.refusal("damaged_entry", "damagedEntry", ["name": "style.css"])
        }
        var picture: Picture?
        if let image = contents["image.png"] { picture = try await settings.picture(of: image, field: "file") }
        return ReadSurveyFile(file: file, style: style, picture: picture)
    }

    /// The file's fields that the centre has not, or on another scale.
    func unfitting(_ file: SurveyFile, fields: [String: SurveyField]) -> [UnfittingField] {
        let bound = Set(file.languages.flatMap(\.blocks).compactMap(\.field))
        return file.fields.compactMap { wanted in
            guard bound.contains(wanted.key) else { return nil }
            let known = fields[wanted.key]
            if let known, !known.isRetired, wanted.draft(key: wanted.key).isScale(of: SurveyField.Draft(known)) {
                return nil
            }
            return UnfittingField(wanted: wanted, known: known)
        }
    }

    /// What a file would become, for who decides about it; nothing is stored.
    /// - Parameter name: what the form would be called; a free name is made of the title where there is none.
    func look(into read: ReadSurveyFile, named name: String, of tenant: TenantID) async throws -> SurveyFileLook {
        let file = read.file.shown
        return try await database.read { tx in
            var free = name.trimmed
            if free.isEmpty, let title = file.languages.first?.title {
                let short = String(title.prefix(SurveyLimits.nameCharacters)).trimmed
                free = SurveyName.free(short, taken: try SurveyListStore(tx: tx, tenant: tenant).names(), from: 1)
            }
            return SurveyFileLook(
                file: file, hasStyle: !read.style.isEmpty, hasPicture: read.picture != nil,
                missing: unfitting(file, fields: try surveys.fields(of: tenant, in: tx)), name: free)
        }
    }

    /// Stores a file as a new form, and writes it down.
    /// - Throws: ``Refusals`` with all that is wrong; nothing is stored then.
    @discardableResult func take(
        _ read: ReadSurveyFile, named name: String, _ choice: MissingFields, of tenant: TenantID,
        in tx: any Transaction, as change: SurveyChange, by doer: Doer
    ) throws -> FormID {
        let fields = try surveys.fields(of: tenant, in: tx)
        let missing = unfitting(read.file, fields: fields)
        if !missing.isEmpty, choice == .ask {
            throw Refusals(
                missing.map(\.wanted).map { field in
                    Refusal(
                        .invalid, code: "missing_field", key: "surveys.file.missingField",
                        arguments: ["name": String(field.name.prefix(100)), "key": String(field.key.prefix(40))],
                        field: "fields")
                })
        }
        var keys: [String: String?] = [:]
        for field in missing.map(\.wanted) {
            keys[field.key] = .some(nil)
            guard choice == .create else { continue }
            let taken = Set(fields.keys).union(keys.values.compactMap { $0 })
            let key = Self.free(field.key, taken: taken)
            try surveys.save(field.draft(key: key), of: tenant, in: tx)
            keys[field.key] = key
        }
        if let picture = read.picture {
            try Settings.keep(picture, of: tenant, in: tx, by: change.person, at: change.at)
        }
        let content = SurveyContent(
            languages: read.file.languages.map { $0.rebinding(keys) }, css: read.style, image: read.picture?.sha256)
        let draft = NewForm(
            name: name, content: content, validDays: read.file.validDays, editHours: read.file.editHours)
        let form = try surveys.create(draft, of: tenant, in: tx, as: change)
        try surveys.log("surveys.audit.formImported", form, ["name": name.trimmed], doer, tenant, tx, change.at)
        return form
    }

    private static func free(_ key: String, taken: Set<String>) -> String {
        if !taken.contains(key) { return key }
        let base = key.prefix(SurveyLimits.keyBytes - 6)
        return (2...(taken.count + 2)).lazy.map { "\(base)_\($0)" }.first { !taken.contains($0) } ?? key
    }
}

extension FormLanguage {
    /// The same with blocks that count for other fields, or for none.
    fileprivate func rebinding(_ keys: [String: String?]) -> FormLanguage {
        var copy = self
        for index in copy.blocks.indices {
            guard let field = copy.blocks[index].field, let other = keys[field] else { continue }
            copy.blocks[index].field = other
        }
        return copy
    }
}
