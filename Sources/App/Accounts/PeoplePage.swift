// SPDX-License-Identifier: Apache-2.0
// The people of a centre, for its administrators.
import Markup

/// The list of people.
struct PeoplePage {
    let signedIn: SignedIn
    let people: [Person]
    let teams: [Team]
    let filter: PeopleFilter
    /// Where the next page begins; nil on the last one.
    let older: String?
    let isFirst: Bool

    func page(_ t: Localizer) -> Page {
        let columns = [
            TableColumn(t("accounts.name")), TableColumn(t("accounts.login")), TableColumn(t("accounts.roles")),
            TableColumn(t("accounts.team")), TableColumn(t("accounts.state")),
        ]
        let list =
            people.isEmpty
            ? emptyState(
                t("accounts.nobodyFound"), t("accounts.nobodyFoundHint"),
                action: linkButton(t("accounts.showAll"), to: "/settings/people"))
            : table(t("accounts.peopleTitle"), columns, people.map { row($0, t) })
        let next = older.map { PeopleQuery(filter).address(after: $0) }
        let first = isFirst ? nil : PeopleQuery(filter).address(after: nil)
        let body: HTML = "\(filters(t))\(list)\(pagination(newer: first, older: next, t: t))"
        return Page(
            title: t("accounts.peopleTitle"), current: .people, body: body,
            actions: linkButton(t("accounts.addPerson"), to: "/settings/people/new", isPrimary: true))
    }

    /// A provider's account is changed by providers only.
    private func name(of person: Person) -> HTML {
        guard signedIn.mayChange(person) else { return HTML(person.name) }
        return "<a href=\"/settings/people/\(person.id.description)\">\(person.name)</a>"
    }

    private func row(_ person: Person, _ t: Localizer) -> [HTML] {
        let team = person.team.flatMap { id in teams.first { $0.id == id } }
        return [
            name(of: person), HTML(person.login), roleBadges(person.roles, t), HTML(team?.name ?? "–"),
            personState(person, t),
        ]
    }

    private func filters(_ t: Localizer) -> HTML {
        let query = PeopleQuery(filter)
        let any = [FieldOption("", t("accounts.any"))]
        let roles = any + Role.ofCentre.map { FieldOption($0.rawValue, t("accounts.role.\($0.rawValue)")) }
        let states =
            any + PersonState.allCases.map { FieldOption($0.rawValue, t("accounts.personState.\($0.rawValue)")) }
        let places =
            any + [FieldOption(PeopleQuery.noTeam, t("accounts.noTeam"))]
            + teams.map { FieldOption($0.id.description, $0.name) }
        return """
            <form method="get" action="/settings/people" class="filters" role="search">\
            \(textField(FieldLabel("q", t("accounts.search")), value: filter.text, type: "search"))\
            \(selectField(FieldLabel("role", t("accounts.oneRole")), roles, selected: query.role))\
            \(selectField(FieldLabel("team", t("accounts.team")), places, selected: query.team))\
            \(selectField(FieldLabel("state", t("accounts.state")), states, selected: query.state))\
            <div class="buttons"><button class="button">\(t("accounts.show"))</button></div></form>
            """
    }
}

/// How somebody stands, as a label.
func personState(_ person: Person, _ t: Localizer) -> HTML {
    if !person.isActive { return badge(t("accounts.inactive")) }
    if person.needsReview { return badge(t("accounts.needsReview"), .warning) }
    return person.canSignIn ? badge(t("accounts.canSignIn"), .good) : badge(t("accounts.cannotSignIn"))
}
