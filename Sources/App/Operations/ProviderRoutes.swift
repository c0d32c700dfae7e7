// SPDX-License-Identifier: Apache-2.0
// The provider's addresses: centres, the switch, limits, health. Nothing below them shows what customers said.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The contact centres of the installation.
    public static let centres = NavigationItem(
        "operations.centres.title", path: "/provider/centres", roles: [.provider])
    /// How the installation is.
    public static let health = NavigationItem("operations.health.title", path: "/provider/health", roles: [.provider])
}

/// The pages of whoever hosts the installation.
struct ProviderRoutes: Sendable {
    let operations: Operations
    /// The release, which Assembly knows.
    let version: String

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/provider/centres") { try await list($0, $1) }
        router.get("/provider/centres/new") { _, context in
            let signedIn = try context.require(.provider)
            let page = NewCentrePage(signedIn: signedIn, form: NewCentreForm(language: signedIn.language))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/provider/centres/new") { try await make($0, $1) }
        router.get("/provider/centres/:centre") { _, context in
            let signedIn = try context.require(.provider)
            let page = try await centrePage(signedIn, try context.id("centre"))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/provider/centres/:centre/surveys") { try await setSurveys($0, $1) }
        router.post("/provider/centres/:centre/limits") { try await setLimits($0, $1) }
        router.post("/provider/centres/:centre/links/:person") { try await makeLink($1) }
        router.get("/provider/centres/:centre/archiving") { _, context in try await askToArchive(context) }
        router.post("/provider/centres/:centre/archiving") { _, context in try await archive(context) }
        router.post("/provider/centres/:centre/reactivation") { _, context in try await reactivate(context) }
        router.get("/provider/health") { _, context in
            let signedIn = try context.require(.provider)
            let health = try await operations.health(version: version)
            return pageResponse(HealthPage(health: health, zone: signedIn.timeZone, t: context.words).page, in: context)
        }
    }

    private var installation: Installation { operations.installation }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.provider)
        let after = request.uri.queryParameters["after"].flatMap { TenantID(String($0)) }
        let limit = Operations.centresAtOnce
        let entries = try await operations.centres(after: after, limit: limit + 1)
        let page = CentresPage(
            entries: Array(entries.prefix(limit)), next: entries.count > limit ? entries[limit - 1].tenant.id : nil,
            isFirst: after == nil, zone: signedIn.timeZone)
        return pageResponse(page.page(context.words), in: context)
    }

    private func make(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.provider)
        let form = NewCentreForm(try await FormInput(request))
        do {
            try form.check()
            let made = try await operations.makeCentre(
                form.centre, administrator: form.administrator, by: signedIn.asProvider)
            return shown(made.link, of: made.tenant, context)
        } catch {
            let refused = try refusals(in: error)
            var page = NewCentrePage(signedIn: signedIn, form: form)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    /// A link is shown once, on the page that answers.
    private func shown(_ link: AdministratorLink?, of tenant: Tenant, _ context: WebContext) -> Response {
        guard let link else { return redirect(to: "/provider/centres/\(tenant.id)") }
        return pageResponse(AdministratorLinkPage(tenant: tenant, link: link).page(context.words), in: context)
    }

    private func centrePage(_ signedIn: SignedIn, _ id: TenantID) async throws -> CentrePage {
        let (entry, pending) = try await operations.centre(id)
        return CentrePage(signedIn: signedIn, entry: entry, pending: pending)
    }

    /// Does something with the centre that the address names, and returns to its page.
    private func change(
        _ context: WebContext, saying flash: String,
        _ deed: @escaping @Sendable (Tenant, String, any Transaction, Moment) throws -> Void
    ) async throws -> Response {
        let signedIn = try context.require(.provider)
        let id: TenantID = try context.id("centre")
        let now = installation.clock.now()
        let accounts = operations.accounts
        try await installation.database.write { tx in
            guard let tenant = try accounts.tenant(id, in: tx) else { throw Refusal.notFound }
            try deed(tenant, signedIn.asProvider, tx, now)
        }
        return redirect(to: "/provider/centres/\(id)", saying: Flash(flash))
    }

    private func setSurveys(_ request: Request, _ context: WebContext) async throws -> Response {
        let isOn = try await FormInput(request).flag("surveys")
        let accounts = operations.accounts
        return try await change(context, saying: isOn ? "operations.surveysOn" : "operations.surveysOff") {
            try accounts.setSurveys(isOn, of: $0.id, by: $1, in: $2, at: $3)
        }
    }

    private func setLimits(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.provider)
        let form = TenantLimitsForm(try await FormInput(request))
        let accounts = operations.accounts
        do {
            let limits = try form.checked()
            return try await change(context, saying: "frame.saved") {
                try accounts.setLimits(limits, of: $0.id, by: $1, in: $2, at: $3)
            }
        } catch let refused as Refusals {
            var page = try await centrePage(signedIn, try context.id("centre"))
            page.limits = form
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    private func makeLink(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.provider)
        let tenant: TenantID = try context.id("centre")
        let entry = try await operations.centre(tenant).entry
        let link = try await operations.link(
            for: try context.id("person"), of: tenant, by: signedIn.asProvider)
        return shown(link, of: entry.tenant, context)
    }

    // MARK: Archiving

    /// A provider who put away their own centre would be locked out at once.
    private func other(_ context: WebContext, than signedIn: SignedIn) async throws -> Tenant {
        let tenant = try await operations.centre(try context.id("centre")).entry.tenant
        guard tenant.id != signedIn.tenant else {
            throw Refusal(.conflict, code: "own_centre", key: "operations.ownCentre")
        }
        return tenant
    }

    private func askToArchive(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.provider)
        let tenant = try await other(context, than: signedIn)
        let page = ArchivingPage(signedIn: signedIn, tenant: tenant)
        return pageResponse(page.page(context.words), in: context)
    }

    private func archive(_ context: WebContext) async throws -> Response {
        _ = try await other(context, than: try context.require(.provider))
        let accounts = operations.accounts
        return try await change(context, saying: "operations.archivedNow") {
            try accounts.archive($0.id, by: $1, in: $2, at: $3)
        }
    }

    private func reactivate(_ context: WebContext) async throws -> Response {
        let accounts = operations.accounts
        return try await change(context, saying: "operations.reactivatedNow") {
            try accounts.reactivate($0.id, by: $1, in: $2, at: $3)
        }
    }
}

extension SignedIn {
    /// Who stands in a centre's log for what a provider did there: the account belongs to another centre.
    var asProvider: String { "provider: " + name }
}
