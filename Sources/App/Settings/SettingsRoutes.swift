// SPDX-License-Identifier: Apache-2.0
// The addresses of the settings' pages.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    static let emailSettings = NavigationItem(
        "settings.navigation.email", path: "/settings/email", roles: [.administrator])
}

/// The pages of this room. What depends on rooms below is put in by Assembly.
public struct SettingsRoutes: Sendable {
    let settings: Settings
    /// The part of the page that tries the settings out (Mailings).
    let aside: @Sendable (SMTPSettingsForm, SignedIn, Localizer) -> HTML
    /// New settings: whatever is held is tried with them at once (Mailings).
    let changed: @Sendable (TenantID, any Transaction, Moment) throws -> Void

    init(
        settings: Settings,
        aside: @escaping @Sendable (SMTPSettingsForm, SignedIn, Localizer) -> HTML = { _, _, _ in .empty },
        changed: @escaping @Sendable (TenantID, any Transaction, Moment) throws -> Void
    ) {
        self.settings = settings
        self.aside = aside
        self.changed = changed
    }

    public func add(to router: Router<WebContext>) {
        router.get("/settings/email") { _, context in try await show(context) }
        router.get("/settings/email/dns") { _, context in try await showDNS(context) }
        router.post("/settings/email") { request, context in try await save(request, context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let stored = try await stored(of: signedIn.tenant)
        let page = SMTPSettingsPage(
            form: SMTPSettingsForm(stored), errors: .none, hasPassword: stored.password != nil,
            aside: try await beside(SMTPSettingsForm(stored), signedIn, context.words), signedIn: signedIn,
            t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func showDNS(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let findings = try await settings.checkDNS(of: signedIn.tenant)
        return pageResponse(
            DNSCheckPage(findings: findings, signedIn: signedIn, t: context.words).page, in: context)
    }

    private func save(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = SMTPSettingsForm(try await FormInput(request))
        let old = try await stored(of: signedIn.tenant)
        do {
            let checked = try form.checked(against: old)
            let now = settings.installation.clock.now()
            try await settings.installation.database.write { tx in
                try settings.save(checked, of: signedIn.tenant, in: tx, at: now)
                let entry = AuditEntry(
                    by: signedIn, action: "settings.audit.emailChanged", details: checked.change(from: old))
                try AuditStore(tx: tx, tenant: signedIn.tenant).insert(entry, at: now)
                try changed(signedIn.tenant, tx, now)
            }
            return redirect(to: "/settings/email", saying: Flash("settings.saved"))
        } catch let refusals as Refusals {
            let page = SMTPSettingsPage(
                form: form, errors: FieldErrors(refusals, t: context.words), hasPassword: old.password != nil,
                aside: try await beside(form, signedIn, context.words), signedIn: signedIn, t: context.words)
            return pageResponse(page.page, in: context, status: .unprocessableContent)
        }
    }

    /// What stands beside the form: who vouches for the mail, and the check of the settings.
    private func beside(_ form: SMTPSettingsForm, _ signedIn: SignedIn, _ t: Localizer) async throws -> HTML {
        "\(try await settings.signingKeysPart(form, signedIn, t))\(aside(form, signedIn, t))"
    }

    private func stored(of tenant: TenantID) async throws -> SMTPSettings {
        let settings = settings
        return try await settings.installation.database.read { tx in
            try settings.smtp(of: tenant, in: tx)
        } ?? .initial(senderName: "", senderEmail: "")
    }
}

extension Settings {
    /// The part of the SMTP page that says whether the sender's domain vouches for the mail.
    func signingKeysPart(_ form: SMTPSettingsForm, _ signedIn: SignedIn, _ t: Localizer) async throws -> HTML {
        let keys = try await signingKeys(of: signedIn.tenant)
        return SigningKeysPage(
            keys: keys, senderDomain: Self.domain(of: form.senderEmail), signedIn: signedIn, t: t
        ).html
    }
}
