// SPDX-License-Identifier: Apache-2.0
// What opens over a page or beside it: menus, dialogs, the toast; and the links that switch what a page shows.
import Markup

/// One thing that a menu offers.
public struct MenuEntry: Sendable {
    let content: HTML

    /// Goes somewhere.
    public static func link(_ label: String, to path: String, icon picture: Icon? = nil) -> MenuEntry {
        MenuEntry(content: "<a href=\"\(path)\">\(picture.map { icon($0) })\(label)</a>")
    }

    /// Opens something in a new tab, beside the list that one comes back to.
    public static func tab(_ label: String, to path: String, icon picture: Icon? = nil) -> MenuEntry {
        MenuEntry(
            content: """
                <a href="\(path)" target="_blank" rel="noopener">\(picture.map { icon($0) })\(label)</a>
                """)
    }

    /// Goes to a page that asks something, which scripts show as a dialog.
    public static func dialog(
        _ label: String, to path: String, icon picture: Icon? = nil, isDangerous: Bool = false
    ) -> MenuEntry {
        let look: HTML = isDangerous ? " class=\"danger\"" : .empty
        return MenuEntry(
            content: """
                <a\(look) href="\(path)" data-module="Frame/dialog.mjs">\(picture.map { icon($0) })\(label)</a>
                """)
    }

    /// Does something at once: only what can be undone.
    public static func action(
        _ label: String, to path: String, signedIn: SignedIn?, icon picture: Icon? = nil
    ) -> MenuEntry {
        MenuEntry(
            content: """
                <form method="post" action="\(path)">\(formToken(signedIn))<button>\(picture.map { icon($0) })\(label)\
                </button></form>
                """)
    }

    /// A line between what belongs together.
    public static let line = MenuEntry(content: "<hr>")
}

/// A button with a menu: a popover, so that it opens, closes by Escape and gives the focus back without scripts.
/// - Parameters:
///   - name: Its id, unlike any other on the page.
///   - label: What the button says, or what it is called where it only shows an icon.
public func menu(
    _ name: String, _ label: String, icon picture: Icon = .more, showsLabel: Bool = false, _ entries: [MenuEntry]
) -> HTML {
    let button: HTML =
        showsLabel
        ? "class=\"button\">\(label)\(icon(.chevronDown))"
        : "class=\"button small\" aria-label=\"\(label)\" title=\"\(label)\">\(icon(picture))"
    return """
        <button type="button" popovertarget="\(name)" \(button)</button>\
        <div class="menu end" id="\(name)" popover data-module="Frame/menu.mjs">\(entries.map(\.content))</div>
        """
}

/// A link to a page that asks something. Scripts show that page's content as a dialog over this one.
public func dialogLink(
    _ label: String, to path: String, isDangerous: Bool = false, isSmall: Bool = false, icon picture: Icon? = nil
) -> HTML {
    """
    <a class="button\(if: isSmall, " small")\(if: isDangerous, " danger")" href="\(path)" \
    data-module="Frame/dialog.mjs">\(picture.map { icon($0) })\(label)</a>
    """
}

/// What was just done, said once at the edge of the page, with a way back where there is one.
func toast(_ flash: Flash, signedIn: SignedIn?, t: Localizer) -> HTML {
    let undo: HTML =
        flash.undo.map { path in
            """
            <form method="post" action="\(path)" class="inline">\(formToken(signedIn))\
            <button>\(t("frame.undo"))</button></form>
            """
        } ?? .empty
    return """
        <div class="toast" role="status" data-module="Frame/toast.mjs"\(if: flash.undo != nil, " data-stays")>\
        <p>\(t(flash.key, flash.arguments))</p>\(undo)\
        <button type="button" class="close" aria-label="\(t("frame.close"))">\(icon(.close))</button></div>
        """
}

/// One of several views of a page.
public struct Tab: Sendable {
    public let label: String
    public let path: String
    public let isCurrent: Bool
    /// How much is behind it.
    public let count: Int?

    public init(_ label: String, path: String, isCurrent: Bool, count: Int? = nil) {
        self.label = label
        self.path = path
        self.isCurrent = isCurrent
        self.count = count
    }
}

/// Links to the parts of one thing, each with an address of its own.
public func tabs(_ label: String, _ tabs: [Tab], t: Localizer) -> HTML {
    let links: [HTML] = tabs.map { tab in
        let count: HTML = tab.count.map { "<span class=\"count\">\(t.number($0))</span>" } ?? .empty
        return "<a href=\"\(tab.path)\"\(if: tab.isCurrent, " aria-current=\"page\"")>\(tab.label)\(count)</a>"
    }
    return "<nav class=\"tabs\" aria-label=\"\(label)\">\(links)</nav>"
}

/// Links of which one is chosen: small switches such as a period.
public func segments(_ label: String, _ tabs: [Tab]) -> HTML {
    let links: [HTML] = tabs.map { tab in
        "<a href=\"\(tab.path)\"\(if: tab.isCurrent, " aria-current=\"true\"")>\(tab.label)</a>"
    }
    return "<nav class=\"segments\" aria-label=\"\(label)\">\(links)</nav>"
}

/// How far long work is. The page is asked again until the work is done; without scripts a link does that.
/// - Parameters:
///   - share: 0…1; nil where nobody knows.
///   - address: Where the same progress is seen newer; nil when there is nothing more to come.
public func progress(_ label: String, share: Double?, note: String, address: String?, t: Localizer) -> HTML {
    let value: HTML = share.map { " value=\"\(Int($0 * 100))\" max=\"100\"" } ?? .empty
    let percent: HTML = share.map { "<span class=\"note\">\(t.percent($0))</span>" } ?? .empty
    let again: HTML =
        address.map { "<p><a href=\"\($0)\">\(t("frame.refresh"))</a></p>" } ?? .empty
    let module: HTML = address.map { " data-module=\"Frame/progress.mjs\" data-source=\"\($0)\"" } ?? .empty
    return """
        <div class="progress"\(module)><div><span class="strong">\(label)</span>\(percent)</div>\
        <progress aria-label="\(label)"\(value)></progress><p class="note" role="status">\(note)</p>\(again)</div>
        """
}

/// Text for machines, with a button that copies it.
public func codeBlock(_ code: String, t: Localizer, label: String? = nil) -> HTML {
    """
    <div class="code" data-module="Frame/copy.mjs"><pre tabindex="0" role="group" \
    aria-label="\(label ?? t("frame.code"))"><code>\(code)</code></pre>\
    <button type="button" class="button small copy" data-done="\(t("frame.copied"))">\(icon(.copy))\
    <span role="status">\(t("frame.copy"))</span></button></div>
    """
}
