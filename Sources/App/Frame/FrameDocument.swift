// SPDX-License-Identifier: Apache-2.0
// The document around every page: head, skip link, navigation, the person's corner, banner and flash.
import Markup

/// Puts a page into the frame.
struct FrameDocument {
    let page: Page
    let context: WebContext

    private var t: Localizer { context.words }
    private var surroundings: Surroundings { context.surroundings }

    /// The whole document.
    var html: HTML {
        """
        <!DOCTYPE html>
        <html lang="\(t.language)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(documentTitle)</title>
        <link rel="icon" href="\(asset("Frame/otklik.svg"))" type="image/svg+xml">
        <link rel="stylesheet" href="\(asset(WebAssets.sheetName))">\
        \(page.styles.map { "<link rel=\"stylesheet\" href=\"\(asset($0))\">" })
        <script type="module" src="\(asset("Frame/frame.mjs"))"></script>
        </head>
        <body\(if: context.signedIn == nil, " class=\"alone\"")>
        <a class="skip" href="#main">\(t("frame.skip"))</a>
        \(top)
        \(if: context.signedIn != nil, navigation)
        <main id="main" tabindex="-1"\(if: page.isWide, " class=\"wide\"")>
        \(surroundings.banner.map(bannerHTML))
        \(surroundings.flash.map { notice(.good, HTML(t($0.key, $0.arguments))) })
        \(trail)
        <header class="title"><h1>\(page.title)</h1><div class="actions">\(page.actions)</div></header>
        \(page.body)
        </main>
        </body>
        </html>

        """
    }

    private var documentTitle: String {
        let title = page.title + " · " + t("frame.product")
        return page.hasErrors ? t("frame.errorTitle", ["title": title]) : title
    }

    private func asset(_ path: String) -> String { context.assets.address(of: path) }

    private var top: HTML {
        """
        <header class="top">
        <a class="brand" href="/"><img src="\(asset("Frame/otklik.svg"))" alt="" width="24" height="24">\
        \(t("frame.product"))</a>
        <div class="corner">
        \(languages)
        \(person)
        </div>
        </header>
        """
    }

    private var languages: HTML {
        let others: [HTML] = ["ru", "en"].filter { $0 != t.language }.map { language in
            """
            <button class="quiet" name="language" value="\(language)" lang="\(language)">\
            \(t("frame.language.\(language)"))</button>
            """
        }
        return """
            <form method="post" action="/language" class="inline">\(formToken(context.signedIn))\
            <input type="hidden" name="back" value="\(surroundings.path)">\(others)</form>
            """
    }

    private var person: HTML {
        guard let signedIn = context.signedIn else { return .empty }
        let unread: HTML =
            surroundings.unread > 0
            ? "<span class=\"count\" aria-hidden=\"true\">\(t.number(surroundings.unread))</span>" : .empty
        let inboxLabel =
            surroundings.unread > 0 ? t("frame.unread", count: surroundings.unread) : t("frame.inbox")
        return """
            <a class="quiet" href="/inbox" aria-label="\(inboxLabel)">\(t("frame.inbox"))\(unread)</a>
            <a class="quiet name" href="/account">\(signedIn.name)</a>
            <form method="post" action="/logout" class="inline">\(formToken(signedIn))\
            <button class="quiet">\(t("frame.signOut"))</button></form>
            """
    }

    private var navigation: HTML {
        let sections: [HTML] = surroundings.navigation.map { section in
            let items: [HTML] = section.items.map { item in
                let isCurrent = item == page.current
                return """
                    <li><a href="\(item.path)"\(if: isCurrent, " aria-current=\"page\"")>\(t(item.key))</a></li>
                    """
            }
            let heading: HTML = section.key.map { "<p class=\"heading\">\(t($0))</p>" } ?? .empty
            return "\(heading)<ul>\(items)</ul>"
        }
        return """
            <nav class="side" aria-label="\(t("frame.navigation"))"><details open>\
            <summary>\(t("frame.menu"))</summary>\(sections)</details></nav>
            """
    }

    private var trail: HTML {
        guard !page.path.isEmpty else { return .empty }
        let steps: [HTML] = page.path.map { "<li><a href=\"\($0.path)\">\($0.label)</a></li>" }
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
