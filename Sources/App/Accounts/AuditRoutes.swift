// SPDX-License-Identifier: Apache-2.0
// Administrators read the log.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The log of the centre.
    public static let audit = NavigationItem(
        "accounts.audit.navigation", path: "/settings/audit", roles: [.administrator])
}

extension Accounts {
    /// Adds `/settings/audit`.
    func addAuditRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/audit") { try await self.showAudit($0, $1) }
    }

    private func showAudit(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let query = AuditQuery(try FormInput(query: request.uri.query))
        let limit = AccountsLimits.pageRows
        do {
            let filter = try query.filter(in: TimeZone(identifier: signedIn.timeZone) ?? .gmt)
            let (records, providers) = try await installation.database.read { tx in
                var filter = filter
                if let login = query.person.nonEmpty {
                    filter.person = try self.somebody(login, of: signedIn.tenant, in: tx).id
                }
                let store = AuditStore(tx: tx, tenant: signedIn.tenant)
                return (try store.page(filter, limit: limit + 1), try store.providers())
            }
            var page = AuditPage(
                signedIn: signedIn, records: Array(records.prefix(limit)), query: query,
                older: records.count > limit ? records[limit - 1].id : nil)
            page.providers = signedIn.roles.contains(.provider) ? [] : providers
            return pageResponse(page.page(context.words), in: context)
        } catch {
            let refused = try refusals(in: error).all.map { refusal in
                let field = refusal.field == "login" ? "person" : refusal.field
                return Refusal(
                    .invalid, code: refusal.code, key: refusal.key, arguments: refusal.arguments, field: field)
            }
            var page = AuditPage(signedIn: signedIn, records: [], query: query, older: nil)
            page.errors = FieldErrors(Refusals(refused), t: context.words)
            return pageResponse(page.page(context.words), in: context, status: .unprocessableContent)
        }
    }
}
