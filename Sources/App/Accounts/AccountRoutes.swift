// SPDX-License-Identifier: Apache-2.0
// A person's own account.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// A person's own profile.
    public static let account = NavigationItem(
        "frame.account", path: "/account", roles: Set(Role.allCases))
}

extension Accounts {
    /// Adds `/account`.
    func addAccountRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/account") { _, context in
            let page = try await self.accountPage(try context.requireSignedIn())
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/account/password") { try await self.changePassword($0, $1) }
        router.post("/account/sessions/revocation") { try await self.endOtherSessions($0, $1) }
        router.post("/account/sessions/:session/revocation") { try await self.endSession($0, $1) }
    }

    private func accountPage(_ signedIn: SignedIn) async throws -> AccountPage {
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            guard let person = try self.people([signedIn.person], of: signedIn.tenant, in: tx)[signedIn.person],
                let tenant = try self.tenant(signedIn.tenant, in: tx)
            else { throw Refusal.notFound }
            let team = try self.teams(of: signedIn.tenant, in: tx).first { $0.id == person.team }
            return AccountPage(
                signedIn: signedIn, person: person, tenant: tenant, team: team,
                sessions: try SessionsStore(tx: tx).sessions(of: person.id, tenant.id, at: now),
                secondFactor: try self.secondFactor(of: person.id, tenant.id, in: tx))
        }
    }

    /// Changes the password and ends the person's other sessions.
    private func changePassword(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let input = try await FormInput(request, limit: 16 * 1024)
        let form = PasswordForm(input)
        var refused = form.refusals
        if refused.all.isEmpty {
            do {
                try await confirmPassword(input.exactText("current"), of: signedIn)
            } catch {
                refused = try refusals(in: error)
            }
        }
        guard refused.all.isEmpty else {
            var page = try await accountPage(signedIn)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
        let hash = try await hashPassword(form.password)
        let now = installation.clock.now()
        try await installation.database.write { tx in
            try PeopleStore(tx: tx, tenant: signedIn.tenant).setPasswordHash(hash, of: signedIn.person)
            try SessionsStore(tx: tx).deleteAll(of: signedIn.person, signedIn.tenant, except: signedIn.session)
            let entry = AuditEntry(by: signedIn, action: "accounts.audit.passwordChanged", subject: signedIn.person.raw)
            try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: "/account", saying: Flash("accounts.passwordChanged"))
    }

    /// Counted like signing in, so that a stolen session cannot be used to guess the password.
    func confirmPassword(_ password: String, of signedIn: SignedIn) async throws {
        let now = installation.clock.now()
        let (login, hash) = try await installation.database.write { tx in
            let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
            let subject = "password:" + signedIn.person.description
            guard try SessionsStore(tx: tx).countAttempt(subject, .accountFromAddress, at: now) != nil else {
                throw Refusal(
                    .tooMany, code: "too_many_attempts", key: "accounts.tooManyAttempts",
                    arguments: ["seconds": String(Patience.accountFromAddress.later)], field: "current")
            }
            return (subject, try store.passwordHash(of: signedIn.person))
        }
        guard try await passwords.isPassword(password, of: hash) else {
            throw Refusal(.invalid, code: "wrong_password", key: "accounts.wrongCurrentPassword", field: "current")
        }
        try await installation.database.write { try SessionsStore(tx: $0).forgive([login]) }
    }

    // MARK: Sessions

    private func endSession(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let id: SessionID = try context.id("session")
        let now = installation.clock.now()
        try await installation.database.write { tx in
            guard try SessionsStore(tx: tx).delete(id, of: signedIn.person, signedIn.tenant) else {
                throw Refusal.notFound
            }
            let entry = AuditEntry(by: signedIn, action: "accounts.audit.sessionEnded", subject: signedIn.person.raw)
            try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: "/account", saying: Flash("accounts.sessionEnded"))
    }

    private func endOtherSessions(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let store = SessionsStore(tx: tx)
            let count = try store.deleteAll(of: signedIn.person, signedIn.tenant, except: signedIn.session)
            let entry = AuditEntry(
                by: signedIn, action: "accounts.audit.otherSessionsEnded", subject: signedIn.person.raw,
                details: .object(["number": .number(Double(count))]))
            try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: "/account", saying: Flash("accounts.otherSessionsEnded"))
    }
}
