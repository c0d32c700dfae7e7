// SPDX-License-Identifier: Apache-2.0
// The addresses of this room: the outbox for employees, the unsubscribe link for customers.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

extension NavigationItem {
    static let outbox = NavigationItem(
        "mailings.navigation.outbox", path: "/outbox", roles: [.administrator, .supervisor], icon: .outbox)
}

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
        router.get("/outbox") { try await list($0, $1) }
        router.get("/outbox/:id") { try await show($1) }
        router.get("/outbox/:id/preview") { try await preview($1) }
        router.get("/u/:token") { try await ask($1) }
        router.head("/u/:token") { try await ask($1).createHeadResponse() }
        router.post("/u/:token") { try await unsubscribe($1) }
        router.post("/settings/email/check") { try await check($0, $1) }
    }

    // MARK: - Outbox

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let input = try FormInput(query: request.uri.query)
        let recipient = input.text("recipient")
        let filter = OutboxFilter(
            state: MessageState(rawValue: input.text("state")), recipientFolded: recipient.nonEmpty?.folded,
            teams: Mailings.teams(of: signedIn), before: input.id("before"))
        let rows = try await mailings.installation.database.query(
            OutboxStore.page(filter, of: signedIn.tenant, limit: Mailings.outboxPage + 1))
        let messages = try rows.map(OutboxStore.outboxMessage)
        let shown = Array(messages.prefix(Mailings.outboxPage))
        var older: String?
        if messages.count > shown.count, let last = shown.last {
            older = "/outbox?state=\(filter.state?.rawValue ?? "")&before=\(last.message.id)"
            if let encoded = recipient.addingPercentEncoding(withAllowedCharacters: .alphanumerics), !encoded.isEmpty {
                older? += "&recipient=\(encoded)"
            }
        }
        let page = OutboxPage(
            messages: shown, filter: filter, recipient: recipient, older: older, signedIn: signedIn,
            list: ListContext(context))
        return pageResponse(page.page, in: context)
    }

    private func show(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let row = try await message(of: signedIn, context)
        let isForTrying = try await accounts.tenant(signedIn.tenant)?.isForTrying ?? false
        let maySee = signedIn.roles.contains(.administrator)
        let content = maySee ? readable(row.message, of: signedIn.tenant, withLinks: isForTrying) : nil
        let link = maySee && isForTrying ? row.message.invitation.map { mailings.invitations.surveyLink($0) } : nil
        let page = OutboxMessagePage(
            row: row, content: content, maySeeContent: maySee, surveyLink: link, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    /// The HTML part alone, for a frame without any rights: the policy is the fence, whatever the author wrote.
    private func preview(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let row = try await message(of: signedIn, context)
        let isForTrying = try await accounts.tenant(signedIn.tenant)?.isForTrying ?? false
        guard let html = readable(row.message, of: signedIn.tenant, withLinks: isForTrying)?.html else {
            throw Refusal.notFound
        }
        var response = Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        response.headers[.contentSecurityPolicy] =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
        return response
    }

    private func message(of signedIn: SignedIn, _ context: WebContext) async throws -> OutboxMessage {
        let id: MessageID = try context.id("id")
        let query = OutboxStore.message(id, teams: Mailings.teams(of: signedIn), of: signedIn.tenant)
        guard let row = try await mailings.installation.database.query(query).first else { throw Refusal.notFound }
        return try OutboxStore.outboxMessage(row)
    }

    private func readable(_ message: LedgerMessage, of tenant: TenantID, withLinks: Bool) -> ReadableMail? {
        OutgoingMail(tenant: tenant, installation: mailings.installation, invitations: mailings.invitations)
            .readable(message, withLinks: withLinks)
    }

    // MARK: - Checking settings

    /// The part of the SMTP page that sends a test message, before anything was tried.
    func aside(_ settings: SMTPSettingsForm, _ signedIn: SignedIn, _ t: Localizer) -> HTML {
        let form = MailCheckForm(subject: t("mailings.check.subject.usual"), text: t("mailings.check.text.usual"))
        return MailCheckPage(form: form, senderEmail: settings.senderEmail, steps: nil, t: t).html
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
            steps = await mailings.check(try typed.checked(against: stored), form, in: signedIn.tenant)
        } catch let refusals as Refusals {
            errors = FieldErrors(refusals, t: context.words)
        }
        let aside = MailCheckPage(form: form, senderEmail: typed.senderEmail, steps: steps, t: context.words)
        let page = SMTPSettingsPage(
            form: typed, errors: errors, hasPassword: stored.password != nil, aside: aside.html, signedIn: signedIn,
            t: context.words)
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
