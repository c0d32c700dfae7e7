// SPDX-License-Identifier: Apache-2.0
// `otklik user`: people of a contact centre.
import App
import ArgumentParser

extension Role: ExpressibleByArgument {}

/// People by the command line.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: say("user"),
        subcommands: [
            UserCreateCommand.self, UserListCommand.self, UserResetLinkCommand.self, UserDisableCommand.self,
            UserEnableCommand.self, UserProviderCommand.self,
        ])
}

/// What is said of a new person.
struct PersonOptions: ParsableArguments {
    @Option(help: help("firstName")) var firstName = ""
    @Option(help: help("lastName")) var lastName = ""
    @Option(help: help("email")) var email: String?
    @Option(help: help("personLanguage"), completion: .list(["ru", "en"])) var personLanguage = "ru"

    func person(_ login: String, roles: [Role]) -> NewPerson {
        var new = NewPerson(login: login)
        (new.firstName, new.lastName, new.email) = (firstName, lastName, email)
        new.language = personLanguage
        new.roles = Set(roles)
        return new
    }
}

/// Makes a person and prints the one-time link by which the password is chosen.
struct UserCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: say("user.create"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @Option(help: help("role")) var role: [Role] = [.agent]
    @OptionGroup var options: PersonOptions
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        let person = options.person(login, roles: role)
        try await place.withOtklik(["base-url": baseURL]) { otklik in
            let link = try await otklik.createPerson(person, tenant: centre.tenant)
            try json.print(link) { link.link }
        }
    }
}

/// Lists people.
struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("user.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let people = try await otklik.people(tenant: centre.tenant)
            try json.print(people) {
                let titles = ["login", "name", "roles", "email", "state"].map { say("column.\($0)") }
                let rows = people.map { person in
                    [
                        person.login, person.name, person.roles.joined(separator: ", "), person.email ?? "",
                        state(person),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("user.none"))
            }
        }
    }

    private func state(_ person: ShownPerson) -> String {
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
