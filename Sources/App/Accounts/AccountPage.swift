// SPDX-License-Identifier: Apache-2.0
// A person's own account: name, roles, password.
import Markup

/// What the page shows.
struct AccountPage {
    let signedIn: SignedIn
    let person: Person
    let tenant: Tenant
    let team: Team?
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let facts = descriptionList([
            (t("accounts.centreName"), HTML(tenant.name)),
            (t("accounts.login"), HTML(person.login)),
            (t("accounts.email"), HTML(person.email ?? "–")),
            (t("accounts.roles"), roleBadges(person.roles, t)),
            (t("accounts.team"), HTML(team?.name ?? "–")),
            (t("accounts.timeZone"), HTML(signedIn.timeZone)),
        ])
        let change: HTML = """
            <div class="buttons">\(linkButton(t("accounts.changeProfile"), to: "/account/profile"))</div>
            """
        let password: HTML = """
            <input type="text" name="login" value="\(person.login)" autocomplete="username" hidden>\
            \(textField(
                FieldLabel("current", t("accounts.currentPassword"), error: errors["current"], isRequired: true),
                type: "password", autocomplete: "current-password", limit: AccountsLimits.passwordBytes))\
            \(newPasswordFields(errors, t))\(submitButton(t("accounts.changePassword")))
            """
        let body: HTML = """
            \(errors.summary(t))<div class="columns">\(card(person.name, facts + change))\
            \(card(t("accounts.passwordHeading"),
                "<p class=\"note\">\(t("accounts.passwordNote"))</p>"
                + postForm(to: "/account/password", signedIn: signedIn, password)))</div>
            """
        return Page(title: t("accounts.accountTitle"), current: .account, body: body, hasErrors: !errors.isEmpty)
    }
}

/// The roles as labels.
func roleBadges(_ roles: Set<Role>, _ t: Localizer) -> HTML {
    let badges = Role.allCases.filter(roles.contains).map { tag(t("accounts.role.\($0.rawValue)")) + " " }
    return badges.isEmpty ? "–" : badges.joined()
}
