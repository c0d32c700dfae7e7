// SPDX-License-Identifier: Apache-2.0
// The centre's logo: beside its name on every page of the product, and above the questions that customers are asked.
import Hummingbird
import Markup
import Storage

/// The part of the centre's settings that shows the logo and takes another one.
struct LogoCard {
    /// The logo by its name; nil where there is none.
    let logo: String?
    let signedIn: SignedIn
    let t: Localizer
    var errors = FieldErrors.none

    var html: HTML {
        let label = FieldLabel(
            "picture", t(logo == nil ? "settings.logo.choose" : "settings.logo.chooseOther"),
            hint: t("settings.logo.hint"), error: errors["picture"], isRequired: true)
        let content: HTML = """
            \(fileField(label, accepting: "image/png,image/jpeg,image/webp,image/gif"))\
            <div class="buttons">\(submitButton(t("settings.logo.upload")))</div>
            """
        return card(
            t("settings.logo.title"),
            "\(shown)\(uploadForm(to: "/settings/centre/logo", signedIn: signedIn, content))")
    }

    private var shown: HTML {
        guard let logo else { return "<p class=\"note\">\(t("settings.logo.none"))</p>" }
        return """
            <div class="settings-logo"><img src="\(Picture.address(of: logo))" alt="\(t("settings.logo.current"))">\
            \(linkButton(t("settings.logo.remove"), to: "/settings/centre/logo/removal"))</div>
            """
    }

    /// Asks before the logo is removed: the file may be nowhere else.
    static func question(_ signedIn: SignedIn, _ t: Localizer) -> Page {
        let body = confirmation(
            t("settings.logo.question"), action: (t("settings.logo.remove"), "/settings/centre/logo/removal"),
            back: "/settings/centre", signedIn: signedIn, t: t)
        var page = Page(title: t("settings.logo.title"), current: .centreSettings, body: body)
        page.path = [(t("settings.centre.title"), "/settings/centre")]
        return page
    }

    /// The page that answers a file which cannot be taken.
    var page: Page {
        var page = Page(
            title: t("settings.logo.title"), current: .centreSettings, body: errors.summary(t) + html, hasErrors: true)
        page.path = [(t("settings.centre.title"), "/settings/centre")]
        return page
    }
}

/// Taking in a logo, and removing it; each change stands in the log.
struct LogoRoutes: Sendable {
    let settings: Settings
    let accounts: Accounts

    private var installation: Installation { settings.installation }

    func add(to router: some RouterMethods<WebContext>) {
        router.post("/settings/centre/logo") { try await upload($0, $1) }
        router.get("/settings/centre/logo/removal") { _, context in
            let signedIn = try context.require(.administrator)
            return pageResponse(LogoCard.question(signedIn, context.words), in: context)
        }
        router.post("/settings/centre/logo/removal") { _, context in try await remove(context) }
    }

    private func upload(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        do {
            let picture = try await settings.picture(uploadedBy: request)
            let now = installation.clock.now()
            try await installation.database.write { tx in
                try Settings.keep(picture, of: signedIn.tenant, in: tx, by: signedIn.person, at: now)
                try set(picture.sha256, signedIn, in: tx, at: now)
            }
            return redirect(to: "/settings/centre", saying: Flash("settings.logo.saved"))
        } catch let refusal as Refusal where refusal.field != nil {
            let refused = Refusals([refusal])
            let logo = try await accounts.tenant(signedIn.tenant)?.logo
            var card = LogoCard(logo: logo, signedIn: signedIn, t: context.words)
            card.errors = FieldErrors(refused, t: context.words)
            return pageResponse(card.page, in: context, status: refused.status)
        }
    }

    private func remove(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let now = installation.clock.now()
        try await installation.database.write { try set(nil, signedIn, in: $0, at: now) }
        return redirect(to: "/settings/centre", saying: Flash("settings.logo.removed"))
    }

    private func set(_ picture: String?, _ signedIn: SignedIn, in tx: any Transaction, at now: Moment) throws {
        try accounts.setLogo(picture, of: signedIn.tenant, in: tx)
        let action = picture == nil ? "settings.audit.logoRemoved" : "settings.audit.logoChanged"
        let entry = AuditEntry(by: signedIn, action: action, subject: signedIn.tenant.raw)
        try accounts.audit(entry, of: signedIn.tenant, in: tx, at: now)
    }
}
