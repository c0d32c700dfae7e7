// SPDX-License-Identifier: Apache-2.0
// Asks for the file of a form and for the name that the new one gets; shows what the file holds, and which of its
// fields the centre has not, before anything is stored.
import Foundation
import Markup

/// A file that was sent already: the page keeps it while a name or a decision is asked for, so that it need not be
/// chosen again. Whoever sends it back may have changed it, and it is read anew.
struct KeptFile: Sendable {
    /// Characters of the longest one in a form: base64 makes four of three bytes.
    static let characters = SurveyLimits.keptBytes / 3 * 4 + 64

    let name: String
    let zip: [UInt8]

    init(name: String, zip: [UInt8]) {
        self.name = name
        self.zip = zip
    }

    /// What an earlier page kept; nil when it kept nothing.
    init?(_ fields: FormInput) {
        guard let text = fields.text("kept").nonEmpty, let zip = Data(base64Encoded: text) else { return nil }
        self.init(name: fields.text("keptName"), zip: Array(zip))
    }

    /// Larger ones would make the page heavy: they are chosen again.
    var isKept: Bool { zip.count <= SurveyLimits.keptBytes }

    var fields: HTML {
        isKept ? "\(hiddenField("kept", Data(zip).base64EncodedString()))\(hiddenField("keptName", name))" : .empty
    }
}

/// The dialog of import.
struct SurveyImportPage {
    var name = ""
    var choice = MissingFields.ask
    /// The file that was sent, once it could be read.
    var kept: KeptFile?
    var look: SurveyFileLook?
    var errors = FieldErrors.none
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let label = FieldLabel(
            "name", t("surveys.column.name"), hint: t("surveys.import.name.hint"), error: errors["name"],
            isRequired: true)
        let content: HTML = """
            <div class="import-area" data-module="Surveys/survey-import.mjs">\(errors.summary(t))\(file)\(contents)\
            \(textField(label, value: name, autocomplete: "off", limit: SurveyLimits.nameCharacters))\(missing)</div>\
            <p class="note"><a href="\(SurveyFileSchema.path)">\(t("surveys.import.schema"))</a></p>\
            <div class="form-end">\(submitButton(t("surveys.import.do")))\
            \(linkButton(t("frame.cancel"), to: "/forms"))</div>
            """
        var page = Page(
            title: t("surveys.import"), current: .forms,
            body: card(nil, uploadForm(to: "/forms/import", signedIn: signedIn, content)), hasErrors: !errors.isEmpty)
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }

    private var file: HTML {
        let isKept = kept?.isKept ?? false
        var hint = t("surveys.import.file.hint")
        if let kept, isKept { hint = t("surveys.import.kept", ["name": kept.name]) }
        if kept != nil, !isKept { hint = t("surveys.import.again") }
        let label = FieldLabel(
            "file", t("surveys.import.file"), hint: hint, error: errors["file"], isRequired: !isKept)
        return """
            \(fileField(label, accepting: ".zip,application/zip"))\(kept?.fields)\
            <p><button class="button small" name="look" value="on" formnovalidate>\
            \(t("surveys.import.look"))</button></p>
            """
    }

    private var contents: HTML {
        guard let look else { return .empty }
        let versions: [HTML] = look.file.languages.map { version in
            let questions = version.blocks.filter(\.kind.isQuestion).count
            return """
                <li><span lang="\(version.language)">\(version.title)</span> \
                <span class="note">\(version.language), \(t("surveys.import.questions", count: questions))</span></li>
                """
        }
        let bound = Set(look.file.languages.flatMap(\.blocks).compactMap(\.field))
        let fields = look.file.fields.filter { bound.contains($0.key) }.map(\.name).joined(separator: ", ")
        let more = [(look.hasPicture, "picture"), (look.hasStyle, "style")].filter(\.0).map { _, name in
            t("surveys.import.has.\(name)")
        }.joined(separator: ", ")
        var entries: [(name: String, value: HTML)] = [
            (t("surveys.import.versions"), "<ul>\(versions)</ul>")
        ]
        if !fields.isEmpty { entries.append((t("surveys.import.bound"), HTML(fields))) }
        if !more.isEmpty { entries.append((t("surveys.import.has"), HTML(more))) }
        return """
            <section class="field" id="import-contents" tabindex="-1" aria-label="\(t("surveys.import.contents"))">\
            \(descriptionList(entries))</section>
            """
    }

    /// The fields that the centre has not, and what is to become of them.
    private var missing: HTML {
        guard let look, !look.missing.isEmpty else { return .empty }
        let items: [HTML] = look.missing.map { "<li>\(sentence($0))</li>" }
        let choices = [MissingFields.create, .leave].map {
            FieldOption($0.rawValue, t("surveys.import.fields.\($0.rawValue)"))
        }
        let label = FieldLabel(
            "fields", t("surveys.import.fields.what"), hint: t("surveys.import.fields.hint"),
            error: errors["fields"], isRequired: true)
        return """
            \(notice(.warning, "<p>\(t("surveys.import.fields"))</p><ul>\(items)</ul>"))\
            \(radioButtons(label, choices, selected: choice.rawValue))
            """
    }

    private func sentence(_ field: UnfittingField) -> String {
        let text = SurveyFieldText(t: t)
        func scale(_ draft: SurveyField.Draft) -> String {
            [text.kind(draft), text.scale(draft), text.marks(draft)].compactMap(\.self).joined(separator: ", ")
        }
        let wanted = field.wanted.draft(key: field.wanted.key)
        var arguments = ["name": wanted.name, "key": wanted.key, "scale": scale(wanted)]
        guard let known = field.known else { return t("surveys.import.missing.unknown", arguments) }
        if known.isRetired { return t("surveys.import.missing.retired", arguments) }
        arguments["here"] = scale(SurveyField.Draft(known))
        return t("surveys.import.missing.scale", arguments)
    }
}
