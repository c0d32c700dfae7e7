// SPDX-License-Identifier: Apache-2.0
// `/fields`: administrators look at the built-in fields, and keep the centre's own. Each deed stands in the log.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The fields that answers count for.
    static let surveyFields = NavigationItem("surveys.fields.navigation", path: "/fields", roles: [.administrator])
}

/// The pages of survey fields.
struct SurveyFieldsRoutes: Sendable {
    let surveys: Surveys
    let accounts: Accounts

    private var installation: Installation { surveys.installation }

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/fields") { try await list($0, $1) }
        router.get("/fields/new") { _, context in
            let signedIn = try context.require(.administrator)
            let page = SurveyFieldPage(field: nil, form: SurveyFieldForm(), signedIn: signedIn, t: context.words)
            return pageResponse(page.page, in: context)
        }
        router.post("/fields/new") { try await add($0, $1) }
        router.get("/fields/:id") { _, context in
            let signedIn = try context.require(.administrator)
            let (field, uses) = try await found(try context.id("id"), signedIn)
            var page = SurveyFieldPage(
                field: field, form: SurveyFieldForm(field), signedIn: signedIn, t: context.words)
            page.uses = uses
            return pageResponse(page.page, in: context)
        }
        router.post("/fields/:id") { try await change($0, $1) }
        router.get("/fields/:id/removal") { try await askRemoval($0, $1) }
        router.post("/fields/:id/removal") { try await remove($0, $1) }
        router.post("/fields/:id/restoration") { try await restore($0, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let tenant = try context.require(.administrator).tenant
        let (fields, uses) = try await installation.database.read { tx in
            (try SurveyStore.fields(of: tenant, in: tx), try surveys.uses(of: tenant, in: tx))
        }
        let sorted = fields.filter { !$0.isRetired } + fields.filter(\.isRetired)
        return pageResponse(SurveyFieldsPage(fields: sorted, uses: uses, t: context.words).page, in: context)
    }

    private func found(
        _ id: SurveyFieldID, _ signedIn: SignedIn
    ) async throws -> (field: SurveyField, uses: [SurveyForm]) {
        try await installation.database.read { tx in
            let fields = try surveys.fields(of: signedIn.tenant, in: tx)
            guard let field = fields.values.first(where: { $0.id == id }) else { throw Refusal.notFound }
            return (field, try surveys.uses(of: signedIn.tenant, in: tx)[field.key] ?? [])
        }
    }

    private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = SurveyFieldForm(try await FormInput(request))
        let now = installation.clock.now()
        do {
            let draft = try form.checked()
            let name = try await installation.database.write { tx in
                let field = try surveys.add(draft, of: signedIn.tenant, in: tx)
                try note("surveys.audit.fieldAdded", field, signedIn, in: tx, at: now)
                return field.name
            }
            return redirect(to: "/fields", saying: Flash("surveys.field.added", ["name": name]))
        } catch {
            let refused = try refusals(in: error)
            var page = SurveyFieldPage(field: nil, form: form, signedIn: signedIn, t: context.words)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page, in: context, status: refused.status)
        }
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (field, uses) = try await found(try context.id("id"), signedIn)
        let form = SurveyFieldForm(try await FormInput(request))
        let change = SurveyChange(by: signedIn.person, at: installation.clock.now())
        var page = SurveyFieldPage(field: field, form: form, signedIn: signedIn, t: context.words)
        page.uses = uses
        do {
            let draft = try form.checked(over: field)
            let outcome = try await installation.database.write { tx in
                let outcome = try surveys.change(
                    field.id, to: draft, isAgreed: form.isAgreed, of: signedIn.tenant, in: tx, as: change)
                if case .saved(let before, let after) = outcome, before != after {
                    let details = JSON.change(from: before.told, to: after.told, ["name": .string(after.name)])
                    let entry = AuditEntry(
                        by: signedIn, action: "surveys.audit.fieldChanged", subject: after.id.raw, details: details)
                    try accounts.audit(entry, of: signedIn.tenant, in: tx, at: change.at)
                }
                return outcome
            }
            if case .asksFirst(let forms) = outcome {
                page.asked = forms
                return pageResponse(page.page, in: context)
            }
            return redirect(to: "/fields", saying: Flash("surveys.field.changed", ["name": draft.name]))
        } catch {
            let refused = try refusals(in: error)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page, in: context, status: refused.status)
        }
    }

    // MARK: Ends and beginnings

    private func askRemoval(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (field, uses) = try await found(try context.id("id"), signedIn)
        let names = Surveys.names(uses.map(\.name))
        let isUsed = uses.isEmpty ? nil : context.words("surveys.field.inUse", ["name": field.name, "forms": names])
        let refusal = field.retirementRefusal.map { context.words($0.key, $0.arguments) } ?? isUsed
        let page = SurveyFieldRemovalPage(field: field, refusal: refusal, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    /// Deletes what has no answers, and retires what has some: decided anew, for answers may have come meanwhile.
    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (field, _) = try await found(try context.id("id"), signedIn)
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                if field.hasAnswers {
                    let retired = try surveys.retire(field.id, of: signedIn.tenant, in: tx, at: now)
                    try note("surveys.audit.fieldRetired", retired, signedIn, in: tx, at: now)
                } else {
                    let deleted = try surveys.delete(field.id, of: signedIn.tenant, in: tx)
                    try note("surveys.audit.fieldDeleted", deleted, signedIn, in: tx, at: now)
                }
            }
        } catch {
            let refused = try refusals(in: error)
            let words = refused.all.map { context.words($0.key, $0.arguments) }.joined(separator: " ")
            let (now, _) = try await found(field.id, signedIn)
            let page = SurveyFieldRemovalPage(field: now, refusal: words, signedIn: signedIn, t: context.words)
            return pageResponse(page.page, in: context, status: refused.status)
        }
        let key = field.hasAnswers ? "surveys.field.retiredNow" : "surveys.field.deletedNow"
        return redirect(to: "/fields", saying: Flash(key, ["name": field.name]))
    }

    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: SurveyFieldID = try context.id("id")
        let now = installation.clock.now()
        let field = try await installation.database.write { tx in
            let field = try surveys.restore(id, of: signedIn.tenant, in: tx)
            try note("surveys.audit.fieldRestored", field, signedIn, in: tx, at: now)
            return field
        }
        return redirect(to: "/fields/\(id)", saying: Flash("surveys.field.restoredNow", ["name": field.name]))
    }

    private func note(
        _ action: String, _ field: SurveyField, _ signedIn: SignedIn, in tx: any Transaction, at now: Moment
    ) throws {
        let entry = AuditEntry(
            by: signedIn, action: action, subject: field.id.raw,
            details: .object(["name": .string(field.name), "key": .string(field.key)]))
        try accounts.audit(entry, of: signedIn.tenant, in: tx, at: now)
    }
}

extension SurveyField {
    /// What the log tells of it before and after.
    fileprivate var told: [String: JSON] {
        func number(_ value: Double?) -> JSON { value.map { .string(plainNumber($0)) } ?? .null }
        return [
            "name": .string(name), "kind": .string(kind.rawValue), "minimum": number(minimum),
            "maximum": number(maximum), "satisfiedFrom": number(satisfiedFrom), "promoterFrom": number(promoterFrom),
            "detractorTo": number(detractorTo),
        ]
    }
}
