// SPDX-License-Identifier: Apache-2.0
// `otklik user`: people of a contact centre.
import App
import ArgumentParser

extension Role: ExpressibleByArgument {}
extension PersonState: ExpressibleByArgument {}

/// People by the command line.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: say("user"),
        subcommands: [
            UserCreateCommand.self, UserChangeCommand.self, UserListCommand.self, UserResetLinkCommand.self,
            UserSendLinkCommand.self, UserDisableCommand.self, UserEnableCommand.self, UserSignOutCommand.self,
            UserRemoveSecondFactorCommand.self, UserProviderCommand.self,
        ])
}

/// What is said of a person.
struct PersonOptions: ParsableArguments {
    @Option(help: help("firstName")) var firstName: String?
    @Option(help: help("lastName")) var lastName: String?
    @Option(help: help("email")) var email: String?
    @Option(help: help("personLanguage"), completion: .list(["ru", "en"])) var personLanguage: String?
    @Option(help: help("personTimeZone")) var timeZone: String?
    @Option(help: help("role")) var role: [Role] = []
    @Option(help: help("team")) var team: String?
    @Option(help: help("supervises")) var supervises: [String] = []

    var wish: PersonWish {
        var wish = PersonWish()
        (wish.firstName, wish.lastName, wish.email) = (firstName, lastName, email)
        (wish.language, wish.timeZone, wish.team) = (personLanguage, timeZone, team)
        if !role.isEmpty { wish.roles = Set(role) }
        if !supervises.isEmpty { wish.supervisedTeams = supervises }
        return wish
    }
}

/// Makes a person and prints the one-time link by which the password is chosen.
struct UserCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: say("user.create"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var options: PersonOptions
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        var person = NewPerson(login: login)
        person.roles = [.agent]
        let (new, wish) = (person, options.wish)
        try await place.withOtklik(["base-url": baseURL]) { otklik in
            let link = try await otklik.createPerson(new, wish, tenant: centre.tenant)
            try json.print(link) { link.link }
        }
    }
}

/// Changes what is said of a person.
struct UserChangeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: say("user.change"), discussion: say("user.change.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var options: PersonOptions
    @OptionGroup var json: JSONFlag

    func run() async throws {
        let wish = options.wish
        try await place.withOtklik { otklik in
            let person = try await otklik.changePerson(login, wish, tenant: centre.tenant)
            try json.print(person) { say("user.changed", ["login": person.login]) }
        }
    }
}

/// Lists people.
struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("user.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("search")) var search = ""
    @Option(help: help("onlyRole")) var role: Role?
    @Option(help: help("onlyTeam")) var team: String?
    @Option(help: help("onlyState")) var state: PersonState?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let people = try await otklik.people(
                search: search, role: role, team: team, state: state, tenant: centre.tenant)
            try json.print(people) {
                let titles = ["login", "name", "roles", "team", "email", "state"].map { say("column.\($0)") }
                let rows = people.map { person in
                    [
                        person.login, person.name, person.roles.joined(separator: ", "), person.team ?? "",
                        person.email ?? "", state(of: person),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("user.none"))
            }
        }
    }

    private func state(of person: ShownPerson) -> String {
        guard person.isActive else { return say("user.state.disabled") }
        return say(person.canSignIn ? "user.state.active" : "user.state.noPassword")
    }
}

/// Makes a one-time link for a new password.
struct UserResetLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reset-link", abstract: say("user.resetLink"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik(["base-url": baseURL]) { otklik in
            let link = try await otklik.passwordLink(login: login, tenant: centre.tenant)
            try json.print(link) { link.link }
        }
    }
}

/// Lets somebody in no more.
struct UserDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "disable", abstract: say("user.disable"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let person = try await otklik.setActive(false, login: login, tenant: centre.tenant)
            try json.print(person) { say("user.disabled", ["login": person.login]) }
        }
    }
}

/// Lets somebody in again.
struct UserEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: say("user.enable"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let person = try await otklik.setActive(true, login: login, tenant: centre.tenant)
            try json.print(person) { say("user.enabled", ["login": person.login]) }
        }
    }
}

/// Makes somebody a provider.
struct UserProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: say("user.provider"), discussion: say("user.provider.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @Argument(help: help("switch")) var state: Switch
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let person = try await otklik.setProvider(state == .on, login: login, tenant: centre.tenant)
            try json.print(person) {
                say(state == .on ? "user.providerOn" : "user.providerOff", ["login": person.login])
            }
        }
    }
}
