// SPDX-License-Identifier: Apache-2.0
// `otklik dkim`: keys by which a domain vouches for a contact centre's mail.
import App
import ArgumentParser

extension SigningAlgorithm: ExpressibleByArgument {}

/// Signing keys by the command line.
struct DKIMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dkim", abstract: say("dkim"),
        subcommands: [
            DKIMCreateCommand.self, DKIMListCommand.self, DKIMCheckCommand.self, DKIMRevokeCommand.self,
        ])
}

/// Makes a key and prints the DNS record that makes it known.
struct DKIMCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: say("dkim.create"), discussion: say("dkim.create.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("domain")) var domain: String
    @Option(help: help("selector")) var selector: String?
    @Option(help: help("algorithm")) var algorithm: SigningAlgorithm = .rsa
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let key = try await otklik.createSigningKey(
                algorithm, domain: domain, selector: selector, tenant: centre.tenant)
            try json.print(key) { say("dkim.created") + "\n" + key.zoneLine }
        }
    }
}

/// Lists keys, the revoked ones included.
struct DKIMListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("dkim.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let keys = try await otklik.signingKeys(tenant: centre.tenant)
            try json.print(keys) {
                let titles = ["id", "domain", "selector", "algorithm", "created", "state"].map { say("column.\($0)") }
                let rows = keys.map { key in
                    [
                        key.id, key.domain, key.selector, key.algorithm, key.createdAt,
                        key.revokedAt.map { say("dkim.state.revoked", ["at": $0]) } ?? say("dkim.state.signs"),
                    ]
                }
                return TextTable(titles: titles, rows: rows).text(empty: say("dkim.none"))
            }
        }
    }
}

/// Compares what the DNS says with what has to stand there.
struct DKIMCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: say("dkim.check"), discussion: say("dkim.check.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let found = try await otklik.checkDNS(tenant: centre.tenant, language: words.language)
            try json.print(found) {
                let titles = ["record", "name", "state", "means"].map { say("column.\($0)") }
                let rows = found.map { [$0.record.uppercased(), $0.name, $0.state, $0.sentence] }
                return TextTable(titles: titles, rows: rows).text(empty: say("dkim.none"))
            }
            if found.contains(where: { $0.record == "dkim" && $0.state != "good" }) {
                throw ExitCode(ExitStatus.failed.rawValue)
            }
        }
    }
}

/// Ends a key.
struct DKIMRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: say("dkim.revoke"), discussion: say("dkim.revoke.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("signingKey")) var key: String
    @Option(help: help("domain")) var domain: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let revoked = try await otklik.revokeSigningKey(key, domain: domain, tenant: centre.tenant)
            try json.print(revoked) { say("dkim.revoked", ["name": revoked.recordName]) }
        }
    }
}
