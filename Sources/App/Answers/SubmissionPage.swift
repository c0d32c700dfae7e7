// SPDX-License-Identifier: Apache-2.0
// One submission: what was asked and answered, what speaks for a person behind it, and what else this customer sent.
import Foundation
import Markup

/// The page of one submission. It never holds the customer's link.
struct SubmissionPage {
    let story: SubmissionStory
    let query: AnswersQuery
    let signedIn: SignedIn
    let t: Localizer

    private var submission: Submission { story.submission }

    var page: Page {
        let title = t("answers.one", ["time": shown(submission.submittedAt)])
        var page = Page(
            title: title, current: .answers,
            body: """
                \(standing)<div class="columns">\(card(t("answers.answers"), answers))\
                <div class="stack">\(card(t("answers.evidence"), descriptionList(evidence)))\(history)</div></div>\
                \(neighbours)
                """)
        page.path = [
            (t("answers.navigation"), "/answers"), (t("answers.of", ["form": story.form.name]), query.address()),
        ]
        page.isWide = true
        return page
    }

    private func shown(_ moment: Moment) -> String {
        t.dateTime(moment.date, in: TimeZone(identifier: signedIn.timeZone) ?? .gmt)
    }

    // MARK: What it is worth

    private var standing: HTML {
        switch submission.state {
        case .counted: return notice(.good, "<p>\(t("answers.standing.counted"))</p>")
        case .replaced: return notice(.neutral, "<p>\(t("answers.standing.replaced"))</p>")
        case .quarantined:
            let reason = AnswersFrame.reason(of: submission, t) ?? ""
            let address = "/forms/\(story.form.id)/answers/\(submission.id)/counting"
            let swap: HTML =
                story.canCount
                ? """
                <p>\(t("answers.swapHint"))</p>\
                <p>\(actionButton(t("answers.swap"), to: address, signedIn: signedIn))</p>
                """ : .empty
            return notice(
                .warning, "<p class=\"strong\">\(t("answers.standing.quarantined"))</p><p>\(reason)</p>\(swap)")
        }
    }

    // MARK: Answers

    private var answers: HTML {
        let entries = story.questions.map { block in
            (name: block.text, value: value(of: block))
        }
        return "<div lang=\"\(submission.language)\">\(descriptionList(entries))</div>"
    }

    private func value(of block: SurveyBlock) -> HTML {
        guard let answer = story.answers[block.key] else {
            return "<span class=\"note\" lang=\"\(t.language)\">\(t("answers.skipped"))</span>"
        }
        let texts = answer.content.options ?? [answer.content.text].compactMap(\.self)
        var said = texts.joined(separator: ", ")
        if let number = answer.number.map({ SurveyFieldText(t: t).number($0) }) {
            if said.isEmpty { said = number } else if said != number { said += " (\(number))" }
        }
        let field = answer.field.flatMap { story.fields[$0] }
        let name: HTML = field.map { " \(tag($0.name))" } ?? .empty
        return "<span class=\"written\">\(said)</span>\(name)"
    }

    // MARK: Evidence

    private var evidence: [(name: String, value: HTML)] {
        let kept = submission.evidence
        let agent = t.knows("answers.agent.\(kept.agent)") ? t("answers.agent.\(kept.agent)") : kept.agent
        var facts: [(name: String, value: HTML)] = [
            (t("answers.time"), time(submission.submittedAt, in: signedIn.timeZone, t: t)),
            (t("answers.language"), HTML(SurveyPage.name(of: submission.language))),
            (t("answers.version"), HTML(t.number(story.version.number))),
            (t("answers.seconds"), HTML(kept.seconds.map { t.duration(seconds: $0) } ?? t("answers.unknown"))),
            (t("answers.fetches"), HTML(kept.fetches.map { t.number($0) } ?? t("answers.unknown"))),
            (t("answers.script"), HTML(t(kept.hasScript ? "answers.yes" : "answers.no"))),
            (t("answers.browser"), HTML(agent + (kept.isMobile ? ", " + t("answers.mobile") : ""))),
            (
                t("answers.interaction"),
                "<a href=\"/records/\(story.interaction.description)\">\(t("answers.toInteraction"))</a>"
            ),
        ]
        if let agent = story.agent { facts.append((t("answers.agentLabel"), HTML(agent.name))) }
        return facts
    }

    private var history: HTML {
        guard story.history.count > 1 else { return .empty }
        let items: [HTML] = story.history.map { one in
            let at = time(one.submittedAt, in: signedIn.timeZone, t: t)
            let reason: HTML = AnswersFrame.reason(of: one, t).map { " <span class=\"note\">\($0)</span>" } ?? .empty
            let link: HTML =
                one.id == submission.id
                ? "<strong>\(at)</strong>" : "<a href=\"\(query.address(of: one.id))\">\(at)</a>"
            return "<li>\(link) \(AnswersFrame.badge(of: one, t))\(reason)</li>"
        }
        return card(t("answers.history"), "<ol class=\"history\">\(items)</ol>")
    }

    private var neighbours: HTML {
        func link(_ id: SubmissionID?, _ relation: String, _ label: HTML) -> HTML {
            guard let id else { return .empty }
            return "<a class=\"button\" rel=\"\(relation)\" href=\"\(query.address(of: id))\">\(label)</a>"
        }
        guard story.newer != nil || story.older != nil else { return .empty }
        let newer = link(story.newer, "prev", "\(icon(.chevronLeft))\(t("answers.newer"))")
        let older = link(story.older, "next", "\(t("answers.older"))\(icon(.chevronRight))")
        return "<nav class=\"pages\" aria-label=\"\(t("answers.neighbours"))\">\(newer)\(older)</nav>"
    }
}
