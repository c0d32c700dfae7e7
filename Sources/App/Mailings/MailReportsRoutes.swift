// SPDX-License-Identifier: Apache-2.0
// Reports of mail that came back: handed over by programs, listed for people.
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

extension MailingsRoutes {
    /// Takes one report.
    func takeReport(_ request: Request, _ context: WebContext) async throws -> Response {
        let key = try context.require(scope: .mailWrite)
        let form = try MailReportForm(try await jsonBody(request, limit: MailLimits.reportBodyBytes))
        let taken = try await mailings.take(
            report: form.message, to: form.recipient, of: key.tenant, contacts: contacts,
            at: mailings.installation.clock.now())
        return try jsonResponse(taken.json)
    }

    /// The newest reports.
    func listReports(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let rows = try await mailings.installation.database.query(
            BounceStore.newest(of: signedIn.tenant, limit: MailLimits.reportsShown))
        let page = MailReportsPage(reports: try rows.map(BounceStore.report), signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context)
    }
}
