// SPDX-License-Identifier: Apache-2.0
// The addresses of the room, all for administrators.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// Workflows and their configurations.
    public static let workflows = NavigationItem("workflows.title", path: "/workflows", roles: [.administrator])
}

extension Workflows {
    /// Adds the list of workflows, the switch of configurations, and the page of a run.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/workflows") { try await self.list($0, $1) }
        router.get("/workflows/runs/:run") { try await self.showRun($0, $1) }
        router.post("/workflows/configurations/:configuration/enabling") { try await self.enable(true, $1) }
        router.post("/workflows/configurations/:configuration/disabling") { try await self.enable(false, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let since = installation.clock.now().adding(days: -30)
        let listed = try await installation.database.read { tx in
            try WorkflowListStore(tenant: signedIn.tenant, tx: tx).workflows(since: since)
        }
        return pageResponse(WorkflowsPage(signedIn: signedIn, workflows: listed).page(context.words), in: context)
    }

    private func showRun(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: RunID = try context.id("run")
        let found = try await installation.database.read { tx -> (RunStory, [String: String])? in
            guard let run = try self.run(id, of: signedIn.tenant, in: tx) else { return nil }
            return (run, try RunStoryStore(tenant: signedIn.tenant, tx: tx).titles(of: id))
        }
        guard let (run, titles) = found else { throw Refusal.notFound }
        return pageResponse(RunPage(signedIn: signedIn, run: run, titles: titles).page(context.words), in: context)
    }

    private func enable(_ isEnabled: Bool, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: ConfigurationID = try context.id("configuration")
        let now = installation.clock.now()
        try await installation.database.write { tx in
            let name = try setEnabled(isEnabled, id, of: signedIn.tenant, in: tx, at: now)
            let deed = isEnabled ? "workflows.audit.configurationEnabled" : "workflows.audit.configurationDisabled"
            let entry = AuditEntry(
                by: signedIn, action: deed, subject: id.raw, details: .object(["name": .string(name)]))
            try AuditStore(tx: tx, tenant: signedIn.tenant).insert(entry, at: now)
        }
        let undo = "/workflows/configurations/\(id)/" + (isEnabled ? "disabling" : "enabling")
        return redirect(
            to: "/workflows", saying: Flash(isEnabled ? "workflows.nowEnabled" : "workflows.nowDisabled", undo: undo))
    }
}
