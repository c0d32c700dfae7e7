// SPDX-License-Identifier: Apache-2.0
// The addresses of this room: the outbox for employees, the unsubscribe link for customers.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

/// The pages of this room.
public struct MailingsRoutes: Sendable {
    let mailings: Mailings
    let accounts: Accounts
    let contacts: Contacts

    init(mailings: Mailings, accounts: Accounts, contacts: Contacts) {
        self.mailings = mailings
        self.accounts = accounts
        self.contacts = contacts
    }

    /// Adds `/outbox`, its messages, and `/u/{token}`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        addOutboxRoutes(to: router)
        addMailboxRoutes(to: router)
        router.get("/outbox/reports") { try await listReports($1) }
        router.post("/api/v1/mail/reports") { try await takeReport($0, $1) }
        router.get("/u/:token") { try await ask($1) }
        router.head("/u/:token") { try await ask($1).createHeadResponse() }
        router.post("/u/:token") { try await unsubscribe($1) }
        router.post("/settings/email/check") { try await check($0, $1) }
    }

    // MARK: - Checking settings

    /// The part of the SMTP page that sends a test message, before anything was tried.
    func aside(_ settings: SMTPSettingsForm, _ signedIn: SignedIn, _ t: Localizer) -> HTML {
        let form = MailCheckForm(subject: t("mailings.check.subject.usual"), text: t("mailings.check.text.usual"))
        let link: HTML = "<p><a href=\"/settings/email/mailbox\">\(t("mailings.mailbox.open"))</a></p>"
        let mailbox = card(t("mailings.mailbox.title"), "<p>\(t("mailings.mailbox.hint"))</p>\(link)")
        let check = MailCheckPage(form: form, senderEmail: settings.senderEmail, steps: nil, t: t).html
        return "<div class=\"mail-aside\">\(check)\(mailbox)</div>"
    }

    /// Tries the settings as typed; nothing is saved.
    private func check(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let input = try await FormInput(request)
        let typed = SMTPSettingsForm(input)
        let form = MailCheckForm(
            to: input.text("check_to"), subject: input.text("check_subject"), text: input.text("check_text"))
        let settings = mailings.settings
        let stored =
            try await mailings.installation.database.read { [tenant = signedIn.tenant] tx in
                try settings.smtp(of: tenant, in: tx)
            } ?? .initial(senderName: "", senderEmail: "")
        var errors = FieldErrors.none
        var steps: [MailCheckStep]?
        do {
            steps = try await mailings.check(try typed.checked(against: stored), form, in: signedIn.tenant)
        } catch let refusals as Refusals {
            errors = FieldErrors(refusals, t: context.words)
        }
        let aside = MailCheckPage(form: form, senderEmail: typed.senderEmail, steps: steps, t: context.words)
        let page = SMTPSettingsPage(
            form: typed, errors: errors, hasPassword: stored.password != nil,
            aside: "\(try await settings.signingKeysPart(typed, signedIn, context.words))\(aside.html)",
            signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: - Unsubscribing

    /// Asking changes nothing: mail scanners open every link.
    private func ask(_ context: WebContext) async throws -> Response {
        let text = context.parameters.get("token") ?? ""
        guard let token = UnsubscribeToken(text, secret: mailings.installation.secret),
            let address = try await mailings.maskedAddress(of: token)
        else { return answer(.unknown, in: context) }
        return answer(.asking(address: address, token: text), in: context)
    }

    /// The button of the page, and RFC 8058's one click: the token alone is the right to do it.
    private func unsubscribe(_ context: WebContext) async throws -> Response {
        let text = context.parameters.get("token") ?? ""
        guard let token = UnsubscribeToken(text, secret: mailings.installation.secret),
            try await mailings.unsubscribe(token, contacts: contacts, at: mailings.installation.clock.now())
        else { return answer(.unknown, in: context) }
        return answer(.done, in: context)
    }

    private func answer(_ state: UnsubscribePage.State, in context: WebContext) -> Response {
        var response = pageResponse(
            UnsubscribePage(state: state, t: context.words).page, in: context,
            status: state == .unknown ? .notFound : .ok)
        response.headers[.init("Referrer-Policy") ?? .referer] = "no-referrer"
        response.headers[.init("X-Robots-Tag") ?? .referer] = "noindex"
        return response
    }
}
