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
    /// Whom the agent's field offers.
    let people: [PersonOption]
    let signedIn: SignedIn
    let list: ListContext

    var t: Localizer { list.t }

    var page: Page {
        var page = Page(
            title: t("records.title"), current: .records, body: body,
            actions: columnMenu("records", columns, hidden: list.hidden("records"), in: list))
        page.isWide = true
        return page
    }

    private var columns: [TableColumn] {
        [
            TableColumn(t("records.externalID")), TableColumn(t("records.time"), key: "time", canSort: true),
            TableColumn(t("records.service"), key: "service", canBeHidden: true),
            TableColumn(t("records.agent"), key: "agent", canBeHidden: true),
            TableColumn(t("records.disposition"), key: "disposition", canBeHidden: true),
            TableColumn(t("records.state"), key: "state", canBeHidden: true),
        ]
    }

    private var body: HTML {
        let sorting = TableSorting(TableOrder("time", isDescending: !filter.isOldestFirst)) { [self] order in
            address(before: nil, isOldestFirst: !order.isDescending)
        }
        let shown =
            lines.isEmpty
            ? emptyState(t("records.empty"), t("records.empty.hint"))
            : table(
                t("records.title"), columns, lines.map(row), sorting: sorting, hidden: list.hidden("records"))
        return "\(filterForm)\(shown)\(pagination(newer: start, older: further, t: t))"
    }

    private var filterForm: HTML {
        let all = [FieldOption("", t("records.allServices"))]
        let options = all + services.map { FieldOption($0.id.description, $0.name) }
        let service = FieldLabel("service", t("records.service"))
        let isFiltered = filter.externalID != nil || filter.service != nil || !agent.isEmpty
        return filterBar(
            to: "/records", isFiltered: isFiltered,
            """
            \(textField(FieldLabel("id", t("records.externalID")), value: filter.externalID ?? "", type: "search"))\
            \(selectField(service, options, selected: filter.service?.description ?? ""))\
            \(personField(FieldLabel("agent", t("records.agentLogin")), people, value: agent))\
            \(if: filter.isOldestFirst, hiddenField("sort", "time"))
            """, t: t)
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

    private var start: String? {
        filter.before == nil ? nil : address(before: nil, isOldestFirst: filter.isOldestFirst)
    }

    private var further: String? {
        guard hasOlder else { return nil }
        return lines.last.map { address(before: $0.interaction.id, isOldestFirst: filter.isOldestFirst) }
    }

    private func address(before: InteractionID?, isOldestFirst: Bool) -> String {
        let values = [
            ("id", filter.externalID), ("service", filter.service?.description), ("agent", agent.nonEmpty),
            ("sort", isOldestFirst ? "time" : nil), ("before", before?.description),
        ]
        let pairs = values.compactMap { name, value in
            value?.addingPercentEncoding(withAllowedCharacters: .alphanumerics).map { "\(name)=\($0)" }
        }
        return pairs.isEmpty ? "/records" : "/records?" + pairs.joined(separator: "&")
    }
}
