// SPDX-License-Identifier: Apache-2.0
// Every address of the product in one list, and what every request passes on its way there.
import Hummingbird

extension Otklik {
    /// The router of the whole product.
    func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        HealthRoutes(installation: installation).addRoutes(to: router)
        webAssets.addRoutes(to: router)
        rooms.answering.addRoutes(to: router)
        return router
    }
}
