// SPDX-License-Identifier: Apache-2.0
// «Исходящие»: every message with its one true state (spec 2.2).
import Markup

/// The outbox as a list.
struct OutboxPage {
    let messages: [OutboxMessage]
    let filter: OutboxFilter
    /// What was typed into the recipient's field.
    let recipient: String
    /// The address of the next, older page.
    let older: String?
    let signedIn: SignedIn
    let list: ListContext

    private var t: Localizer { list.t }

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
        let shown =
            messages.isEmpty
            ? emptyState(t("mailings.outbox.empty"), t("mailings.outbox.empty.hint"), icon: .outbox)
            : table(t("mailings.outbox.title"), columns, messages.map(row), hidden: list.hidden("outbox"))
        let start = filter.before == nil ? nil : address
        return "\(filterForm)\(shown)\(pagination(newer: start, older: older, t: t))"
    }

    /// The list's beginning, filtered as it is.
    private var address: String {
        "/outbox?state=\(filter.state?.rawValue ?? "")&recipient=\(queryValue(recipient))"
    }

    private var filterForm: HTML {
        let all = [FieldOption("", t("mailings.state.all"))]
        let states = all + MessageState.allCases.map { FieldOption($0.rawValue, t("mailings.state.\($0.rawValue)")) }
        let state = FieldLabel("state", t("mailings.outbox.state"))
        let to = FieldLabel("recipient", t("mailings.outbox.recipient"))
        return filterBar(
            to: "/outbox", isFiltered: filter.state != nil || !recipient.isEmpty,
            """
            \(selectField(state, states, selected: filter.state?.rawValue ?? ""))\
            \(textField(to, value: recipient, type: "search", limit: 254))
            """, t: t)
    }

    private func row(_ row: OutboxMessage) -> [HTML] {
        let message = row.message
        return [
            "<a href=\"/outbox/\(message.id.description)\">\(message.recipient)</a>",
            OutboxMessagePage.badge(of: message, t: t),
            time(row.stateAt, in: signedIn.timeZone, t: t),
            HTML(row.workflow ?? t("mailings.kind.\(message.kind.rawValue)")),
            HTML(String((message.reply.map { t.reason($0) } ?? "").prefix(120))),
        ]
    }
}

/// What may be shown of a mail's content.
struct ReadableMail: Sendable, Equatable {
    let subject: String
    let text: String
    let html: String?
}

/// One message.
struct OutboxMessagePage {
    let row: OutboxMessage
    /// Nil for those who may not see contents, and once it is erased.
    let content: ReadableMail?
    let maySeeContent: Bool
    /// The live link; only for administrators of centres for trying.
    let surveyLink: String?
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(title: content?.subject.nonEmpty ?? t("mailings.outbox.message"), current: .outbox, body: body)
        page.path = [(t("mailings.outbox.title"), "/outbox")]
        return page
    }

    /// The state in words and colour.
    static func badge(of message: LedgerMessage, t: Localizer) -> HTML {
        let tone: Tone =
            switch message.state {
            case .sent, .captured: .good
            case .queued, .sending, .cancelled: .neutral
            case .retrying, .held, .unknown: .warning
            case .failed, .bounced: .bad
            }
        let test: HTML = message.isTest ? " \(App.badge(t("mailings.outbox.test")))" : .empty
        return "\(App.badge(t("mailings.state.\(message.state.rawValue)"), tone))\(test)"
    }

    private var body: HTML {
        let message = row.message
        let sender = message.senderName.isEmpty ? message.senderEmail : "\(message.senderName) <\(message.senderEmail)>"
        var entries: [(name: String, value: HTML)] = [
            (t("mailings.outbox.state"), Self.badge(of: message, t: t)),
            (t("mailings.outbox.stateAt"), time(row.stateAt, in: signedIn.timeZone, t: t)),
            (t("mailings.outbox.recipient"), HTML(message.recipient)),
            (t("mailings.outbox.sender"), HTML(sender)),
        ]
        if let reply = message.reply { entries.append((t("mailings.outbox.reply"), HTML(t.reason(reply)))) }
        if let workflow = row.workflow { entries.append((t("mailings.outbox.workflow"), HTML(workflow))) }
        entries += [
            (t("mailings.outbox.attempts"), HTML(t.number(message.attempt))),
            (t("mailings.outbox.createdAt"), time(message.createdAt, in: signedIn.timeZone, t: t)),
            (t("mailings.outbox.windowEndsAt"), time(message.windowEndsAt, in: signedIn.timeZone, t: t)),
            (t("mailings.outbox.messageID"), "<code>\(message.messageID)</code>"),
        ]
        return "\(card(nil, descriptionList(entries)))\(link)\(contents)"
    }

    private var link: HTML {
        guard let surveyLink else { return .empty }
        return card(
            t("mailings.outbox.link"),
            "<p>\(t("mailings.outbox.link.hint"))</p><p><a href=\"\(surveyLink)\">\(surveyLink)</a></p>")
    }

    private var contents: HTML {
        guard maySeeContent else { return notice(.neutral, "\(t("mailings.outbox.noContent"))") }
        guard let content else { return notice(.neutral, "\(t("mailings.outbox.erased"))") }
        let html: HTML =
            content.html == nil
            ? .empty
            : """
            <iframe class="mail" sandbox title="\(t("mailings.outbox.html"))" \
            src="/outbox/\(row.message.id.description)/preview"></iframe>
            """
        return card(
            t("mailings.outbox.content"),
            "\(html)<h3>\(t("mailings.outbox.text"))</h3><pre class=\"mail\">\(content.text)</pre>")
    }
}
