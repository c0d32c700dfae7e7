// SPDX-License-Identifier: Apache-2.0
// Administrators make teams, say who is in them and who sees their figures, and put them away.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The teams of the centre.
    public static let teams = NavigationItem(
        "accounts.teamsNavigation", path: "/settings/teams", roles: [.administrator])
}

extension Accounts {
    /// Adds `/settings/teams`.
    func addTeamsRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/teams") { _, context in
            let page = try await self.teamsPage(try context.require(.administrator))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/teams") { try await self.addTeam($0, $1) }
        router.get("/settings/teams/:team") { _, context in
            let page = try await self.teamPage(try context.require(.administrator), try context.id("team"))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/teams/:team") { try await self.renameTeam($0, $1) }
        for role in [TeamRole.members, .supervisors] {
            let path = "/settings/teams/:team/" + role.rawValue
            router.post(RouterPath(path)) { try await self.addToTeam(role, $0, $1) }
            router.post(RouterPath(path + "/:person/removal")) { try await self.removeFromTeam(role, $1) }
        }
        router.get("/settings/teams/:team/archiving") { try await self.confirmArchiving($0, $1) }
        router.post("/settings/teams/:team/archiving") { try await self.archive(true, $1) }
        router.post("/settings/teams/:team/restoration") { try await self.archive(false, $1) }
    }

    private func teamsPage(_ signedIn: SignedIn) async throws -> TeamsPage {
        let entries = try await installation.database.read { try self.teamEntries(of: signedIn.tenant, in: $0) }
        return TeamsPage(signedIn: signedIn, entries: entries)
    }

    private func addTeam(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let name = try await FormInput(request).text("name")
        let now = installation.clock.now()
        do {
            let team = try await installation.database.write { tx in
                try self.addTeam(name, of: signedIn.tenant, by: Doer(signedIn), in: tx, at: now)
            }
            return redirect(to: "/settings/teams/\(team.id)", saying: Flash("accounts.teamAdded", ["name": team.name]))
        } catch {
            let refused = try refusals(in: error)
            var page = try await teamsPage(signedIn)
            page.name = name
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    // MARK: One team

    private func teamPage(_ signedIn: SignedIn, _ id: TeamID) async throws -> TeamPage {
        try await installation.database.read { tx in
            let team = try self.team(id, of: signedIn.tenant, in: tx)
            let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
            var filter = PeopleFilter()
            filter.team = .one(id)
            let members = try store.page(filter, after: nil, limit: AccountsLimits.pageRows + 1)
            let everybody = try store.page(after: nil, limit: AccountsLimits.offeredPeople + 1)
            let others = everybody.count > AccountsLimits.offeredPeople ? nil : everybody.filter(\.isActive)
            return TeamPage(
                signedIn: signedIn, team: team, members: members, supervisors: try store.supervisors(of: id),
                others: others, name: team.name)
        }
    }

    /// The team's page again, with what was refused at one of its fields.
    private func refused(
        _ error: any Error, at field: String, name: String? = nil, _ signedIn: SignedIn, _ context: WebContext
    ) async throws -> Response {
        var refused = try refusals(in: error)
        refused.all = refused.all.map {
            Refusal($0.kind, code: $0.code, key: $0.key, arguments: $0.arguments, field: field)
        }
        var page = try await teamPage(signedIn, try context.id("team"))
        page.name = name ?? page.name
        page.errors = FieldErrors(refused, t: context.words)
        let status = refused.status == .notFound ? .unprocessableContent : refused.status
        return pageResponse(page.page(context.words), in: context, status: status)
    }

    private func renameTeam(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: TeamID = try context.id("team")
        let name = try await FormInput(request).text("name")
        let now = installation.clock.now()
        let team = try await installation.database.read { try self.team(id, of: signedIn.tenant, in: $0) }
        do {
            try await installation.database.write { tx in
                try self.rename(team, to: name, of: signedIn.tenant, by: Doer(signedIn), in: tx, at: now)
            }
        } catch {
            return try await refused(error, at: "name", name: name, signedIn, context)
        }
        return redirect(to: "/settings/teams/\(id)", saying: Flash("frame.saved"))
    }

    private func addToTeam(_ role: TeamRole, _ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: TeamID = try context.id("team")
        let login = try await FormInput(request).text(role.field)
        let now = installation.clock.now()
        let team = try await installation.database.read { try self.team(id, of: signedIn.tenant, in: $0) }
        do {
            try await installation.database.write { tx in
                guard let login = login.nonEmpty else {
                    throw Refusal(.invalid, code: "missing", key: "accounts.missing.person")
                }
                let person = try self.somebody(login, of: signedIn.tenant, in: tx)
                try self.refuseInactive(person)
                try self.set(role, true, person, of: team, by: Doer(signedIn), in: tx, at: now)
            }
        } catch {
            return try await refused(error, at: role.field, signedIn, context)
        }
        return redirect(to: "/settings/teams/\(id)", saying: Flash("frame.saved"))
    }

    private func removeFromTeam(_ role: TeamRole, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (id, personID): (TeamID, PersonID) = (try context.id("team"), try context.id("person"))
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let team = try self.team(id, of: signedIn.tenant, in: tx)
            let person = try self.somebody(personID, of: signedIn.tenant, in: tx)
            try self.set(role, false, person, of: team, by: Doer(signedIn), in: tx, at: now)
        }
        return redirect(to: "/settings/teams/\(id)", saying: Flash("frame.saved"))
    }

    private func set(
        _ role: TeamRole, _ isOn: Bool, _ person: Person, of team: Team, by doer: Doer, in tx: any Transaction,
        at now: Moment
    ) throws {
        switch role {
        case .members: try setMember(isOn, person, of: team, by: doer, in: tx, at: now)
        case .supervisors: try setSupervisor(isOn, person, of: team, by: doer, in: tx, at: now)
        }
    }

    private func confirmArchiving(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: TeamID = try context.id("team")
        let team = try await installation.database.read { try self.team(id, of: signedIn.tenant, in: $0) }
        let t = context.words
        let path = "/settings/teams/\(id)"
        let body = confirmation(
            t("accounts.archiveQuestion", ["name": team.name]),
            action: (t("accounts.archiveTeam"), path + "/archiving"), back: path, signedIn: signedIn, t: t)
        var page = Page(title: t("accounts.archiveTeam"), current: .teams, body: body)
        page.path = [(t("accounts.teamsTitle"), "/settings/teams"), (team.name, path)]
        return pageResponse(page, in: context)
    }

    private func archive(_ isArchived: Bool, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: TeamID = try context.id("team")
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                let team = try self.team(id, of: signedIn.tenant, in: tx)
                try self.setArchived(isArchived, team, of: signedIn.tenant, by: Doer(signedIn), in: tx, at: now)
            }
        } catch let refusal as Refusal where refusal.code == "team_has_members" {
            return try await refused(refusal, at: "member", signedIn, context)
        }
        let key = isArchived ? "accounts.nowArchived" : "accounts.nowRestored"
        return redirect(to: "/settings/teams/\(id)", saying: Flash(key))
    }
}
