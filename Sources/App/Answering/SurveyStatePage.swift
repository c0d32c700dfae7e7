// SPDX-License-Identifier: Apache-2.0
// What is said instead of questions: thanks, answered, expired, closed, unknown, later (spec 3.5).
import Foundation
import Markup

/// A page that says how things stand.
enum SurveyState: Sendable, Equatable {
    /// The answer counts; with the form's own text when it has one.
    case thanks(String?, changeableUntil: String?)
    /// Changed within the edit window.
    case changed(String?, changeableUntil: String?)
    case answered(changeableUntil: String?)
    /// An earlier answer stands, this one was put aside.
    case keptBeside
    case expired, closed, unknown, tryLater, tooLarge, unreadable

    /// The dictionary's word for the state.
    var key: String {
        switch self {
        case .thanks: "thanks"
        case .changed: "changed"
        case .answered: "answered"
        case .keptBeside: "keptBeside"
        case .expired: "expired"
        case .closed: "closed"
        case .unknown: "unknown"
        case .tryLater: "tryLater"
        case .tooLarge: "tooLarge"
        case .unreadable: "unreadable"
        }
    }

    /// Until when an answer may be changed: such a page is one customer's own.
    fileprivate var changeableUntil: String? {
        switch self {
        case .thanks(_, let until), .changed(_, let until), .answered(let until): until
        default: nil
        }
    }

    /// Whether nothing more can be sent from here: a draft has no use any more.
    fileprivate var isFinal: Bool {
        switch self {
        case .thanks, .changed, .answered, .keptBeside, .expired, .closed: true
        case .unknown, .tryLater, .tooLarge, .unreadable: false
        }
    }

    /// Whether the page shows the form's own words.
    fileprivate var isAuthors: Bool {
        switch self {
        case .thanks, .changed: true
        default: false
        }
    }

    var namesAnHour: Bool { changeableUntil != nil }

    /// Whether the person has been heard.
    fileprivate var isGood: Bool {
        switch self {
        case .thanks, .changed, .answered: true
        case .keptBeside, .expired, .closed, .unknown, .tryLater, .tooLarge, .unreadable: false
        }
    }
}

/// A state as a page in the customer's language.
struct SurveyStatePage {
    let state: SurveyState
    /// The language of the form, when there is one.
    let language: String
    let centre: CentreSign
    let style: String
    let t: Localizer
    /// The address of the page's script, which forgets a draft that is not needed any more.
    var script: String?

    var document: HTML {
        var shell = SurveyShell(language: language, centre: centre, style: style, t: t)
        if state.isFinal { shell.script = script }
        let title = t("answering.\(state.key).title")
        let content: HTML = """
            <div class="state\(if: state.isGood, " good")">
            \(picture)
            <div role="status">\(words(title))</div>
            \(changing)
            </div>
            """
        // Thanks are the author's page; how things stand is ours, and no style hides it.
        return state.isAuthors
            ? shell.document(title: title, above: .empty, content: content)
            : shell.document(title: title, above: content, content: .empty)
    }

    private var frame: HTML { SurveyShell.frameLanguage(t, inside: language) }

    private func words(_ title: String) -> HTML {
        let own: String? =
            switch state {
            case .thanks(let text, _), .changed(let text, _): text
            default: nil
            }
        if let own {
            return "<h1\(frame)>\(title)</h1><div class=\"text\">\(SurveyBlockPage.paragraphs(own))</div>"
        }
        return "<h1\(frame)>\(title)</h1><p\(frame)>\(t("answering.\(state.key).text"))</p>"
    }

    /// The way to change an answer, while that is allowed.
    private var changing: HTML {
        guard let until = state.changeableUntil else { return .empty }
        return """
            <p\(frame)>\(t("answering.changeableUntil", ["until": until]))</p>
            <p><a class="button" href="?change=1&amp;lang=\(language)"\(frame)>\(t("answering.change"))</a></p>
            """
    }

    private var picture: HTML {
        state.isGood
            ? """
            <svg class="sign" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true"><circle cx="32" cy="32" \
            r="30"/><path d="M19 33.5l9 9 17-19"/></svg>
            """
            : """
            <svg class="sign" viewBox="0 0 64 64" width="64" height="64" aria-hidden="true"><circle cx="32" cy="32" \
            r="30"/><path d="M32 18v18M32 45v.5"/></svg>
            """
    }
}
