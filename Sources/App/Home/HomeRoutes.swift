// SPDX-License-Identifier: Apache-2.0
// `/`: what needs attention.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The page after signing in.
    public static let home = NavigationItem("home.navigation", path: "/", roles: Set(Role.allCases), icon: .home)
}

extension Home {
    /// Adds `/`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/") { _, context in
            let page = try await self.page(try context.requireSignedIn(), context)
            return pageResponse(page.page(context.words), in: context)
        }
    }

    private func page(_ signedIn: SignedIn, _ context: WebContext) async throws -> HomePage {
        guard let tenant = try await accounts.tenant(signedIn.tenant) else { throw Refusal.notFound }
        let today = LocalDay(of: installation.clock.now(), in: tenant.zone)
        var page = HomePage(
            tenant: tenant, day: today, signedIn: signedIn, navigation: context.surroundings.navigation,
            unread: context.surroundings.unread)
        if !signedIn.roles.isDisjoint(with: [.administrator, .supervisor]) {
            page.today = try await figures(signedIn, from: today, to: today)
            let days = Int(Attention.days)
            page.week = try await figures(signedIn, from: today.adding(days: 1 - days), to: today)
            page.attention.lowScores = page.week.map(Attention.lowScores) ?? []
        }
        if signedIn.roles.contains(.administrator) {
            page.steps = try await firstSteps(of: tenant.id)
            let low = page.attention.lowScores
            page.attention = try await attention(in: tenant)
            page.attention.lowScores = low
        }
        return page
    }

    private func figures(_ signedIn: SignedIn, from: LocalDay, to: LocalDay) async throws -> FigureRow {
        var filter = FigureFilter(from: from, to: to)
        if !signedIn.roles.contains(.administrator) { filter.teams = signedIn.supervisedTeams }
        return try await statistics.figures(of: signedIn.tenant, filter, by: .day).total
    }

    private func firstSteps(of tenant: TenantID) async throws -> FirstSteps? {
        try await installation.database.query(HomeStore.firstSteps(of: tenant)).first.map(HomeStore.firstSteps)
    }

    private func attention(in tenant: Tenant) async throws -> Attention {
        let since = installation.clock.now().adding(days: -Attention.days)
        let row = try await installation.database.query(HomeStore.attention(of: tenant.id, since: since)).first
        var attention = try row.map(HomeStore.attention) ?? Attention()
        guard tenant.surveysEnabled else { return attention }
        let surveys = surveys
        let open = try await installation.database.read { try surveys.forms(of: tenant.id, in: $0) }
            .filter { !$0.isClosed }
        var forms: [(name: String, languages: [String])] = []
        // Versions are kept decoded, so that this asks the database for new ones only.
        for form in open.prefix(HomePage.mostForms) {
            guard let version = try await surveys.version(form.version, of: tenant.id) else { continue }
            forms.append((form.name, version.content.languages.map(\.language)))
        }
        attention.untranslated = Attention.untranslated(forms, centre: tenant.language)
        return attention
    }
}
