// SPDX-License-Identifier: Apache-2.0
// Changing fields and the settings of forms, and retiring both.
import Storage

extension Surveys {
    /// Makes a field, changes it, or takes a retired one up again. A new scale begins a new series of figures. Forms
    /// that would not fit it any more are the caller's question.
    /// - Throws: ``Refusals`` by field.
    public func save(_ draft: SurveyField.Draft, of tenant: TenantID, in tx: any Transaction) throws {
        try draft.refusals.throwIfAny()
        let known = try fields(of: tenant, in: tx)[draft.key]
        var series = known?.series ?? 1
        if let known, !draft.isScale(of: SurveyField.Draft(known)) {
            try SurveyStore.keepSeries(of: known, tenant: tenant, in: tx)
            series += 1
        }
        let field = SurveyField(
            id: known?.id ?? tx.new(), key: draft.key, name: draft.name.trimmed, kind: draft.kind,
            minimum: draft.minimum, maximum: draft.maximum, satisfiedFrom: draft.satisfiedFrom,
            promoterFrom: draft.promoterFrom, detractorTo: draft.detractorTo, series: series,
            isBuiltIn: draft.builtIn != nil, isRetired: false)
        try SurveyStore.insert([field], of: tenant, in: tx)
        if known != nil { try SurveyStore.update(field, of: tenant, in: tx) }
    }

    /// Retires fields: their figures stay, and no form counts for them any more. Built-in ones stay.
    /// - Throws: ``Refusals``.
    public func retire(_ fields: [SurveyField], of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try Refusals(fields.compactMap(\.retirementRefusal)).throwIfAny()
        try SurveyStore.retire(fields.map(\.id), of: tenant, in: tx, at: now)
    }

    /// The newest versions of all forms that are not archived, by form.
    public func newestVersions(of tenant: TenantID, in tx: any Transaction) throws -> [FormID: SurveyContent] {
        let versions = try SurveyStore.newestVersions(of: tenant, in: tx)
        return Dictionary(versions.map { ($0.form, $0.content) }, uniquingKeysWith: { first, _ in first })
    }

    /// Changes a form's name and times.
    /// - Throws: ``Refusals`` by field.
    public func change(
        _ form: FormID, to draft: NewForm, of tenant: TenantID, in tx: any Transaction, as change: SurveyChange
    ) throws {
        try draft.refusals.throwIfAny()
        guard try SurveyStore.update(form, to: draft, of: tenant, change: change, in: tx) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "surveys.nameTaken", arguments: ["name": draft.name.trimmed],
                    field: "name")
            ])
        }
    }

    /// Archives forms: they are in no list and asked by no new mail; their links and answers stay. Who uses one is the
    /// caller's question.
    public func archive(
        _ forms: [FormID], of tenant: TenantID, in tx: any Transaction, as change: SurveyChange
    ) throws {
        try SurveyStore.archive(forms, of: tenant, change: change, in: tx)
    }
}

extension SurveyField {
    /// Why it cannot be retired; nil when it can.
    public var retirementRefusal: Refusal? {
        guard isBuiltIn else { return nil }
        return Refusal(
            .invalid, code: "built_in", key: "surveys.field.builtInStays", arguments: ["name": name], field: "key")
    }
}
