// SPDX-License-Identifier: Apache-2.0
// The list of forms, read-only so far.
import Foundation
import Markup

/// What the list says of one form.
struct SurveyListEntry: Sendable {
    let form: SurveyForm
    let newest: SurveyVersion
}

/// The centre's forms.
struct SurveysPage {
    let entries: [SurveyListEntry]
    let fields: [String: SurveyField]
    let zone: String
    let t: Localizer

    var body: HTML {
        guard !entries.isEmpty else { return emptyState(t("surveys.none"), t("surveys.noneHint"), icon: .form) }
        let columns = [
            TableColumn(t("surveys.column.name")), TableColumn(t("surveys.column.languages")),
            TableColumn(t("surveys.column.questions"), isNumeric: true), TableColumn(t("surveys.column.fields")),
            TableColumn(t("surveys.column.validity"), isNumeric: true), TableColumn(t("surveys.column.changed")),
        ]
        return table(t("surveys.title"), columns, entries.map(row))
    }

    private func row(_ entry: SurveyListEntry) -> [HTML] {
        let content = entry.newest.content
        let blocks = content.languages.first?.blocks ?? []
        let links: [HTML] = content.languages.map { language in
            """
            <a href="/forms/\(entry.form.id.description)/preview?language=\(language.language)" \
            lang="\(language.language)">\(language.language)</a>
            """
        }
        let closed: HTML = entry.form.isClosed ? " " + badge(t("surveys.closed"), .warning) : .empty
        let bound = blocks.compactMap(\.field).map { fields[$0]?.name ?? $0 }.joined(separator: ", ")
        return [
            "<a href=\"/forms/\(entry.form.id.description)/edit\">\(entry.form.name)</a>\(closed)", list(links),
            HTML(t.number(blocks.filter(\.kind.isQuestion).count)),
            HTML(bound), HTML(t("surveys.days", count: entry.form.validDays)),
            time(entry.form.changedAt, in: zone, t: t),
        ]
    }

    private func list(_ items: [HTML]) -> HTML { items.dropFirst().reduce(items.first ?? .empty) { $0 + ", " + $1 } }
}
