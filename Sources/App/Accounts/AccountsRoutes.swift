// SPDX-License-Identifier: Apache-2.0
// All addresses of the room.
import Hummingbird

extension Accounts {
    /// Adds signing in and out, language and tone, the second factor, forgotten passwords, one-time links, the own
    /// account, API keys, people, teams and the log.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        addSignInRoutes(to: router)
        addLooksRoutes(to: router)
        addSecondFactorRoutes(to: router)
        addResetRoutes(to: router)
        addLinkRoutes(to: router)
        addAccountRoutes(to: router)
        addProfileRoutes(to: router)
        addAPIKeyRoutes(to: router)
        addPeopleRoutes(to: router)
        addTeamsRoutes(to: router)
        addAuditRoutes(to: router)
    }
}
