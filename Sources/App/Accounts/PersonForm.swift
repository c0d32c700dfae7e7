// SPDX-License-Identifier: Apache-2.0
// What an administrator types about a person.

/// The fields of a person's page.
struct PersonForm: Sendable {
    var person: NewPerson
    /// The name of a team that does not exist yet.
    var newTeam: String
    /// A new person is mailed an invitation at once.
    var invites = false

    init(person: NewPerson) {
        self.person = person
        newTeam = ""
    }

    /// - Parameter login: nil for a new person, whose login name is typed; it does not change later, since senders and
    ///   reports know people by it.
    init(_ input: FormInput, login: String?) {
        var person = NewPerson(login: login ?? input.text("login"))
        person.firstName = input.text("firstName")
        person.lastName = input.text("lastName")
        person.email = input.text("email").nonEmpty
        person.team = input.id("team")
        person.roles = Set(input.values("roles").compactMap { Role(rawValue: $0) }).intersection(Role.ofCentre)
        person.supervisedTeams = Set(input.values("supervisedTeams").prefix(1000).compactMap { TeamID($0) })
        person.language = input.text("language")
        person.timeZone = input.text("timeZone").nonEmpty
        self.person = person
        newTeam = input.text("newTeam")
        invites = login == nil && input.flag("invite")
    }

    /// - Parameter teams: those that the centre has: a team of another centre is none.
    /// - Throws: ``Refusals`` by field.
    func check(teams: [Team]) throws {
        var refusals = Refusals()
        do {
            try person.check()
        } catch let refused as Refusals {
            refusals.all += refused.all
        }
        if let team = person.team, !teams.contains(where: { $0.id == team }) {
            refusals.add(Refusal(.invalid, code: "unknown_team", key: "accounts.unknownTeam", field: "team"))
        }
        if newTeam.count > AccountsLimits.nameLength {
            refusals.add(Refusal(.invalid, code: "bad_name", key: "accounts.badName", field: "newTeam"))
        }
        try refusals.throwIfAny()
    }
}
