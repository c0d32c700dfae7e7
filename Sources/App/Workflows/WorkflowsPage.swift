// SPDX-License-Identifier: Apache-2.0
// The list of workflows with their configurations, for administrators. It shows and switches; it does not edit.
import Markup

/// What the list shows.
struct WorkflowsPage {
    let signedIn: SignedIn
    let workflows: [ListedWorkflow]

    func page(_ t: Localizer) -> Page {
        let body =
            workflows.isEmpty
            ? emptyState(t("workflows.empty"), t("workflows.emptyHint"), icon: .workflow)
            : workflows.map { section($0, t) }.joined()
        return Page(title: t("workflows.title"), current: .workflows, body: body)
    }

    private func section(_ workflow: ListedWorkflow, _ t: Localizer) -> HTML {
        var facts: [(name: String, value: HTML)] = [
            (t("workflows.column.changedAt"), time(workflow.changedAt, in: signedIn.timeZone, t: t))
        ]
        if let person = workflow.changedBy { facts.append((t("workflows.column.changedBy"), HTML(person))) }
        facts.append(
            (t("workflows.column.runs"), HTML(t.number(workflow.configurations.map(\.runs).reduce(0, +)))))
        facts.append(
            (t("workflows.column.notSent"), HTML(t.number(workflow.configurations.map(\.notSent).reduce(0, +)))))
        let blocks = workflow.scenario.map { outline($0.blocks, t) } ?? .empty
        let number = workflow.number.map { t("workflows.version", ["number": t.number($0)]) } ?? ""
        return card(
            workflow.name,
            """
            <p class="note">\(number)</p>\(descriptionList(facts))\
            \(disclosure(t("workflows.blocks"), blocks))\(configurations(workflow, t))
            """)
    }

    private func configurations(_ workflow: ListedWorkflow, _ t: Localizer) -> HTML {
        guard !workflow.configurations.isEmpty else {
            return "<p class=\"note\">\(t("workflows.noConfigurations"))</p>"
        }
        let columns = [
            TableColumn(t("workflows.column.name")), TableColumn(t("workflows.column.service")),
            TableColumn(t("workflows.column.triggers")), TableColumn(t("workflows.column.runs"), isNumeric: true),
            TableColumn(t("workflows.column.notSent"), isNumeric: true), TableColumn(t("workflows.column.state")),
            TableColumn(t("workflows.column.action")),
        ]
        let rows = workflow.configurations.map { row($0, t) }
        return table(t("workflows.configurations"), columns, rows, showsCaption: true)
    }

    private func row(_ configuration: ListedConfiguration, _ t: Localizer) -> [HTML] {
        let triggers: [HTML] = configuration.triggers.map { "<li>\($0.trigger.sentence($0.disposition, t))</li>" }
        let isOn = configuration.isEnabled
        let label = t(isOn ? "workflows.disableNamed" : "workflows.enableNamed", ["name": configuration.name])
        let path = "/workflows/configurations/\(configuration.id)/" + (isOn ? "disabling" : "enabling")
        return [
            HTML(configuration.name), HTML(configuration.service), "<ul>\(triggers)</ul>",
            HTML(t.number(configuration.runs)), HTML(t.number(configuration.notSent)),
            badge(t(isOn ? "workflows.enabled" : "workflows.disabled"), isOn ? .good : .neutral),
            actionButton(
                t(isOn ? "workflows.disable" : "workflows.enable"), named: label, to: path, signedIn: signedIn),
        ]
    }

    /// The blocks as a nested list.
    private func outline(_ blocks: [ScenarioBlock], _ t: Localizer) -> HTML {
        let items: [HTML] = blocks.map { block in
            let branches: [HTML] = block.branches.filter { !$0.blocks.isEmpty }.map {
                "<li>\(Self.branchName($0.name, t))\(outline($0.blocks, t))</li>"
            }
            let below: HTML = branches.isEmpty ? .empty : "<ul>\(branches)</ul>"
            return "<li>\(block.sentence(t))\(below)</li>"
        }
        return "<ol>\(items)</ol>"
    }

    private static func branchName(_ name: String, _ t: Localizer) -> String {
        t.knows("workflows.branch." + name) ? t("workflows.branch." + name) : name
    }
}

extension Trigger {
    /// The trigger in words.
    func sentence(_ disposition: String?, _ t: Localizer) -> String {
        switch self {
        case .agentCompletes(let choice), .interactionEnds(let choice):
            let taken =
                switch choice {
                case .one: disposition ?? ""
                case .any: t("workflows.trigger.any")
                case .anyWithSystem: t("workflows.trigger.any_with_system")
                }
            return t("workflows.trigger.\(event.rawValue)", ["disposition": taken])
        case .averageSentiment(let comparison, let threshold):
            return t(
                "workflows.trigger.average_sentiment",
                ["comparison": comparison.rawValue, "threshold": t.number(threshold, places: 2)])
        }
    }
}

extension ScenarioBlock {
    /// The block in words: its kind, its title and its main setting.
    func sentence(_ t: Localizer) -> String {
        let words =
            switch action {
            case .email(let email): t("workflows.block.email") + ": " + email.to
            case .wait(let wait): t("workflows.block.wait") + ": " + t.duration(seconds: Int(wait.seconds))
            case .internalMessage(let message): t("workflows.block.internal_message") + ": " + message.users
            case .choose: t("workflows.block.if")
            case .exit: t("workflows.block.exit")
            }
        return title.isEmpty ? words : "\(title) (\(words))"
    }
}
