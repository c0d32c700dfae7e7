// SPDX-License-Identifier: Apache-2.0
// Every component in every state: what pages may be made of, and the visual test of it.
import Markup

/// The page `/design`.
struct DesignPage {
    /// The tone that the components are shown in; that of the page itself for `system`.
    let tone: Theme
    let order: TableOrder?
    let context: ListContext

    var t: Localizer { context.t }

    func words(_ key: String) -> String { t("frame.design.\(key)") }

    var page: Page {
        let tones = segments(
            t("frame.themeLabel"),
            Theme.allCases.map {
                Tab(t("frame.theme.\($0.rawValue)"), path: "/design?tone=\($0.rawValue)", isCurrent: $0 == tone)
            })
        let stage: HTML = tone == .system ? .empty : " data-theme=\"\(tone.rawValue)\""
        let body: HTML = """
            <div class="stage"\(stage)>\(bothTones)\(colours)\(type)\(buttons)\(states)\(fields)\(groups)\(lists)\
            \(tables)\(panels)\(longWork)\(pictures)</div>
            """
        var page = Page(title: words("title"), current: .design, body: body, actions: tones)
        page.introduction = words("introduction")
        page.styles = ["Frame/page-design.css"]
        return page
    }

    /// What a dialog asks: a page of its own without scripts.
    static func question(_ signedIn: SignedIn, _ t: Localizer) -> Page {
        var page = Page(
            title: t("frame.design.question"), current: .design,
            body: confirmation(
                t("frame.design.questionText"), action: (t("frame.design.delete"), "/design/answer"), back: "/design",
                signedIn: signedIn, t: t))
        page.path = [(t("frame.design.title"), "/design")]
        return page
    }

    /// Work that is further each time it is looked at.
    static func work(step: Int, _ t: Localizer) -> Page {
        let isDone = step >= 4
        let share = Double(min(max(step, 0), 4)) / 4
        let body = progress(
            t("frame.design.work"), share: share, note: t(isDone ? "frame.design.workDone" : "frame.design.workNote"),
            address: isDone ? nil : "/design/progress?step=\(step + 1)", t: t)
        var page = Page(title: t("frame.design.work"), current: .design, body: body)
        page.path = [(t("frame.design.title"), "/design")]
        return page
    }

    func part(_ key: String, _ content: HTML) -> HTML { card(words(key), content) }

    // MARK: Ground

    private var bothTones: HTML {
        let samples: [HTML] = [Theme.light, .dark].map { theme in
            """
            <div class="stage sample" data-theme="\(theme.rawValue)">\
            <p class="strong">\(t("frame.theme.\(theme.rawValue)"))</p>\
            <p>\(words("text")) <a href="/design">\(words("link"))</a></p><p class="note">\(words("note"))</p>\
            <p>\(badge(words("sent"), .good)) \(badge(words("waits"), .warning)) \(badge(words("failed"), .bad)) \
            \(badge(words("off")))</p><div class="buttons">\(submitButton(words("save")))\
            \(linkButton(words("button"), to: "/design"))\(submitButton(words("delete"), isDangerous: true))</div></div>
            """
        }
        return "<div class=\"columns\">\(samples)</div>"
    }

    private var colours: HTML {
        let names = [
            "paper", "card", "sunk", "hover", "ink", "muted", "line", "edge", "brand", "brand-soft", "good",
            "good-soft", "warning", "warning-soft", "bad", "bad-soft",
        ]
        let swatches: [HTML] = names.map { "<li class=\"swatch \($0)\"><code>--\($0)</code></li>" }
        return part("colours", "<ul class=\"swatches\">\(swatches)</ul>")
    }

    private var type: HTML {
        part(
            "type",
            """
            <p class="type-title">\(words("heading")) 1 234</p><p class="type-large">\(words("heading")) 1 234</p>\
            <p>\(words("text")) <strong>\(words("strong"))</strong> <code>code</code> <kbd>Esc</kbd> \
            0123456789 ₽ № «»</p>\
            <p class="note">\(words("note"))</p>
            """)
    }

    private var pictures: HTML {
        let items: [HTML] = Icon.allCases.map { "<li>\(icon($0))<code>\($0.rawValue)</code></li>" }
        return part("icons", "<ul class=\"pictures\">\(items)</ul>")
    }

    // MARK: Small pieces

    private var buttons: HTML {
        part(
            "buttons",
            """
            <p class="note">\(words("buttonsNote"))</p><div class="buttons">\(submitButton(words("save")))\
            \(linkButton(words("button"), to: "/design"))\(linkButton(words("add"), to: "/design", icon: .plus))\
            \(submitButton(words("delete"), isDangerous: true))<button class="button small">\(words("small"))</button>\
            <a class="quiet" href="/design">\(icon(.close))\(words("quiet"))</a></div>\
            <div class="buttons">\(submitButton(words("disabled"), isDisabled: true))\
            <button class="button" disabled>\(words("disabled"))</button>\
            <button class="button primary" aria-busy="true">\(words("busy"))</button>\
            <button class="button">\(words("long"))</button></div>
            """)
    }

    private var states: HTML {
        let long = words("long") + " " + words("text")
        return part(
            "states",
            """
            <p>\(badge(words("sent"), .good)) \(badge(words("waits"), .warning)) \(badge(words("failed"), .bad)) \
            \(badge(words("off")))</p>\
            \(notice(.neutral, "<p>\(words("text"))</p>"))\(notice(.good, "<p>\(words("done"))</p>"))\
            \(notice(.warning, "<p>\(words("waits")) <a href=\"/design\">\(words("link"))</a></p>"))\
            \(notice(.bad, "<p>\(long)</p>"))\
            \(emptyState(words("empty"), words("emptyHint"),
                action: linkButton(words("add"), to: "/design", isPrimary: true, icon: .plus)))
            """)
    }

    private var lists: HTML {
        let facts: [(name: String, value: HTML)] = [
            (words("name"), HTML(words("text"))), (words("state"), badge(words("sent"), .good)),
            (words("long"), HTML(words("long") + " " + words("text"))),
        ]
        let tiles: [HTML] = [(t.number(12_345), words("sent"), words("note")), ("–", words("empty"), "")].map {
            """
            <div class="tile"><span class="figure">\($0.0)</span><span class="name">\($0.1)</span>\
            <p class="note">\($0.2)</p></div>
            """
        }
        return part(
            "lists",
            """
            \(descriptionList(facts))<div class="tiles">\(tiles)</div>\
            <div>\(definition(HTML(words("name")), words("note")))</div>\
            \(disclosure(words("more"), "<p>\(words("text"))</p>"))\
            \(codeBlock("curl -H 'Authorization: Bearer KEY' https://otklik.example/api/v1/completions", t: t))
            """)
    }

    private var longWork: HTML {
        part(
            "longWork",
            """
            \(progress(words("work"), share: 0.4, note: words("workNote"), address: nil, t: t))\
            \(progress(words("work"), share: nil, note: words("workUnknown"), address: nil, t: t))\
            \(progress(words("work"), share: 1, note: words("workDone"), address: nil, t: t))\
            <p>\(linkButton(words("workTry"), to: "/design/progress"))</p>
            """)
    }
}
