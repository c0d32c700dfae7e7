// SPDX-License-Identifier: Apache-2.0
// Administrators list and add the people of their centre.
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
            let page = try await self.newPersonPage(signedIn, PersonForm(person: person))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/settings/people/new") { try await self.addPerson($0, $1) }
        addPersonRoutes(to: router)
    }

    private func listPeople(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let input = try FormInput(query: request.uri.query)
        let after = input.text("after").nonEmpty.map { String($0.prefix(AccountsLimits.loginLength * 2)) }
        let filter = PeopleQuery(input).filter
        let limit = AccountsLimits.pageRows
        let (people, teams) = try await installation.database.read { tx in
            let store = PeopleStore(tx: tx, tenant: signedIn.tenant)
            return (
                try store.page(filter, after: after, limit: limit + 1), try self.teams(of: signedIn.tenant, in: tx)
            )
        }
        let page = PeoplePage(
            signedIn: signedIn, people: Array(people.prefix(limit)), teams: teams, filter: filter,
            older: people.count > limit ? people[limit - 1].login.folded : nil, isFirst: after == nil)
        return pageResponse(page.page(context.words), in: context)
    }

    private func newPersonPage(_ signedIn: SignedIn, _ form: PersonForm) async throws -> PersonPage {
        let (teams, canMail) = try await installation.database.read { tx in
            (try self.teams(of: signedIn.tenant, in: tx), try self.canMail(of: signedIn.tenant, in: tx))
        }
        return PersonPage(
            signedIn: signedIn, existing: nil, form: form, teams: teams.filter { !$0.isArchived }, canMail: canMail)
    }

    private func addPerson(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = PersonForm(try await FormInput(request), login: nil)
        let now = installation.clock.now()
        do {
            let id = try await installation.database.write { tx in
                let new = try self.checked(form, signedIn, in: tx, at: now)
                let id = try self.addPerson(new, of: signedIn.tenant, by: Doer(signedIn), in: tx, at: now)
                if form.invites {
                    let person = try self.somebody(id, of: signedIn.tenant, in: tx)
                    try self.mailLink(to: person, by: Doer(signedIn), in: tx, at: now)
                }
                return id
            }
            let arguments = ["name": form.person.login, "email": form.person.email ?? ""]
            let flash = form.invites ? Flash("accounts.invitationSent", arguments) : Flash("accounts.personAdded")
            return redirect(to: "/settings/people/\(id)", saying: flash)
        } catch {
            let refused = try refusals(in: error)
            var page = try await newPersonPage(signedIn, form)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    /// The person as typed, with the new team made if there is one.
    func checked(
        _ form: PersonForm, _ signedIn: SignedIn, in tx: any Transaction, at now: Moment
    ) throws -> NewPerson {
        let teams = try teams(of: signedIn.tenant, in: tx)
        try form.check(teams: teams)
        var new = form.person
        guard let name = form.newTeam.nonEmpty else { return new }
        if let team = teams.first(where: { $0.name.folded == name.folded }) {
            new.team = team.id
        } else {
            new.team = try addTeam(name, of: signedIn.tenant, by: Doer(signedIn), in: tx, at: now).id
        }
        return new
    }
}
