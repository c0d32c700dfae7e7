// SPDX-License-Identifier: Apache-2.0
// Saving what the editor sends: the form's settings and a new version at once, or nothing.
import Storage

extension Surveys {
    /// Saves a form's settings and content. The content becomes a new version unless it is the newest one's.
    /// - Parameter revision: The one that the editor began with.
    /// - Throws: ``Refusals`` with everything that breaks a rule; `changed_since` alone when somebody else has changed
    ///   the form since.
    public func save(
        _ draft: NewForm, over form: FormID, revision: Int, tenant: TenantID, in tx: any Transaction,
        as change: SurveyChange
    ) throws {
        guard let kept = try SurveyStore.lockForm(form, of: tenant, in: tx), !kept.isArchived else {
            throw Refusals([Refusal(.notFound, code: "unknown_form", key: "surveys.unknownForm")])
        }
        guard revision == kept.revision else {
            throw Refusals([Refusal(.conflict, code: "changed_since", key: "surveys.changedSince")])
        }
        try refusals(of: draft, of: tenant, in: tx).throwIfAny()
        var version = kept.version
        if try self.version(version, of: tenant, in: tx)?.content != draft.content {
            version = tx.new()
            try SurveyStore.insert(version, of: form, content: draft.content, tenant: tenant, change: change, in: tx)
        }
        guard try SurveyVersionsStore(tenant: tenant, tx: tx).save(draft, version, for: form, as: change) else {
            throw Refusals([
                Refusal(
                    .conflict, code: "name_taken", key: "surveys.nameTaken", arguments: ["name": draft.name.trimmed],
                    field: "name")
            ])
        }
    }

    /// A saved version by its number; nil when there is none.
    func version(
        _ number: Int, of form: FormID, _ tenant: TenantID, in tx: any Transaction
    ) throws -> SurveyVersion? {
        try SurveyVersionsStore(tenant: tenant, tx: tx).version(number, of: form)
    }

    /// Everything that keeps a form from being saved, but for a name that is taken.
    func refusals(of draft: NewForm, of tenant: TenantID, in tx: any Transaction) throws -> Refusals {
        var refusals = draft.refusals
        refusals.all += try self.refusals(of: draft.content, tenant, in: tx)
        return refusals
    }
}
