// SPDX-License-Identifier: Apache-2.0
// What the list's buttons do: copy, rename, put away, take up again, erase. Each stands in the log.
import Storage

/// What the list says of one form.
struct SurveyListEntry: Sendable {
    let form: SurveyForm
    let newest: SurveyVersion
    let changedBy: String?
    let uses: [FormUse]
    let answers: Int
}

/// What would become of a form that is deleted.
struct SurveyDeletion: Sendable {
    let form: SurveyForm
    let uses: [FormUse]
    let answers: Int
    /// Whether links to it may be in customers' mail.
    let wasAsked: Bool

    var activeUses: [FormUse] { uses.filter(\.isActive) }
    /// A form that nobody was asked by leaves nothing behind; every other is archived.
    var erases: Bool { answers == 0 && !wasAsked && uses.isEmpty }
}

extension Surveys {
    /// The list, in five statements however many there are.
    func entries(areArchived: Bool, of tenant: TenantID, in tx: any Transaction) throws -> [SurveyListEntry] {
        let forms = try SurveyListStore(tx: tx, tenant: tenant).forms(areArchived: areArchived)
        let versions = try versions(forms.map(\.form.version), of: tenant, in: tx)
        let (uses, answers) = (try questions.uses(tenant, tx), try questions.answers(tenant, tx))
        return forms.compactMap { form, changedBy in
            guard let newest = versions[form.version] else { return nil }
            return SurveyListEntry(
                form: form, newest: newest, changedBy: changedBy, uses: uses[form.id] ?? [],
                answers: answers[form.id] ?? 0)
        }
    }

    /// Gives a form another name; what stands in mailed links stays.
    /// - Throws: ``Refusals`` by field.
    public func rename(
        _ form: SurveyForm, to name: String, of tenant: TenantID, in tx: any Transaction, by doer: Doer,
        as change: SurveyChange
    ) throws {
        let draft = NewForm(
            name: name, content: SurveyContent(languages: []), validDays: form.validDays, editHours: form.editHours)
        try self.change(form.id, to: draft, of: tenant, in: tx, as: change)
        try log(
            "surveys.audit.formRenamed", form.id, ["before": form.name, "name": name.trimmed], doer, tenant, tx,
            change.at)
    }

    /// Makes a form of the same content and settings, called as the first but for a number.
    /// - Returns: the copy and its name.
    public func copy(
        _ form: SurveyForm, of tenant: TenantID, in tx: any Transaction, by doer: Doer, as change: SurveyChange
    ) throws -> (id: FormID, name: String) {
        guard let version = try version(form.version, of: tenant, in: tx) else { throw Self.unknown }
        let name = SurveyName.free(
            form.name, taken: try SurveyListStore(tx: tx, tenant: tenant).names(), from: 2)
        let draft = NewForm(
            name: name, content: version.content, validDays: form.validDays, editHours: form.editHours)
        let id = try create(draft, of: tenant, in: tx, as: change)
        try log("surveys.audit.formCopied", id, ["before": form.name, "name": name], doer, tenant, tx, change.at)
        return (id, name)
    }

    /// What deleting would do.
    /// - Throws: ``Refusals`` when there is no such form.
    func deletion(of form: FormID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyDeletion {
        guard let kept = try SurveyStore.lockForm(form, of: tenant, in: tx) else { throw Self.unknown }
        return SurveyDeletion(
            form: kept, uses: try questions.uses(tenant, tx)[form] ?? [],
            answers: try questions.answers(tenant, tx)[form] ?? 0,
            wasAsked: try questions.wasAsked(form, tenant, tx))
    }

    /// Deletes a form: one that was never asked is erased, every other archived, and closed when that is wished.
    /// - Throws: ``Refusal`` when an enabled configuration uses it.
    @discardableResult func delete(
        _ form: FormID, closesNow: Bool, of tenant: TenantID, in tx: any Transaction, by doer: Doer,
        as change: SurveyChange
    ) throws -> SurveyDeletion {
        let deletion = try deletion(of: form, of: tenant, in: tx)
        if !deletion.activeUses.isEmpty {
            let names = deletion.activeUses.map { "«\($0.name)»" }.joined(separator: ", ")
            throw Refusal(
                .conflict, code: "form_in_use", key: "surveys.inUse",
                arguments: ["name": deletion.form.name, "workflows": names])
        }
        if deletion.erases {
            try SurveyListStore(tx: tx, tenant: tenant).erase(form)
        } else {
            if closesNow { try close(form, isClosed: true, of: tenant, in: tx, as: change) }
            try archive([form], of: tenant, in: tx, as: change)
        }
        let action = deletion.erases ? "surveys.audit.formErased" : "surveys.audit.formArchived"
        try log(action, form, ["name": deletion.form.name], doer, tenant, tx, change.at)
        return deletion
    }

    /// Takes an archived form up again; under a free name when its own was given away meanwhile.
    /// - Returns: its name.
    @discardableResult public func restore(
        _ form: SurveyForm, of tenant: TenantID, in tx: any Transaction, by doer: Doer, as change: SurveyChange
    ) throws -> String {
        let store = SurveyListStore(tx: tx, tenant: tenant)
        let name = form.isArchived ? SurveyName.free(form.name, taken: try store.names(), from: 1) : form.name
        guard try store.restore(form.id, as: name, change: change) else { throw Self.taken(name) }
        try log("surveys.audit.formRestored", form.id, ["name": name], doer, tenant, tx, change.at)
        return name
    }

    /// Closes a form or opens it again, and writes it down.
    func setClosed(
        _ isClosed: Bool, _ form: SurveyForm, of tenant: TenantID, in tx: any Transaction, by doer: Doer,
        as change: SurveyChange
    ) throws {
        try close(form.id, isClosed: isClosed, of: tenant, in: tx, as: change)
        let action = isClosed ? "surveys.audit.formClosed" : "surveys.audit.formOpened"
        try log(action, form.id, ["name": form.name], doer, tenant, tx, change.at)
    }

    func log(
        _ action: String, _ form: FormID, _ details: [String: String], _ doer: Doer, _ tenant: TenantID,
        _ tx: any Transaction, _ now: Moment
    ) throws {
        let entry = doer.did(action, form.raw, .object(details.mapValues { .string($0) }))
        try AuditStore(tx: tx, tenant: tenant).insert(entry, at: now)
    }

    static let unknown = Refusals([Refusal(.notFound, code: "unknown_form", key: "surveys.unknownForm")])

    static func taken(_ name: String) -> Refusals {
        Refusals([
            Refusal(.conflict, code: "name_taken", key: "surveys.nameTaken", arguments: ["name": name], field: "name")
        ])
    }
}

/// Names of copies: `Название(2)`, with the next number that is free.
enum SurveyName {
    /// - Parameter start: 1 takes the name as it is when it is free.
    static func free(_ name: String, taken: Set<String>, from start: Int) -> String {
        if start == 1, !taken.contains(name.folded) { return name }
        let match = name.wholeMatch(of: /(.*)\((\d{1,6})\)/)
        let base = match.map { String($0.output.1) } ?? name
        let first = match.flatMap { Int($0.output.2) }.map { $0 + 1 } ?? 2
        // At most one number more than there are names is tried.
        for number in first...(first + taken.count) {
            let end = "(\(number))"
            let found = String(base.prefix(SurveyLimits.nameCharacters - end.count)).trimmed + end
            if !taken.contains(found.folded) { return found }
        }
        return name
    }
}
