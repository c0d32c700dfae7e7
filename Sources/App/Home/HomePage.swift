// SPDX-License-Identifier: Apache-2.0
// The page after signing in: what needs attention, first steps of a new centre, today's numbers.
import Markup

/// What the page shows: figures for those who may see them, tasks for administrators.
struct HomePage {
    /// So many forms are looked through for missing languages.
    static let mostForms = 50

    let tenant: Tenant
    let day: LocalDay
    let signedIn: SignedIn
    let navigation: [NavigationSection]
    let unread: Int
    var today: FigureRow?
    var week: FigureRow?
    var steps: FirstSteps?
    var attention = Attention()

    private var reachable: Set<String> { Set(navigation.flatMap(\.allItems).map(\.path)) }

    func page(_ t: Localizer) -> Page {
        let top: HTML = "\(firstSteps(t))\(tasks(t))"
        let body: HTML = "<div class=\"columns\">\(top)</div>\(figures(t))\(links(t))"
        var page = Page(title: t("home.navigation"), current: .home, body: body)
        page.introduction = t.day(year: day.number / 10000, month: day.number / 100 % 100, day: day.number % 100)
        return page
    }

    // MARK: Tasks

    private func firstSteps(_ t: Localizer) -> HTML {
        guard let steps, !steps.areDone else { return .empty }
        let reachable = reachable
        let next = steps.all.first { !$0.isDone && reachable.contains($0.path) }?.name
        let items: [HTML] = steps.all.map { step in
            let label = t("home.step.\(step.name)")
            let state = "<span class=\"unseen\">\(t(step.isDone ? "home.done" : "home.toDo")): </span>" as HTML
            let mark: HTML =
                step.isDone
                ? "<span class=\"mark good\">\(icon(.done))</span>" : "<span class=\"mark\">\(icon(.clock))</span>"
            let text: HTML = "<span\(if: step.isDone, " class=\"done\"")>\(state)\(label)</span>"
            let action: HTML =
                step.isDone || !reachable.contains(step.path)
                ? .empty
                : """
                <a class="button small\(if: step.name == next, " primary")" href="\(step.path)" \
                aria-label="\(t("home.open")): \(label)">\(t("home.open"))</a>
                """
            return "<li>\(mark)\(text)\(action)</li>"
        }
        let done = steps.all.count { $0.isDone }
        let share = t("home.stepsDone", ["done": t.number(done), "all": t.number(steps.all.count)])
        return card(
            t("home.firstSteps"),
            """
            <p class="note">\(share) \(t("home.firstStepsNote"))</p><ol class="tasks">\(items)</ol>
            """)
    }

    private func tasks(_ t: Localizer) -> HTML {
        let lines = lines(t)
        guard !lines.isEmpty else {
            return card(
                t("home.attention"),
                "<ul class=\"tasks\"><li><span class=\"mark good\">\(icon(.done))</span>"
                    + "<span>\(t("home.nothing"))</span></li></ul>")
        }
        let items: [HTML] = lines.map { line in
            let picture: Icon = line.tone == .bad ? .bad : line.tone == .warning ? .warning : .info
            let text: HTML =
                reachable.contains(String(line.path.prefix { $0 != "?" }))
                ? "<a href=\"\(line.path)\">\(line.text)</a>" : "<span>\(line.text)</span>"
            return "<li><span class=\"mark \(line.tone.rawValue)\">\(icon(picture))</span>\(text)</li>"
        }
        return card(t("home.attention"), "<ul class=\"tasks\">\(items)</ul>")
    }

    /// The worst first.
    private func lines(_ t: Localizer) -> [AttentionLine] {
        var lines: [AttentionLine] = []
        func add(_ tone: Tone, _ count: Int, _ key: String, _ path: String) {
            if count > 0 { lines.append(AttentionLine(tone: tone, text: t("home.\(key)", count: count), path: path)) }
        }
        add(.bad, attention.held, "held", "/outbox?state=held")
        add(.bad, attention.notSent, "notSent", "/outbox?state=failed")
        lines += attention.lowScores.map { score in
            AttentionLine(
                tone: .warning,
                text: t(
                    "home.low.\(score.field.kind.rawValue)",
                    ["field": score.field.name, "low": t.number(score.low), "all": t.number(score.answers)]),
                path: "/reports?by=agent&period=week&measure=\(queryValue(score.field.key))")
        }
        lines += attention.untranslated.map { form in
            let languages = form.languages.joined(separator: ", ")
            return AttentionLine(
                tone: .warning, text: t("home.untranslated", ["form": form.form, "languages": languages]),
                path: "/forms")
        }
        add(.warning, attention.unknownAgents, "unknownAgents", "/settings/people")
        add(.warning, attention.unknownDispositions, "unknownDispositions", "/records")
        if signedIn.roles.contains(.administrator), !tenant.surveysEnabled {
            lines.append(AttentionLine(tone: .neutral, text: t("home.surveysOff"), path: ""))
        }
        if signedIn.roles == [.supervisor], signedIn.supervisedTeams.isEmpty {
            lines.append(AttentionLine(tone: .neutral, text: t("home.noTeams"), path: ""))
        }
        add(.neutral, unread, "unread", "/inbox")
        return lines
    }

    // MARK: Figures

    private func figures(_ t: Localizer) -> HTML {
        guard let today, let week else { return .empty }
        func rate(_ funnel: Funnel) -> String { funnel.responseRate.map { t.percent($0) } ?? "–" }
        let (now, before) = (today.funnel, week.funnel)
        let counts: [(name: String, today: String, week: String)] = [
            ("completed", t.number(now.completed), t.number(before.completed)),
            ("asked", t.number(now.invited), t.number(before.invited)),
            ("answered", t.number(now.answered), t.number(before.answered)), ("rate", rate(now), rate(before)),
        ]
        let tiles: [HTML] = counts.map { count in
            tile(
                t("home.\(count.name)"), count.today, note: t("home.perWeek", ["figure": count.week]),
                to: "/reports?period=today")
        }
        let fields: [HTML] = week.fields.filter { $0.n > 0 }.map { figure in
            tile(
                figure.field.name, FigureText(t: t).value(figure), note: FigureText(t: t).note(figure),
                to: "/reports?by=day&period=week&measure=\(queryValue(figure.field.key))")
        }
        let all: HTML = """
            <section class="figures"><h2>\(t("home.scores"))</h2><div class="tiles">\(fields)</div></section>
            """
        let scores = fields.isEmpty ? .empty : all
        return """
            <section class="figures"><h2>\(t("home.today"))</h2><div class="tiles">\(tiles)</div></section>\(scores)
            """
    }

    private func tile(_ name: String, _ figure: String, note: String, to path: String) -> HTML {
        """
        <a class="tile" href="\(path)"><span class="figure">\(figure)</span><span class="name">\(name)</span>\
        <span class="note">\(note)</span></a>
        """
    }

    /// Where to go, for those who have no figures to look at.
    private func links(_ t: Localizer) -> HTML {
        guard today == nil else { return .empty }
        let items: [HTML] = navigation.flatMap(\.allItems).filter { $0 != .home }.map { item in
            """
            <a class="tile link" href="\(item.path)">\(item.icon.map { icon($0) })<span>\(t(item.key))</span></a>
            """
        }
        return items.isEmpty ? .empty : "<div class=\"tiles\">\(items)</div>"
    }
}
