// SPDX-License-Identifier: Apache-2.0
// The room's face: forms, versions and fields for the rooms below.
import Markup
import Storage

/// Who changes something, and when. Nobody for the demo centre and for configuration from a file.
public struct SurveyChange: Sendable {
    public let person: PersonID?
    public let at: Moment

    public init(by person: PersonID?, at: Moment) {
        self.person = person
        self.at = at
    }
}

/// Forms and fields of the contact centres.
public struct Surveys: Sendable {
    let installation: Installation
    let questions: SurveyQuestions
    private let cache = SurveyVersionCache()

    public init(installation: Installation, questions: SurveyQuestions = SurveyQuestions()) {
        self.installation = installation
        self.questions = questions
    }

    // MARK: Reading

    /// A form by its id; nil when there is none.
    public func form(_ id: FormID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyForm? {
        try tx.one(SurveyStore.selectForm(id, of: tenant)).map { try SurveyStore.form($0) }
    }

    /// A form by its id, by the shortest way there is.
    public func form(_ id: FormID, of tenant: TenantID) async throws -> SurveyForm? {
        try await installation.database.query(SurveyStore.selectForm(id, of: tenant)).first
            .map { try SurveyStore.form($0) }
    }

    /// The centre's forms by name, without archived ones.
    public func forms(of tenant: TenantID, in tx: any Transaction) throws -> [SurveyForm] {
        try SurveyStore.forms(of: tenant, in: tx)
    }

    /// A version's content, decoded once and kept: versions never change.
    public func version(_ id: FormVersionID, of tenant: TenantID) async throws -> SurveyVersion? {
        if let kept = cache.find(id, of: tenant) { return kept }
        let rows = try await installation.database.query(SurveyStore.selectVersion(id, of: tenant))
        guard let version = try rows.first.map(SurveyStore.version) else { return nil }
        cache.keep(version, of: tenant)
        return version
    }

    /// The same inside a transaction.
    public func version(_ id: FormVersionID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyVersion? {
        if let kept = cache.find(id, of: tenant) { return kept }
        return try tx.one(SurveyStore.selectVersion(id, of: tenant)).map(SurveyStore.version)
    }

    /// Several versions at once, by id: those that are not kept are read together.
    public func versions(
        _ ids: [FormVersionID], of tenant: TenantID, in tx: any Transaction
    ) throws -> [FormVersionID: SurveyVersion] {
        var found: [FormVersionID: SurveyVersion] = [:]
        for id in ids { found[id] = cache.find(id, of: tenant) }
        let missing = ids.filter { found[$0] == nil }
        if missing.isEmpty { return found }
        for version in try tx.query(SurveyStore.selectVersions(missing, of: tenant)).map(SurveyStore.version) {
            found[version.id] = version
            cache.keep(version, of: tenant)
        }
        return found
    }

    /// The centre's fields by key, retired ones included.
    public func fields(of tenant: TenantID, in tx: any Transaction) throws -> [String: SurveyField] {
        let fields = try SurveyStore.fields(of: tenant, in: tx)
        return Dictionary(fields.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The fields in each of their series, as their scales were.
    public func series(of tenant: TenantID, in tx: any Transaction) throws -> [FieldSeries: SurveyField] {
        let all = try SurveyStore.fields(of: tenant, in: tx) + SurveyStore.earlierSeries(of: tenant, in: tx)
        return Dictionary(all.map { (FieldSeries($0.id, $0.series), $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Changing

    /// Notes that fields have answers now: from here on they are retired, not deleted.
    public func markAnswered(
        _ fields: [SurveyFieldID], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        try SurveyStore.markAnswered(fields, of: tenant, in: tx, at: now)
    }

    /// Gives a new centre its built-in fields, named in its language. Repeating it changes nothing.
    public func welcome(_ tenant: TenantID, language: String, in tx: any Transaction) throws {
        let t = installation.catalogue.localizer(language)
        let fields = SurveyField.builtIn.map { field in
            SurveyField(
                id: tx.new(), key: field.key, name: t("surveys.field.\(field.key)"), kind: field.kind,
                minimum: field.scale.lowerBound, maximum: field.scale.upperBound,
                satisfiedFrom: field.marks.satisfiedFrom, promoterFrom: field.marks.promoterFrom,
                detractorTo: field.marks.detractorTo, series: 1, isBuiltIn: true, isRetired: false)
        }
        try SurveyStore.insert(fields, of: tenant, in: tx)
    }

    /// Makes a form with its first version.
    /// - Throws: ``Refusals`` with everything that breaks a rule, or when the name is taken.
    public func create(
        _ draft: NewForm, of tenant: TenantID, in tx: any Transaction, as change: SurveyChange
    ) throws -> FormID {
        var refusals = draft.refusals
        refusals.all += try self.refusals(of: draft.content, tenant, in: tx)
        try refusals.throwIfAny()
        let form = SurveyForm(
            id: tx.new(), name: draft.name.trimmed, version: tx.new(), validDays: draft.validDays,
            editHours: draft.editHours, isClosed: false, isArchived: false, revision: 1, changedAt: change.at)
        guard try SurveyStore.insert(form, of: tenant, by: change.person, in: tx) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "surveys.nameTaken", arguments: ["name": form.name],
                    field: "name")
            ])
        }
        try SurveyStore.insert(
            form.version, of: form.id, content: draft.content, tenant: tenant, change: change, in: tx)
        return form.id
    }

    /// Stores a new version, which links show from now on; answers to older pages are checked against theirs.
    /// - Parameter revision: the one that the editor began with; nil does not ask.
    /// - Throws: ``Refusals`` with everything that breaks a rule, or when somebody else has changed the form since.
    public func newVersion(
        of form: FormID, content: SurveyContent, revision: Int?, tenant: TenantID, in tx: any Transaction,
        as change: SurveyChange
    ) throws -> FormVersionID {
        guard let kept = try SurveyStore.lockForm(form, of: tenant, in: tx), !kept.isArchived else {
            throw Refusals([Refusal(.notFound, code: "unknown_form", key: "surveys.unknownForm")])
        }
        if let revision, revision != kept.revision {
            throw Refusals([Refusal(.conflict, code: "changed_since", key: "surveys.changedSince")])
        }
        try Refusals(try refusals(of: content, tenant, in: tx)).throwIfAny()
        let version: FormVersionID = tx.new()
        try SurveyStore.insert(version, of: form, content: content, tenant: tenant, change: change, in: tx)
        try SurveyStore.use(version, for: form, of: tenant, change: change, in: tx)
        return version
    }

    /// Closes a form, so that its links take no answers any more, or opens it again.
    public func close(
        _ form: FormID, isClosed: Bool, of tenant: TenantID, in tx: any Transaction, as change: SurveyChange
    ) throws {
        guard try SurveyStore.close(isClosed, form, of: tenant, change: change, in: tx) else {
            throw Refusals([Refusal(.notFound, code: "unknown_form", key: "surveys.unknownForm")])
        }
    }

    /// What is wrong with a content, with what only the database knows: the fields and the picture.
    func refusals(of content: SurveyContent, _ tenant: TenantID, in tx: any Transaction) throws -> [Refusal] {
        let found = content.refusals(fields: try usableFields(of: tenant, in: tx))
        guard let image = content.image, Picture.isName(image),
            try !Settings.hasPicture(image, of: tenant, in: tx)
        else { return found }
        return found + [
            Refusal(.invalid, code: "unknown_picture", key: "surveys.rule.unknownPicture", field: "image")
        ]
    }

    /// The fields that a block may be bound to, by key.
    func usableFields(of tenant: TenantID, in tx: any Transaction) throws -> [String: SurveyField] {
        try fields(of: tenant, in: tx).filter { !$0.value.isRetired }
    }
}

/// A form that is to be made.
public struct NewForm: Sendable {
    public var name: String
    public var content: SurveyContent
    /// Link validity in days from the first successful send.
    public var validDays: Int
    /// How long an answer may be changed, in hours.
    public var editHours: Int

    public init(name: String, content: SurveyContent, validDays: Int = 30, editHours: Int = 0) {
        self.name = name
        self.content = content
        self.validDays = validDays
        self.editHours = editHours
    }

    /// What is wrong with the form's own settings.
    var refusals: Refusals {
        var refusals = Refusals()
        if !(1...SurveyLimits.nameCharacters).contains(name.trimmed.count) {
            refusals.add(
                Refusal(
                    .invalid, code: "bad_name", key: "surveys.badName",
                    arguments: ["limit": String(SurveyLimits.nameCharacters)], field: "name"))
        }
        if !SurveyLimits.validDays.contains(validDays) {
            refusals.add(Refusal(.invalid, code: "bad_validity", key: "surveys.badValidity", field: "validDays"))
        }
        if !SurveyLimits.editHours.contains(editHours) {
            refusals.add(Refusal(.invalid, code: "bad_edit_time", key: "surveys.badEditTime", field: "editHours"))
        }
        return refusals
    }
}
