// SPDX-License-Identifier: Apache-2.0
// The outbox: the list, one message and its preview, and what administrators do to messages by hand.
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

extension MailingsRoutes {
    func addOutboxRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/outbox") { try await list($0, $1) }
        for deed in MessageDeed.allCases {
            router.get("/outbox/\(deed.rawValue)") { try await ask(deed, $0, $1) }
            router.post("/outbox/\(deed.rawValue)") { try await perform(deed, $0, $1) }
        }
        router.get("/outbox/:id") { try await show($0, $1) }
        router.get("/outbox/:id/preview") { try await preview($1) }
    }

    private var database: Database { mailings.installation.database }

    private static func zone(_ signedIn: SignedIn) -> TimeZone { TimeZone(identifier: signedIn.timeZone) ?? .gmt }

    // MARK: - Reading

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let query = OutboxQuery(try FormInput(query: request.uri.query))
        let filter = query.filter(in: Self.zone(signedIn), teams: Mailings.teams(of: signedIn))
        let messages = try await database.query(
            OutboxStore.page(filter, of: signedIn.tenant, limit: Mailings.outboxPage + 1)
        ).map(OutboxStore.outboxMessage)
        let workflows = try await database.query(OutboxStore.workflows(of: signedIn.tenant)).map { row in
            FieldOption(try row.at(0, as: WorkflowID.self).description, try row.at(1))
        }
        let page = OutboxPage(
            messages: Array(messages.prefix(Mailings.outboxPage)), query: query, workflows: workflows,
            hasOlder: messages.count > Mailings.outboxPage, signedIn: signedIn, list: ListContext(context))
        return pageResponse(page.page, in: context)
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let row = try await message(of: signedIn, context)
        let events = try await database.query(
            EventStore.newest(of: row.message.id, tenant: signedIn.tenant, limit: MailLimits.eventsShown)
        ).map(EventStore.event)
        let isForTrying = try await accounts.tenant(signedIn.tenant)?.isForTrying ?? false
        let maySee = signedIn.roles.contains(.administrator)
        let mail = outgoing(signedIn.tenant)
        let view = MailView(rawValue: try FormInput(query: request.uri.query).text("view")) ?? .html
        var page = OutboxMessagePage(
            row: row, events: events, content: maySee ? mail.readable(row.message, withLinks: isForTrying) : nil,
            view: view, maySeeContent: maySee,
            surveyLink: maySee && isForTrying
                ? row.message.invitation.map { mailings.invitations.surveyLink($0) } : nil,
            signedIn: signedIn, t: context.words)
        if maySee, view == .source { page.source = mail.source(row.message, at: row.message.createdAt) }
        return pageResponse(page.page, in: context)
    }

    /// The HTML part alone, for a frame without any rights: the policy is the fence, whatever the author wrote.
    private func preview(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let row = try await message(of: signedIn, context)
        let isForTrying = try await accounts.tenant(signedIn.tenant)?.isForTrying ?? false
        guard let html = outgoing(signedIn.tenant).readable(row.message, withLinks: isForTrying)?.html else {
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
        guard let row = try await database.query(query).first else { throw Refusal.notFound }
        return try OutboxStore.outboxMessage(row)
    }

    private func outgoing(_ tenant: TenantID) -> OutgoingMail {
        OutgoingMail(tenant: tenant, installation: mailings.installation, invitations: mailings.invitations)
    }

    // MARK: - Deeds

    /// Which messages a deed's address names: some by their ids, or all that a filter finds.
    private enum Named {
        case some([MessageID])
        case all(OutboxFilter, back: String)
    }

    private func named(_ request: Request, _ signedIn: SignedIn) throws -> Named {
        let input = try FormInput(query: request.uri.query)
        guard input.flag("all") else {
            return .some(input.values("id").prefix(MessageDeed.mostChosen).compactMap { MessageID($0) })
        }
        let query = OutboxQuery(input)
        return .all(query.filter(in: Self.zone(signedIn), teams: nil), back: query.address())
    }

    private func ask(_ deed: MessageDeed, _ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (statement, back): (SQL, String)
        switch try named(request, signedIn) {
        case .some(let ids):
            if ids.isEmpty { return redirect(to: "/outbox", saying: Flash("mailings.deed.nothingChosen")) }
            statement = OutboxStore.count(ids, for: deed, of: signedIn.tenant)
            back = ids.count == 1 ? "/outbox/\(ids[0])" : "/outbox"
        case .all(let filter, let list):
            statement = OutboxStore.count(filter, for: deed, of: signedIn.tenant, limit: MessageDeed.most + 1)
            back = list
        }
        let count = try await database.query(statement).first?.at(0, as: Int.self) ?? 0
        let address = "/outbox/\(deed.rawValue)" + (request.uri.query.map { "?" + $0 } ?? "")
        let page = MessageDeedPage(
            deed: deed, count: min(count, MessageDeed.most), isLimited: count > MessageDeed.most, action: address,
            back: back, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }

    private func perform(_ deed: MessageDeed, _ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        var count = 0
        let back: String
        switch try named(request, signedIn) {
        case .some(let ids):
            back = ids.count == 1 ? "/outbox/\(ids[0])" : "/outbox"
            count = try await perform(deed, on: ids, signedIn)
        case .all(var filter, let list):
            back = list
            // Each piece begins behind the one before it, so that what comes to a fitting state meanwhile is left.
            while count < MessageDeed.most {
                let found = OutboxStore.ids(filter, for: deed, of: signedIn.tenant, limit: MessageDeed.piece)
                let ids = try await database.query(found).map { try $0.at(0, as: MessageID.self) }
                guard let last = ids.last else { break }
                count += try await perform(deed, on: ids, signedIn)
                filter.before = last
            }
        }
        let key = count == 0 ? "mailings.deed.\(deed.rawValue).none" : "mailings.deed.\(deed.rawValue).done"
        return redirect(to: back, saying: Flash(key, ["count": context.words.number(count)]))
    }

    private func perform(_ deed: MessageDeed, on ids: [MessageID], _ signedIn: SignedIn) async throws -> Int {
        let (mailings, now) = (mailings, mailings.installation.clock.now())
        return try await database.write { tx in
            try mailings.perform(deed, on: ids, by: signedIn, in: tx, at: now)
        }
    }
}
