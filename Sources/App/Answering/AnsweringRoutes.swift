// SPDX-License-Identifier: Apache-2.0
// The public addresses: the survey page, its style, and the preview for the form's author.
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Markup
import NIOCore
import Storage

/// Customers' pages, which know neither sessions nor the frame, and the preview, which does.
struct AnsweringRoutes: Sendable {
    /// Most bytes of one submit: some dozens of notes filled to their limit.
    static let submitBytes = 1024 * 1024

    let answering: Answering
    let assets: WebAssets

    private var installation: Installation { answering.installation }

    /// Adds `/s/{token}` and the forms' styles.
    func addPublic(to router: some RouterMethods<WebContext>) {
        router.get("/s/:token") { try await answer($0, $1) { try await show($0, $1, $2) } }
        router.head("/s/:token") { try await answer($0, $1) { try await show($0, $1, $2) }.createHeadResponse() }
        router.post("/s/:token") { try await answer($0, $1) { try await take($0, $1, $2) } }
        router.get("/survey-style/:hash/:tenant/:version") { try await style($0, $1) }
    }

    /// Adds the preview for a form's author.
    func addPreview(to router: some RouterMethods<WebContext>) {
        router.get("/forms/:id/preview") { try await preview($0, $1) }
    }

    /// What a customer is told when something of ours has failed: the log has the rest.
    func page(_ problem: Problem, _ request: Request) -> Response? {
        guard request.uri.path.hasPrefix("/s/") else { return nil }
        if problem.status == .tooManyRequests {
            var response = reply(.tryLater, status: .busy, request).response()
            response.headers[.retryAfter] = problem.headers[.retryAfter]
            return response
        }
        guard problem.status.kind == .serverError else { return nil }
        return reply(.tryLater, status: .failed, request).response()
    }

    /// What happens whatever the request is: an unreachable database is no reason for a page of another kind.
    private func answer(
        _ request: Request, _ context: WebContext,
        _ handle: (Request, WebContext, Moment) async throws -> SurveyReply
    ) async throws -> Response {
        let now = installation.clock.now()
        do {
            return try await handle(request, context, now).response()
        } catch let refusal as Refusal where [.tooLarge, .malformed, .unsupported].contains(refusal.kind) {
            let state: SurveyState = refusal.kind == .tooLarge ? .tooLarge : .unreadable
            return reply(state, status: state == .tooLarge ? .tooLarge : .unreadable, request).response()
        } catch let error as StorageError where error.isPassing {
            context.logger.warning("Survey page cannot reach the database", metadata: ["error": "\(error)"])
            return reply(.tryLater, status: .later, request).response()
        }
    }

    // MARK: Pages

    private func show(_ request: Request, _ context: WebContext, _ now: Moment) async throws -> SurveyReply {
        guard let link = try await answering.behind(token: context.parameters.get("token") ?? "", at: now),
            let form = link.language(wished: request.wishedLanguage)
        else { return reply(.unknown, status: .notFound, request) }
        let view = SurveyView(answering: answering, link: link, form: form, assets: assets)
        switch link.standing(at: now) {
        case .open:
            answering.fetches.count(link.invitation.id)
            return view.open(at: now)
        case .closed: return view.state(.closed, status: .gone)
        case .expired: return view.state(.expired, status: .gone)
        case .answered(let until):
            guard until != nil, request.uri.queryParameters.get("change") != nil else {
                return view.state(.answered(changeableUntil: view.shown(until)))
            }
            return try await change(link, view, at: now)
        }
    }

    /// The page with the answers that count so far.
    private func change(_ link: SurveyLink, _ view: SurveyView, at now: Moment) async throws -> SurveyReply {
        let tenant = link.invitation.tenant
        let rows = try await installation.database.query(AnsweringStore.selectCounted(link.invitation.id, of: tenant))
        guard let counted = try rows.first.map(AnsweringStore.counted) else {
            return view.state(.answered(changeableUntil: nil))
        }
        let answers = try await installation.database.query(AnsweringStore.selectAnswers(counted.id, of: tenant))
        let entries = AnswerEntries(try answers.map(AnsweringStore.answer), blocks: view.form.blocks)
        return view.again(entries, notice: .changing, nonce: view.nonce(at: now))
    }

