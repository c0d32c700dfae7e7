// SPDX-License-Identifier: Apache-2.0
// `otklik api-key`: what systems sign in with.
import App
import ArgumentParser

extension SignedInKey.Scope: ExpressibleByArgument {}

/// API keys by the command line.
struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key", abstract: say("apiKey"),
        subcommands: [
            APIKeyCreateCommand.self, APIKeyListCommand.self, APIKeyRevokeCommand.self, APIKeySucceedCommand.self,
        ])
}

/// Makes an API key and prints it: the only moment at which it can be seen.
struct APIKeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: say("apiKey.create"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("keyName")) var name: String
    @Option(help: help("scope")) var scope: [SignedInKey.Scope] = []
    @Option(help: help("source")) var source: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        var new = NewAPIKey(name: name)
        if let source { new.source = source }
        if !scope.isEmpty { new.scopes = Set(scope) }
        let wanted = new
        try await place.withOtklik { otklik in
            let key = try await otklik.createAPIKey(wanted, tenant: centre.tenant)
            try json.print(key) { key.key ?? "" }
        }
    }
}

/// Lists keys, the revoked ones included.
struct APIKeyListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("apiKey.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let keys = try await otklik.apiKeys(tenant: centre.tenant)
            try json.print(keys) {
                let titles = ["id", "name", "source", "scopes", "created", "state"].map { say("column.\($0)") }
                let rows = keys.map { key in
                    [
                        key.id, key.name, key.source, key.scopes.joined(separator: " "), key.createdAt ?? "",
                        key.revokedAt.map { say("apiKey.state.revoked", ["at": $0]) } ?? say("apiKey.state.works"),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("apiKey.none"))
            }
        }
    }
}

/// Ends a key.
struct APIKeyRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: say("apiKey.revoke"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("key")) var key: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let revoked = try await otklik.revokeAPIKey(key, tenant: centre.tenant)
            try json.print(revoked) { say("apiKey.revoked", ["name": revoked.name]) }
        }
    }
}

/// Makes a key that takes another's place.
struct APIKeySucceedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "succeed", abstract: say("apiKey.succeed"), discussion: say("apiKey.succeed.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("key")) var key: String
    @Flag(help: help("revoke")) var revoke = false
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let successor = try await otklik.succeedAPIKey(key, revokes: revoke, tenant: centre.tenant)
            try json.print(successor) { successor.key ?? "" }
        }
    }
}
