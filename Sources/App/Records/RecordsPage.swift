// SPDX-License-Identifier: Apache-2.0
// «Записи обращений»: the newest interactions first.
import Foundation
import Markup

/// The list of interactions.
struct RecordsPage {
    let lines: [RecordLine]
    let hasOlder: Bool
    let filter: RecordsFilter
    /// What was typed into the agent's field.
    let agent: String
    let services: [Service]
    let signedIn: SignedIn
    let t: Localizer

    var page: Page { Page(title: t("records.title"), current: .records, body: body) }

    private var body: HTML {
        let columns = [
            TableColumn(t("records.externalID")), TableColumn(t("records.time")), TableColumn(t("records.service")),
            TableColumn(t("records.agent")), TableColumn(t("records.disposition")), TableColumn(t("records.state")),
        ]
        let list =
            lines.isEmpty
            ? emptyState(t("records.empty"), t("records.empty.hint"))
            : table(t("records.title"), columns, lines.map(row))
        return "\(filterForm)\(list)\(pagination(newer: newer, older: older, t: t))"
    }

    private var filterForm: HTML {
        let all = [FieldOption("", t("records.allServices"))]
        let options = all + services.map { FieldOption($0.id.description, $0.name) }
        let service = FieldLabel("service", t("records.service"))
        return """
            <form method="get" action="/records" class="filter">\
            \(textField(FieldLabel("id", t("records.externalID")), value: filter.externalID ?? "", type: "search"))\
            \(selectField(service, options, selected: filter.service?.description ?? ""))\
            \(textField(FieldLabel("agent", t("records.agentLogin")), value: agent, type: "search"))\
            <div class="buttons"><button class="button">\(t("records.filter"))</button></div></form>
            """
    }

    private func row(_ line: RecordLine) -> [HTML] {
        let interaction = line.interaction
        return [
            "<a href=\"/records/\(interaction.id.description)\">\(interaction.externalID)</a>",
            time(interaction.endedAt ?? interaction.createdAt, in: signedIn.timeZone, t: t),
            HTML(line.service?.name ?? "–"),
            HTML(line.agents.isEmpty ? "–" : line.agents.map(\.name).joined(separator: ", ")),
            HTML(line.disposition?.name ?? "–"),
            Self.badge(of: interaction, t),
        ]
    }

    /// The state in words and colour.
    static func badge(of interaction: Interaction, _ t: Localizer) -> HTML {
        let tone: Tone = interaction.state == .ended ? .neutral : .good
        let test: HTML = interaction.isTest ? " \(App.badge(t("records.test")))" : .empty
        return "\(App.badge(t("records.state.\(interaction.state.rawValue)"), tone))\(test)"
    }

    private var newer: String? { filter.before == nil ? nil : address(before: nil) }

    private var older: String? { hasOlder ? lines.last.map { address(before: $0.interaction.id) } : nil }

    private func address(before: InteractionID?) -> String {
        let values = [
            ("id", filter.externalID), ("service", filter.service?.description), ("agent", agent.nonEmpty),
            ("before", before?.description),
        ]
        let pairs = values.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { "\(name)=\($0)" }
        }
        return pairs.isEmpty ? "/records" : "/records?" + pairs.joined(separator: "&")
    }
}
