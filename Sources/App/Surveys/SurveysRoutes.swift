// SPDX-License-Identifier: Apache-2.0
// The administrator's pages of forms. The preview is Answering's: it shows the real page.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The forms of the centre.
    public static let forms = NavigationItem("surveys.title", path: "/forms", roles: [.administrator])
}

/// The list of forms and what its buttons do.
struct SurveysRoutes: Sendable {
    let surveys: Surveys

    private var installation: Installation { surveys.installation }

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/forms") { try await list($0, $1) }
        router.get("/forms/archive") { try await archive($0, $1) }
        router.get("/forms/templates") { _, context in
            try context.require(.administrator)
            return pageResponse(SurveyTemplatesPage(t: context.words).page, in: context)
        }
        router.post("/forms/:id/copies") { _, context in try await copy(context) }
        router.get("/forms/:id/name") { _, context in try await askName(context) }
        router.post("/forms/:id/name") { try await rename($0, $1) }
        router.get("/forms/:id/deletion") { _, context in try await askDeletion(context) }
        router.post("/forms/:id/deletion") { try await delete($0, $1) }
        router.post("/forms/:id/restoration") { _, context in try await restore(context) }
        router.post("/forms/:id/closing") { _, context in try await setClosed(true, context) }
        router.post("/forms/:id/opening") { _, context in try await setClosed(false, context) }
    }

    // MARK: Lists

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let tenant = signedIn.tenant
        let order = TableOrder(try FormInput(query: request.uri.query), of: SurveysPage.order)
        let page = try await installation.database.read { tx in
            SurveysPage(
                entries: try surveys.entries(areArchived: false, of: tenant, in: tx),
                fields: try surveys.fields(of: tenant, in: tx), order: order,
                archived: try SurveyListStore(tx: tx, tenant: tenant).countArchived(), signedIn: signedIn,
                list: ListContext(context))
        }
        return pageResponse(page.page, in: context)
    }

    private func archive(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let entries = try await installation.database.read { tx in
            try surveys.entries(areArchived: true, of: signedIn.tenant, in: tx)
        }
        let page = SurveyArchivePage(entries: entries, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    // MARK: Deeds

    /// Does something to the form of the address, in one transaction.
    private func change<Outcome: Sendable>(
        _ signedIn: SignedIn, _ context: WebContext,
        _ deed: @escaping @Sendable (SurveyForm, any Transaction, SurveyChange) throws -> Outcome
    ) async throws -> Outcome {
        let id: FormID = try context.id("id")
        let change = SurveyChange(by: signedIn.person, at: installation.clock.now())
        return try await installation.database.write { tx in
            guard let form = try surveys.form(id, of: signedIn.tenant, in: tx) else { throw Refusal.notFound }
            return try deed(form, tx, change)
        }
    }

    private func copy(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let made = try await change(signedIn, context) { form, tx, change in
            try surveys.copy(form, of: signedIn.tenant, in: tx, by: Doer(signedIn), as: change)
        }
        let flash = Flash("surveys.copied", ["name": made.name], undo: "/forms/\(made.id)/deletion")
        return redirect(to: "/forms", saying: flash)
    }

    private func form(_ signedIn: SignedIn, _ context: WebContext) async throws -> SurveyForm {
        let id: FormID = try context.id("id")
        guard let form = try await surveys.form(id, of: signedIn.tenant) else { throw Refusal.notFound }
        return form
    }

    private func askName(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = try await form(signedIn, context)
        let page = SurveyNamePage(form: form, name: form.name, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func rename(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let name = try await FormInput(request).text("name")
        do {
            try await change(signedIn, context) { form, tx, change in
                try surveys.rename(form, to: name, of: signedIn.tenant, in: tx, by: Doer(signedIn), as: change)
            }
            return redirect(to: "/forms", saying: Flash("frame.saved"))
        } catch let refused as Refusals {
            let errors = FieldErrors(refused, t: context.words)
            let page = SurveyNamePage(
                form: try await form(signedIn, context), name: name, errors: errors, signedIn: signedIn,
                t: context.words)
            return pageResponse(page.page, in: context, status: refused.status)
        }
    }

    private func askDeletion(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let deletion = try await change(signedIn, context) { form, tx, _ in
            try surveys.deletion(of: form.id, of: signedIn.tenant, in: tx)
        }
        let page = SurveyDeletionPage(deletion: deletion, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let closesNow = try await FormInput(request).flag("closesNow")
        let deletion = try await change(signedIn, context) { form, tx, change in
            try surveys.delete(
                form.id, closesNow: closesNow, of: signedIn.tenant, in: tx, by: Doer(signedIn), as: change)
        }
        let name = ["name": deletion.form.name]
        let flash =
            deletion.erases
            ? Flash("surveys.erased", name)
            : Flash("surveys.archived", name, undo: "/forms/\(deletion.form.id)/restoration")
        return redirect(to: "/forms", saying: flash)
    }

    private func restore(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let name = try await change(signedIn, context) { form, tx, change in
            try surveys.restore(form, of: signedIn.tenant, in: tx, by: Doer(signedIn), as: change)
        }
        return redirect(to: "/forms", saying: Flash("surveys.restored", ["name": name]))
    }

    private func setClosed(_ isClosed: Bool, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = try await change(signedIn, context) { form, tx, change in
            try surveys.setClosed(isClosed, form, of: signedIn.tenant, in: tx, by: Doer(signedIn), as: change)
            return form
        }
        let undo = "/forms/\(form.id)/" + (isClosed ? "opening" : "closing")
        let key = isClosed ? "surveys.nowClosed" : "surveys.nowOpen"
        return redirect(to: "/forms", saying: Flash(key, ["name": form.name], undo: undo))
    }
}
