// SPDX-License-Identifier: Apache-2.0
// One interaction's whole story: parts, why a survey was sent or not, runs, mails and answers.
import Foundation
import Markup

/// The page of one interaction.
struct RecordPage {
    let record: InteractionRecord
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        var page = Page(
            title: t("records.one", ["externalId": record.interaction.externalID]), current: .records, body: body)
        page.path = [(t("records.title"), "/records")]
        return page
    }

    private var body: HTML {
        """
        \(card(nil, descriptionList(facts)))\(card(t("records.parts"), parts))\
        \(card(t("records.surveys"), considered))\(invitations)\(messages)\(record.answers.map(answers))\
        \(record.runs.map(run))
        """
    }

    private func shown(_ moment: Moment?) -> HTML {
        moment.map { time($0, in: signedIn.timeZone, t: t) } ?? "–"
    }

    private var facts: [(name: String, value: HTML)] {
        let interaction = record.interaction
        var facts: [(name: String, value: HTML)] = [
            (t("records.state"), RecordsPage.badge(of: interaction, t)),
            (t("records.service"), HTML(record.service?.name ?? "–")),
            (t("records.channel"), HTML(t("records.channel.\(interaction.channel.rawValue)"))),
            (t("records.direction"), HTML(t("records.direction.\(interaction.direction.rawValue)"))),
            (t("records.source"), HTML(interaction.source)),
            (t("records.startedAt"), shown(interaction.startedAt)),
            (t("records.endedAt"), shown(interaction.endedAt)),
            (t("records.disposition"), HTML(record.disposition(interaction.lastDisposition)?.name ?? "–")),
        ]
        let customer = [interaction.customerName, interaction.customerEmail, interaction.customerPhone]
        facts.append((t("records.customer"), HTML(customer.compactMap(\.self).joined(separator: ", ").nonEmpty ?? "–")))
        if let customerCase = record.customerCase {
            facts.append((t("records.case"), HTML("\(customerCase.number) \(customerCase.title)".trimmed)))
        }
        if let sentiment = interaction.sentiment {
            facts.append((t("records.sentiment"), HTML(t.number(sentiment, places: 2))))
        }
        return facts
    }

    private var parts: HTML {
        if record.parts.isEmpty { return "<p>\(t("records.noParts"))</p>" }
        let columns = [
            TableColumn(t("records.part")), TableColumn(t("records.agent")), TableColumn(t("records.disposition")),
            TableColumn(t("records.completedAt")), TableColumn(t("records.note")),
        ]
        return table(
            t("records.parts"), columns,
            record.parts.map { part in
                let said = part.dispositionText.map { " (\($0))" } ?? ""
                return [
                    HTML(part.part), HTML(record.agent(part.agent)?.name ?? t("records.noAgent")),
                    HTML((record.disposition(part.disposition)?.name ?? "–") + said), shown(part.completedAt),
                    HTML(part.note),
                ]
            })
    }

    private var considered: HTML {
        if record.considered.isEmpty { return "<p>\(t("records.noConfigurations"))</p>" }
        let columns = [
            TableColumn(t("records.configuration")), TableColumn(t("records.workflow")), TableColumn(t("records.why")),
        ]
        return table(
            t("records.surveys"), columns,
            record.considered.map {
                [HTML($0.name), HTML($0.workflow), HTML($0.sentence(among: record.runs, t))]
            })
    }

    private var invitations: HTML {
        if record.invitations.isEmpty { return .empty }
        let columns = [
            TableColumn(t("records.form")), TableColumn(t("records.state")), TableColumn(t("records.sentAt")),
            TableColumn(t("records.answeredAt")), TableColumn(t("records.expiresAt")),
        ]
        let rows = record.invitations.map { invitation in
            [
                HTML(invitation.formName), badge(t("records.invitation.\(invitation.state.rawValue)")),
                shown(invitation.firstSentAt), shown(invitation.answeredAt), shown(invitation.expiresAt),
            ]
        }
        return card(t("records.invitations"), table(t("records.invitations"), columns, rows))
    }

    private var messages: HTML {
        if record.messages.isEmpty { return .empty }
        let columns = [
            TableColumn(t("records.recipient")), TableColumn(t("records.state")), TableColumn(t("records.stateAt")),
            TableColumn(t("records.reply")),
        ]
        let rows: [[HTML]] = record.messages.map { row in
            [
                "<a href=\"/outbox/\(row.message.id.description)\">\(row.message.recipient)</a>",
                OutboxMessagePage.badge(of: row.message, t: t), shown(row.stateAt),
                HTML(String((row.message.reply.map { t.reason($0) } ?? "–").prefix(200))),
            ]
        }
        return card(t("records.messages"), table(t("records.messages"), columns, rows))
    }

    private func answers(_ answers: RecordedAnswers) -> HTML {
        let entries = answers.entries.map { entry in
            var texts = entry.texts
            if let number = entry.number {
                let said = t.number(number, places: number == number.rounded() ? 0 : 2)
                if !texts.contains(said) { texts.append(texts.isEmpty ? said : "(\(said))") }
            }
            return (name: entry.question, value: HTML(texts.joined(separator: " ").nonEmpty ?? "–"))
        }
        return card(t("records.answers", ["form": answers.formName]), descriptionList(entries))
    }

    private func run(_ run: RunStory) -> HTML {
        let zone = TimeZone(identifier: signedIn.timeZone) ?? .gmt
        let lines: [HTML] = run.lines.map {
            "<li>\(shown($0.at)) <strong>\($0.block)</strong> \($0.sentence(t, in: zone))</li>"
        }
        let reason: HTML = run.reasonSentence(t).map { " \($0)" } ?? .empty
        let due: HTML =
            run.state.isOver || run.dueAt == nil ? .empty : "<p>\(t("records.dueAt")): \(shown(run.dueAt))</p>"
        // Runs have a page of their own, which is for administrators.
        let link: HTML =
            signedIn.roles.contains(.administrator)
            ? " <a href=\"/workflows/runs/\(run.id.description)\">"
                + "\(t("workflows.run.title", ["number": run.id.description]))</a>" : .empty
        return card(
            t("records.runOf", ["workflow": run.workflow, "configuration": run.configuration]),
            """
            <p>\(badge(t("records.run.\(run.state.rawValue)")))\(reason)\(link)</p>\(due)\
            <ol class="history">\(lines)</ol>
            """)
    }
}
