// SPDX-License-Identifier: Apache-2.0
// `otklik team`: teams of a contact centre.
import App
import ArgumentParser

/// Teams by the command line.
struct TeamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "team", abstract: say("team"),
        subcommands: [
            TeamCreateCommand.self, TeamListCommand.self, TeamRenameCommand.self, TeamArchiveCommand.self,
            TeamRestoreCommand.self,
        ])
}

/// Makes a team.
struct TeamCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: say("team.create"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("teamName")) var name: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let team = try await otklik.createTeam(name, tenant: centre.tenant)
            try json.print(team) { say("team.created", ["name": team.name]) }
        }
    }
}

/// Lists teams, the archived ones included.
struct TeamListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("team.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let teams = try await otklik.teams(tenant: centre.tenant)
            try json.print(teams) {
                let titles = ["team", "members", "supervisors", "state"].map { say("column.\($0)") }
                let rows = teams.map { team in
                    [
                        team.name, words.number(team.members), team.supervisors.joined(separator: ", "),
                        say(team.isArchived ? "team.state.archived" : "team.state.open"),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("team.none"))
            }
        }
    }
}

/// Gives a team another name.
struct TeamRenameCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rename", abstract: say("team.rename"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("teamName")) var name: String
    @Argument(help: help("newName")) var newName: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let team = try await otklik.renameTeam(name, to: newName, tenant: centre.tenant)
            try json.print(team) { say("team.renamed", ["name": team.name]) }
        }
    }
}

/// Puts a team away.
struct TeamArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "archive", abstract: say("team.archive"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("teamName")) var name: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let team = try await otklik.setArchived(true, team: name, tenant: centre.tenant)
            try json.print(team) { say("team.archived", ["name": team.name]) }
        }
    }
}

/// Takes a team up again.
struct TeamRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "restore", abstract: say("team.restore"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("teamName")) var name: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let team = try await otklik.setArchived(false, team: name, tenant: centre.tenant)
            try json.print(team) { say("team.restored", ["name": team.name]) }
        }
    }
}
