// SPDX-License-Identifier: Apache-2.0
// The addresses of the centre's own settings.
import Durable
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// Name, language, time zone, hours and retention of the centre.
    static let centreSettings = NavigationItem(
        "settings.navigation.centre", path: "/settings/centre", roles: [.administrator])
}

/// The pages of the centre's own settings; each change stands in the log.
struct CentreSettingsRoutes: Sendable {
    let settings: Settings
    let accounts: Accounts

    private var installation: Installation { settings.installation }

    func add(to router: some RouterMethods<WebContext>) {
        router.get("/settings/centre") { _, context in
            let signedIn = try context.require(.administrator)
            let tenant = try await tenant(signedIn.tenant)
            let form = CentreSettingsForm(TenantChange(tenant))
            return page(.centre, signedIn, context, logo: tenant.logo) { form.fields($0, context.words) }
        }
        router.post("/settings/centre") { try await saveCentre($0, $1) }
        router.get("/settings/hours") { _, context in
            let signedIn = try context.require(.administrator)
            let form = BusinessHoursForm(try await read { try settings.hours(of: signedIn.tenant, in: $0) })
            return page(.hours, signedIn, context) { form.fields($0, context.words) }
        }
        router.post("/settings/hours") { try await saveHours($0, $1) }
        router.get("/settings/retention") { _, context in
            let signedIn = try context.require(.administrator)
            let form = RetentionForm(try await read { try settings.retention(of: signedIn.tenant, in: $0) })
            return page(.retention, signedIn, context) { form.fields($0, context.words) }
        }
        router.post("/settings/retention") { try await saveRetention($0, $1) }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await installation.database.read(body)
    }

    private func tenant(_ id: TenantID) async throws -> Tenant {
        guard let found = try await accounts.tenant(id) else { throw Refusal.notFound }
        return found
    }

    private func page(
        _ part: CentreSettingsPart, _ signedIn: SignedIn, _ context: WebContext, logo: String? = nil,
        refused: Refusals = Refusals(), _ fields: (FieldErrors) -> HTML
    ) -> Response {
        let errors = refused.all.isEmpty ? FieldErrors.none : FieldErrors(refused, t: context.words)
        var page = CentreSettingsPage(
            part: part, fields: fields(errors), errors: errors, signedIn: signedIn, t: context.words)
        if part == .centre { page.below = LogoCard(logo: logo, signedIn: signedIn, t: context.words).html }
        return pageResponse(page.page, in: context, status: refused.all.isEmpty ? .ok : refused.status)
    }

    /// Changes something of the centre and writes it down.
    private func write(
        _ part: CentreSettingsPart, _ signedIn: SignedIn,
        _ deed: @escaping @Sendable (any Transaction, Moment) throws -> Void
    ) async throws -> Response {
        let now = installation.clock.now()
        try await installation.database.write { tx in
            try deed(tx, now)
            let entry = AuditEntry(
                by: signedIn, action: "settings.audit.\(part.rawValue)Changed", subject: signedIn.tenant.raw)
            try accounts.audit(entry, of: signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: part.path, saying: Flash("settings.saved"))
    }

    private func saveCentre(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = CentreSettingsForm(try await FormInput(request))
        let tenant = try await tenant(signedIn.tenant)
        do {
            let changed = try form.checked(over: TenantChange(tenant))
            return try await write(.centre, signedIn) { tx, _ in
                try accounts.change(signedIn.tenant, to: changed, in: tx)
            }
        } catch let refused as Refusals {
            return page(.centre, signedIn, context, logo: tenant.logo, refused: refused) {
                form.fields($0, context.words)
            }
        }
    }

    private func saveHours(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = BusinessHoursForm(try await FormInput(request))
        do {
            let hours = try form.checked()
            return try await write(.hours, signedIn) { tx, now in
                try settings.save(hours, of: signedIn.tenant, in: tx, at: now)
            }
        } catch let refused as Refusals {
            return page(.hours, signedIn, context, refused: refused) { form.fields($0, context.words) }
        }
    }

    private func saveRetention(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = RetentionForm(try await FormInput(request))
        do {
            let periods = try form.checked()
            return try await write(.retention, signedIn) { tx, now in
                try settings.save(periods, of: signedIn.tenant, in: tx, at: now)
            }
        } catch let refused as Refusals {
            return page(.retention, signedIn, context, refused: refused) { form.fields($0, context.words) }
        }
    }
}
