// SPDX-License-Identifier: Apache-2.0
// «Поля пользовательского опроса по качеству»: what answers are counted for, and one of these.
import Foundation
import Markup

/// What fields say of themselves in a language.
struct SurveyFieldText {
    let t: Localizer

    func kind(_ field: SurveyField.Draft) -> String { t("surveys.field.kind.\(field.kind.rawValue)") }

    func scale(_ field: SurveyField.Draft) -> String {
        "\(number(field.minimum))\u{202F}…\u{202F}\(number(field.maximum))"
    }

    /// From where on values are classed; nil where the kind says it.
    func marks(_ field: SurveyField.Draft) -> String? {
        switch field.kind {
        case .percentage: nil
        case .average: field.satisfiedFrom.map { t("surveys.field.satisfied", ["from": number($0)]) }
        case .promoter:
            t(
                "surveys.field.promoters",
                [
                    "from": field.promoterFrom.map(number) ?? "–", "to": field.detractorTo.map(number) ?? "–",
                ])
        }
    }

    func kind(_ field: SurveyField) -> String { kind(SurveyField.Draft(field)) }
    func scale(_ field: SurveyField) -> String { scale(SurveyField.Draft(field)) }
    func marks(_ field: SurveyField) -> String? { marks(SurveyField.Draft(field)) }

    func number(_ value: Double) -> String {
        let text = plainNumber(value).replacing("-", with: "\u{2212}")
        return t.language == "ru" ? text.replacing(".", with: ",") : text
    }
}

/// The list of fields.
struct SurveyFieldsPage {
    let fields: [SurveyField]
    let uses: [String: [SurveyForm]]
    let t: Localizer

    var page: Page {
        let columns = [
            TableColumn(t("surveys.field.name")), TableColumn(t("surveys.field.key")),
            TableColumn(t("surveys.field.kind")), TableColumn(t("surveys.field.scale")),
            TableColumn(t("surveys.field.forms")), TableColumn(t("surveys.field.state")),
        ]
        var page = Page(
            title: t("surveys.fields.title"), current: .surveyFields,
            body: table(t("surveys.fields.title"), columns, fields.map(row)),
            actions: linkButton(t("surveys.field.add"), to: "/fields/new", isPrimary: true, icon: .plus))
        page.introduction = t("surveys.fields.introduction")
        return page
    }

    private func row(_ field: SurveyField) -> [HTML] {
        let text = SurveyFieldText(t: t)
        let marks: HTML = text.marks(field).map { "<br><span class=\"note\">\($0)</span>" } ?? .empty
        let forms = (uses[field.key] ?? []).map(\.name).joined(separator: ", ")
        return [
            "<a href=\"/fields/\(field.id.description)\">\(field.name)</a>", "<code>\(field.key)</code>",
            HTML(text.kind(field)), "\(text.scale(field))\(marks)", HTML(forms.nonEmpty ?? "–"), state(field),
        ]
    }

    private func state(_ field: SurveyField) -> HTML {
        if field.isBuiltIn { return tag(t("surveys.field.builtInTag")) }
        return field.isRetired ? badge(t("surveys.field.retired")) : badge(t("surveys.field.active"), .good)
    }
}

/// One field, new or known.
struct SurveyFieldPage {
    /// Nil for a new one.
    let field: SurveyField?
    let form: SurveyFieldForm
    var uses: [SurveyForm] = []
    var errors = FieldErrors.none
    /// The forms that a change of the scale reaches, while it waits for the person's word.
    var asked: [String]?
    let signedIn: SignedIn
    let t: Localizer

    private var address: String { field.map { "/fields/\($0.id)" } ?? "/fields/new" }
    private var hasFreeScale: Bool { field.map { SurveyField.Draft($0).hasFreeScale } ?? true }
    private var hasFreeKind: Bool { field.map { !$0.isBuiltIn } ?? true }

    var page: Page {
        let title = field?.name ?? t("surveys.field.new")
        let fields = postForm(
            to: address, signedIn: signedIn, isGuarded: true,
            "\(identity)\(scale)\(agreement)\(buttons)")
        var page = Page(
            title: title, current: .surveyFields, body: "\(errors.summary(t))\(question)\(card(nil, fields))\(facts)",
            hasErrors: !errors.isEmpty)
        page.path = [(t("surveys.fields.title"), "/fields")]
        return page
    }

    private func label(_ name: String, hint: String? = nil) -> FieldLabel {
        FieldLabel(name, t("surveys.field.\(name)"), hint: hint, error: errors[name], isRequired: true)
    }

    // MARK: The form

    private var identity: HTML {
        let name = textField(label("name"), value: form.name, limit: SurveyLimits.nameCharacters)
        guard let field else {
            let key = label("key", hint: t("surveys.field.keyHint"))
            return "\(name)\(textField(key, value: form.key, limit: SurveyLimits.keyBytes))"
        }
        return "\(name)\(descriptionList([(t("surveys.field.key"), "<code>\(field.key)</code>")]))"
    }

