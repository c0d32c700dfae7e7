// SPDX-License-Identifier: Apache-2.0
// What administrators do with fields (spec 3.4). Forms that ask for a field go along with a change of its scale, or
// the change is refused with their names.
import Storage

/// What came of a change of a field.
enum FieldChange: Sendable {
    case saved(before: SurveyField, after: SurveyField)
    /// The scale is another one, which begins a new series: nothing is stored until somebody has agreed.
    case asksFirst(forms: [String])
}

extension Surveys {
    /// Forms whose newest version asks for fields, by field.
    func uses(of tenant: TenantID, in tx: any Transaction) throws -> [String: [SurveyForm]] {
        let contents = try newestVersions(of: tenant, in: tx)
        return try forms(of: tenant, in: tx).reduce(into: [:]) { uses, form in
            let blocks = contents[form.id]?.languages.flatMap(\.blocks) ?? []
            for key in Set(blocks.compactMap(\.field)) { uses[key, default: []].append(form) }
        }
    }

    /// Makes a new field.
    /// - Throws: ``Refusals`` by field, also when its key or its name is taken.
    func add(_ draft: SurveyField.Draft, of tenant: TenantID, in tx: any Transaction) throws -> SurveyField {
        var refusals = draft.refusals
        let known = try fields(of: tenant, in: tx)
        if known.count >= SurveyLimits.fields {
            refusals.add(
                Refusal(
                    .invalid, code: "too_many_fields", key: "surveys.field.tooMany",
                    arguments: ["limit": String(SurveyLimits.fields)]))
        }
        if let taken = known[draft.key] {
            refusals.add(
                Refusal(
                    .conflict, code: "key_taken", key: "surveys.field.keyTaken", arguments: ["name": taken.name],
                    field: "key"))
        }
        refusals.all += draft.nameRefusals(among: known, but: nil)
        try refusals.throwIfAny()
        try save(draft, of: tenant, in: tx)
        guard let added = try fields(of: tenant, in: tx)[draft.key] else { throw Refusal.notFound }
        return added
    }

    /// Changes a field. Sliders of forms that ask for it take the new scale over, in a new version of each form.
    /// - Parameter isAgreed: whether the person knows that a new series begins.
    /// - Throws: ``Refusals`` by field, or with the forms whose options do not fit the new scale.
    func change(
        _ id: SurveyFieldID, to draft: SurveyField.Draft, isAgreed: Bool, of tenant: TenantID,
        in tx: any Transaction, as change: SurveyChange
    ) throws -> FieldChange {
        guard let before = try SurveyStore.lockField(id, of: tenant, in: tx) else { throw Refusal.notFound }
        var refusals = draft.refusals
        let known = try fields(of: tenant, in: tx)
        refusals.all += draft.nameRefusals(among: known, but: before.key)
        try refusals.throwIfAny()
        let isNewScale = !draft.isScale(of: SurveyField.Draft(before))
        let forms = isNewScale ? try uses(of: tenant, in: tx)[before.key] ?? [] : []
        if isNewScale, !isAgreed { return .asksFirst(forms: forms.map(\.name)) }
        try save(draft, of: tenant, in: tx)
        if before.isRetired { try SurveyStore.retire([before.id], of: tenant, in: tx, at: change.at) }
        guard let after = try fields(of: tenant, in: tx)[before.key] else { throw Refusal.notFound }
        if !forms.isEmpty { try adapt(forms, to: after, of: tenant, in: tx, as: change) }
        return .saved(before: before, after: after)
    }

