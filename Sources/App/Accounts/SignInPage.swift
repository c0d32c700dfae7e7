// SPDX-License-Identifier: Apache-2.0
// The pages of those who are not signed in yet.
import Markup

/// Where the sign-in page's form goes, and what it already knows.
struct SignInPage {
    /// The centre's key; nil where it has to be typed, since there are several.
    let centre: String?
    /// The centre's name, once known.
    let centreName: String?
    var login = ""
    var next = "/"
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let mustSayCentre = centre == nil && centreName == nil
        let form: HTML = """
            \(errors.summary(t))\(if: mustSayCentre, centreField(errors, t))\
            \(textField(FieldLabel("login", t("accounts.login"), error: errors["login"], isRequired: true),
                value: login, autocomplete: "username", limit: AccountsLimits.loginLength))\
            \(textField(FieldLabel("password", t("accounts.password"), error: errors["password"], isRequired: true),
                type: "password", autocomplete: "current-password", limit: AccountsLimits.passwordBytes))\
            \(hiddenField("next", next))\(submitButton(t("accounts.signIn")))
            """
        let action = centre.map { "/\($0)/login" } ?? "/login"
        let forgotten: HTML = "<p><a href=\"\(action)/reset\">\(t("accounts.forgotten"))</a></p>"
        let body = card(centreName, postForm(to: action, signedIn: nil, form) + forgotten)
        return Page(title: t("accounts.signInTitle"), body: body, hasErrors: !errors.isEmpty)
    }
}

/// What stands at `/login` while nobody can sign in at all.
func notSetUpPage(_ t: Localizer) -> Page {
    Page(title: t("accounts.notSetUpTitle"), body: card(nil, "<p>\(t("accounts.notSetUp"))</p>"))
}

/// A link that cannot be used any more.
func deadLinkPage(_ t: Localizer) -> Page {
    let body = card(
        nil,
        "<p>\(t("accounts.deadLink"))</p><p><a href=\"/login\">\(t("accounts.toSignIn"))</a></p>"
            + "<p><a href=\"/login/reset\">\(t("accounts.forgotten"))</a></p>")
    return Page(title: t("accounts.deadLinkTitle"), body: body)
}

/// The page of a link that signs in: a button, since mail scanners open links too.
func useLinkPage(name: String, token: String, _ t: Localizer) -> Page {
    let form = postForm(
        to: "/sign-in/" + token, signedIn: nil,
        "<p>\(t("accounts.useLink", ["name": name]))</p>\(submitButton(t("accounts.signIn")))")
    return Page(title: t("accounts.signInTitle"), body: card(nil, form))
}

/// The page of a link that lets somebody choose a password.
func choosePasswordPage(name: String, token: String, errors: FieldErrors, _ t: Localizer) -> Page {
    let form: HTML = """
        \(errors.summary(t))<p>\(t("accounts.choosePassword", ["name": name]))</p>\
        \(newPasswordFields(errors, t))\(submitButton(t("frame.save")))
        """
    return Page(
        title: t("accounts.choosePasswordTitle"),
        body: card(nil, postForm(to: "/sign-in/" + token, signedIn: nil, form)), hasErrors: !errors.isEmpty)
}

/// The two fields of a new password.
func newPasswordFields(_ errors: FieldErrors, _ t: Localizer) -> HTML {
    let hint = t("accounts.passwordHint", ["length": String(AccountsLimits.passwordLength)])
    return textField(
        FieldLabel("password", t("accounts.newPassword"), hint: hint, error: errors["password"], isRequired: true),
        type: "password", autocomplete: "new-password", limit: AccountsLimits.passwordBytes)
        + textField(
            FieldLabel("again", t("accounts.passwordAgain"), error: errors["again"], isRequired: true),
            type: "password", autocomplete: "new-password", limit: AccountsLimits.passwordBytes)
}

/// The set-up page: the first administrator names the centre and chooses a password.
func setUpPage(_ form: SetUpForm?, login: String, token: String, errors: FieldErrors, _ t: Localizer) -> Page {
    let person = form?.person
    let zones = TimeZoneOptions.all(selected: form?.timeZone ?? "Europe/Moscow")
    let fields: HTML = """
        \(errors.summary(t))<p>\(t("accounts.setUpIntroduction"))</p>\
        \(textField(FieldLabel("centreName", t("accounts.centreName"), error: errors["centreName"], isRequired: true),
            value: form?.centreName ?? "", autocomplete: "organization", limit: AccountsLimits.nameLength))\
        \(selectField(FieldLabel("timeZone", t("accounts.timeZone"), error: errors["timeZone"]), zones,
            selected: form?.timeZone ?? "Europe/Moscow"))\
        \(textField(FieldLabel("login", t("accounts.login"), error: errors["login"], isRequired: true),
            value: person?.login ?? login, autocomplete: "username", limit: AccountsLimits.loginLength))\
        \(textField(FieldLabel("firstName", t("accounts.firstName"), error: errors["firstName"]),
            value: person?.firstName ?? "", autocomplete: "given-name", limit: AccountsLimits.nameLength))\
        \(textField(FieldLabel("lastName", t("accounts.lastName"), error: errors["lastName"]),
            value: person?.lastName ?? "", autocomplete: "family-name", limit: AccountsLimits.nameLength))\
        \(textField(FieldLabel("email", t("accounts.email"), error: errors["email"]),
            value: person?.email ?? "", type: "email", autocomplete: "email", limit: 254))\
        \(newPasswordFields(errors, t))\(submitButton(t("accounts.setUp")))
        """
    return Page(
        title: t("accounts.setUpTitle"),
        body: card(nil, postForm(to: "/sign-in/" + token, signedIn: nil, fields)), hasErrors: !errors.isEmpty)
}
