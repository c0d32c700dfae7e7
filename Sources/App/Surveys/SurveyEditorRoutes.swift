// SPDX-License-Identifier: Apache-2.0
// The form editor: its page, saving, checking and the saved versions. What it sends and is sent is JSON.
import Foundation
import Hummingbird
import Markup
import Storage

/// `/forms/new`, `/forms/{id}/edit`, `/forms/check` and `/forms/{id}/versions`.
struct SurveyEditorRoutes: Sendable {
    let surveys: Surveys
    let accounts: Accounts

    private var installation: Installation { surveys.installation }

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/forms/new") { try await begin($0, $1) }
        router.post("/forms/new") { try await create($0, $1) }
        router.post("/forms/check") { try await check($0, $1) }
        router.get("/forms/:id/edit") { try await edit($0, $1) }
        router.post("/forms/:id/edit") { try await save($0, $1) }
        router.get("/forms/:id/versions") { try await versions($0, $1) }
        router.post("/forms/:id/versions/:number/restoration") { try await restore($0, $1) }
    }

    // MARK: Pages

    /// An empty form, or a template; nothing is stored until it is saved.
    private func begin(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let fields = try await installation.database.read { try surveys.fields(of: signedIn.tenant, in: $0) }
        let template = SurveyTemplate.find(try FormInput(query: request.uri.query).text("template"))
        let content =
            template?.content(fields: fields, language: signedIn.language)
            ?? SurveyContent(languages: [FormLanguage(language: signedIn.language, title: "", blocks: [])])
        let model = SurveyEditorModel(
            SurveyEditorState(new: content), isUnsaved: template != nil, fields: fields, token: signedIn.formToken,
            t: context.words)
        return try page(model, context)
    }

    private func edit(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        let older = try FormInput(query: request.uri.query).integer("version")
        let t = context.words
        let model = try await installation.database.read { tx -> SurveyEditorModel in
            let newest = try state(of: id, signedIn, t, in: tx)
            guard let number = older, number != newest.state.number else {
                return SurveyEditorModel(
                    newest.state, isUnsaved: false, fields: try surveys.fields(of: signedIn.tenant, in: tx),
                    token: signedIn.formToken, t: t)
            }
            let store = SurveyVersionsStore(tenant: signedIn.tenant, tx: tx)
            guard let version = try store.version(number, of: id), let entry = try store.entry(of: version.id) else {
                throw Refusal.notFound
            }
            let state = SurveyEditorState(newest.form, version, entry, zone: signedIn.timeZone, t: t)
            return SurveyEditorModel(
                state, isUnsaved: true, fields: try surveys.fields(of: signedIn.tenant, in: tx),
                token: signedIn.formToken, t: t)
        }
        return try page(model, context)
    }

    private func page(_ model: SurveyEditorModel, _ context: WebContext) throws -> Response {
        pageResponse(
            try SurveyEditorPage(model: model, signedIn: context.signedIn, t: context.words).page, in: context)
    }

    /// A form that can be edited, with its newest version.
    private func state(
        of id: FormID, _ signedIn: SignedIn, _ t: Localizer, in tx: any Transaction
    ) throws -> (form: SurveyForm, state: SurveyEditorState) {
        let tenant = signedIn.tenant
        guard let form = try surveys.form(id, of: tenant, in: tx), !form.isArchived,
            let version = try surveys.version(form.version, of: tenant, in: tx),
            let entry = try SurveyVersionsStore(tenant: tenant, tx: tx).entry(of: version.id)
        else { throw Refusal.notFound }
        return (form, SurveyEditorState(form, version, entry, zone: signedIn.timeZone, t: t))
    }

    // MARK: Saving

    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        return try await answering(context) {
            let draft = try await jsonBody(request, limit: SurveyLimits.draftBytes, as: SurveyDraft.self)
            let (now, t) = (installation.clock.now(), context.words)
            let state = try await installation.database.write { tx in
                let change = SurveyChange(by: signedIn.person, at: now)
                let id = try surveys.create(draft.new, of: signedIn.tenant, in: tx, as: change)
                try audit("surveys.audit.formCreated", id, draft.name, signedIn, in: tx, at: now)
                return try self.state(of: id, signedIn, t, in: tx).state
            }
            return try jsonResponse(state, status: .created)
        }
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        let t = context.words
        return try await answering(context) {
            // Whose form it is comes before what is said of it.
            guard try await surveys.form(id, of: signedIn.tenant) != nil else { throw Refusal.notFound }
            let draft = try await jsonBody(request, limit: SurveyLimits.draftBytes, as: SurveyDraft.self)
            let now = installation.clock.now()
            do {
                let state = try await installation.database.write { tx in
                    let change = SurveyChange(by: signedIn.person, at: now)
                    try surveys.save(
                        draft.new, over: id, revision: draft.revision ?? 0, tenant: signedIn.tenant, in: tx,
                        as: change)
                    try audit("surveys.audit.formSaved", id, draft.name, signedIn, in: tx, at: now)
                    return try self.state(of: id, signedIn, t, in: tx).state
                }
                return try jsonResponse(state)
            } catch let refused as Refusals where refused.all.first?.code == "changed_since" {
                let newest = try await installation.database.read { try self.state(of: id, signedIn, t, in: $0).state }
                return try jsonResponse(
                    ChangedSince(detail: t("surveys.changedSince"), current: newest), status: .conflict)
            }
        }
    }

    /// What the editor of an older state is told: how the form stands now, so that both can be compared.
    private struct ChangedSince: Encodable {
        let code = "changed_since"
        let detail: String
        let current: SurveyEditorState
    }

    /// What keeps a draft from being saved, while it is being written.
    private func check(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        return try await answering(context) {
            let draft = try await jsonBody(request, limit: SurveyLimits.draftBytes, as: SurveyDraft.self)
            let refused = try await installation.database.read {
                try surveys.refusals(of: draft.new, of: signedIn.tenant, in: $0)
            }
            let errors = refused.all.map {
                Problem.FieldError(field: $0.field, code: $0.code, detail: context.words($0.key, $0.arguments))
            }
            return try jsonResponse(["errors": errors])
        }
    }

    /// Refusals as problem documents: a script reads them.
    private func answering(_ context: WebContext, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error where error is Refusal || error is Refusals {
            return try Problem(refusals(in: error), t: context.words).jsonResponse()
        }
    }

    private func audit(
        _ deed: String, _ form: FormID, _ name: String, _ signedIn: SignedIn, number: Int? = nil,
        in tx: any Transaction, at now: Moment
    ) throws {
        var details: [String: JSON] = ["name": .string(name.trimmed)]
        if let number { details["number"] = .number(Double(number)) }
        try accounts.audit(
            AuditEntry(by: signedIn, action: deed, subject: form.raw, details: .object(details)),
            of: signedIn.tenant, in: tx, at: now)
    }

    // MARK: Versions

    private func versions(_ request: Request, _ context: WebContext) async throws -> Response {
        try await versionsPage(context, refused: Refusals())
    }

    private func versionsPage(_ context: WebContext, refused: Refusals, number: Int = 0) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        let page = try await installation.database.read { tx -> SurveyVersionsPage in
            guard let form = try surveys.form(id, of: signedIn.tenant, in: tx), !form.isArchived else {
                throw Refusal.notFound
            }
            return SurveyVersionsPage(
                form: form, versions: try SurveyVersionsStore(tenant: signedIn.tenant, tx: tx).list(of: id),
                refused: refused, refusedNumber: number, signedIn: signedIn, t: context.words)
        }
        return pageResponse(page.page, in: context, status: refused.all.isEmpty ? .ok : refused.status)
    }

    /// An older version becomes the newest one.
    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        guard let form = try await surveys.form(id, of: signedIn.tenant),
            let number = context.parameters.get("number").flatMap({ Int($0) })
        else { throw Refusal.notFound }
        let revision = try await FormInput(request).integer("revision") ?? 0
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                let store = SurveyVersionsStore(tenant: signedIn.tenant, tx: tx)
                guard let old = try store.version(number, of: id) else { throw Refusal.notFound }
                let draft = NewForm(
                    name: form.name, content: old.content, validDays: form.validDays, editHours: form.editHours)
                try surveys.save(
                    draft, over: id, revision: revision, tenant: signedIn.tenant, in: tx,
                    as: SurveyChange(by: signedIn.person, at: now))
                try audit(
                    "surveys.audit.versionRestored", id, form.name, signedIn, number: number, in: tx, at: now)
            }
        } catch let refused as Refusals {
            return try await versionsPage(context, refused: refused, number: number)
        }
        return redirect(
            to: "/forms/\(id)/versions", saying: Flash("surveys.versionRestored", ["number": String(number)]))
    }
}
