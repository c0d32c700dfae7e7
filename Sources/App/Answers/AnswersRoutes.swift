// SPDX-License-Identifier: Apache-2.0
// `/answers` and what lies below a form's answers. Agents are shown none of it.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

extension NavigationItem {
    /// The forms whose answers can be looked at.
    static let answers = NavigationItem(
        "answers.navigation", path: "/answers", roles: [.administrator, .supervisor], icon: .form)
}

/// Somebody who looks at a form's answers, and which of them.
private struct AnswersRequest {
    let signedIn: SignedIn
    let form: SurveyForm
    let query: AnswersQuery
    let span: AnswersSpan
    let refusals: Refusals
}

extension Answers {
    /// Adds `/answers` and `/forms/{id}/answers` with its parts.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/answers") { _, context in try await forms(context) }
        router.get("/forms/:id/answers") { try await list($0, $1) }
        router.get("/forms/:id/answers/distribution") { try await distribution($0, $1) }
        router.get("/forms/:id/answers/notes") { try await notes($0, $1) }
        router.get("/forms/:id/answers/export") { try await export($0, $1) }
        router.get("/forms/:id/answers/:submission") { try await one($0, $1) }
        router.post("/forms/:id/answers/:submission/counting") { try await swap($0, $1) }
    }

    private func asked(_ request: Request, _ context: WebContext) async throws -> AnswersRequest {
        let signedIn = try context.require(.administrator, .supervisor)
        let id: FormID = try context.id("id")
        guard let form = try await surveys.form(id, of: signedIn.tenant) else { throw Refusal.notFound }
        let query = AnswersQuery(try FormInput(query: request.uri.query), of: id)
        let (filter, refusals) = query.filter(teams: signedIn.visibleTeams)
        let zone = try await accounts.tenant(signedIn.tenant)?.zone ?? .gmt
        return AnswersRequest(
            signedIn: signedIn, form: form, query: query,
            span: AnswersSpan(tenant: signedIn.tenant, form: id, filter: filter, zone: zone), refusals: refusals)
    }

    private func frame(
        _ asked: AnswersRequest, _ part: AnswersPart, versions: [VersionChoice], _ context: WebContext
    ) async throws -> AnswersFrame {
        let newest = try await surveys.version(asked.form.version, of: asked.signedIn.tenant)
        return AnswersFrame(
            form: asked.form, languages: newest?.content.languages.map(\.language) ?? [], versions: versions,
            query: asked.query, part: part, isLimited: asked.span.filter.teams != nil, signedIn: asked.signedIn,
            errors: FieldErrors(asked.refusals, t: context.words), t: context.words)
    }

    private func shown(_ page: Page, _ asked: AnswersRequest, _ context: WebContext) -> Response {
        pageResponse(page, in: context, status: asked.refusals.all.isEmpty ? .ok : .unprocessableContent)
    }

    private func note(
        _ action: String, _ asked: AnswersRequest, _ subject: Int64? = nil, in tx: any Transaction
    ) throws {
        let entry = AuditEntry(
            by: asked.signedIn, action: action, subject: subject,
            details: .object(["form": .string(asked.form.name)]))
        try accounts.audit(entry, of: asked.signedIn.tenant, in: tx, at: installation.clock.now())
    }

    // MARK: Pages

    private func forms(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let forms = try await installation.database.query(AnswersStore.forms(of: signedIn.tenant))
            .map(AnswersStore.form)
        let page = AnsweredFormsPage(
            forms: forms, showsTimes: signedIn.visibleTeams == nil, zone: signedIn.timeZone, t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        let lines = try await lines(asked.span, after: asked.query.after)
        let frame = try await frame(asked, .list, versions: lines.versions, context)
        return shown(AnswersPage(frame: frame, lines: lines).page, asked, context)
    }

    private func distribution(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        let counted = AnswersSpan(
            tenant: asked.span.tenant, form: asked.span.form, filter: asked.span.filter.counted, zone: asked.span.zone)
        let spread = try await spread(counted, newest: asked.form.version, language: context.words.language)
        let frame = try await frame(asked, .distribution, versions: spread.versions, context)
        return shown(SpreadPage(frame: frame, spread: spread).page, asked, context)
    }

    private func notes(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        let counted = AnswersSpan(
            tenant: asked.span.tenant, form: asked.span.form, filter: asked.span.filter.counted, zone: asked.span.zone)
        let notes = try await notes(counted, after: asked.query.after)
        if !notes.notes.isEmpty {
            try await installation.database.write { try note("answers.audit.notesSeen", asked, in: $0) }
        }
        let frame = try await frame(asked, .notes, versions: notes.versions, context)
        return shown(NotesPage(frame: frame, notes: notes).page, asked, context)
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        guard let story = try await story(try context.id("submission"), asked.form, asked.span) else {
            throw Refusal.notFound
        }
        try await installation.database.write { tx in
            try note("answers.audit.seen", asked, story.submission.id.raw, in: tx)
        }
        let page = SubmissionPage(story: story, query: asked.query, signedIn: asked.signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func swap(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        let id: SubmissionID = try context.id("submission")
        // Whoever may not see it may not change what it counts for.
        guard try await !installation.database.query(AnswersStore.one(id, asked.span)).isEmpty else {
            throw Refusal.notFound
        }
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                _ = try answering.count(id, of: asked.span.tenant, in: tx, at: now)
                try note("answers.audit.swapped", asked, id.raw, in: tx)
            }
        } catch let refused as Refusals {
            throw refused.all.first ?? Refusal.notFound
        }
        return redirect(to: "/forms/\(asked.form.id)/answers/\(id)", saying: Flash("answers.swapped"))
    }

    // MARK: The file

    /// All that the filter leaves, page by page: one short read each, however many there are.
    private func export(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try await asked(request, context)
        guard asked.refusals.all.isEmpty else { throw asked.refusals.all[0] }
        let (span, t) = (asked.span, context.words)
        let file = try await installation.database.write { tx in
            let choices = try versions(span, in: tx)
            let contents = try surveys.versions(choices.map(\.id), of: span.tenant, in: tx)
            let fields = try surveys.fields(of: span.tenant, in: tx).values
                .sorted { ($0.isBuiltIn ? 0 : 1, $0.id) < ($1.isBuiltIn ? 0 : 1, $1.id) }
            try note("answers.audit.exported", asked, in: tx)
            let numbers = Dictionary(choices.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
            return AnswersFile(
                versions: Array(contents.values), fields: fields, numbers: numbers, zone: span.zone, t: t)
        }
        let database = installation.database
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8; header=present", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"answers-\(span.form).csv\"",
            ],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: CSVText.mark + file.header))
                var place: SubmissionPlace?
                while true {
                    let (found, answers) = try await database.read { [place] tx in
                        let found = try tx.query(
                            AnswersStore.page(span, after: place, limit: AnswersLimits.exportBatch)
                        ).map(AnswersStore.submission)
                        let ids = found.map(\.id)
                        var answers: [SubmissionAnswer] = []
                        if !ids.isEmpty {
                            answers = try tx.query(AnswersStore.answers(ids, of: span.tenant))
                                .map(AnswersStore.answer)
                        }
                        return (found, Dictionary(grouping: answers, by: \.submission))
                    }
                    guard let last = found.last else { break }
                    let lines = found.map { file.line($0, answers[$0.id] ?? []) }
                    try await writer.write(ByteBuffer(string: lines.joined()))
                    place = last.place
                }
                try await writer.finish(nil)
            })
    }
}
