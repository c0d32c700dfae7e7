// SPDX-License-Identifier: Apache-2.0
// The page that customers see: one language of one form. It works without any script, so every state is in the markup.
import Foundation
import Markup

/// What is said above the questions.
enum SurveyNotice: Sendable, Equatable {
    case nothing
    /// Press the button once more: the submit came too early, or from no page of ours.
    case pressAgain
    /// An earlier answer is being changed.
    case changing
    /// Shown to the form's author; nothing can be sent.
    case preview
}

/// One language of one form version as a page.
struct SurveyPage {
    let form: FormLanguage
    /// All languages of the form, for the switch.
    let languages: [String]
    let centre: CentreSign
    /// The addresses of the style sheet and of the script.
    let style: String
    let script: String
    /// The frame's words: in the form's language when we speak it, else in English.
    let t: Localizer

    /// The form's picture by its name; it says nothing that the title does not.
    var picture: String?
    var entries = AnswerEntries.empty
    var problems: [(block: SurveyBlock, problem: EntryProblem)] = []
    var notice = SurveyNotice.nothing
    /// Which page a draft in the browser belongs to: the version's number. Nil offers no draft.
    var draft: String?
    /// Entries stand in the page already, so that no draft takes their place.
    var isFilled = false
    /// The signed nonce; nil leaves a hole in the page for ``SurveySheet``.
    var nonce: String?
    var hasDecoy = true

    /// Stands where the nonce goes in a page that is rendered once.
    static let hole = "\u{E000}"
    /// The decoy's name: something that a program likes to fill in, and nobody else sees.
    static let decoyName = "homepage"
    static let formID = "answers"
    /// The field that the page's script fills in.
    static let scriptName = "script"

    var document: HTML {
        var shell = SurveyShell(language: form.language, centre: centre, style: style, t: t)
        shell.script = script
        shell.switcher = switcher
        let title = problems.isEmpty ? form.title : t("answering.errorTitle", ["title": form.title])
        return shell.document(
            title: title, above: "\(errorSummary)\(noticeBox)",
            content: "\(pictureHTML)<h1>\(form.title)</h1>\n\(content)")
    }

    private var frame: HTML { SurveyShell.frameLanguage(t, inside: form.language) }

    private var pictureHTML: HTML {
        picture.map { "<img class=\"picture\" src=\"\(Picture.address(of: $0))\" alt=\"\">\n" } ?? .empty
    }

    private var content: HTML {
        let blocks: [HTML] = form.blocks.filter { $0.kind != .thanks }.map { block in
            let problem = problems.first { $0.block.key == block.key }?.problem
            return SurveyBlockPage(block: block, entries: entries, problem: problem, t: t, frame: frame).html
        }
        let action: HTML = notice == .preview ? "" : " action=\"?lang=\(form.language)\""
        return """
            <form id="\(Self.formID)" method="post"\(action) accept-charset="utf-8" novalidate\(scriptWords)>
            <input type="hidden" name="nonce" value="\(nonce ?? Self.hole)">
            <input type="hidden" name="\(Self.scriptName)">
            \(blocks)
            \(if: hasDecoy, decoy)
            \(if: draft != nil, draftChoice)
            <p class="send" id="send">\(sendButton(isOutside: false))</p>
            </form>
            """
    }

    /// What the script says beside sliders, and what it needs to know for a draft.
    private var scriptWords: HTML {
        let page: HTML = draft.map { " data-draft=\"\($0).\(form.language)\"" } ?? .empty
        return """
             data-unset="\(t("answering.slider.unset"))" data-clear="\(t("answering.slider.clear"))"\(page)\
            \(if: isFilled, " data-filled")
            """
    }

    /// Shown by the script alone: without it there is nothing to keep a draft.
    private var draftChoice: HTML {
        """
        <div class="draft" id="draft" hidden data-restored="\(t("answering.draft.restored"))"\(frame)>\
        <label><input type="checkbox" aria-describedby="draft_h"><span>\(t("answering.draft.wish"))</span></label>\
        <p class="hint" id="draft_h">\(t("answering.draft.hint"))</p><p class="hint" role="status"></p></div>
        """
    }

    private var sendText: String { form.sendButton ?? t("answering.send") }

    /// - Parameter isOutside: Whether it stands outside of the form it sends.
    private func sendButton(isOutside: Bool) -> HTML {
        let language = form.sendButton == nil ? frame : .empty
        return """
            <button type="submit"\(if: isOutside, " form=\"\(Self.formID)\"")\
            \(if: notice == .preview, " disabled")\(language)>\(sendText)</button>
            """
    }

