// SPDX-License-Identifier: Apache-2.0
// The small pieces that pages are made of, so that they look and behave alike.
import Foundation
import Markup

/// How a notice or badge is meant. The text always says it too: colour is never alone.
public enum Tone: String, Sendable {
    case neutral, good, warning, bad
}

/// A label of a state: `badge("Отправлено", .good)`.
public func badge(_ text: String, _ tone: Tone = .neutral) -> HTML {
    "<span class=\"badge \(tone.rawValue)\">\(text)</span>"
}

/// A word that says what something is, and not how it stands: `tag("Администратор")`.
public func tag(_ text: String) -> HTML { "<span class=\"badge plain\">\(text)</span>" }

/// A message above the content. Bad ones are said at once by screen readers, others when there is time.
public func notice(_ tone: Tone, _ content: HTML) -> HTML {
    let picture: Icon =
        switch tone {
        case .neutral: .info
        case .good: .done
        case .warning: .warning
        case .bad: .bad
        }
    return """
        <div class="notice \(tone.rawValue)" role="\(tone == .bad ? "alert" : "status")">\(icon(picture))\
        <div>\(content)</div></div>
        """
}

/// A link that looks like a button.
public func linkButton(_ label: String, to path: String, isPrimary: Bool = false, icon picture: Icon? = nil) -> HTML {
    "<a class=\"button\(if: isPrimary, " primary")\" href=\"\(path)\">\(picture.map { icon($0) })\(label)</a>"
}

/// A form's button.
public func submitButton(
    _ label: String, name: String? = nil, value: String = "1", isDangerous: Bool = false, isDisabled: Bool = false
) -> HTML {
    let naming: HTML = name.map { " name=\"\($0)\" value=\"\(value)\"" } ?? .empty
    return """
        <button class="button \(isDangerous ? "danger" : "primary")"\(naming)\(if: isDisabled, " disabled")>\(label)\
        </button>
        """
}

/// A form of the product: post, with the person's token.
/// - Parameter isGuarded: Whether leaving the page with changes that were not saved asks first.
public func postForm(
    to path: String, signedIn: SignedIn?, id: String? = nil, isGuarded: Bool = false, _ content: HTML
) -> HTML {
    let naming: HTML = id.map { " id=\"\($0)\"" } ?? .empty
    return """
        <form method="post" action="\(path)"\(naming)\(if: isGuarded, " data-module=\"Frame/unsaved.mjs\"")>\
        \(formToken(signedIn))\(content)</form>
        """
}

/// A form that sends a file. Its token is in the address, so that it is known before the file is read.
public func uploadForm(to path: String, signedIn: SignedIn?, _ content: HTML) -> HTML {
    let token = signedIn.map { "?" + formTokenName + "=" + queryValue($0.formToken) } ?? ""
    return """
        <form method="post" action="\(path + token)" enctype="multipart/form-data">\(formToken(signedIn))\
        \(content)</form>
        """
}

/// A button that is a whole post form: for single actions in rows.
/// - Parameter name: What the button does to what, where its label alone would be the same in every row.
public func actionButton(
    _ label: String, named name: String? = nil, to path: String, signedIn: SignedIn?, isDangerous: Bool = false
) -> HTML {
    let title: HTML = name.map { " title=\"\($0)\" aria-label=\"\($0)\"" } ?? .empty
    return """
        <form method="post" action="\(path)" class="inline">\(formToken(signedIn))\
        <button class="button small\(if: isDangerous, " danger")"\(title)>\(label)</button></form>
        """
}

/// A page's body that asks before something is done that cannot be undone.
public func confirmation(
    _ question: String, action: (label: String, path: String), back: String, signedIn: SignedIn?, t: Localizer
) -> HTML {
    let content: HTML = """
        <p>\(question)</p><div class="form-end">\(submitButton(action.label, name: "confirmed", isDangerous: true))\
        \(linkButton(t("frame.cancel"), to: back))</div>
        """
    return "<div class=\"card\">\(postForm(to: action.path, signedIn: signedIn, content))</div>"
}

/// What a list shows when it has nothing, and what to do about it.
public func emptyState(_ title: String, _ hint: String, action: HTML = .empty, icon picture: Icon = .records) -> HTML {
    "<div class=\"empty\">\(icon(picture))<p class=\"strong\">\(title)</p><p>\(hint)</p>\(action)</div>"
}

/// A frame around a part of a page, with an optional heading.
public func card(_ title: String? = nil, _ content: HTML) -> HTML {
    let heading: HTML = title.map { "<h2>\($0)</h2>" } ?? .empty
    return "<section class=\"card\">\(heading)\(content)</section>"
}

/// Names and values.
public func descriptionList(_ entries: [(name: String, value: HTML)]) -> HTML {
    let rows: [HTML] = entries.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" }
    return "<dl class=\"description\">\(rows)</dl>"
}

/// A word with its definition behind it, opened by click or key.
public func definition(_ word: HTML, _ explanation: String) -> HTML {
    "<details class=\"hint\"><summary>\(word)</summary><p>\(explanation)</p></details>"
}

/// A thing that opens: settings that few need.
public func disclosure(_ title: String, isOpen: Bool = false, _ content: HTML) -> HTML {
    "<details class=\"more\"\(if: isOpen, " open")><summary>\(title)</summary>\(content)</details>"
}

/// The links of a list that is read page by page; empty when there is only one page.
public func pagination(newer: String?, older: String?, t: Localizer) -> HTML {
    guard newer != nil || older != nil else { return .empty }
    func link(_ path: String?, _ relation: String, _ label: HTML) -> HTML {
        guard let path else { return .empty }
        return "<a class=\"button\" rel=\"\(relation)\" href=\"\(path)\">\(label)</a>"
    }
    let newerLink = link(newer, "prev", "\(icon(.chevronLeft))\(t("frame.toNewest"))")
    let olderLink = link(older, "next", "\(t("frame.older"))\(icon(.chevronRight))")
    return "<nav class=\"pages\" aria-label=\"\(t("frame.pages"))\">\(newerLink)\(olderLink)</nav>"
}

/// A moment for people and for programs.
public func time(_ moment: Moment, in zone: String, t: Localizer) -> HTML {
    let text = t.dateTime(moment.date, in: .init(identifier: zone) ?? .gmt)
    return "<time datetime=\"\(moment.rfc3339)\">\(text)</time>"
}
