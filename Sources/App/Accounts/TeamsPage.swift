// SPDX-License-Identifier: Apache-2.0
// The teams of a centre, for its administrators.
import Markup

/// The list of teams, with a form for a new one.
struct TeamsPage {
    let signedIn: SignedIn
    let entries: [TeamEntry]
    var name = ""
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let (archived, open) = (entries.filter(\.team.isArchived), entries.filter { !$0.team.isArchived })
        let list =
            open.isEmpty
            ? emptyState(t("accounts.noTeams"), t("accounts.noTeamsHint"))
            : table(t("accounts.teamsTitle"), columns(t), open.map { row($0, t) })
        let old: HTML =
            archived.isEmpty
            ? .empty
            : disclosure(
                t("accounts.archivedTeams", count: archived.count),
                table(t("accounts.archivedTeamsTitle"), columns(t), archived.map { row($0, t) }))
        let form: HTML = """
            \(textField(FieldLabel("name", t("accounts.teamName"), error: errors["name"], isRequired: true),
                value: name, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(submitButton(t("accounts.addTeam")))
            """
        let body: HTML = """
            \(errors.summary(t))\(list)\
            \(card(t("accounts.newTeam"), postForm(to: "/settings/teams", signedIn: signedIn, form)))\(old)
            """
        return Page(title: t("accounts.teamsTitle"), current: .teams, body: body, hasErrors: !errors.isEmpty)
    }

    private func columns(_ t: Localizer) -> [TableColumn] {
        [
            TableColumn(t("accounts.team")), TableColumn(t("accounts.members"), isNumeric: true),
            TableColumn(t("accounts.supervisors")),
        ]
    }

    private func row(_ entry: TeamEntry, _ t: Localizer) -> [HTML] {
        let supervisors = entry.supervisors.map(\.name).joined(separator: ", ")
        return [
            "<a href=\"/settings/teams/\(entry.team.id.description)\">\(entry.team.name)</a>",
            "\(t.number(entry.size))", HTML(supervisors.nonEmpty ?? "–"),
        ]
    }
}

/// One team: its name, who is in it, who sees its figures.
struct TeamPage {
    let signedIn: SignedIn
    let team: Team
    /// Up to a page of them.
    let members: [Person]
    let supervisors: [Person]
    /// Active people who may be added; nil where there are too many for a list.
    let others: [Person]?
    var name: String
    var errors = FieldErrors.none

    private var path: String { "/settings/teams/\(team.id)" }

    func page(_ t: Localizer) -> Page {
        let state: HTML = team.isArchived ? notice(.neutral, HTML(t("accounts.teamIsArchived"))) : .empty
        let body: HTML = """
            \(errors.summary(t))\(state)<div class="columns">\
            \(card(t("accounts.members"), memberList(t)))\(card(t("accounts.supervisors"), supervisorList(t)))\
            </div><div class="columns">\(card(t("accounts.teamName"), rename(t)))\(archive(t))</div>
            """
        var page = Page(title: team.name, current: .teams, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("accounts.teamsTitle"), "/settings/teams")]
        return page
    }

    private func rename(_ t: Localizer) -> HTML {
        let label = FieldLabel("name", t("accounts.teamName"), error: errors["name"], isRequired: true)
        let field = textField(label, value: name, autocomplete: "off", limit: AccountsLimits.nameLength)
        return postForm(to: path, signedIn: signedIn, field + submitButton(t("accounts.renameTeam")))
    }

    private func archive(_ t: Localizer) -> HTML {
        let action: HTML =
            team.isArchived
            ? actionButton(t("accounts.restoreTeam"), to: path + "/restoration", signedIn: signedIn)
            : "<p>\(linkButton(t("accounts.archiveTeam"), to: path + "/archiving"))</p>"
        return card(t("accounts.archive"), "<p class=\"note\">\(t("accounts.archiveNote"))</p>\(action)")
    }

    private func memberList(_ t: Localizer) -> HTML {
        let shown = members.prefix(AccountsLimits.pageRows)
        let rows = shown.map { person in row(person, t("accounts.takeOut", ["name": person.name]), "members", t) }
        let more: HTML =
            members.count > shown.count
            ? "<p><a href=\"/settings/people?team=\(team.id.description)\">\(t("accounts.allMembers"))</a></p>"
            : .empty
        let list = rows.isEmpty ? "<p class=\"note\">\(t("accounts.noMembers"))</p>" : peopleTable("members", rows, t)
        return list + more + addForm("members", t("accounts.addMember"), except: members, t)
    }

    private func supervisorList(_ t: Localizer) -> HTML {
        let rows = supervisors.map { person in
            row(person, t("accounts.relieve", ["name": person.name]), "supervisors", t)
        }
        let list =
            rows.isEmpty
            ? "<p class=\"note\">\(t("accounts.noSupervisors"))</p>" : peopleTable("supervisors", rows, t)
        return list + addForm("supervisors", t("accounts.addSupervisor"), except: supervisors, t)
    }

    private func peopleTable(_ kind: String, _ rows: [[HTML]], _ t: Localizer) -> HTML {
        table(
            t("accounts.\(kind)"),
            [TableColumn(t("accounts.name")), TableColumn(t("accounts.login")), TableColumn(t("accounts.action"))], rows
        )
    }

    private func row(_ person: Person, _ deed: String, _ kind: String, _ t: Localizer) -> [HTML] {
        let state: HTML = person.isActive ? .empty : " \(personState(person, t))"
        return [
            "<a href=\"/settings/people/\(person.id.description)\">\(person.name)</a>\(state)", HTML(person.login),
            actionButton(
                t("accounts.remove"), named: deed, to: path + "/\(kind)/\(person.id)/removal", signedIn: signedIn),
        ]
    }

    /// The list to choose from, or the field for a login name.
    private func addForm(_ kind: String, _ label: String, except present: [Person], _ t: Localizer) -> HTML {
        guard !team.isArchived else { return .empty }
        let name = TeamRole(kind)?.field ?? kind
        var field = FieldLabel(name, label, error: errors[name], isRequired: true)
        let control: HTML
        if let others {
            let there = Set(present.map(\.id))
            let left = others.filter { !there.contains($0.id) }
            if left.isEmpty { return .empty }
            let options = left.map { FieldOption($0.login, "\($0.name) (\($0.login))") }
            control = selectField(field, [FieldOption("", t("accounts.choosePerson"))] + options, selected: "")
        } else {
            field.hint = t("accounts.typeLogin")
            control = textField(field, autocomplete: "off", limit: AccountsLimits.loginLength)
        }
        let content = control + "<button class=\"button\">\(t("accounts.add"))</button>"
        return postForm(to: path + "/\(kind)", signedIn: signedIn, content)
    }
}

/// What somebody is to a team, as addresses say it.
enum TeamRole: String {
    case members, supervisors

    init?(_ part: String) { self.init(rawValue: part) }

    /// The form's field.
    var field: String { self == .members ? "member" : "supervisor" }
}
