// SPDX-License-Identifier: Apache-2.0
// The document around every page: head, skip link, navigation, the person's menu, banner and toast.
import Markup

/// Puts a page into the frame.
struct FrameDocument {
    let page: Page
    let context: WebContext

    private var t: Localizer { context.words }
    private var surroundings: Surroundings { context.surroundings }
    private var isSignedIn: Bool { context.signedIn != nil }

    /// The whole document.
    var html: HTML {
        let body: HTML =
            page.isWorkbench
            ? "\(page.body)\(flash)"
            : isSignedIn ? "\(bar)\(side)\(main)" : "\(bar)\(main)<footer class=\"looks\">\(looks)</footer>"
        return """
            <!DOCTYPE html>
            <html lang="\(t.language)"\(theme)>
            <head>
            \(head)
            </head>
            <body\(if: !isSignedIn, " class=\"alone\"")\(if: page.isWorkbench, " class=\"workbench\"")>
            \(context.assets.icons.symbols(for: body))<a class="skip" href="#main">\(t("frame.skip"))</a>
            \(body)
            </body>
            </html>

            """
    }

    // MARK: Head

    private var head: HTML {
        let chosen = surroundings.preferences.theme
        let scheme = chosen == .system ? "light dark" : chosen.rawValue
        let font: HTML =
            context.assets.font.map {
                "<link rel=\"preload\" href=\"\($0)\" as=\"font\" type=\"font/woff2\" crossorigin>\n"
            } ?? .empty
        return """
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="\(scheme)">
            <title>\(documentTitle)</title>
            <link rel="icon" href="\(asset("Frame/otklik.svg"))" type="image/svg+xml">
            \(font)<link rel="stylesheet" href="\(asset(WebAssets.sheetName))">\
            \(page.styles.map { "<link rel=\"stylesheet\" href=\"\(asset($0))\">" })
            <script type="module" src="\(asset("Frame/frame.mjs"))"></script>
            """
    }

    private var theme: HTML {
        let chosen = surroundings.preferences.theme
        return chosen == .system ? .empty : " data-theme=\"\(chosen.rawValue)\""
    }

    private var documentTitle: String {
        let title = page.title + " · " + t("frame.product")
        return page.hasErrors ? t("frame.errorTitle", ["title": title]) : title
    }

    private func asset(_ path: String) -> String { context.assets.address(of: path) }

    // MARK: Navigation

    /// What narrow screens have instead of the side, and pages without a person at all.
    private var bar: HTML {
        guard isSignedIn else { return "<header class=\"bar\">\(brand)</header>" }
        let unread = surroundings.unread
        let label = unread > 0 ? t("frame.unread", count: unread) : t("frame.inbox")
        let count: HTML = unread > 0 ? "<span class=\"count\" aria-hidden=\"true\">\(t.number(unread))</span>" : .empty
        return """
            <header class="bar"><button type="button" class="quiet square" popovertarget="side" \
            aria-label="\(t("frame.menu"))">\(icon(.menu))</button>\(brand)\
            <a class="quiet square" href="/inbox" aria-label="\(label)">\(icon(.inbox))\(count)</a></header>
            """
    }

    private var brand: HTML {
        let logo = surroundings.centre?.logo ?? asset("Frame/otklik.svg")
        return """
            <a class="brand" href="/"><img src="\(logo)" alt="" width="24" height="24">\
            <span>\(surroundings.centre?.name ?? t("frame.product"))</span></a>
            """
    }

    /// A popover, so that the drawer of narrow screens opens and closes without scripts; wide ones always show it.
    private var side: HTML {
        let list = NavigationList(
            sections: surroundings.navigation, current: page.current, folded: surroundings.preferences.folded,
            unread: surroundings.unread, t: t)
        return """
            <nav class="side" id="side" popover aria-label="\(t("frame.navigation"))">\
            <div class="side-head">\(brand)</div><div class="side-list">\(list.html)</div>\
            <div class="side-foot">\(person)</div></nav>
            """
    }

    private var person: HTML {
        guard let signedIn = context.signedIn else { return .empty }
        return """
            <button type="button" class="quiet person" popovertarget="person">\(icon(.person))\
            <span>\(signedIn.name)</span>\(icon(.sort))</button>\
            <div class="menu up" id="person" popover><a href="/account">\(icon(.settings))\(t("frame.account"))</a><hr>\
            \(looks)<hr><form method="post" action="/logout">\(formToken(signedIn))\
            <button>\(icon(.signOut))\(t("frame.signOut"))</button></form></div>
            """
    }

    /// Language and tone, for everybody.
    private var looks: HTML {
        let language = t.language
        let languages: [HTML] = ["ru", "en"].map { choice in
            """
            <button name="language" value="\(choice)" lang="\(choice)" aria-pressed="\(String(choice == language))">\
            \(t("frame.language.\(choice)"))</button>
            """
        }
        let themes: [HTML] = Theme.allCases.map { choice in
            """
            <button name="theme" value="\(choice.rawValue)" \
            aria-pressed="\(String(choice == surroundings.preferences.theme))">\
            \(t("frame.theme.\(choice.rawValue)"))</button>
            """
        }
        return choice("/language", t("frame.languageLabel"), languages)
            + choice("/theme", t("frame.themeLabel"), themes)
    }

    private func choice(_ path: String, _ label: String, _ buttons: [HTML]) -> HTML {
        """
        <form method="post" action="\(path)" class="part" aria-label="\(label)">\(formToken(context.signedIn))\
        \(hiddenField("back", surroundings.path))\(if: isSignedIn, "<span class=\"note\">\(label)</span>")\
        <div class="segments">\(buttons)</div></form>
        """
    }

    // MARK: Page

    private var main: HTML {
        """
        <main id="main" tabindex="-1"\(if: page.isWide, " class=\"wide\"")>\
        \(surroundings.banner.map(bannerHTML))\
        <div class="head">\(trail)<header class="title"><h1>\(page.title)</h1>\
        <div class="actions">\(page.actions)</div></header>\
        \(page.introduction.map { "<p class=\"introduction\">\($0)</p>" })</div>
        \(page.body)\(flash)
        </main>
        """
    }

    private var flash: HTML { surroundings.flash.map { toast($0, signedIn: context.signedIn, t: t) } ?? .empty }

    private var trail: HTML {
        guard !page.path.isEmpty else { return .empty }
        let steps: [HTML] = page.path.map { "<li><a href=\"\($0.path)\">\($0.label)</a>\(icon(.chevronRight))</li>" }
        return "<nav class=\"trail\" aria-label=\"\(t("frame.trail"))\"><ol>\(steps)</ol></nav>"
    }

    private func bannerHTML(_ banner: Banner) -> HTML {
        let link: HTML = banner.link.map { " <a href=\"\($0.path)\">\($0.label)</a>" } ?? .empty
        return notice(.bad, "\(banner.text)\(link)")
    }
}

/// The hidden field that every form of a signed-in person sends.
public func formToken(_ signedIn: SignedIn?) -> HTML {
    guard let signedIn else { return .empty }
    return "<input type=\"hidden\" name=\"\(formTokenName)\" value=\"\(signedIn.formToken)\">"
}

/// The form token's field, also accepted as the header `X-Form-Token` of scripts and in the query of uploads.
public let formTokenName = "form_token"
