// SPDX-License-Identifier: Apache-2.0
// The page of a forgotten password.
import Markup

/// Where somebody says whose password is forgotten, and what they are told then.
struct ResetPage {
    /// The centre's key; nil where it has to be typed, since there are several.
    let centre: String?
    let centreName: String?
    let canMail: Bool
    var wanted = ""
    var isAsked = false
    var errors = FieldErrors.none

    private var signIn: String { centre.map { "/\($0)/login" } ?? "/login" }

    func page(_ t: Localizer) -> Page {
        let content: HTML
        if isAsked {
            content = "<p>\(t("accounts.resetAsked"))</p><p class=\"note\">\(t("accounts.resetAskedNote"))</p>"
        } else if canMail {
            content = form(t)
        } else {
            content = "<p>\(t("accounts.resetByAdministrator"))</p>"
        }
        let back: HTML = "<p><a href=\"\(signIn)\">\(t("accounts.toSignIn"))</a></p>"
        return Page(
            title: t("accounts.resetTitle"), body: card(centreName, content) + back, hasErrors: !errors.isEmpty)
    }

    private func form(_ t: Localizer) -> HTML {
        let label = FieldLabel(
            "wanted", t("accounts.wanted"), hint: t("accounts.wantedHint"), error: errors["wanted"], isRequired: true)
        let fields: HTML = """
            \(errors.summary(t))\(if: centre == nil && centreName == nil, centreField(errors, t))\
            \(textField(label, value: wanted, autocomplete: "username", limit: 254))\
            \(submitButton(t("accounts.askForPassword")))
            """
        return postForm(to: signIn + "/reset", signedIn: nil, fields)
    }
}

/// Where there are several centres, its key is typed.
func centreField(_ errors: FieldErrors, _ t: Localizer) -> HTML {
    textField(
        FieldLabel(
            "centre", t("accounts.centre"), hint: t("accounts.centreHint"), error: errors["centre"],
            isRequired: true), autocomplete: "organization")
}
