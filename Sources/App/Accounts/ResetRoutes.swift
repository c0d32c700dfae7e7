// SPDX-License-Identifier: Apache-2.0
// A forgotten password: whoever asks is told the same, whether there is such a person or not.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage

extension Accounts {
    /// Adds `/login/reset`, and the administrator's button that mails a link.
    func addResetRoutes(to router: some RouterMethods<WebContext>) {
        for path in ["/login/reset", "/:centre/login/reset"] {
            router.get(RouterPath(path)) { try await self.showReset($0, $1) }
            router.post(RouterPath(path)) { try await self.askForPassword($0, $1) }
        }
        router.post("/settings/people/:person/mail") { try await self.mailLink($0, $1) }
    }

    /// The centre that an address or a form names, and whether its mail leaves; nil where it is yet to be said.
    private func place(_ key: String?) async throws -> (tenant: Tenant, canMail: Bool)? {
        try await installation.database.read { tx in
            let found = try key.map { try self.tenant(key: $0, in: tx) } ?? self.onlyTenant(in: tx)
            return try found.map { ($0, try self.canMail(of: $0.id, in: tx)) }
        }
    }

    private func showReset(_ request: Request, _ context: WebContext) async throws -> Response {
        let key = context.parameters.get("centre")
        let place = try await place(key)
        if key != nil, place == nil { throw Refusal.notFound }
        let page = ResetPage(centre: key, centreName: place?.tenant.name, canMail: place?.canMail ?? true)
        return pageResponse(page.page(context.words), in: context)
    }

    private func askForPassword(_ request: Request, _ context: WebContext) async throws -> Response {
        let input = try await FormInput(request, limit: 16 * 1024)
        let key = context.parameters.get("centre")
        let (wanted, t) = (input.text("wanted"), context.words)
        let place = try await place(key ?? input.text("centre").lowercased().nonEmpty)
        var page = ResetPage(
            centre: key, centreName: place?.tenant.name, canMail: place?.canMail ?? true, wanted: wanted)
        do {
            guard let place else {
                throw Refusal(.invalid, code: "unknown_centre", key: "accounts.unknownCentre", field: "centre")
            }
            if wanted.isEmpty {
                throw Refusal(.invalid, code: "missing", key: "accounts.missing.wanted", field: "wanted")
            }
            if place.canMail {
                let now = installation.clock.now()
                try await askForPassword(wanted, of: place.tenant.id, from: context.remoteAddress, at: now)
                page.isAsked = true
            }
            return pageResponse(page.page(t), in: context)
        } catch {
            let refused = try refusals(in: error)
            page.errors = FieldErrors(refused, t: t)
            return pageResponse(page.page(t), in: context, status: refused.status)
        }
    }

    private func mailLink(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: PersonID = try context.id("person")
        let now = installation.clock.now()
        let person = try await installation.database.write { tx in
            let person = try self.somebody(id, for: signedIn, in: tx)
            try self.mailLink(to: person, by: Doer(signedIn), in: tx, at: now)
            return person
        }
        let arguments = ["name": person.name, "email": person.email ?? ""]
        let key = person.canSignIn ? "accounts.resetSent" : "accounts.invitationSent"
        return redirect(to: "/settings/people/\(id)", saying: Flash(key, arguments))
    }
}
