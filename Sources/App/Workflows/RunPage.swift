// SPDX-License-Identifier: Apache-2.0
// One run and its history, for administrators.
import Foundation
import Markup

/// What the page of a run shows.
struct RunPage {
    let signedIn: SignedIn
    let run: RunStory
    /// The titles of the scenario's blocks, where they have one.
    let titles: [String: String]

    func page(_ t: Localizer) -> Page {
        var facts: [(name: String, value: HTML)] = [
            (t("workflows.column.state"), badge(t("workflows.state.\(run.state.rawValue)"), tone)),
            (t("workflows.column.name"), HTML("\(run.workflow): \(run.configuration)")),
            (
                t("workflows.run.interaction"),
                "<a href=\"/records/\(run.interaction.description)\">\(run.interaction.description)</a>"
            ),
            (t("workflows.run.started"), time(run.createdAt, in: signedIn.timeZone, t: t)),
        ]
        if let reason = run.reasonSentence(t) { facts.append((t("workflows.run.reason"), HTML(reason))) }
        if let dueAt = run.dueAt, !run.state.isOver {
            facts.append((t("workflows.run.due"), time(dueAt, in: signedIn.timeZone, t: t)))
        }
        if run.isTest { facts.append((t("workflows.column.event"), HTML(t("workflows.run.test")))) }
        var page = Page(
            title: t("workflows.run.title", ["number": run.id.description]), current: .workflows,
            body: card(nil, descriptionList(facts)) + history(t))
        page.path = [(t("workflows.title"), "/workflows")]
        return page
    }

    private func history(_ t: Localizer) -> HTML {
        let columns = [
            TableColumn(t("workflows.column.time")), TableColumn(t("workflows.column.block")),
            TableColumn(t("workflows.column.event")),
        ]
        let began = t("workflows.run.began", ["trigger": t("workflows.event.\(run.event.rawValue)")])
        let first: [HTML] = [time(run.createdAt, in: signedIn.timeZone, t: t), "", HTML(began)]
        let zone = TimeZone(identifier: signedIn.timeZone) ?? .gmt
        let rows: [[HTML]] = run.lines.map { line in
            [
                time(line.at, in: signedIn.timeZone, t: t), HTML(titles[line.block] ?? line.block),
                HTML(line.sentence(t, in: zone)),
            ]
        }
        return table(t("workflows.run.history"), columns, [first] + rows, showsCaption: true)
    }

    private var tone: Tone {
        switch run.state {
        case .finished: .good
        case .failed: .bad
        case .cancelled, .notAsked: .warning
        case .ready, .waiting, .sending: .neutral
        }
    }
}
