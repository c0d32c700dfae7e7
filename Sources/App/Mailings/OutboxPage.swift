// SPDX-License-Identifier: Apache-2.0
// «Исходящие»: every message with its one true state (spec 2.2).
import Markup

/// The outbox as a list.
struct OutboxPage {
    let messages: [OutboxMessage]
    let query: OutboxQuery
    /// The workflows that the list can be narrowed to.
    let workflows: [FieldOption]
    /// Whether there are older messages than the last one shown.
    let hasOlder: Bool
    let signedIn: SignedIn
    let list: ListContext

    private var t: Localizer { list.t }
    private var maySeeAll: Bool { signedIn.roles.contains(.administrator) }

    var page: Page {
        var page = Page(
            title: t("mailings.outbox.title"), current: .outbox, body: body,
            actions: columnMenu("outbox", columns, hidden: list.hidden("outbox"), in: list))
        page.isWide = true
        return page
    }

    private var columns: [TableColumn] {
        [
            TableColumn(t("mailings.outbox.recipient")),
            TableColumn(t("mailings.outbox.state"), key: "state", canBeHidden: true),
            TableColumn(t("mailings.outbox.stateAt"), key: "stateAt", canBeHidden: true),
            TableColumn(t("mailings.outbox.workflow"), key: "workflow", canBeHidden: true),
            TableColumn(t("mailings.outbox.reply"), key: "reply", canBeHidden: true),
        ]
    }

    private var body: HTML {
        let reports: HTML =
            maySeeAll ? "<p><a href=\"/outbox/reports\">\(t("mailings.reports.title"))</a></p>" : .empty
        let start: String? = query.before == nil ? nil : query.address()
        let older: String? = hasOlder ? messages.last.map { address(before: $0.message.id) } : nil
        return "\(filterForm)\(reports)\(shown)\(pagination(newer: start, older: older, t: t))"
    }

    private func address(before id: MessageID) -> String { query.address("/outbox", [("before", id.description)]) }

    private var shown: HTML {
        if messages.isEmpty {
            return emptyState(t("mailings.outbox.empty"), t("mailings.outbox.empty.hint"), icon: .outbox)
        }
        let rows = table(t("mailings.outbox.title"), columns, messages.map(row), hidden: list.hidden("outbox"))
        guard maySeeAll else { return rows }
        let all = MessageDeed.allCases.map { deed in
            MenuEntry.dialog(
                t("mailings.deed.\(deed.rawValue).all"),
                to: query.address("/outbox/\(deed.rawValue)", [("all", "1")]))
        }
        let chosen: [HTML] = MessageDeed.allCases.map { deed in
            """
            <button class="button" formaction="/outbox/\(deed.rawValue)">\
            \(t("mailings.deed.\(deed.rawValue).chosen"))</button>
            """
        }
        return """
            <form method="get" action="/outbox/resending" class="picking">\(rows)<div class="buttons">\(chosen)\
            \(menu("outbox-all", t("mailings.deed.all"), showsLabel: true, all))</div></form>
            """
    }

    private var filterForm: HTML {
        let all = [FieldOption("", t("mailings.state.all"))]
        let states = all + MessageState.allCases.map { FieldOption($0.rawValue, t("mailings.state.\($0.rawValue)")) }
        let state = FieldLabel("state", t("mailings.outbox.state"))
        let search = FieldLabel("search", t("mailings.outbox.search"))
        let workflow = FieldLabel("workflow", t("mailings.outbox.workflow"))
        let anyWorkflow = [FieldOption("", t("mailings.outbox.workflow.all"))]
        let interaction: HTML = query.interaction.map { hiddenField("interaction", $0.description) } ?? .empty
        let chosen = query.workflow?.description ?? ""
        return filterBar(
            to: "/outbox", isFiltered: query.isFiltered,
            """
            \(textField(search, value: query.search, type: "search", limit: 254))\
            \(selectField(state, states, selected: query.state?.rawValue ?? ""))\
            \(selectField(workflow, anyWorkflow + workflows, selected: chosen))\
            \(dateRangeField(t("mailings.outbox.createdAt"), from: query.from, to: query.to, t: t))\(interaction)
            """, t: t)
    }

    private func row(_ row: OutboxMessage) -> [HTML] {
        let message = row.message
        let id = message.id.description
        let choice: HTML =
            maySeeAll
            ? """
            <input type="checkbox" name="id" value="\(id)" \
            aria-label="\(t("mailings.outbox.choose", ["recipient": message.recipient]))">
            """ : .empty
        return [
            "<span class=\"pick\">\(choice)<a href=\"/outbox/\(id)\">\(message.recipient)</a></span>",
            OutboxMessagePage.badge(of: message, t: t),
            time(row.stateAt, in: signedIn.timeZone, t: t),
            HTML(row.workflow ?? t("mailings.kind.\(message.kind.rawValue)")),
            HTML(String((message.reply.map { t.reason($0) } ?? "").prefix(120))),
        ]
    }
}
