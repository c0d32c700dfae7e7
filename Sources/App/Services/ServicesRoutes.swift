// SPDX-License-Identifier: Apache-2.0
// `/services`: what the centre's services and dispositions are, read-only until there is an editor.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The list of services.
    public static let services = NavigationItem(
        "services.navigation", path: "/services", roles: [.administrator])
}

extension Services {
    /// Adds `/services` and `/services/{id}`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/services") { request, context in
            let signedIn = try context.require(.administrator)
            let list = try await installation.database.read { try all(of: signedIn.tenant, in: $0) }
            return pageResponse(
                ServicesPage(
                    services: list, order: TableOrder(try FormInput(query: request.uri.query), of: ServicesPage.orders),
                    t: context.words
                ).page, in: context)
        }
        router.get("/services/{id}") { _, context in
            let signedIn = try context.require(.administrator)
            let id: ServiceID = try context.id("id")
            let page = try await installation.database.read { [t = context.words] tx -> ServicePage? in
                guard let service = try service(id, of: signedIn.tenant, in: tx) else { return nil }
                return ServicePage(
                    service: service, folders: try folders(of: id, tenant: signedIn.tenant, in: tx),
                    dispositions: try dispositions(of: id, tenant: signedIn.tenant, in: tx), t: t)
            }
            guard let page else { throw Refusal.notFound }
            return pageResponse(page.page, in: context)
        }
    }
}
