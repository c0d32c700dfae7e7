// SPDX-License-Identifier: Apache-2.0
// A person's own second factor, the step after the password, and the administrator who helps when a telephone is lost.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Adds `/account/second-factor`, `/login/code` and the removal by an administrator.
    func addSecondFactorRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/login/code") { try await self.showSecondStep($0, $1) }
        router.post("/login/code") { try await self.takeSecondStep($0, $1) }
        router.get("/account/second-factor") { _, context in
            let page = try await self.secondFactorPage(try context.requireSignedIn())
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/account/second-factor") { try await self.beginSecondFactor($0, $1) }
        router.post("/account/second-factor/confirmation") { try await self.confirmSecondFactor($0, $1) }
        router.post("/account/second-factor/recovery-codes") { try await self.renewCodes($0, $1) }
        router.post("/account/second-factor/removal") { try await self.removeOwnSecondFactor($0, $1) }
        router.get("/settings/people/:person/second-factor/removal") { try await self.confirmRemoval($0, $1) }
        router.post("/settings/people/:person/second-factor/removal") { try await self.removeSecondFactor($0, $1) }
    }

    // MARK: The step after the password

    private func showSecondStep(_ request: Request, _ context: WebContext) async throws -> Response {
        let now = installation.clock.now()
        guard let token = secondStepToken(of: request), try await personAtSecondStep(token, at: now) != nil else {
            return redirect(to: "/login")
        }
        let next = localPath(request.uri.queryParameters["next"].map { String($0) } ?? "/")
        return pageResponse(secondStepPage(next: next, context.words), in: context)
    }

    private func secondStepToken(of request: Request) -> Token? {
        cookie(.secondStep).value(of: request).flatMap { Token(shown: $0) }
    }

    private func takeSecondStep(_ request: Request, _ context: WebContext) async throws -> Response {
        let input = try await FormInput(request, limit: 16 * 1024)
        let next = localPath(input.text("next"))
        guard let token = secondStepToken(of: request) else { return redirect(to: "/login") }
        let origin = origin(of: request, context)
        do {
            let now = installation.clock.now()
            guard let session = try await takeSecondStep(token, code: input.text("code"), from: origin, at: now) else {
                return redirect(to: "/login", saying: Flash("accounts.secondStepOver"))
            }
            return admitted(.session(session), from: origin, next: next)
        } catch {
            let refused = try refusals(in: error)
            let page = secondStepPage(next: next, errors: FieldErrors(refused, t: context.words), context.words)
            return pageResponse(page, in: context, status: refused.status)
        }
    }

    // MARK: One's own

    private func secondFactorPage(_ signedIn: SignedIn) async throws -> SecondFactorPage {
        try await installation.database.read { tx in
            let person = try self.somebody(signedIn.person, of: signedIn.tenant, in: tx)
            let centre = try self.tenant(signedIn.tenant, in: tx)
            return SecondFactorPage(
                signedIn: signedIn, login: person.login, centreName: centre?.name ?? "",
                state: try self.secondFactor(of: signedIn.person, signedIn.tenant, in: tx))
        }
    }

    private func refused(
        _ error: any Error, at field: String? = nil, _ signedIn: SignedIn, _ context: WebContext
    ) async throws -> Response {
        var refused = try refusals(in: error)
        if let field {
            refused.all = refused.all.map {
                Refusal($0.kind, code: $0.code, key: $0.key, arguments: $0.arguments, field: field)
            }
        }
        var page = try await secondFactorPage(signedIn)
        page.errors = FieldErrors(refused, t: context.words)
        return pageResponse(page.page(context.words), in: context, status: refused.status)
    }

    private func beginSecondFactor(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let input = try await FormInput(request, limit: 16 * 1024)
        do {
            try await confirmPassword(input.exactText("current"), of: signedIn)
        } catch {
            return try await refused(error, signedIn, context)
        }
        let now = installation.clock.now()
        try await installation.database.write { tx in
            try self.beginSecondFactor(of: signedIn.person, signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: "/account/second-factor")
    }

    private func confirmSecondFactor(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let code = try await FormInput(request, limit: 16 * 1024).text("code")
        let now = installation.clock.now()
        let codes = try await installation.database.write { tx -> [RecoveryCode]? in
            let (person, tenant) = (signedIn.person, signedIn.tenant)
            guard let codes = try self.confirmSecondFactor(code, of: person, tenant, in: tx, at: now) else {
                return nil
            }
            try SessionsStore(tx: tx).deleteAll(of: person, tenant, except: signedIn.session)
            let entry = AuditEntry(by: signedIn, action: "accounts.audit.secondFactorOn", subject: person.raw)
            try self.audit(entry, of: tenant, in: tx, at: now)
            return codes
        }
        guard let codes else {
            let wrong = Refusal(.invalid, code: "wrong_code", key: "accounts.wrongCode", field: "code")
            return try await refused(wrong, signedIn, context)
        }
        return pageResponse(recoveryCodesPage(codes, context.words), in: context)
    }

    private func renewCodes(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let input = try await FormInput(request, limit: 16 * 1024)
        do {
            try await confirmPassword(input.exactText("codesPassword"), of: signedIn)
        } catch {
            return try await refused(error, at: "codesPassword", signedIn, context)
        }
        let now = installation.clock.now()
        let codes = try await installation.database.write { tx -> [RecoveryCode]? in
            let (person, tenant) = (signedIn.person, signedIn.tenant)
            guard try SecondFactorStore(tx: tx, tenant: tenant).isEnabled(of: person) else { return nil }
            let entry = AuditEntry(by: signedIn, action: "accounts.audit.recoveryCodesMade", subject: person.raw)
            try self.audit(entry, of: tenant, in: tx, at: now)
            return try self.renewCodes(of: person, tenant, in: tx)
        }
        guard let codes else { return redirect(to: "/account/second-factor") }
        return pageResponse(recoveryCodesPage(codes, context.words), in: context)
    }

    private func removeOwnSecondFactor(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let input = try await FormInput(request, limit: 16 * 1024)
        do {
            try await confirmPassword(input.exactText("removalPassword"), of: signedIn)
        } catch {
            return try await refused(error, at: "removalPassword", signedIn, context)
        }
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let person = try self.somebody(signedIn.person, of: signedIn.tenant, in: tx)
            try self.removeSecondFactor(of: person, by: Doer(signedIn), in: tx, at: now)
        }
        return redirect(to: "/account/second-factor", saying: Flash("accounts.nowOff"))
    }

    // MARK: Somebody else's

    private func confirmRemoval(_ request: Request, _ context: WebContext) async throws -> Response {
        try await ask(
            "accounts.removeFactorQuestion", titled: "accounts.removeFactor",
            action: ("accounts.removeFactor", "/second-factor/removal"), context)
    }

    private func removeSecondFactor(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            try self.removeSecondFactor(of: person, by: Doer(signedIn), in: tx, at: now)
        }
        return redirect(to: "/settings/people/\(id)", saying: Flash("accounts.factorRemoved"))
    }
}
