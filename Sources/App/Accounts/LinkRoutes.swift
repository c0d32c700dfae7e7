// SPDX-License-Identifier: Apache-2.0
// One-time links: set-up, a new password, a look at the demo. Opening one changes nothing, pressing its button does.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// A link that can be used, and whose it is.
    private struct OpenLink: Sendable {
        let token: Token
        let link: SignInLink
        let person: Person

        /// The page that it opens.
        func page(_ t: Localizer, errors: FieldErrors = .none, form: SetUpForm? = nil) -> Page {
            switch link.purpose {
            case .signIn: useLinkPage(name: person.name, token: token.text, t)
            case .reset: choosePasswordPage(name: person.name, token: token.text, errors: errors, t)
            case .setup: setUpPage(form, login: person.login, token: token.text, errors: errors, t)
            }
        }
    }

    /// Adds the addresses of one-time links.
    func addLinkRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/sign-in/:token") { request, context in
            guard let open = try await self.openLink(context) else { return self.deadLink(context) }
            return pageResponse(open.page(context.words), in: context)
        }
        router.post("/sign-in/:token") { request, context in
            guard let open = try await self.openLink(context) else { return self.deadLink(context) }
            let input = try await FormInput(request, limit: 16 * 1024)
            switch open.link.purpose {
            case .signIn: return try await self.use(open, context) { _ in }
            case .reset: return try await self.choosePassword(open, input, context)
            case .setup: return try await self.setUp(open, input, context)
            }
        }
    }

    private func openLink(_ context: WebContext) async throws -> OpenLink? {
        guard let token = context.parameters.get("token").flatMap({ Token(shown: $0) }) else { return nil }
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            guard let link = try SessionsStore(tx: tx).link(hash: token.hash, at: now),
                let person = try self.people([link.person], of: link.tenant, in: tx)[link.person], person.isActive
            else { return nil }
            return OpenLink(token: token, link: link, person: person)
        }
    }

    private func deadLink(_ context: WebContext) -> Response {
        pageResponse(deadLinkPage(context.words), in: context, status: .gone)
    }

    /// Uses the link up, does what it is for and begins a session, all in one transaction.
    private func use(
        _ open: OpenLink, _ context: WebContext, _ deed: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Response {
        let now = installation.clock.now()
        let session = try await installation.database.write { tx -> NewSession? in
            guard let link = try SessionsStore(tx: tx).useLink(hash: open.token.hash, at: now) else { return nil }
            try deed(tx)
            return try self.beginSession(of: link.person, link.tenant, in: tx, at: now)
        }
        guard let session else { return deadLink(context) }
        return signedIn(session, next: "/")
    }

    private func choosePassword(_ open: OpenLink, _ input: FormInput, _ context: WebContext) async throws -> Response {
        let form = PasswordForm(input)
        let refused = form.refusals
        guard refused.all.isEmpty else {
            let page = open.page(context.words, errors: FieldErrors(refused, t: context.words))
            return pageResponse(page, in: context, status: refused.status)
        }
        let hash = try await hashPassword(form.password)
        return try await use(open, context) { tx in
            try PeopleStore(tx: tx, tenant: open.link.tenant).setPasswordHash(hash, of: open.link.person)
            try SessionsStore(tx: tx).deleteAll(of: open.link.person, open.link.tenant)
        }
    }

    private func setUp(_ open: OpenLink, _ input: FormInput, _ context: WebContext) async throws -> Response {
        let form = SetUpForm(input, language: context.words.language)
        do {
            try form.check()
            let hash = try await hashPassword(form.password.password)
            return try await use(open, context) { tx in
                let tenant = open.link.tenant
                try TenantsStore(tx: tx).rename(
                    tenant, to: form.centreName, language: form.person.language, timeZone: form.timeZone)
                let people = PeopleStore(tx: tx, tenant: tenant)
                guard try people.rename(open.link.person, to: form.person) else {
                    throw Refusal(
                        .conflict, code: "login_exists", key: "accounts.loginExists",
                        arguments: ["login": form.person.login], field: "login")
                }
                try people.setPasswordHash(hash, of: open.link.person)
            }
        } catch {
            let refused = try refusals(in: error)
            let page = open.page(context.words, errors: FieldErrors(refused, t: context.words), form: form)
            return pageResponse(page, in: context, status: refused.status)
        }
    }
}
