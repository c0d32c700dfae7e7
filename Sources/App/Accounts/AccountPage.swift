// SPDX-License-Identifier: Apache-2.0
// A person's own account: name, roles, password, second factor, sessions.
import Markup

/// What the page shows.
struct AccountPage {
    let signedIn: SignedIn
    let person: Person
    let tenant: Tenant
    let team: Team?
    let sessions: [Session]
    let secondFactor: SecondFactor
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
            \(errors.summary(t))<div class="columns"><div class="stack">\(card(person.name, facts + change))\
            \(card(t("accounts.secondFactor"), factor(t)))</div>\
            \(card(t("accounts.passwordHeading"),
                "<p class=\"note\">\(t("accounts.passwordNote"))</p>"
                + postForm(to: "/account/password", signedIn: signedIn, password)))</div>\
            \(card(t("accounts.sessions"), sessionList(t)))
            """
        return Page(title: t("accounts.accountTitle"), current: .account, body: body, hasErrors: !errors.isEmpty)
    }

    private func factor(_ t: Localizer) -> HTML {
        let state: HTML
        if case .on = secondFactor {
            state = badge(t("accounts.on"), .good)
        } else {
            state = badge(t("accounts.off"))
        }
        return """
            <p>\(state)</p><p class="note">\(t("accounts.secondFactorNote"))</p>\
            <p>\(linkButton(t("accounts.manageFactor"), to: "/account/second-factor"))</p>
            """
    }

    private func sessionList(_ t: Localizer) -> HTML {
        let columns = [
            TableColumn(t("accounts.device")), TableColumn(t("accounts.address")), TableColumn(t("accounts.seenAt")),
            TableColumn(t("accounts.begunAt")), TableColumn(t("accounts.action")),
        ]
        let others =
            sessions.count < 2
            ? HTML.empty
            : actionButton(t("accounts.endOthers"), to: "/account/sessions/revocation", signedIn: signedIn)
        return table(t("accounts.sessions"), columns, sessions.map { row($0, t) }) + others
    }

    private func row(_ session: Session, _ t: Localizer) -> [HTML] {
        let device = session.device.nonEmpty ?? t("accounts.unknownDevice")
        let isThis = session.id == signedIn.session
        let name = t("accounts.endNamed", ["device": device, "address": session.address])
        let action =
            isThis
            ? badge(t("accounts.thisSession"), .good)
            : actionButton(
                t("accounts.endSession"), named: name, to: "/account/sessions/\(session.id)/revocation",
                signedIn: signedIn)
        return [
            HTML(device), HTML(session.address), time(session.seenAt, in: signedIn.timeZone, t: t),
            time(session.begunAt, in: signedIn.timeZone, t: t), action,
        ]
    }
}

/// The roles as labels.
func roleBadges(_ roles: Set<Role>, _ t: Localizer) -> HTML {
    let badges = Role.allCases.filter(roles.contains).map { tag(t("accounts.role.\($0.rawValue)")) + " " }
    return badges.isEmpty ? "–" : badges.joined()
}
