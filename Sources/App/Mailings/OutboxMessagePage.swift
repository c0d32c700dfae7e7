// SPDX-License-Identifier: Apache-2.0
// One message: where it belongs, what the servers said, and what it says itself.
import Markup

/// What may be shown of a mail's content.
struct ReadableMail: Sendable, Equatable {
    let subject: String
    let text: String
    let html: String?
}

/// How a mail's content is looked at.
enum MailView: String, CaseIterable, Sendable {
    case html, text, source
}

/// One message.
struct OutboxMessagePage {
    let row: OutboxMessage
    /// What happened before the row said what it says now, the newest first.
    let events: [MessageEvent]
    /// Nil for those who may not see contents, and once it is erased.
    let content: ReadableMail?
    /// The message as it is sent, where that is looked at.
    var source: String?
    var view = MailView.html
    let maySeeContent: Bool
    /// The live link; only for administrators of centres for trying.
    let surveyLink: String?
    let signedIn: SignedIn
    let t: Localizer

    private var path: String { "/outbox/\(row.message.id)" }

    var page: Page {
        var page = Page(
            title: content?.subject.nonEmpty ?? t("mailings.outbox.message"), current: .outbox, body: body,
            actions: actions)
        page.path = [(t("mailings.outbox.title"), "/outbox")]
        return page
    }

    /// The state in words and colour.
    static func badge(of message: LedgerMessage, t: Localizer) -> HTML {
        let test: HTML = message.isTest ? " \(App.badge(t("mailings.outbox.test")))" : .empty
        return "\(badge(message.state, t: t))\(test)"
    }

    private static func badge(_ state: MessageState, t: Localizer) -> HTML {
        let tone: Tone =
            switch state {
            case .sent, .captured: .good
            case .queued, .sending, .cancelled: .neutral
            case .retrying, .held, .unknown: .warning
            case .failed, .bounced: .bad
            }
        return App.badge(t("mailings.state.\(state.rawValue)"), tone)
    }

    private var actions: HTML {
        guard signedIn.roles.contains(.administrator) else { return .empty }
        let links: [HTML] = MessageDeed.allCases.filter { deed in
            deed.states.contains(row.message.state) && (deed != .resending || content != nil)
        }.map { deed in
            dialogLink(
                t("mailings.deed.\(deed.rawValue)"), to: "/outbox/\(deed.rawValue)?id=\(row.message.id)",
                isDangerous: deed == .cancellation)
        }
        return "\(links)"
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
        entries += origin
        entries += [
            (t("mailings.outbox.windowEndsAt"), time(message.windowEndsAt, in: signedIn.timeZone, t: t)),
            (t("mailings.outbox.messageID"), "<code>\(message.messageID)</code>"),
        ]
        return "\(card(nil, descriptionList(entries)))\(history)\(link)\(contents)"
    }

    /// The workflow, its run and the interaction, each with its page where the reader may see it.
    private var origin: [(name: String, value: HTML)] {
        var entries: [(name: String, value: HTML)] = []
        if let run = row.message.run {
            let name = row.workflow ?? run.description
            let value: HTML =
                signedIn.roles.contains(.administrator)
                ? "<a href=\"/workflows/runs/\(run.description)\">\(name)</a>" : HTML(name)
            entries.append((t("mailings.outbox.run"), value))
        }
        if let interaction = row.interaction {
            let name = t("mailings.outbox.interaction.open")
            entries.append(
                (t("mailings.outbox.interaction"), "<a href=\"/records/\(interaction.description)\">\(name)</a>"))
        }
        return entries
    }

    /// Everything that happened to it, the newest first.
    private var history: HTML {
        let columns = ["time", "event", "reply"].map { TableColumn(t("mailings.history.\($0)")) }
        let current = MessageEvent(at: row.stateAt, state: row.message.state, reply: row.message.reply)
        let isTold =
            events.first.map { $0.at == current.at && $0.state == current.state } ?? (current.state == .queued)
        let written: [HTML] = [
            time(row.message.createdAt, in: signedIn.timeZone, t: t), HTML(t("mailings.history.written")), "",
        ]
        let rows = (isTold ? [] : [line(current)]) + events.map(line) + [written]
        return card(t("mailings.history.title"), table(t("mailings.history.title"), columns, rows))
    }

    private func line(_ event: MessageEvent) -> [HTML] {
        [
            time(event.at, in: signedIn.timeZone, t: t), Self.badge(event.state, t: t),
            HTML(event.reply.map { t.reason($0) } ?? ""),
        ]
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
        let views = MailView.allCases.filter { $0 != .html || content.html != nil }
        let current = views.contains(view) ? view : .text
        let chosen = views.map { view in
            Tab(t("mailings.view.\(view.rawValue)"), path: "\(path)?view=\(view.rawValue)", isCurrent: view == current)
        }
        let shown: HTML =
            switch current {
            case .html:
                """
                <iframe class="mail" sandbox title="\(t("mailings.outbox.html"))" src="\(path)/preview"></iframe>
                """
            case .text: "<pre class=\"mail\">\(content.text)</pre>"
            case .source: codeBlock(source ?? "", t: t, label: t("mailings.view.source"))
            }
        let hint: HTML = surveyLink == nil && row.message.kind == .survey ? hiddenHint : .empty
        return card(
            t("mailings.outbox.content"), "\(segments(t("mailings.view.title"), chosen))\(hint)\(shown)")
    }

    private var hiddenHint: HTML { "<p class=\"note\">\(t("mailings.outbox.hidden.hint"))</p>" }
}