    /// Gives sliders that are bound to a field its scale.
    private func adapt(
        _ forms: [SurveyForm], to field: SurveyField, of tenant: TenantID, in tx: any Transaction,
        as change: SurveyChange
    ) throws {
        let contents = try newestVersions(of: tenant, in: tx)
        var unfit: [String] = []
        var adapted: [(SurveyForm, SurveyContent)] = []
        for form in forms {
            guard let content = contents[form.id] else { continue }
            let next = content.taking(over: field)
            let fits = next.languages.flatMap(\.blocks).allSatisfy {
                $0.field != field.key || SurveyContentCheck.fits($0, field)
            }
            if !fits { unfit.append(form.name) }
            if next != content { adapted.append((form, next)) }
        }
        guard unfit.isEmpty else {
            throw Refusals([
                Refusal(
                    .conflict, code: "forms_do_not_fit", key: "surveys.field.formsDoNotFit",
                    arguments: ["forms": Self.names(unfit)], field: "maximum")
            ])
        }
        for (form, content) in adapted {
            _ = try newVersion(of: form.id, content: content, revision: nil, tenant: tenant, in: tx, as: change)
        }
    }

    /// Retires a field that no form asks for: its figures stay.
    /// - Throws: ``Refusals``.
    func retire(
        _ id: SurveyFieldID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> SurveyField {
        let field = try unused(id, of: tenant, in: tx)
        try retire([field], of: tenant, in: tx, at: now)
        return field
    }

    /// Takes a retired field up again.
    func restore(_ id: SurveyFieldID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyField {
        guard let field = try SurveyStore.lockField(id, of: tenant, in: tx) else { throw Refusal.notFound }
        try SurveyStore.update(field, of: tenant, in: tx)
        return field
    }

    /// Deletes a centre's own field that has no answers and that no form asks for.
    /// - Throws: ``Refusals``; a field with answers can only be retired.
    func delete(_ id: SurveyFieldID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyField {
        let field = try unused(id, of: tenant, in: tx)
        guard try SurveyStore.delete(id, of: tenant, in: tx) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "field_has_answers", key: "surveys.field.hasAnswers",
                    arguments: ["name": field.name])
            ])
        }
        return field
    }

    private func unused(_ id: SurveyFieldID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyField {
        guard let field = try SurveyStore.lockField(id, of: tenant, in: tx) else { throw Refusal.notFound }
        if let refusal = field.retirementRefusal { throw Refusals([refusal]) }
        let forms = try uses(of: tenant, in: tx)[field.key] ?? []
        guard forms.isEmpty else {
            throw Refusals([
                Refusal(
                    .conflict, code: "field_in_use", key: "surveys.field.inUse",
                    arguments: ["name": field.name, "forms": Self.names(forms.map(\.name))])
            ])
        }
        return field
    }

    /// Names in quotation marks, some of them when there are many.
    static func names(_ names: [String]) -> String {
        let shown = names.prefix(5).map { "«\($0)»" }.joined(separator: ", ")
        return names.count > 5 ? shown + " +\(names.count - 5)" : shown
    }
}

extension SurveyContent {
    /// The same form with a field's scale on the sliders that are bound to it.
    fileprivate func taking(over field: SurveyField) -> SurveyContent {
        var next = self
        for language in next.languages.indices {
            for place in next.languages[language].blocks.indices {
                let block = next.languages[language].blocks[place]
                guard block.field == field.key, block.kind == .slider else { continue }
                next.languages[language].blocks[place].minimum = field.minimum
                next.languages[language].blocks[place].maximum = field.maximum
                // A step that does not divide the new scale gives way to the usual one.
                let step = block.step ?? 1
                let steps = (field.maximum - field.minimum) / step
                let isEven = step > 0 && abs(steps - steps.rounded()) < 1e-9
                next.languages[language].blocks[place].step = isEven && field.kind == .average ? step : 1
            }
        }
        return next
    }
}

extension SurveyField.Draft {
    /// Whether another field that is in use has the name.
    fileprivate func nameRefusals(among known: [String: SurveyField], but own: String?) -> [Refusal] {
        let isTaken = known.values.contains { field in
            field.key != own && field.key != key && !field.isRetired && field.name.folded == name.trimmed.folded
        }
        guard isTaken else { return [] }
        return [
            Refusal(
                .conflict, code: "name_taken", key: "surveys.field.nameTaken", arguments: ["name": name.trimmed],
                field: "name")
        ]
    }
}
