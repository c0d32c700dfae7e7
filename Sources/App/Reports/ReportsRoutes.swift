// SPDX-License-Identifier: Apache-2.0
// The report's page and its JSON.
import Hummingbird
import Markup

extension NavigationItem {
    /// Reports, for those who may see more than their own work.
    public static let reports = NavigationItem(
        "reports.navigation", path: "/reports", roles: [.administrator, .supervisor], icon: .reports)
}

extension Reports {
    /// Adds `/reports` and `/api/v1/reports/summary`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/reports") { request, context in try await page(request, context) }
        router.get("/api/v1/reports/summary") { request, context in
            let key = try context.require(scope: .reportsRead)
            let query = try ReportForm.summary(try FormInput(query: request.uri.query))
            return try jsonResponse(try await report(of: key.tenant, query).json)
        }
    }

    private func page(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let input = try FormInput(query: request.uri.query)
        let today = try await today(of: signedIn.tenant)
        var (query, refusals) = ReportForm.page(input, today: today)
        let teams = signedIn.visibleTeams
        if let teams { query.filter.teams = query.filter.teams?.intersection(teams) ?? teams }
        let report = try await report(of: signedIn.tenant, query)
        let choices = try await choices(of: signedIn.tenant, teams: teams)
        let t = context.words
        let shown = ReportPage(
            report: report, choices: choices, period: ReportPeriod(rawValue: input.text("period")),
            chosenTeam: input.id("team"), isLimited: teams != nil,
            order: TableOrder(input, of: ReportPage.orders(of: report)),
            errors: FieldErrors(refusals, t: t), list: ListContext(context))
        return pageResponse(shown.page, in: context, status: refusals.all.isEmpty ? .ok : .unprocessableContent)
    }
}

extension SignedIn {
    /// The teams whose figures a person sees: nil for all. A supervisor without teams sees none.
    var visibleTeams: Set<TeamID>? { roles.contains(.administrator) ? nil : supervisedTeams }
}
