// SPDX-License-Identifier: Apache-2.0
// The real page of what is not stored yet, and of what was stored before: for the editor's preview.
import Foundation
import Hummingbird
import Markup
import Storage

/// `/forms/draft/preview` and `/forms/{id}/versions/{number}/preview`.
struct DraftPreviewRoutes: Sendable {
    /// Most bytes of a draft: one language of a form.
    static let draftBytes = 2 * 1024 * 1024

    let answering: Answering
    let assets: WebAssets

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.post("/forms/draft/preview") { try await draft($0, $1) }
        router.get("/forms/:id/versions/:number/preview") { try await older($0, $1) }
    }

    /// The language that the editor shows, as it would be seen; nothing is stored.
    private func draft(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let input = try await FormInput(request, limit: Self.draftBytes)
        guard let content = try? fromJSON(input.exactText("content"), as: SurveyContent.self),
            let language = content.languages.first, LanguageTag.isWellFormed(language.language)
        else { throw Refusal(.malformed, code: "malformed", key: "frame.malformed") }
        let tags = input.text("languages").split(separator: " ").prefix(SurveyLimits.languages).map { String($0) }
        return try await response(content, language, tags: tags.filter(LanguageTag.isWellFormed), signedIn)
    }

    /// A version as it was saved.
    private func older(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        let number = context.parameters.get("number").flatMap { Int($0) } ?? 0
        let (surveys, tenant) = (answering.surveys, signedIn.tenant)
        let found = try await answering.installation.database.read {
            try surveys.version(number, of: id, tenant, in: $0)
        }
        guard let content = found?.content else { throw Refusal.notFound }
        let wish = request.uri.queryParameters.get("lang").map { String($0.prefix(35)) }
        let tags = content.languages.map(\.language)
        let tag = LanguageChoice.pick(from: tags, wishes: [wish, signedIn.language].compactMap { $0 })
        guard let language = content.languages.first(where: { $0.language == tag }) ?? content.languages.first else {
            throw Refusal.notFound
        }
        return try await response(content, language, tags: tags, signedIn)
    }

    private func response(
        _ content: SurveyContent, _ language: FormLanguage, tags: [String], _ signedIn: SignedIn
    ) async throws -> Response {
        let centre = try await answering.centre(signedIn.tenant, at: answering.installation.clock.now())
        var page = SurveyPage(
            form: language, languages: tags, centre: centre.sign, style: assets.surveyStyle,
            script: assets.surveyScript, t: answering.words(language.language))
        page.picture = content.image.flatMap { Picture.isName($0) ? $0 : nil }
        page.notice = .preview
        page.nonce = ""
        page.hasDecoy = false
        let nonce = DraftStyle.nonce()
        var reply = SurveyReply(
            DraftStyle.put(content.css, nonce: nonce, into: page.document), language: language.language)
        reply.isPreview = true
        var response = reply.response()
        let policy = response.headers[.contentSecurityPolicy] ?? ""
        response.headers[.contentSecurityPolicy] =
            policy.replacing("style-src 'self'", with: "style-src 'self' 'nonce-\(nonce)'")
        return response
    }
}

/// A style sheet that has no address yet stands in the page itself, allowed by a number used once.
enum DraftStyle {
    static func nonce() -> String {
        (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    }

    /// A sheet that does not balance is left out: it would not be served either.
    static func put(_ css: String, nonce: String, into document: HTML) -> HTML {
        guard css.nonEmpty != nil, StyleSheetBalance.fault(in: css) == nil else { return document }
        // Inside of a string a backslash before a slash changes nothing, and outside of one the slash means nothing.
        let inside = css.replacing("</", with: "<\\/")
        let element = "<style nonce=\"\(nonce)\">@scope (.survey) {\n\(inside)\n}</style>\n</head>"
        return HTML.trusted(document.text.replacing("</head>", with: element, maxReplacements: 1))
    }
}
