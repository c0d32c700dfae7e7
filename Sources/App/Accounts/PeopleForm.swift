// SPDX-License-Identifier: Apache-2.0
// Which people an address asks for.

/// A filter of people as it stands in addresses.
struct PeopleQuery {
    /// Stands for people without a team.
    static let noTeam = "none"

    let filter: PeopleFilter

    init(_ filter: PeopleFilter) { self.filter = filter }

    /// What somebody has asked for; values that mean nothing ask for nothing.
    init(_ input: FormInput) {
        var filter = PeopleFilter()
        filter.text = String(input.text("q").prefix(200))
        filter.role = Role(rawValue: input.text("role"))
        filter.state = PersonState(rawValue: input.text("state"))
        if let team = input.id("team", as: TeamID.self) { filter.team = .one(team) }
        if input.text("team") == Self.noTeam { filter.team = .none }
        self.filter = filter
    }

    var role: String { filter.role?.rawValue ?? "" }
    var state: String { filter.state?.rawValue ?? "" }
    var team: String {
        switch filter.team {
        case .any: ""
        case .none: Self.noTeam
        case .one(let team): team.description
        }
    }

    /// The address of a page of the list.
    func address(after login: String?) -> String {
        let values = [("q", filter.text), ("role", role), ("team", team), ("state", state), ("after", login ?? "")]
        let pairs = values.filter { !$0.1.isEmpty }.map { $0.0 + "=" + queryValue($0.1) }
        return "/settings/people" + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }
}
