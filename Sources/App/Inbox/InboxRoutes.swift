// SPDX-License-Identifier: Apache-2.0
// The addresses of the room: everybody has an inbox.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// A person's internal messages.
    public static let inbox = NavigationItem("inbox.title", path: "/inbox", roles: Set(Role.allCases), icon: .inbox)
}

extension Inbox {
    /// Adds the inbox and marking messages read.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/inbox") { try await self.list($0, $1) }
        router.post("/inbox/reading") { try await self.readAll($0, $1) }
        router.post("/inbox/:message/reading") { try await self.read($0, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let after = request.uri.queryParameters["after"].flatMap { InboxPosition(String($0)) }
        let messages = try await page(of: signedIn.person, of: signedIn.tenant, after: after)
        let shown = InboxPage(signedIn: signedIn, messages: messages, isFirst: after == nil)
        return pageResponse(shown.page(context.words), in: context)
    }

    private func readAll(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        try await markRead(nil, by: signedIn.person, of: signedIn.tenant, at: installation.clock.now())
        return redirect(to: "/inbox", saying: Flash("inbox.allNowRead"))
    }

    private func read(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let id: InternalMessageID = try context.id("message")
        try await markRead(id, by: signedIn.person, of: signedIn.tenant, at: installation.clock.now())
        return redirect(to: "/inbox", saying: Flash("inbox.nowRead"))
    }
}
