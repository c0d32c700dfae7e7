// SPDX-License-Identifier: Apache-2.0
// Administrators make and revoke API keys.
import Foundation
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The API keys of the centre.
    public static let apiKeys = NavigationItem(
        "accounts.keysNavigation", path: "/settings/api-keys", roles: [.administrator])
}

extension Accounts {
    /// Adds `/settings/api-keys`.
    func addAPIKeyRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/settings/api-keys") { _, context in
            let signedIn = try context.require(.administrator)
            return pageResponse(try await self.keysPage(signedIn).page(context.words), in: context)
        }
        router.post("/settings/api-keys") { try await self.createKey($0, $1) }
        router.get("/settings/api-keys/:key/revocation") { try await self.confirmRevocation($0, $1) }
        router.post("/settings/api-keys/:key/revocation") { try await self.revokeKey($0, $1) }
    }

    private func keysPage(_ signedIn: SignedIn) async throws -> APIKeysPage {
        let keys = try await installation.database.read { try APIKeysStore(tx: $0).keys(of: signedIn.tenant) }
        return APIKeysPage(signedIn: signedIn, keys: keys)
    }

    private func createKey(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let input = try await FormInput(request)
        var new = NewAPIKey(name: input.text("name"))
        new.source = input.text("source")
        new.scopes = Set(input.values("scopes").compactMap { SignedInKey.Scope(rawValue: $0) })
        let wanted = new
        let now = installation.clock.now()
        do {
            let created = try await installation.database.write { tx in
                let created = try self.createAPIKey(wanted, of: signedIn.tenant, in: tx, at: now)
                let entry = AuditEntry(
                    by: signedIn, action: "accounts.audit.keyCreated", subject: created.id.raw,
                    details: .object(["name": .string(wanted.name), "source": .string(wanted.source)]))
                try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
                return created
            }
            let page = newKeyPage(
                name: new.name, secret: created.secret, baseURL: installation.baseURL,
                today: LocalDay(of: now, in: TimeZone(identifier: signedIn.timeZone) ?? .gmt), context.words)
            return pageResponse(page, in: context, status: .created)
        } catch {
            let refused = try refusals(in: error)
            var page = try await keysPage(signedIn)
            page.form = new
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page(context.words), in: context, status: refused.status)
        }
    }

    private func confirmRevocation(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: APIKeyID = try context.id("key")
        let keys = try await keysPage(signedIn).keys
        guard let key = keys.first(where: { $0.id == id }) else { throw Refusal.notFound }
        let t = context.words
        let body = confirmation(
            t("accounts.revokeQuestion", ["name": key.name]),
            action: (t("accounts.revoke"), "/settings/api-keys/\(id)/revocation"), back: "/settings/api-keys",
            signedIn: signedIn, t: t)
        return pageResponse(Page(title: t("accounts.revokeTitle"), current: .apiKeys, body: body), in: context)
    }

    private func revokeKey(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: APIKeyID = try context.id("key")
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let store = APIKeysStore(tx: tx)
            guard try store.revoke(id, of: signedIn.tenant, at: now) else { throw Refusal.notFound }
            let name = try store.keys(of: signedIn.tenant).first { $0.id == id }?.name ?? ""
            let entry = AuditEntry(
                by: signedIn, action: "accounts.audit.keyRevoked", subject: id.raw,
                details: .object(["name": .string(name)]))
            try self.audit(entry, of: signedIn.tenant, in: tx, at: now)
        }
        return redirect(to: "/settings/api-keys", saying: Flash("accounts.keyRevoked"))
    }
}
