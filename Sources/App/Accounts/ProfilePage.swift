// SPDX-License-Identifier: Apache-2.0
// A person's own profile: names, address, language, time zone.
import Markup

/// The page of one's own profile.
struct ProfilePage {
    let signedIn: SignedIn
    let form: ProfileForm
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let content: HTML = """
            \(fields(t))<div class="buttons">\(submitButton(t("frame.save")))\
            \(linkButton(t("frame.cancel"), to: "/account"))</div>
            """
        let body: HTML = """
            \(errors.summary(t))\(card(nil, postForm(to: "/account/profile", signedIn: signedIn, content)))
            """
        var page = Page(title: t("accounts.profileTitle"), body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("accounts.accountTitle"), "/account")]
        return page
    }

    private func fields(_ t: Localizer) -> HTML {
        func label(_ name: String, hint: String? = nil) -> FieldLabel {
            FieldLabel(name, t("accounts.\(name)"), hint: hint, error: errors[name])
        }
        let languages = ["ru", "en"].map { FieldOption($0, t("frame.language.\($0)")) }
        let zones = TimeZoneOptions.all(selected: form.timeZone, none: t("accounts.centresTimeZone"))
        return """
            \(textField(label("firstName"), value: form.firstName, autocomplete: "given-name",
                limit: AccountsLimits.nameLength))\
            \(textField(label("lastName"), value: form.lastName, autocomplete: "family-name",
                limit: AccountsLimits.nameLength))\
            \(textField(label("email", hint: t("accounts.ownEmailHint")), value: form.email, type: "email",
                autocomplete: "email", limit: 254))\
            \(selectField(label("language"), languages, selected: form.language))\
            \(selectField(label("timeZone"), zones, selected: form.timeZone))
            """
    }
}
