// SPDX-License-Identifier: Apache-2.0
// The addresses of the mailbox for returned mail, for administrators.
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension MailingsRoutes {
    func addMailboxRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/email/mailbox") { try await showMailbox($1) }
        router.post("/settings/email/mailbox") { try await saveMailbox($0, $1) }
        router.post("/settings/email/mailbox/check") { try await checkMailbox($0, $1) }
        router.post("/settings/email/mailbox/removal") { try await removeMailbox($1) }
    }

    private func stored(_ signedIn: SignedIn) async throws -> (mailbox: ReturnMailbox, state: ReturnMailboxState)? {
        let installation = mailings.installation
        return try await installation.database.read { tx in
            try ReturnMailboxStore(tx: tx, tenant: signedIn.tenant, secret: installation.secret).find()
        }
    }

    private func showMailbox(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let stored = try await stored(signedIn)
        return answer(ReturnMailboxForm(stored?.mailbox), state: stored?.state, signedIn, context)
    }

    private func answer(
        _ form: ReturnMailboxForm, state: ReturnMailboxState?, outcome: ReturnMailboxPage.Outcome? = nil,
        errors: FieldErrors = .none, _ signedIn: SignedIn, _ context: WebContext
    ) -> Response {
        let page = ReturnMailboxPage(
            form: form, errors: errors, state: state, outcome: outcome, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    private func saveMailbox(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = ReturnMailboxForm(try await FormInput(request))
        let old = try await stored(signedIn)
        do {
            let mailbox = try form.checked(against: old?.mailbox)
            try await mailings.save(mailbox, over: old?.mailbox, by: signedIn)
            return redirect(to: "/settings/email/mailbox", saying: Flash("settings.saved"))
        } catch let refusals as Refusals {
            return answer(form, state: old?.state, errors: FieldErrors(refusals, t: context.words), signedIn, context)
        }
    }

    /// Tries the mailbox as typed; nothing is saved.
    private func checkMailbox(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = ReturnMailboxForm(try await FormInput(request))
        let old = try await stored(signedIn)
        do {
            let outcome = try await mailings.check(try form.checked(against: old?.mailbox))
            return answer(form, state: old?.state, outcome: outcome, signedIn, context)
        } catch let refusals as Refusals {
            return answer(form, state: old?.state, errors: FieldErrors(refusals, t: context.words), signedIn, context)
        }
    }

    private func removeMailbox(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let installation = mailings.installation
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let store = ReturnMailboxStore(tx: tx, tenant: signedIn.tenant, secret: installation.secret)
            guard try store.remove() else { return }
            try AuditStore(tx: tx, tenant: signedIn.tenant).insert(
                AuditEntry(by: signedIn, action: "mailings.audit.mailboxRemoved"), at: now)
        }
        return redirect(to: "/settings/email/mailbox", saying: Flash("mailings.mailbox.removed"))
    }
}
