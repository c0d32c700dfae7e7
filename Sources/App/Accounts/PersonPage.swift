// SPDX-License-Identifier: Apache-2.0
// One person for administrators: who they are, and how they get in.
import Markup

/// One person's fields, or a new person's.
struct PersonPage {
    let signedIn: SignedIn
    /// Nil for a new one.
    let existing: Person?
    var form: PersonForm
    /// The open teams, and the person's own.
    let teams: [Team]
    /// What is known of an existing person's ways in.
    var entrance = Entrance()
    /// Whether mail to people leaves.
    var canMail = false
    var errors = FieldErrors.none

    private var path: String { existing.map { "/settings/people/\($0.id)" } ?? "/settings/people/new" }

    func page(_ t: Localizer) -> Page {
        let title = existing?.name ?? t("accounts.addPerson")
        let profile = card(
            existing == nil ? nil : t("accounts.profile"),
            postForm(to: path, signedIn: signedIn, fields(t) + submitButton(t("frame.save"))))
        let beside: HTML = existing.map { "<div class=\"columns\">\(profile)\(entrance($0, t))</div>" } ?? profile
        let body: HTML = "\(errors.summary(t))\(beside)"
        var page = Page(title: title, current: .people, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("accounts.peopleTitle"), "/settings/people")]
        return page
    }

    /// How somebody gets in.
    struct Entrance: Sendable {
        var sessions: [Session] = []
        var secondFactor = SecondFactor.off
    }

    /// What concerns signing in.
    private func entrance(_ person: Person, _ t: Localizer) -> HTML {
        guard person.isActive else {
            return card(
                t("accounts.entrance"),
                """
                <p>\(personState(person, t))</p><p class="note">\(t("accounts.inactiveNote"))</p>\
                \(actionButton(t("accounts.activate"), to: path + "/activation", signedIn: signedIn))
                """)
        }
        let leaving: HTML =
            person.id == signedIn.person
            ? .empty
            : card(
                t("accounts.deactivateTitle"),
                """
                <p class="note">\(t("accounts.deactivateNote"))</p>\
                <p>\(linkButton(t("accounts.deactivate"), to: path + "/deactivation"))</p>
                """)
        return """
            <div class="stack">\(card(t("accounts.entrance"), linkForm(person, t)))\
            \(card(t("accounts.sessions"), sessionCard(t)))\(factorCard(t))\(leaving)</div>
            """
    }

    private func linkForm(_ person: Person, _ t: Localizer) -> HTML {
        var mail = HTML.empty
        if canMail, person.email != nil {
            mail = actionButton(
                t(person.canSignIn ? "accounts.sendReset" : "accounts.sendInvitation"), to: path + "/mail",
                signedIn: signedIn)
        }
        let link = actionButton(t("accounts.makeLink"), to: path + "/link", signedIn: signedIn)
        let note = canMail ? "accounts.linkNoteMail" : "accounts.linkNote"
        return """
            <p>\(personState(person, t))</p><p class="note">\(t(note))</p>\
            <div class="buttons">\(mail)\(link)</div>
            """
    }

    private func sessionCard(_ t: Localizer) -> HTML {
        guard let last = entrance.sessions.first else {
            return "<p class=\"note\">\(t("accounts.noSessions"))</p>"
        }
        return """
            <p>\(t("accounts.sessionCount", count: entrance.sessions.count))</p>\
            <p class="note">\(t("accounts.seenAt")): \(time(last.seenAt, in: signedIn.timeZone, t: t)), \
            \(last.device.nonEmpty ?? t("accounts.unknownDevice")), \(last.address)</p>\
            \(actionButton(t("accounts.signOutEverywhere"), to: path + "/sessions/revocation", signedIn: signedIn))
            """
    }

    private func factorCard(_ t: Localizer) -> HTML {
        guard case .on(let since, _) = entrance.secondFactor else {
            return card(t("accounts.secondFactor"), "<p>\(badge(t("accounts.off")))</p>")
        }
        return card(
            t("accounts.secondFactor"),
            """
            <p>\(badge(t("accounts.on"), .good)) \(t("accounts.onSince")) \
            \(time(since, in: signedIn.timeZone, t: t))</p>\
            <p>\(linkButton(t("accounts.removeFactor"), to: path + "/second-factor/removal"))</p>
            """)
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
        let centres = FieldOption("", t("accounts.centresTimeZone"))
        let zones = [centres] + TimeZoneOptions.all(selected: person.timeZone ?? "UTC")
        return """
            \(login)\
            \(textField(FieldLabel("firstName", t("accounts.firstName"), error: errors["firstName"]),
                value: person.firstName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(FieldLabel("lastName", t("accounts.lastName"), error: errors["lastName"]),
                value: person.lastName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(FieldLabel("email", t("accounts.email"), hint: t("accounts.emailHint"), error: errors["email"]),
                value: person.email ?? "", type: "email", autocomplete: "off", limit: 254))\
            \(roles(t))\(teamFields(t))\
            \(selectField(FieldLabel("language", t("accounts.language"), error: errors["language"]),
                [FieldOption("ru", t("frame.language.ru")), FieldOption("en", t("frame.language.en"))],
                selected: person.language))\
            \(selectField(FieldLabel("timeZone", t("accounts.timeZone"), error: errors["timeZone"]), zones,
                selected: person.timeZone ?? ""))\(invitation(t))
            """
    }

    private func invitation(_ t: Localizer) -> HTML {
        guard existing == nil, canMail else { return .empty }
        let label = FieldLabel("invite", t("accounts.invite"), hint: t("accounts.inviteHint"), error: errors["invite"])
        return checkBox(label, isOn: form.invites)
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
