// SPDX-License-Identifier: Apache-2.0
// `otklik tenant`: the contact centres of an installation.
import App
import ArgumentParser

extension Tenant.Kind: ExpressibleByArgument {}

/// On or off.
enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on, off
}

/// Contact centres by the command line.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: say("tenant"),
        subcommands: [
            TenantCreateCommand.self, TenantListCommand.self, TenantSurveysCommand.self, TenantLimitsCommand.self,
            TenantArchiveCommand.self, TenantReactivateCommand.self,
        ])
}

/// Makes a centre, and its first administrator if one is named.
struct TenantCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: say("tenant.create"), discussion: say("tenant.create.more"))

    @OptionGroup var place: WhereOptions
    @Argument(help: help("tenantKey")) var key: String
    @Argument(help: help("tenantName")) var name: String
    @Option(help: help("kind")) var kind: Tenant.Kind = .production
    @Option(help: help("tenantLanguage"), completion: .list(["ru", "en"])) var tenantLanguage = "ru"
    @Option(help: help("timeZone")) var timeZone = "Europe/Moscow"
    @Option(help: help("surveys")) var surveys: Switch = .off
    @Option(help: help("administrator")) var administrator: String?
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @OptionGroup var json: JSONFlag

    /// The centre and its administrator's link.
    private struct Made: Encodable {
        let tenant: ShownTenant
        let administrator: ShownLink?
    }

    func run() async throws {
        var new = NewTenant(key: key, name: name)
        (new.kind, new.language, new.timeZone) = (kind, tenantLanguage, timeZone)
        new.surveysEnabled = surveys == .on
        var person: NewPerson?
        if let administrator {
            person = NewPerson(login: administrator)
            person?.roles = [.administrator]
            person?.language = tenantLanguage
        }
        let (wanted, first) = (new, person)
        try await place.withOtklik(["base-url": baseURL], mayMake: true) { otklik in
            let (tenant, link) = try await otklik.createTenant(wanted, administrator: first)
            try json.print(Made(tenant: tenant, administrator: link)) {
                link?.link ?? say("tenant.created", ["key": tenant.key])
            }
        }
    }
}

/// Lists the centres.
struct TenantListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: say("tenant.list"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let tenants = try await otklik.tenants()
            try json.print(tenants) {
                let titles = ["key", "name", "kind", "state", "surveys", "activity", "people", "queued"]
                let rows = tenants.map { tenant in
                    [
                        tenant.key, tenant.name, tenant.kind,
                        say(tenant.archivedAt == nil ? "tenant.state.active" : "tenant.state.archived"),
                        say(tenant.surveys ? "on" : "off"), tenant.lastActivityAt ?? "",
                        String(tenant.people ?? 0), String(tenant.queuedMail ?? 0),
                    ]
                }
                return TextTable(titles: titles.map { say("column.\($0)") }, rows: rows, numbersFrom: 6)
                    .text(empty: say("tenant.none"))
            }
        }
    }
}

/// Switches a centre's email surveys.
struct TenantSurveysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "surveys", abstract: say("tenant.surveys"), discussion: say("tenant.surveys.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("switch")) var state: Switch
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let tenant = try await otklik.setSurveys(state == .on, tenant: centre.tenant)
            try json.print(tenant) {
                say(tenant.surveys ? "tenant.surveysOn" : "tenant.surveysOff", ["key": tenant.key])
            }
        }
    }
}

/// Sets a centre's limits.
struct TenantLimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "limits", abstract: say("tenant.limits"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("messageMegabytes")) var messageMegabytes: Int?
    @Option(help: help("messagesPerSecond")) var messagesPerSecond: Int?
    @Option(help: help("mailConnections")) var connections: Int?
    @Option(help: help("storageMegabytes")) var storageMegabytes: Int?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        let limits = TenantLimits(
            messageMegabytes: messageMegabytes, messagesPerSecond: messagesPerSecond,
            connections: connections, storageMegabytes: storageMegabytes)
        try await place.withOtklik { otklik in
            let tenant = try await otklik.setLimits(limits, tenant: centre.tenant)
            try json.print(tenant) { say("tenant.limitsSet", ["key": tenant.key]) }
        }
    }
}

/// Puts a centre away.
struct TenantArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: say("tenant.archive"), discussion: say("tenant.archive.more"))

    @OptionGroup var place: WhereOptions
    @Argument(help: help("theTenantKey")) var key: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let tenant = try await otklik.setArchived(true, tenant: key)
            try json.print(tenant) { say("tenant.archived", ["key": tenant.key]) }
        }
    }
}

/// Brings a centre back.
struct TenantReactivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reactivate", abstract: say("tenant.reactivate"))

    @OptionGroup var place: WhereOptions
    @Argument(help: help("theTenantKey")) var key: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let tenant = try await otklik.setArchived(false, tenant: key)
            try json.print(tenant) { say("tenant.reactivated", ["key": tenant.key]) }
        }
    }
}
