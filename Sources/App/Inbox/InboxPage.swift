// SPDX-License-Identifier: Apache-2.0
// A person's internal messages, unread first.
import Markup

/// What a page of the inbox shows.
struct InboxPage {
    let signedIn: SignedIn
    /// One more than a page holds when there are older ones.
    let messages: [InternalMessage]
    let isFirst: Bool

    func page(_ t: Localizer) -> Page {
        let shown = messages.prefix(Inbox.pageSize)
        var older: String?
        if messages.count > Inbox.pageSize, let last = shown.last {
            older = "/inbox?after=\(InboxPosition(isRead: last.readAt != nil, id: last.id).description)"
        }
        let list: HTML =
            shown.isEmpty
            ? emptyState(t("inbox.empty"), t("inbox.emptyHint"), icon: .inbox)
            : shown.map { message($0, t) }.joined() + pagination(newer: isFirst ? nil : "/inbox", older: older, t: t)
        let hasUnread = shown.contains { $0.readAt == nil }
        let all = hasUnread ? actionButton(t("inbox.markAllRead"), to: "/inbox/reading", signedIn: signedIn) : .empty
        return Page(title: t("inbox.title"), current: .inbox, body: list, actions: all)
    }

    private func message(_ message: InternalMessage, _ t: Localizer) -> HTML {
        let isRead = message.readAt != nil
        let lines: [HTML] = message.body.split(separator: "\n", omittingEmptySubsequences: true).map {
            "<p>\(String($0))</p>"
        }
        let runLink: HTML =
            if let run = message.run, signedIn.roles.contains(.administrator) {
                " <a href=\"/workflows/runs/\(run.description)\">\(t("inbox.run", ["number": run.description]))</a>"
            } else {
                .empty
            }
        let reading =
            isRead
            ? HTML.empty
            : actionButton(
                t("inbox.markRead"), named: t("inbox.markReadNamed", ["title": message.title]),
                to: "/inbox/\(message.id.description)/reading",
                signedIn: signedIn)
        let mark: HTML = isRead ? .empty : " \(badge(t("inbox.unread"), .warning))"
        return """
            <article class="card message\(if: isRead, " read")"><div class="message-head">\
            <h2>\(message.title)\(mark)</h2>\
            <div class="actions"><p class="note">\(time(message.createdAt, in: signedIn.timeZone, t: t))\(runLink)</p>\
            \(reading)</div></div><div class="message-text">\(lines)</div></article>
            """
    }
}
