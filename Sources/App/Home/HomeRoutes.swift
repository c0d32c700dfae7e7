// SPDX-License-Identifier: Apache-2.0
// `/`: what needs attention.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The page after signing in.
    public static let home = NavigationItem("home.navigation", path: "/", roles: Set(Role.allCases))
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
        let seesFigures = !signedIn.roles.isDisjoint(with: [.administrator, .supervisor])
        let today = LocalDay(of: installation.clock.now(), in: tenant.zone)
        return HomePage(
            signedIn: signedIn, centreName: tenant.name,
            today: seesFigures ? try await funnel(signedIn, from: today, to: today) : nil,
            week: seesFigures ? try await funnel(signedIn, from: today.adding(days: -6), to: today) : nil,
            steps: signedIn.roles.contains(.administrator) ? try await firstSteps(of: tenant.id) : nil,
            unread: context.surroundings.unread, navigation: context.surroundings.navigation)
    }

    private func funnel(_ signedIn: SignedIn, from: LocalDay, to: LocalDay) async throws -> Funnel {
        var filter = FigureFilter(from: from, to: to)
        if !signedIn.roles.contains(.administrator) { filter.teams = signedIn.supervisedTeams }
        return try await statistics.figures(of: signedIn.tenant, filter, by: .day).total.funnel
    }

    private func firstSteps(of tenant: TenantID) async throws -> FirstSteps? {
        try await installation.database.query(HomeStore.firstSteps(of: tenant)).first.map(HomeStore.firstSteps)
    }
}
