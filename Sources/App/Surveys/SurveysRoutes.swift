// SPDX-License-Identifier: Apache-2.0
// The administrator's pages of forms. The preview is Answering's: it shows the real page.
import Hummingbird
import Markup
import Storage

extension NavigationItem {
    /// The forms of the centre.
    public static let forms = NavigationItem("surveys.title", path: "/forms", roles: [.administrator])
}

/// The pages of forms.
struct SurveysRoutes: Sendable {
    let surveys: Surveys

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/forms") { try await list($0, $1) }
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let tenant = signedIn.tenant
        let page = try await surveys.installation.database.read { tx in
            let versions = try SurveyStore.newestVersions(of: tenant, in: tx)
            let newest = Dictionary(versions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let entries = try surveys.forms(of: tenant, in: tx).compactMap { form in
                newest[form.version].map { SurveyListEntry(form: form, newest: $0) }
            }
            return SurveysPage(
                entries: entries, fields: try surveys.fields(of: tenant, in: tx), zone: signedIn.timeZone,
                t: context.words)
        }
        let add = linkButton(context.words("surveys.editor.add"), to: "/forms/new", isPrimary: true, icon: .plus)
        return pageResponse(
            Page(title: context.words("surveys.title"), current: .forms, body: page.body, actions: add), in: context)
    }
}
