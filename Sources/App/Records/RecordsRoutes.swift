// SPDX-License-Identifier: Apache-2.0
// The addresses of this room: pages for administrators and supervisors, one answer for programs.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The list of interactions.
    public static let records = NavigationItem(
        "records.navigation", path: "/records", roles: [.administrator, .supervisor], icon: .records)
}

extension Records {
    /// Adds `/records`, `/records/{id}` and `GET /api/v1/interactions/{externalId}`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/records") { try await list($0, $1) }
        router.get("/records/{id}") { _, context in try await show(context) }
        router.get("/api/v1/interactions/{externalId}") { try await answer($0, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let input = try FormInput(query: request.uri.query)
        let tenant = signedIn.tenant
        let login = input.text("agent")
        let teams = Self.teams(of: signedIn)
        let (all, agent, people) = try await installation.database.read { tx in
            (
                try services.all(of: tenant, in: tx),
                try login.nonEmpty.flatMap { try accounts.person(byLogin: $0, of: tenant, in: tx) },
                try tx.query(PersonChoicesStore.choices(of: tenant, teams: teams)).map(PersonChoicesStore.option)
            )
        }
        var filter = RecordsFilter(
            externalID: input.text("id").nonEmpty, service: input.id("service"), agent: agent?.id,
            teams: teams, before: input.id("before"))
        filter.isOldestFirst = TableOrder(input, of: ["time"])?.isDescending == false
        // An agent whom nobody knows has handled nothing.
        if login.nonEmpty != nil, agent == nil { filter.teams = [] }
        let lines = try await lines(filter, of: tenant)
        let page = RecordsPage(
            lines: Array(lines.prefix(Self.pageSize)), hasOlder: lines.count > Self.pageSize, filter: filter,
            agent: login, services: all, people: people, signedIn: signedIn, list: ListContext(context))
        return pageResponse(page.page, in: context)
    }

    private func show(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator, .supervisor)
        let id: InteractionID = try context.id("id")
        let found = try await record(
            id, of: signedIn.tenant, teams: Self.teams(of: signedIn), withAnswers: true)
        guard let record = found else { throw Refusal.notFound }
        if !record.answers.isEmpty {
            let now = installation.clock.now()
            try await installation.database.write { tx in
                try accounts.audit(
                    AuditEntry(
                        by: signedIn, action: "records.audit.answersSeen", subject: id.raw,
                        details: .object(["externalId": .string(record.interaction.externalID)])),
                    of: signedIn.tenant, in: tx, at: now)
            }
        }
        return pageResponse(RecordPage(record: record, signedIn: signedIn, t: context.words).page, in: context)
    }

    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let key = try context.require(scope: .interactionsRead)
        let source = try FormInput(query: request.uri.query).text("source").nonEmpty ?? key.source
        let externalID = context.parameters.get("externalId")?.removingPercentEncoding ?? ""
        guard let record = try await record(externalID, source: source, of: key.tenant) else {
            throw Interactions.unknown(externalID)
        }
        let zone = try await accounts.tenant(key.tenant)?.zone ?? .gmt
        return Interactions.answer(RecordAnswer(record: record, zone: zone, t: context.words).json)
    }

    /// The teams whose records somebody sees; nil: all.
    private static func teams(of signedIn: SignedIn) -> [TeamID]? {
        signedIn.roles.contains(.administrator) ? nil : signedIn.supervisedTeams.sorted()
    }
}
