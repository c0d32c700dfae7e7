// SPDX-License-Identifier: Apache-2.0
// The page after signing in.
import Markup

/// What the page shows: figures for those who may see them, first steps for administrators of a new centre.
struct HomePage {
    let signedIn: SignedIn
    let centreName: String
    let today: Funnel?
    let week: Funnel?
    let steps: FirstSteps?
    let unread: Int
    let navigation: [NavigationSection]

    func page(_ t: Localizer) -> Page {
        let body: HTML = "\(inbox(t))\(firstSteps(t))\(figures(t))\(links(t))"
        return Page(title: t("home.title", ["name": centreName]), current: .home, body: body)
    }

    private func inbox(_ t: Localizer) -> HTML {
        guard unread > 0 else { return .empty }
        return notice(.warning, "<a href=\"/inbox\">\(t("home.unread", count: unread))</a>")
    }

    private func firstSteps(_ t: Localizer) -> HTML {
        guard let steps, !steps.areDone else { return .empty }
        let reachable = Set(navigation.flatMap(\.items).map(\.path))
        let items: [HTML] = steps.all.map { step in
            let label = t("home.step.\(step.name)")
            let title: HTML =
                reachable.contains(step.path) && !step.isDone ? "<a href=\"\(step.path)\">\(label)</a>" : HTML(label)
            let state = step.isDone ? badge(t("home.done"), .good) : badge(t("home.toDo"))
            return "<li>\(state) \(title)</li>"
        }
        return card(
            t("home.firstSteps"), "<p class=\"note\">\(t("home.firstStepsNote"))</p><ol class=\"steps\">\(items)</ol>")
    }

    private func figures(_ t: Localizer) -> HTML {
        guard let today, let week else { return .empty }
        return """
            <section class="figures"><h2>\(t("home.today"))</h2>\(tiles(today, t))</section>\
            <section class="figures"><h2>\(t("home.week"))</h2>\(tiles(week, t))</section>
            """
    }

    private func tiles(_ funnel: Funnel, _ t: Localizer) -> HTML {
        let rate = funnel.responseRate.map { t.percent($0) } ?? "–"
        let tiles: [HTML] = [
            (t("home.completed"), t.number(funnel.completed)), (t("home.asked"), t.number(funnel.invited)),
            (t("home.answered"), t.number(funnel.answered)), (t("home.rate"), rate),
        ].map { name, figure in
            "<div class=\"tile\"><span class=\"figure\">\(figure)</span><span class=\"name\">\(name)</span></div>"
        }
        return "<div class=\"tiles\">\(tiles)</div>"
    }

    /// Where to go, for those who have no figures to look at.
    private func links(_ t: Localizer) -> HTML {
        guard today == nil else { return .empty }
        let sections: [HTML] = navigation.compactMap { section in
            let items: [HTML] = section.items.filter { $0 != .home }.map { item in
                "<li><a href=\"\(item.path)\">\(t(item.key))</a></li>"
            }
            guard !items.isEmpty else { return nil }
            return card(section.key.map { t($0) }, "<ul class=\"links\">\(items)</ul>")
        }
        return sections.isEmpty ? .empty : "<div class=\"columns\">\(sections)</div>"
    }
}
