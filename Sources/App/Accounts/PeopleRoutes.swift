// SPDX-License-Identifier: Apache-2.0
// Administrators list, add and change the people of their centre.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The people of the centre.
    public static let people = NavigationItem(
        "accounts.peopleNavigation", path: "/settings/people", roles: [.administrator])
}

extension Accounts {
    /// Adds `/settings/people`.
    func addPeopleRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/people") { try await self.listPeople($0, $1) }
        router.get("/settings/people/new") { _, context in
            let signedIn = try context.require(.administrator)
            var person = NewPerson(login: "")
            person.roles = [.agent]
            person.language = signedIn.language
            let page = PersonPage(
                signedIn: signedIn, existing: nil, form: PersonForm(person: person, isActive: true),
                teams: try await self.teams(of: signedIn))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/people/new") { try await self.addPerson($0, $1) }
        router.get("/settings/people/:person") { _, context in
            let page = try await self.personPage(try context.require(.administrator), try context.id("person"))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/people/:person") { try await self.changePerson($0, $1) }
        router.post("/settings/people/:person/link") { try await self.makeLink($0, $1) }
    }

    private func teams(of signedIn: SignedIn) async throws -> [Team] {
        try await installation.database.read { try self.teams(of: signedIn.tenant, in: $0) }
    }

    private func listPeople(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let after = request.uri.queryParameters["after"].map { String($0.prefix(AccountsLimits.loginLength * 2)) }
        let limit = AccountsLimits.pageRows
        let (people, teams) = try await installation.database.read { tx in
            let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
            return (try store.page(after: after, limit: limit + 1), try store.teams())
        }
        let page = PeoplePage(
            signedIn: signedIn, people: Array(people.prefix(limit)),
            teams: Dictionary(teams.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }),
            older: people.count > limit ? people[limit - 1].login.folded : nil, isFirst: after == nil)
        return pageResponse(page.page(context.words), in: context)
    }

    private func personPage(_ signedIn: SignedIn, _ id: PersonID) async throws -> PersonPage {
        try await installation.database.read { tx in
            guard let person = try self.people([id], of: signedIn.tenant, in: tx)[id] else { throw Refusal.notFound }
            guard signedIn.mayChange(person) else { throw Refusal.ofProvider }
            let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
            var new = NewPerson(login: person.login)
            new.firstName = person.firstName
            new.lastName = person.lastName
            new.email = person.email
            new.team = person.team
            new.roles = person.roles
            new.supervisedTeams = try store.supervisedTeams(of: id)
            new.language = person.language
            return PersonPage(
                signedIn: signedIn, existing: person, form: PersonForm(person: new, isActive: person.isActive),
                teams: try store.teams())
        }
    }

    private func addPerson(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = PersonForm(try await FormInput(request), login: nil)
        let now = installation.clock.now()
        do {
            let id = try await installation.database.write { tx in
                let new = try self.checked(form, signedIn, in: tx)
                let id = try self.createPerson(new, passwordHash: nil, of: signedIn.tenant, in: tx, at: now)
                let entry = AuditEntry(by: signedIn, action: "accounts.personCreated", subject: id.raw)
                try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
                return id
            }
            return redirect(to: "/settings/people/\(id)", saying: Flash("accounts.personAdded"))
        } catch {
            let refused = try refusals(in: error)
            var page = PersonPage(
                signedIn: signedIn, existing: nil, form: form, teams: try await teams(of: signedIn))
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    /// The person as typed, with the new team made if there is one.
    private func checked(_ form: PersonForm, _ signedIn: SignedIn, in tx: any Transaction) throws -> NewPerson {
        try form.check(teams: try teams(of: signedIn.tenant, in: tx))
        var new = form.person
        if let name = form.newTeam.nonEmpty { new.team = try findOrMakeTeam(name, of: signedIn.tenant, in: tx) }
        return new
    }

    private func changePerson(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let shown = try await personPage(signedIn, id)
        let form = PersonForm(try await FormInput(request), login: shown.existing?.login ?? "")
        let now = installation.clock.now()
        do {
            try await installation.database.write { tx in
                let new = try self.checked(form, signedIn, in: tx)
                let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
                let administrators = try store.lockedAdministrators()
                let isOne = form.isActive && new.roles.contains(.administrator)
                let isLeft = isOne || !Set(administrators).subtracting([id]).isEmpty
                if let refusal = Self.refusal(administrators: Set(administrators), after: isLeft) { throw refusal }
                try store.update(id, to: new, isActive: form.isActive)
                if !form.isActive { try SessionsStore(tx: tx).deleteAll(of: id, signedIn.tenant) }
                let entry = AuditEntry(by: signedIn, action: "accounts.personChanged", subject: id.raw)
                try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
            }
            return redirect(to: "/settings/people", saying: Flash("frame.saved"))
        } catch {
            let refused = try refusals(in: error)
            var page = PersonPage(signedIn: signedIn, existing: shown.existing, form: form, teams: shown.teams)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    private func makeLink(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        guard let person = try await personPage(signedIn, id).existing, person.isActive else { throw Refusal.notFound }
        let now = installation.clock.now()
        let address = try await installation.database.write { tx in
            let entry = AuditEntry(by: signedIn, action: "accounts.linkMade", subject: id.raw)
            try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
            return try self.makeLink(for: id, of: signedIn.tenant, purpose: .reset, hours: 72, in: tx, at: now)
        }
        return pageResponse(personLinkPage(person, address: address, context.words), in: context)
    }
}
