// SPDX-License-Identifier: Apache-2.0
// The centre's own settings: name, language and time zone; hours; how long personal data is kept.
import Markup

/// Which of the three pages is shown.
enum CentreSettingsPart: String, CaseIterable, Sendable {
    case centre, hours, retention

    var path: String { "/settings/\(rawValue)" }
}

/// A page of the centre's settings: the part's form among links to the others.
struct CentreSettingsPage {
    let part: CentreSettingsPart
    let fields: HTML
    let errors: FieldErrors
    let signedIn: SignedIn
    let t: Localizer
    /// What stands below the form, with forms of its own.
    var below = HTML.empty

    var page: Page {
        let content: HTML = """
            <p class="note">\(t("settings.\(part.rawValue).note"))</p>\(fields)\
            <div class="buttons">\(submitButton(t("settings.save")))\
            \(linkButton(t("settings.cancel"), to: part.path))</div>
            """
        let body: HTML = """
            \(parts)\(errors.summary(t))\(card(nil, postForm(to: part.path, signedIn: signedIn, content)))\(below)
            """
        return Page(
            title: t("settings.\(part.rawValue).title"), current: .centreSettings, body: body,
            hasErrors: !errors.isEmpty)
    }

    private var parts: HTML {
        let links: [HTML] = CentreSettingsPart.allCases.map { other in
            let current: HTML = other == part ? " aria-current=\"page\"" : .empty
            return "<a class=\"button\" href=\"\(other.path)\"\(current)>\(t("settings.\(other.rawValue).title"))</a>"
        }
        return "<nav class=\"buttons settings-parts\" aria-label=\"\(t("settings.centre.parts"))\">\(links)</nav>"
    }
}

extension CentreSettingsForm {
    /// The centre's own fields.
    func fields(_ errors: FieldErrors, _ t: Localizer) -> HTML {
        func label(_ field: String, _ key: String, hint: String? = nil, isRequired: Bool = false) -> FieldLabel {
            FieldLabel(
                field, t("settings.centre.\(key)"), hint: hint.map { t("settings.centre.\($0)") }, error: errors[field],
                isRequired: isRequired)
        }
        let languages = ["ru", "en"].map { FieldOption($0, t("frame.language.\($0)")) }
        let least = label("minimumN", "minimumN", hint: "minimumN.hint", isRequired: true)
        return """
            \(textField(label("name", "name", hint: "name.hint", isRequired: true), value: name,
                autocomplete: "organization", limit: AccountsLimits.nameLength))\
            \(selectField(label("language", "language", hint: "language.hint"), languages, selected: language))\
            \(selectField(label("timeZone", "timeZone", hint: "timeZone.hint"),
                TimeZoneOptions.all(selected: timeZone), selected: timeZone))\
            \(numberField(least, value: minimumN, in: TenantChange.minimumAnswers))
            """
    }
}

extension BusinessHoursForm {
    /// A field for each weekday, and the holidays.
    func fields(_ errors: FieldErrors, _ t: Localizer) -> HTML {
        let week: [HTML] = zip(Self.days, week).map { day, text in
            textField(
                FieldLabel(day, t("settings.hours.\(day)"), error: errors[day]), value: text, autocomplete: "off",
                limit: 200)
        }
        let holidays = FieldLabel(
            "holidays", t("settings.hours.holidays"), hint: t("settings.hours.holidays.hint"),
            error: errors["holidays"])
        return """
            <div class="settings-week">\(week)</div>\
            \(textArea(holidays, value: self.holidays, rows: 8, limit: 40_000))
            """
    }
}

extension RetentionForm {
    /// A number of days for each kind of data.
    func fields(_ errors: FieldErrors, _ t: Localizer) -> HTML {
        let fields: [HTML] = zip(Self.names, days).map { name, text in
            let label = FieldLabel(
                name, t("settings.retention.\(name)"), hint: t("settings.retention.\(name).hint"), error: errors[name])
            return numberField(label, value: text, in: RetentionPeriods.allowed)
        }
        return fields.joined()
    }
}
