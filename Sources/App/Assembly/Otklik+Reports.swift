// SPDX-License-Identifier: Apache-2.0
// What the command line reads and tries: a report's figures, and whether mail leaves.
import Foundation
import Markup
import Storage

/// A report as the command line shows it: the API's answer, and a table in words.
public struct ShownReport: Sendable {
    public let json: JSON
    public let titles: [String]
    public let rows: [[String]]
}

/// What came of a test mail, step by step in words.
public struct ShownMailCheck: Encodable, Sendable {
    /// One step of the conversation.
    public struct Step: Encodable, Sendable {
        public let isGood: Bool
        public let detail: String
    }

    public let isGood: Bool
    public let steps: [Step]
}

extension Otklik {
    /// The figures of a period: the same numbers as the API's.
    /// - Throws: ``Refusals`` by field.
    public func report(
        from: String, to: String, by: String, tenant key: String?, language: String
    ) async throws -> ShownReport {
        let query = "from=\(queryValue(from))&to=\(queryValue(to))&by=\(queryValue(by))"
        let wanted = try ReportForm.summary(try FormInput(query: query))
        let accounts = rooms.accounts
        let tenant = try await installation.database.read { try accounts.meant(key, in: $0).id }
        let report = try await rooms.reports.report(of: tenant, wanted)
        return shown(report, installation.catalogue.localizer(language))
    }

    private func shown(_ report: Report, _ t: Localizer) -> ShownReport {
        let words = FigureText(t: t)
        let grouping = report.query.grouping
        let funnel = ["completed", "invited", "delivered", "answered"]
        let titles =
            [t("reports.by.\(grouping.rawValue)")] + funnel.map { t("reports.funnel.\($0)") } + [t("reports.rate")]
            + report.fields.flatMap { [$0.name, "n"] }
        let rows = report.rankedRows.map { row -> [String] in
            let name = report.name(of: row).key ?? t("reports.nobody.\(grouping.rawValue)")
            let counts = [row.funnel.completed, row.funnel.invited, row.funnel.delivered, row.funnel.answered]
            let figures = report.fields.flatMap { field -> [String] in
                guard let figure = row.field(field.key) else { return [FigureText.nothing, "0"] }
                return [words.value(figure), t.number(figure.n)]
            }
            return [name] + counts.map { t.number($0) } + [words.rate(row.funnel)] + figures
        }
        return ShownReport(json: report.json, titles: titles, rows: rows)
    }

    /// Sends a test mail by the settings that are stored, as the settings page does.
    public func sendTest(to recipient: String, tenant key: String?, language: String) async throws -> ShownMailCheck {
        let (accounts, settings) = (rooms.accounts, rooms.settings)
        let (tenant, smtp) = try await installation.database.read { tx in
            let tenant = try accounts.meant(key, in: tx).id
            return (tenant, try settings.smtp(of: tenant, in: tx))
        }
        let t = installation.catalogue.localizer(language)
        let form = MailCheckForm(
            to: recipient, subject: t("mailings.check.subject.usual"), text: t("mailings.check.text.usual"))
        let stored = smtp ?? .initial(senderName: "", senderEmail: "")
        let steps = try await rooms.mailings.check(stored, form, in: tenant).map { step in
            ShownMailCheck.Step(isGood: step.isGood, detail: step.sentence(t))
        }
        return ShownMailCheck(isGood: steps.allSatisfy(\.isGood), steps: steps)
    }
}
