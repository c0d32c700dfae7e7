// SPDX-License-Identifier: Apache-2.0
// The page of the form editor: what its script needs, and what is said where there is none. The script draws the rest.
import Foundation
import Markup

/// The editor of one form.
struct SurveyEditorPage {
    let model: SurveyEditorModel
    let signedIn: SignedIn?
    let t: Localizer

    /// The script's icons; a page carries the drawings that its markup names.
    private static let icons: [Icon] = [
        .alert, .arrowDown, .arrowUp, .bad, .brackets, .check, .checklist, .chevronDown, .chosen, .close, .comment,
        .configuration, .copy, .done, .drag, .dropdown, .edit, .form, .globe, .heart, .history, .info, .languages,
        .lines, .look, .more, .picture, .plus, .redo, .remove, .screen, .settings, .smartphone, .thumb, .ticked,
        .undo, .warning,
    ]

    var page: Page {
        get throws {
            let name = model.form.name.nonEmpty ?? t("surveys.editor.newForm")
            var page = Page(title: t("surveys.editor.pageTitle", ["name": name]), current: .forms, body: try body)
            page.isWorkbench = true
            page.styles = ["Frame/page-editor.css", "Surveys/page-survey-editor.css"]
            return page
        }
    }

    private var address: String { model.form.id.map { "/forms/\($0)/edit" } ?? "/forms/new" }

    /// The addresses stand in forms and links, as on any page.
    private var body: HTML {
        get throws {
            let older: HTML =
                model.form.id.map { "<a href=\"/forms/\($0)/versions\">\(t("surveys.editor.versions"))</a>" } ?? .empty
            return """
                <div id="editor" data-module="Surveys/survey-editor.mjs"><main class="work-waiting" id="main">\
                <h1>\(model.form.name.nonEmpty ?? t("surveys.editor.newForm"))</h1>
                <noscript><p>\(t("surveys.editor.needsScript"))</p></noscript>
                <p><a href="/forms">\(t("surveys.title"))</a> \(older)</p></main></div>
                <script type="application/json" id="editor-model">\(try data)</script>
                <form id="editor-save" method="post" action="\(address)" hidden>\(formToken(signedIn))</form>
                <form id="editor-check" method="post" action="/forms/check" hidden>\(formToken(signedIn))</form>
                <form id="editor-preview" method="post" action="/forms/draft/preview" target="preview" hidden>\
                \(formToken(signedIn))\(hiddenField("content", ""))\(hiddenField("languages", ""))</form>
                <div hidden>\(Self.icons.map { icon($0) })</div>
                """
        }
    }

    /// The model as JSON that cannot end its element.
    private var data: HTML { get throws { HTML.trusted(try jsonText(model).replacing("<", with: "\\u003c")) } }
}
