// SPDX-License-Identifier: Apache-2.0
// Signing in and out.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Adds the addresses of those who are not signed in, and of signing out.
    func addSignInRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/login") { try await self.showSignIn($0, $1) }
        router.post("/login") { try await self.signIn($0, $1) }
        router.get("/:centre/login") { try await self.showSignIn($0, $1) }
        router.post("/:centre/login") { try await self.signIn($0, $1) }
        router.post("/logout") { try await self.signOut($0, $1) }
    }

    // MARK: With a password

    private func showSignIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let next = localPath(request.uri.queryParameters["next"].map(String.init) ?? "/")
        if context.signedIn != nil { return redirect(to: next) }
        let centre = context.parameters.get("centre")
        let (tenant, isAnybodyAble) = try await installation.database.read { tx in
            (try self.centre(centre, in: tx), try SessionsStore(tx: tx).isAnybodyAble())
        }
        if centre != nil, tenant == nil { throw Refusal.notFound }
        guard isAnybodyAble else { return pageResponse(notSetUpPage(context.words), in: context) }
        let page = SignInPage(centre: centre, centreName: tenant?.name, next: next)
        return pageResponse(page.page(context.words), in: context)
    }

    /// The centre that an address names, or the only one.
    private func centre(_ key: String?, in tx: any Transaction) throws -> Tenant? {
        guard let key else { return try onlyTenant(in: tx) }
        return try tenant(key: key, in: tx).flatMap { $0.archivedAt == nil ? $0 : nil }
    }

    private func signIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let form = SignInForm(try await FormInput(request, limit: 16 * 1024))
        let centre = context.parameters.get("centre")
        let key = centre ?? form.centre.nonEmpty
        let tenant = try await installation.database.read { try self.centre(key, in: $0) }
        do {
            try form.check()
            guard let tenant else {
                throw Refusal(.invalid, code: "unknown_centre", key: "accounts.unknownCentre", field: "centre")
            }
            let credentials = Credentials(login: form.login, password: form.password)
            let origin = origin(of: request, context)
            let admission = try await signIn(credentials, to: tenant.id, from: origin, at: installation.clock.now())
            return admitted(admission, from: origin, next: form.next)
        } catch {
            let refused = try refusals(in: error)
            let page = SignInPage(
                centre: centre, centreName: tenant?.name, login: form.login, next: form.next,
                errors: FieldErrors(refused, t: context.words))
            var response = pageResponse(page.page(context.words), in: context, status: refused.status)
            if let refusal = error as? Refusal, refusal.kind == .tooMany {
                response.headers[.retryAfter] = refusal.arguments["seconds"]
            }
            return response
        }
    }

    private func signOut(_ request: Request, _ context: WebContext) async throws -> Response {
        if let token = cookie(.session).value(of: request) { try await signOut(token: token) }
        var response = redirect(to: "/login")
        response.headers.append(cookie(.session).removal)
        return response
    }

    // MARK: Language

    /// Remembers the language in the browser, and for a signed-in person.
}