    private func take(_ request: Request, _ context: WebContext, _ now: Moment) async throws -> SurveyReply {
        guard var link = try await answering.behind(token: context.parameters.get("token") ?? "", at: now) else {
            return reply(.unknown, status: .notFound, request)
        }
        let input = try await FormInput(request, limit: Self.submitBytes)
        let (invitation, secret) = (link.invitation, installation.secret)
        var nonce = SurveyNonce(input.text("nonce"), for: invitation.id, secret: secret, now: now)
        if let issued = nonce {
            let version = try await answering.surveys.version(issued.version, of: invitation.tenant)
            if let version, version.form == link.form.id { link.version = version } else { nonce = nil }
        }
        guard let form = link.language(wished: request.wishedLanguage) else {
            return reply(.unknown, status: .notFound, request)
        }
        let view = SurveyView(answering: answering, link: link, form: form, assets: assets)
        let entries = AnswerEntries(input, blocks: form.blocks)
        let check = AnswerCheck(entries, blocks: form.blocks)
        switch link.standing(at: now) {
        case .closed: return view.state(.closed, status: .gone)
        case .expired: return view.state(.expired, status: .gone)
        case .answered(nil) where !check.problems.isEmpty: return view.state(.answered(changeableUntil: nil))
        case .open, .answered: break
        }
        if !check.problems.isEmpty { return view.refused(entries, check, nonce: nonce ?? view.nonce(at: now)) }
        let submit = Submit(
            link: link, language: form.language, nonce: nonce, entries: entries, check: check,
            weakness: WeakReason.of(nonce: nonce, decoy: input.text(SurveyPage.decoyName), now: now),
            evidence: Evidence(
                seconds: nonce.map { Int(now.milliseconds(since: $0.issuedAt) / 1000) },
                fetches: answering.fetches.find(invitation.id), hasScript: input.text(SurveyPage.scriptName) == "1",
                userAgent: request.headers[.userAgent] ?? ""),
            fingerprint: secret.digest(Array(check.fingerprintText.utf8), for: .fingerprint))
        return view.reply(to: submit, as: try await answering.store(submit, at: now), at: now)
    }

    /// The real page for the form's author: it can be filled in and submits nothing.
    private func preview(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        let tenant = signedIn.tenant
        let surveys = answering.surveys
        guard let form = try await surveys.form(id, of: tenant),
            let version = try await surveys.version(form.version, of: tenant)
        else { throw Refusal.notFound }
        let tags = version.content.languages.map(\.language)
        let wish = request.uri.queryParameters.get("language").map { String($0) } ?? request.wishedLanguage
        let tag = LanguageChoice.pick(from: tags, wishes: [wish, signedIn.language].compactMap { $0 })
        guard
            let language = version.content.languages.first(where: { $0.language == tag })
                ?? version.content.languages.first
        else { throw Refusal.notFound }
        let centre = try await answering.centre(tenant, at: installation.clock.now())
        var page = SurveyPage(
            form: language, languages: tags, centre: centre.sign, style: assets.surveyStyle(of: version, tenant),
            script: assets.surveyScript, t: answering.words(language.language))
        page.picture = version.content.image
        page.notice = .preview
        page.nonce = ""
        page.hasDecoy = false
        var reply = SurveyReply(page.document, language: language.language)
        reply.isPreview = true
        return reply.response()
    }

    // MARK: Words and style

    /// A page without a form: in the browser's language.
    private func reply(_ state: SurveyState, status: SurveyReply.Status, _ request: Request) -> SurveyReply {
        let known = installation.catalogue.languages
        let wished = LanguageChoice.pick(from: known, wishes: [request.wishedLanguage].compactMap { $0 })
        let language = wished ?? preferredLanguage(request.headers[.acceptLanguage], of: known)
        let t = answering.words(language ?? "en")
        let page = SurveyStatePage(state: state, language: t.language, centre: .none, style: assets.surveyStyle, t: t)
        return SurveyReply(page.document, language: t.language, status: status)
    }

    /// Versions never change, so that their sheets may be kept for ever.
    private func style(_ request: Request, _ context: WebContext) async throws -> Response {
        let file = context.parameters.get("version") ?? ""
        guard file.hasSuffix(".css"), let version = FormVersionID(String(file.dropLast(4))),
            let tenant = context.parameters.get("tenant").flatMap({ TenantID($0) }),
            let found = try await answering.surveys.version(version, of: tenant)
        else { throw Refusal.notFound }
        let sheet = answering.styles.style(
            of: found, ours: assets.file(WebAssets.surveySheetPath)?.content ?? Data(), assets: assets.hash)
        var response = Response(
            status: .ok,
            headers: [
                .contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=31536000, immutable",
                .vary: "Accept-Encoding",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: sheet.plain)))
        if let compressed = sheet.compressed, acceptsGzip(request.headers[.acceptEncoding]) {
            response.headers[.contentEncoding] = "gzip"
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
        }
        return response
    }
}

extension Request {
    /// The language that the switch asked for.
    fileprivate var wishedLanguage: String? { uri.queryParameters.get("lang").map { String($0.prefix(35)) } }
}

extension StorageError {
    /// Whether it is likely over in a moment.
    fileprivate var isPassing: Bool {
        switch self {
        case .unavailable, .full, .closed: true
        default: false
        }
    }
}
