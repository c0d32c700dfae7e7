// SPDX-License-Identifier: Apache-2.0
// Every address of the product in one list, and what every request passes on its way there.
import Hummingbird

extension Otklik {
    /// The router of the whole product.
    func router() -> Router<WebContext> {
        // Whatever is read by GET answers HEAD too (RFC 9110 section 9.1).
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        let routes = RouteList()
        let catalogue = installation.catalogue
        let answering = AnsweringRoutes(answering: rooms.answering, assets: webAssets)
        router.add(middleware: SecurityHeadersMiddleware(isSecure: installation.isSecure))
        // Customers' pages need nothing of what follows: no address, session, frame or form token of ours.
        answering.addPublic(
            to: router.group().add(
                middleware: ErrorMiddleware(routes: routes, catalogue: catalogue) { problem, request, _ in
                    answering.page(problem, request)
                }
            ).add(middleware: answerLimit()))
        let pictures = PictureRoutes(settings: rooms.settings)
        pictures.addPublic(
            to: router.group().add(middleware: ErrorMiddleware(routes: routes, catalogue: catalogue)))
        if installation.isSecure { router.add(middleware: SecureCookiesMiddleware()) }
        router.add(middleware: ForwardedMiddleware(proxies: trustedProxies))
        router.add(middleware: LanguageMiddleware(catalogue: catalogue))
        router.add(middleware: ErrorMiddleware(routes: routes, catalogue: catalogue))
        router.add(middleware: apiLimit())
        router.add(middleware: SignedInMiddleware(accounts: rooms.accounts))
        router.add(middleware: FrameMiddleware(assets: webAssets) { try await around($0, $1) })
        router.add(middleware: ErrorMiddleware(routes: routes, catalogue: catalogue))
        router.add(
            middleware: FormTokenMiddleware(baseURL: installation.baseURL, publicPrefixes: Self.publicPrefixes))
        router.add(middleware: SurveySwitchMiddleware(sections: Self.surveySections))
        addRoutes(to: router)
        routes.set(router.routes.map { (path: $0.path.description, method: $0.method.rawValue) })
        return router
    }

    /// Customers' answers; reading a page is cheap and not counted.
    private func answerLimit() -> RateLimitMiddleware {
        let perMinute = Double(rates.surveysPerMinute)
        return RateLimitMiddleware(
            limiter: RateLimiter(perSecond: perMinute / 60, burst: max(1, perMinute)), unlimited: rates.unlimited,
            clock: installation.clock, counts: { $0.method == .post }, proxies: trustedProxies)
    }

    /// Calls of programs.
    private func apiLimit() -> RateLimitMiddleware {
        let perSecond = Double(rates.apiPerSecond)
        return RateLimitMiddleware(
            limiter: RateLimiter(perSecond: perSecond, burst: perSecond * 4), unlimited: rates.unlimited,
            clock: installation.clock, counts: { $0.uri.path.hasPrefix("/api/") }, proxies: nil)
    }

    /// What the provider's switch opens and closes.
    static let surveySections = ["/forms", "/fields", "/answers", "/api/v1/forms", "/api/v1/fields"]

    /// Customers' addresses: they have no session, and protect themselves.
    private static let publicPrefixes = ["/s/", "/u/"]

    private func addRoutes(to router: Router<WebContext>) {
        HealthRoutes(installation: installation).addRoutes(to: router)
        SecurityTextRoutes(installation: installation).addRoutes(to: router)
        webAssets.addRoutes(to: router)
        FrameRoutes().addRoutes(to: router)
        rooms.accounts.addRoutes(to: router)
        rooms.services.addRoutes(to: router)
        rooms.contacts.addRoutes(to: router)
        rooms.interactions.addRoutes(to: router)
        rooms.inbox.addRoutes(to: router)
        rooms.workflows.addRoutes(to: router)
        rooms.records.addRoutes(to: router)
        SurveysRoutes(surveys: rooms.surveys).addRoutes(to: router)
        SurveyFilesRoutes(files: rooms.surveyFiles).addRoutes(to: router)
        SurveyFieldsRoutes(surveys: rooms.surveys, accounts: rooms.accounts).addRoutes(to: router)
        SurveyEditorRoutes(surveys: rooms.surveys, accounts: rooms.accounts).addRoutes(to: router)
        AnsweringRoutes(answering: rooms.answering, assets: webAssets).addPreview(to: router)
        DraftPreviewRoutes(answering: rooms.answering, assets: webAssets).addRoutes(to: router)
        let mail = MailingsRoutes(mailings: rooms.mailings, accounts: rooms.accounts, contacts: rooms.contacts)
        mail.addRoutes(to: router)
        SettingsRoutes(
            settings: rooms.settings, aside: { mail.aside($0, $1, $2) },
            changed: { [mailings = rooms.mailings] in try mailings.settingsChanged(of: $0, in: $1, at: $2) }
        ).add(to: router)
        PictureRoutes(settings: rooms.settings).add(to: router)
        CentreSettingsRoutes(settings: rooms.settings, accounts: rooms.accounts).add(to: router)
        LogoRoutes(settings: rooms.settings, accounts: rooms.accounts).add(to: router)
        rooms.reports.addRoutes(to: router)
        rooms.answers.addRoutes(to: router)
        rooms.home.addRoutes(to: router)
        ProviderRoutes(operations: rooms.operations, version: Release.version).addRoutes(to: router)
        APIRoutes(description: apiDescription()).addRoutes(to: router)
    }
}