    private var scale: HTML {
        guard hasFreeScale else {
            guard let field else { return .empty }
            let text = SurveyFieldText(t: t)
            let facts: [(name: String, value: HTML)] = [
                (t("surveys.field.kind"), HTML(text.kind(field))), (t("surveys.field.scale"), HTML(text.scale(field))),
                (t("surveys.field.marks"), HTML(text.marks(field) ?? "–")),
            ]
            return "\(descriptionList(facts))<p class=\"note\">\(t("surveys.field.fixed"))</p>"
        }
        let kinds = SurveyFieldKind.allCases.map {
            FieldOption($0.rawValue, t("surveys.field.kindLong.\($0.rawValue)"))
        }
        let kind: HTML =
            hasFreeKind
            ? radioButtons(label("kind"), kinds, selected: form.kind.rawValue)
            : descriptionList([(t("surveys.field.kind"), HTML(t("surveys.field.kind.\(form.kind.rawValue)")))])
        let only: HTML = hasFreeKind ? .empty : hiddenField("kind", form.kind.rawValue)
        return """
            \(kind)\(only)<div class="for-scale">\(number("minimum", form.minimum))\(number("maximum", form.maximum))\
            </div><div class="for-average">\(number("satisfiedFrom", form.satisfiedFrom))</div>\
            \(if: hasFreeKind, promoter)
            """
    }

    private var promoter: HTML {
        """
        <div class="for-promoter">\(number("promoterFrom", form.promoterFrom))\
        \(number("detractorTo", form.detractorTo))</div>
        """
    }

    private func number(_ name: String, _ value: String) -> HTML {
        var label = label(name)
        // Which of them are wanted depends on the kind, which the server judges.
        label.isRequired = false
        return textField(label, value: value, limit: SurveyLimits.numberCharacters)
    }

    private var agreement: HTML { asked == nil ? .empty : hiddenField("agreed", form.scaleText) }

    private var buttons: HTML {
        let save = t(asked == nil ? "surveys.field.save" : "surveys.field.saveNewSeries")
        return """
            <div class="form-end">\(submitButton(save))\(linkButton(t("frame.cancel"), to: "/fields"))</div>
            """
    }

    private var question: HTML {
        guard let asked else { return .empty }
        let forms: HTML =
            asked.isEmpty
            ? .empty : "<p>\(t("surveys.field.newSeriesForms", ["forms": Surveys.names(asked)]))</p>"
        return notice(
            .warning,
            """
            <p class="strong">\(t("surveys.field.newSeries"))</p><p>\(t("surveys.field.newSeriesText"))</p>\(forms)
            """)
    }

    // MARK: Beside it

    private var facts: HTML {
        guard let field else { return .empty }
        let links: [HTML] = uses.map { "<li><a href=\"/forms/\($0.id.description)/preview\">\($0.name)</a></li>" }
        let forms: HTML =
            uses.isEmpty ? "<p class=\"note\">\(t("surveys.field.noForms"))</p>" : "<ul>\(links)</ul>"
        return "\(card(t("surveys.field.forms"), forms))\(if: !field.isBuiltIn, ending(field))"
    }

    private func ending(_ field: SurveyField) -> HTML {
        if field.isRetired {
            return card(
                t("surveys.field.retired"),
                """
                <p>\(t("surveys.field.retiredHint"))</p><p>\(actionButton(
                    t("surveys.field.restore"), to: "/fields/\(field.id)/restoration", signedIn: signedIn))</p>
                """)
        }
        let (title, hint) =
            field.hasAnswers
            ? (t("surveys.field.retire"), t("surveys.field.retireHint"))
            : (t("surveys.field.delete"), t("surveys.field.deleteHint"))
        return card(
            title,
            """
            <p>\(hint)</p><p>\(dialogLink(title, to: "/fields/\(field.id)/removal", isDangerous: true, icon: .remove))\
            </p>
            """)
    }
}

/// Asks before a field is retired or deleted.
struct SurveyFieldRemovalPage {
    let field: SurveyField
    /// Why it cannot be done now; nil when it can.
    let refusal: String?
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let back = "/fields/\(field.id)"
        let name = ["name": field.name]
        let title = t(field.hasAnswers ? "surveys.field.retireTitle" : "surveys.field.deleteTitle", name)
        let body: HTML
        if let refusal {
            body = "\(notice(.warning, "<p>\(refusal)</p>"))<p>\(linkButton(t("frame.cancel"), to: back))</p>"
        } else {
            let question = t(field.hasAnswers ? "surveys.field.retireHint" : "surveys.field.deleteHint")
            let label = t(field.hasAnswers ? "surveys.field.retire" : "surveys.field.delete")
            body = confirmation(
                question, action: (label, back + "/removal"), back: back, signedIn: signedIn, t: t)
        }
        var page = Page(title: title, current: .surveyFields, body: body)
        page.path = [(t("surveys.fields.title"), "/fields"), (field.name, back)]
        return page
    }
}