    private var decoy: HTML {
        """
        <p class="away" aria-hidden="true"\(frame)><label>\(t("answering.decoy"))\
        <input type="text" name="\(Self.decoyName)" tabindex="-1" autocomplete="off"></label></p>
        """
    }

    // MARK: Above the questions

    private var errorSummary: HTML {
        guard !problems.isEmpty else { return .empty }
        let entries: [HTML] = problems.map { entry in
            let words = SurveyBlockPage.words(for: entry.problem, t: t)
            return """
                <li><a href="#\(SurveyBlockPage.firstInput(of: entry.block))"><span lang="\(form.language)">\
                \(entry.block.text)</span> — \(words)</a></li>
                """
        }
        return """
            <div class="notice bad" role="alert" tabindex="-1" autofocus\(frame)>
            <h2>\(t("answering.problems", count: problems.count))</h2>
            <ul>\(entries)</ul>
            </div>
            """
    }

    private var noticeBox: HTML {
        switch notice {
        case .nothing: .empty
        case .pressAgain:
            """
            <div class="notice" role="alert" tabindex="-1" autofocus\(frame)>
            <h2>\(t("answering.pressAgain", ["send": sendText]))</h2>
            <p>\(t("answering.entriesKept"))</p>
            <p>\(sendButton(isOutside: true))</p>
            </div>
            """
        case .changing: "<div class=\"notice\"\(frame)><p>\(t("answering.changing"))</p></div>"
        case .preview: "<div class=\"notice\"\(frame)><p>\(t("answering.preview"))</p></div>"
        }
    }

    private var switcher: HTML {
        guard languages.count > 1 else { return .empty }
        let items: [HTML] = languages.map { language in
            let name = Self.name(of: language)
            return language == form.language
                ? "<li><span lang=\"\(language)\" aria-current=\"true\">\(name)</span></li>"
                : "<li><a href=\"?lang=\(language)\" lang=\"\(language)\" hreflang=\"\(language)\">\(name)</a></li>"
        }
        return """
            <nav class="languages" aria-label="\(t("answering.languages"))"\(frame)><ul>\(items)</ul></nav>
            """
    }

    /// A language's name in itself.
    static func name(of language: String) -> String {
        let name = Locale(identifier: language).localizedString(forIdentifier: language) ?? language
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}

/// The document around the questions, and around what is said instead of them.
///
/// What has to be seen whatever a form's own style does stands outside of `.fence`: whose survey it is, the languages,
/// what is wrong, how things stand.
struct SurveyShell {
    /// The language of the content.
    let language: String
    let centre: CentreSign
    let style: String
    let t: Localizer
    /// The address of the page's script; nil for pages that need none.
    var script: String?
    /// The links to the form's other languages.
    var switcher = HTML.empty

    private static let rightToLeft: Set<String> = ["ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]

    /// The attribute that says that a piece is in our words, where these are in another language than the form.
    static func frameLanguage(_ t: Localizer, inside language: String) -> HTML {
        primary(of: language) == t.language ? .empty : " lang=\"\(t.language)\" dir=\"ltr\""
    }

    static func primary(of language: String) -> String {
        String(language.lowercased().split(separator: "-").first ?? "")
    }

    /// - Parameters:
    ///   - above: What stands outside of the reach of the form's style.
    ///   - content: What the form's style may touch; empty for pages that are ours alone.
    func document(title: String, above: HTML, content: HTML) -> HTML {
        let isRightToLeft = Self.rightToLeft.contains(Self.primary(of: language))
        let own: HTML = above.text.isEmpty ? .empty : "<div class=\"above\">\n\(above)\n</div>\n"
        let form: HTML =
            content.text.isEmpty
            ? .empty : "<div class=\"fence\"><div class=\"survey\">\n\(content)\n</div></div>\n"
        return """
            <!DOCTYPE html>
            <html lang="\(language)"\(if: isRightToLeft, " dir=\"rtl\"")>
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex, nofollow">
            <title>\(title)\(if: !centre.name.isEmpty, " · \(centre.name)")</title>
            <link rel="stylesheet" href="\(style)">
            \(script.map { "<script type=\"module\" src=\"\($0)\"></script>" })
            </head>
            <body>
            <header class="bar"><p class="centre">\(centre.html)</p>\(switcher)</header>
            <main>
            \(own)\(form)</main>
            </body>
            </html>

            """
    }
}
