// SPDX-License-Identifier: Apache-2.0
// All addresses of the room.
import Hummingbird

extension Accounts {
    /// Adds signing in and out, one-time links, the own account, API keys and people.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        addSignInRoutes(to: router)
        addLinkRoutes(to: router)
        addAccountRoutes(to: router)
        addProfileRoutes(to: router)
        addAPIKeyRoutes(to: router)
        addPeopleRoutes(to: router)
    }
}
