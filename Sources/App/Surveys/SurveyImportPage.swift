// SPDX-License-Identifier: Apache-2.0
// Asks for the file of a form, and for the name that the new one gets.
import Markup

/// The dialog of import.
struct SurveyImportPage {
    var name = ""
    var choice = MissingFields.ask
    var errors = FieldErrors.none
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let label = FieldLabel(
            "name", t("surveys.column.name"), hint: t("surveys.import.name.hint"), error: errors["name"],
            isRequired: true)
        let file = FieldLabel(
            "file", t("surveys.import.file"), hint: t("surveys.import.file.hint"), error: errors["file"],
            isRequired: true)
        let fields = FieldLabel(
            "fields", t("surveys.import.fields"), hint: t("surveys.import.fields.hint"), error: errors["fields"])
        let choices = MissingFields.allCases.map { FieldOption($0.rawValue, t("surveys.import.fields.\($0.rawValue)")) }
        let content: HTML = """
            \(errors.summary(t))\
            \(textField(label, value: name, autocomplete: "off", limit: SurveyLimits.nameCharacters))\
            \(fileField(file, accepting: ".zip,application/zip"))\
            \(radioButtons(fields, choices, selected: choice.rawValue))\
            <p class="note"><a href="\(SurveyFileSchema.path)">\(t("surveys.import.schema"))</a></p>\
            <div class="form-end">\(submitButton(t("surveys.import.do")))\
            \(linkButton(t("frame.cancel"), to: "/forms"))</div>
            """
        var page = Page(
            title: t("surveys.import"), current: .forms,
            body: card(nil, uploadForm(to: "/forms/import", signedIn: signedIn, isTried: true, content)),
            hasErrors: !errors.isEmpty)
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }
}
