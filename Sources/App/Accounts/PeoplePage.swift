// SPDX-License-Identifier: Apache-2.0
// The people of a centre, for its administrators.
import Markup

/// The list of people.
struct PeoplePage {
    let signedIn: SignedIn
    let people: [Person]
    let teams: [TeamID: String]
    /// Where the next page begins; nil on the last one.
    let older: String?
    let isFirst: Bool

    func page(_ t: Localizer) -> Page {
        let columns = [
            TableColumn(t("accounts.name")), TableColumn(t("accounts.login")), TableColumn(t("accounts.roles")),
            TableColumn(t("accounts.team")), TableColumn(t("accounts.state")),
        ]
        let rows: [[HTML]] = people.map { person in
            [
                name(of: person), HTML(person.login),
                roleBadges(person.roles, t), HTML(person.team.flatMap { teams[$0] } ?? "–"), state(person, t),
            ]
        }
        let next = older.map { "/settings/people?after=" + queryValue($0) }
        let body: HTML = """
            \(table(t("accounts.peopleTitle"), columns, rows))\
            \(pagination(newer: isFirst ? nil : "/settings/people", older: next, t: t))
            """
        return Page(
            title: t("accounts.peopleTitle"), current: .people, body: body,
            actions: linkButton(t("accounts.addPerson"), to: "/settings/people/new", isPrimary: true))
    }

    /// A provider's account is changed by providers only.
    private func name(of person: Person) -> HTML {
        guard signedIn.mayChange(person) else { return HTML(person.name) }
        return "<a href=\"/settings/people/\(person.id.description)\">\(person.name)</a>"
    }

    private func state(_ person: Person, _ t: Localizer) -> HTML {
        if !person.isActive { return badge(t("accounts.inactive")) }
        if person.needsReview { return badge(t("accounts.needsReview"), .warning) }
        return person.canSignIn ? badge(t("accounts.canSignIn"), .good) : badge(t("accounts.cannotSignIn"))
    }
}

/// One person's fields, or a new person's.
struct PersonPage {
    let signedIn: SignedIn
    /// Nil for a new one.
    let existing: Person?
    let form: PersonForm
    let teams: [Team]
    var errors = FieldErrors.none

    private var path: String { existing.map { "/settings/people/\($0.id)" } ?? "/settings/people/new" }

    func page(_ t: Localizer) -> Page {
        let title = existing?.name ?? t("accounts.addPerson")
        var body: HTML = """
            \(errors.summary(t))\
            \(card(nil, postForm(to: path, signedIn: signedIn, fields(t) + submitButton(t("frame.save")))))
            """
        if existing != nil { body += card(t("accounts.linkHeading"), linkForm(t)) }
        var page = Page(title: title, current: .people, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("accounts.peopleTitle"), "/settings/people")]
        return page
    }

    private func linkForm(_ t: Localizer) -> HTML {
        "<p class=\"note\">\(t("accounts.linkNote"))</p>"
            + actionButton(t("accounts.makeLink"), to: path + "/link", signedIn: signedIn)
    }

    private func fields(_ t: Localizer) -> HTML {
        let person = form.person
        let login: HTML =
            existing == nil
            ? textField(
                FieldLabel(
                    "login", t("accounts.login"), hint: t("accounts.loginHint"), error: errors["login"],
                    isRequired: true), value: person.login, autocomplete: "off",
                limit: AccountsLimits.loginLength)
            : descriptionList([(t("accounts.login"), HTML(person.login))])
        let active: HTML =
            existing == nil ? .empty : checkBox(FieldLabel("isActive", t("accounts.isActive")), isOn: form.isActive)
        return """
            \(login)\
            \(textField(FieldLabel("firstName", t("accounts.firstName"), error: errors["firstName"]),
                value: person.firstName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(FieldLabel("lastName", t("accounts.lastName"), error: errors["lastName"]),
                value: person.lastName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(FieldLabel("email", t("accounts.email"), error: errors["email"]),
                value: person.email ?? "", type: "email", autocomplete: "off", limit: 254))\
            \(roles(t))\(teamFields(t))\
            \(selectField(FieldLabel("language", t("accounts.language"), error: errors["language"]),
                [FieldOption("ru", t("frame.language.ru")), FieldOption("en", t("frame.language.en"))],
                selected: person.language))\(active)
            """
    }

    private func roles(_ t: Localizer) -> HTML {
        let options = Role.ofCentre.map { FieldOption($0.rawValue, t("accounts.roleHint.\($0.rawValue)")) }
        return checkBoxes(
            FieldLabel("roles", t("accounts.roles"), error: errors["roles"]), options,
            selected: Set(form.person.roles.map(\.rawValue)))
    }

    private func teamFields(_ t: Localizer) -> HTML {
        let options = teams.map { FieldOption($0.id.description, $0.name) }
        let supervised: HTML =
            teams.isEmpty
            ? .empty
            : checkBoxes(
                FieldLabel("supervisedTeams", t("accounts.supervisedTeams"), hint: t("accounts.supervisedTeamsHint")),
                options, selected: Set(form.person.supervisedTeams.map(\.description)))
        return """
            \(selectField(FieldLabel("team", t("accounts.team"), error: errors["team"]),
                [FieldOption("", t("accounts.noTeam"))] + options, selected: form.person.team?.description ?? ""))\
            \(textField(FieldLabel("newTeam", t("accounts.newTeam"), hint: t("accounts.newTeamHint"),
                error: errors["newTeam"]), value: form.newTeam, autocomplete: "off",
                limit: AccountsLimits.nameLength))\(supervised)
            """
    }
}

/// The link that lets somebody choose a password, shown once to the administrator who passes it on.
func personLinkPage(_ person: Person, address: String, _ t: Localizer) -> Page {
    let content: HTML = """
        \(notice(.warning, HTML(t("accounts.linkOnce", ["name": person.name]))))\
        <code class="secret">\(address)</code>\
        <div class="buttons">\(linkButton(t("accounts.toPeople"), to: "/settings/people", isPrimary: true))</div>
        """
    var page = Page(title: t("accounts.linkHeading"), current: .people, body: card(nil, content))
    page.path = [
        (t("accounts.peopleTitle"), "/settings/people"), (person.name, "/settings/people/\(person.id)"),
    ]
    return page
}
