// SPDX-License-Identifier: Apache-2.0
// «Возвраты»: what came back and what was made of it; what nobody understood too.
import Markup

/// The newest reports.
struct MailReportsPage {
    let reports: [StoredReport]
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(title: t("mailings.reports.title"), current: .outbox, body: body)
        page.path = [(t("mailings.outbox.title"), "/outbox")]
        return page
    }

    private var body: HTML {
        if reports.isEmpty { return emptyState(t("mailings.reports.empty"), t("mailings.reports.empty.hint")) }
        let columns = ["receivedAt", "kind", "recipient", "words", "message"].map {
            TableColumn(t("mailings.reports.\($0)"))
        }
        return table(t("mailings.reports.title"), columns, reports.map(row))
    }

    private func row(_ report: StoredReport) -> [HTML] {
        let words = [report.status, report.diagnostic].compactMap(\.self).joined(separator: " ")
        let message: HTML =
            report.message.map { "<a href=\"/outbox/\($0.description)\">\(t("mailings.reports.open"))</a>" }
            ?? HTML(t("mailings.reports.noMessage"))
        return [
            time(report.receivedAt, in: signedIn.timeZone, t: t), HTML(t("mailings.report.kind.\(report.kind)")),
            HTML(report.recipient ?? "–"), HTML(String(words.prefix(200))), message,
        ]
    }
}
