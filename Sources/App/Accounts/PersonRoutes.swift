// SPDX-License-Identifier: Apache-2.0
// Administrators change one person, let them in and no more.
import Foundation
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Adds `/settings/people/{person}` and what is done there.
    func addPersonRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/people/:person") { _, context in
            let page = try await self.personPage(try context.require(.administrator), try context.id("person"))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/people/:person") { try await self.changePerson($0, $1) }
        router.post("/settings/people/:person/link") { try await self.makeLink($0, $1) }
        router.post("/settings/people/:person/sessions/revocation") { try await self.signOutEverywhere($1) }
        router.get("/settings/people/:person/deactivation") { try await self.confirmDeactivation($0, $1) }
        router.post("/settings/people/:person/deactivation") { try await self.setActive(false, $1) }
        router.post("/settings/people/:person/activation") { try await self.setActive(true, $1) }
    }

    private func personPage(_ signedIn: SignedIn, _ id: PersonID) async throws -> PersonPage {
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            let supervised = try PeopleStore(tx: tx, tenant: signedIn.tenant).supervisedTeams(of: id)
            let form = PersonForm(person: NewPerson(person, supervisedTeams: supervised))
            let teams = try self.teams(of: signedIn.tenant, in: tx).filter {
                !$0.isArchived || $0.id == person.team || supervised.contains($0.id)
            }
            let entrance = PersonPage.Entrance(
                sessions: try SessionsStore(tx: tx).sessions(of: id, signedIn.tenant, at: now),
                secondFactor: try self.secondFactor(of: id, signedIn.tenant, in: tx))
            return PersonPage(
                signedIn: signedIn, existing: person, form: form, teams: teams, entrance: entrance,
                canMail: try self.canMail(of: signedIn.tenant, in: tx))
        }
    }

    private func changePerson(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let shown = try await personPage(signedIn, id)
        let form = PersonForm(try await FormInput(request), login: shown.existing?.login ?? "")
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                let new = try self.checked(form, signedIn, in: tx, at: now)
                let person = try self.somebody(id, for: signedIn, in: tx)
                try self.change(person, to: new, by: Doer(signedIn), in: tx, at: now)
            }
            return redirect(to: "/settings/people/\(id)", saying: Flash("frame.saved"))
        } catch {
            let refused = try refusals(in: error)
            var page = shown
            page.form = form
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    private func signOutEverywhere(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            try self.signOutEverywhere(person, by: Doer(signedIn), in: tx, at: now)
        }
        return redirect(to: "/settings/people/\(id)", saying: Flash("accounts.signedOutEverywhere"))
    }

    private func makeLink(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let now = installation.clock.now()
        let (person, address) = try await installation.database.write { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            let hours = AccountsLimits.handedLinkHours
            return (person, try self.passwordLink(for: person, hours: hours, by: Doer(signedIn), in: tx, at: now))
        }
        return pageResponse(personLinkPage(person, address: address, context.words), in: context)
    }

    private func confirmDeactivation(_ request: Request, _ context: WebContext) async throws -> Response {
        try await ask(
            "accounts.deactivateQuestion", titled: "accounts.deactivateTitle",
            action: ("accounts.deactivate", "/deactivation"), context)
    }

    /// A page that asks an administrator before something is done to somebody.
    /// - Parameter action: the button's key, and the address below the person's page that it is sent to.
    func ask(
        _ question: String, titled title: String, action: (key: String, path: String), _ context: WebContext
    ) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let person = try await installation.database.read { try self.somebody(id, for: signedIn, in: $0) }
        let t = context.words
        let path = "/settings/people/\(id)"
        let body = confirmation(
            t(question, ["name": person.name]), action: (t(action.key), path + action.path), back: path,
            signedIn: signedIn, t: t)
        var page = Page(title: t(title), current: .people, body: body)
        page.path = [(t("accounts.peopleTitle"), "/settings/people"), (person.name, path)]
        return pageResponse(page, in: context)
    }

    private func setActive(_ isActive: Bool, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let now = installation.clock.now()
        let name = try await installation.database.write { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            try self.setActive(isActive, person, by: Doer(signedIn), in: tx, at: now)
            return person.name
        }
        let key = isActive ? "accounts.nowActive" : "accounts.nowInactive"
        return redirect(to: "/settings/people/\(id)", saying: Flash(key, ["name": name]))
    }
}
