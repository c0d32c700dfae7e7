// SPDX-License-Identifier: Apache-2.0
// A person changes their own profile. Login name, roles and team are the administrator's.
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Adds `/account/profile`.
    func addProfileRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/account/profile") { _, context in
            let signedIn = try context.requireSignedIn()
            let page = ProfilePage(signedIn: signedIn, form: ProfileForm(try await self.own(signedIn)))
            return pageResponse(page.page(context.words), in: context)
        }
        router.post("/account/profile") { try await self.changeProfile($0, $1) }
    }

    private func own(_ signedIn: SignedIn) async throws -> Person {
        let people = try await installation.database.read {
            try self.people([signedIn.person], of: signedIn.tenant, in: $0)
        }
        guard let person = people[signedIn.person] else { throw Refusal.notFound }
        return person
    }

    private func changeProfile(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.requireSignedIn()
        let form = ProfileForm(try await FormInput(request, limit: 16 * 1024))
        let now = installation.clock.now()
        do {
            let new = try form.checked(for: try await own(signedIn))
            try await installation.database.write { tx in
                try PeopleStore(tx: tx, tenant: signedIn.tenant).setProfile(of: signedIn.person, to: new)
                let entry = AuditEntry(by: signedIn, action: "accounts.profileChanged", subject: signedIn.person.raw)
                try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
            }
            return redirect(to: "/account", saying: Flash("frame.saved"))
        } catch let refused as Refusals {
            var page = ProfilePage(signedIn: signedIn, form: form)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }
}
