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
            case .reset, .forgotten, .invitation:
                choosePasswordPage(name: person.name, token: token.text, errors: errors, t)
            case .setup: setUpPage(form, login: person.login, token: token.text, errors: errors, t)
            case .secondStep: deadLinkPage(t)
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
            case .signIn: return try await self.use(open, request, context) { _ in }
            case .reset, .forgotten, .invitation: return try await self.choosePassword(open, input, request, context)
            case .setup: return try await self.setUp(open, input, request, context)
            case .secondStep: return self.deadLink(context)
            }
        }
    }

    private func openLink(_ context: WebContext) async throws -> OpenLink? {
        guard let token = context.parameters.get("token").flatMap({ Token(shown: $0) }) else { return nil }
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            guard let link = try SessionsStore(tx: tx).link(hash: token.hash, at: now), link.purpose != .secondStep,
                let person = try self.people([link.person], of: link.tenant, in: tx)[link.person], person.isActive
            else { return nil }
            return OpenLink(token: token, link: link, person: person)
        }
    }

    private func deadLink(_ context: WebContext) -> Response {
        pageResponse(deadLinkPage(context.words), in: context, status: .gone)
    }

    /// Uses the link up, does what it is for and lets its holder in, all in one transaction.
    private func use(
        _ open: OpenLink, _ request: Request, _ context: WebContext,
        _ deed: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws -> Response {
        let now = installation.clock.now()
        let origin = origin(of: request, context)
        let admission = try await installation.database.write { tx -> Admission? in
            guard let link = try SessionsStore(tx: tx).useLink(hash: open.token.hash, at: now) else { return nil }
            try deed(tx)
            let person = try self.somebody(link.person, of: link.tenant, in: tx)
            return try self.admit(person, from: origin, in: tx, at: now)
        }
        guard let admission else { return deadLink(context) }
        return admitted(admission, from: origin, next: "/")
    }

    /// Whoever has asked for another password may have lost the old one to somebody: all sessions and links end.
    private func choosePassword(
        _ open: OpenLink, _ input: FormInput, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let form = PasswordForm(input)
        let refused = form.refusals
        guard refused.all.isEmpty else {
            let page = open.page(context.words, errors: FieldErrors(refused, t: context.words))
            return pageResponse(page, in: context, status: refused.status)
        }
        let hash = try await hashPassword(form.password)
        let (person, tenant, now) = (open.link.person, open.link.tenant, installation.clock.now())
        let entry = AuditEntry(
            person: person, actor: open.person.name, action: "accounts.audit.passwordChosen", subject: person.raw,
            address: context.remoteAddress)
        return try await use(open, request, context) { tx in
            try PeopleStore(tx: tx, tenant: tenant).setPasswordHash(hash, of: person)
            let sessions = SessionsStore(tx: tx)
            try sessions.deleteAll(of: person, tenant)
            try sessions.deleteLinks(of: person, tenant)
            try self.audit(entry, of: tenant, in: tx, at: now)
        }
    }

    private func setUp(
        _ open: OpenLink, _ input: FormInput, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let form = SetUpForm(input, language: context.words.language)
        do {
            try form.check()
            let hash = try await hashPassword(form.password.password)
            let now = installation.clock.now()
            let entry = AuditEntry(
                person: open.link.person, actor: form.person.login, action: "accounts.audit.setUp",
                subject: open.link.person.raw, details: .object(["name": .string(form.centreName)]),
                address: context.remoteAddress)
            return try await use(open, request, context) { tx in
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
                try self.audit(entry, of: tenant, in: tx, at: now)
            }
        } catch {
            let refused = try refusals(in: error)
            let page = open.page(context.words, errors: FieldErrors(refused, t: context.words), form: form)
            return pageResponse(page, in: context, status: refused.status)
        }
    }
}
