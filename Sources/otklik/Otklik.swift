// SPDX-License-Identifier: Apache-2.0
// The one program: what each command does is in the product's rooms, here are only its words.
import App
import ArgumentParser
import Foundation
import Logging

/// `otklik`, of which everything else is a subcommand.
struct OtklikCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "otklik", abstract: say("otklik"), discussion: say("otklik.more"), version: Release.version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, TenantCommand.self, UserCommand.self, TeamCommand.self,
            APIKeyCommand.self, ReportCommand.self, SendTestCommand.self, HealthCommand.self, DKIMCommand.self,
            BounceCommand.self, FormsCommand.self, ConfigCommand.self, DatabaseCommand.self,
        ])
}

/// Options that every command has.
struct WhereOptions: ParsableArguments {
    @Option(help: option("config"), completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(help: option("data"), completion: .directory)
    var data: String?

    @Option(help: option("database"))
    var database: String?

    @Option(help: option("secret-file"), completion: .file())
    var secretFile: String?

    var flags: [String: String] {
        ["config": config, "data": data, "database": database, "secret-file": secretFile].compactMapValues { $0 }
    }

    /// The configuration of a command that has no more options than these.
    func configuration(_ more: [String: String?] = [:]) throws -> Configuration {
        let given = flags.merging(more.compactMapValues { $0 }) { _, new in new }
        return try Configuration(flags: given, environment: ProcessInfo.processInfo.environment)
    }
}

/// The contact centre that a command is about.
struct TenantOption: ParsableArguments {
    @Option(name: [.customLong("tenant"), .customLong("centre")], help: help("tenant"))
    var tenant: String?
}

/// JSON instead of words and tables.
struct JSONFlag: ParsableArguments {
    @Flag(name: .customLong("json"), help: help("json"))
    var isOn = false

    /// Prints a value as JSON, or what stands for it in words.
    func print(_ value: some Encodable, words: () -> String) throws {
        Swift.print(isOn ? try jsonText(value) : words())
    }
}

extension WhereOptions {
    /// Opens the product for a command, beside a running server if there is one, and closes it again.
    /// - Parameter mayMake: whether an embedded database is made where there is none; a mistyped folder is not.
    func withOtklik(
        _ more: [String: String?] = [:], mayMake: Bool = false, _ body: (Otklik) async throws -> Void
    ) async throws {
        let configuration = try configuration(more)
        if !mayMake, !configuration.hasDatabase {
            throw Failure(say("noDatabase", ["folder": configuration.dataFolder.path]), status: .refused)
        }
        let otklik = try await buildApplication(configuration, logger: quietLogger)
        do {
            try await finally({ await otklik.close() }) { try await body(otklik) }
        } catch let refusal as Refusal {
            throw Failure(Refusals([refusal]), otklik)
        } catch let refusals as Refusals {
            throw Failure(refusals, otklik)
        }
    }
}

extension Failure {
    /// What the product refused, in the language of this run.
    init(_ refusals: Refusals, _ otklik: Otklik) {
        let details = refusals.all.map { refusal in
            (
                field: refusal.field, code: refusal.code,
                detail: otklik.sentence(Refusals([refusal]), language: words.language)
            )
        }
        self.init(details.map(\.detail).joined(separator: "\n"), status: .refused, refusals: details)
    }
}

/// For commands that end: warnings only.
var quietLogger: Logger {
    var logger = Logger(label: "otklik")
    logger.logLevel = .warning
    return logger
}

/// Runs a body, and something else afterwards whatever came of it.
func finally<Value>(_ last: () async -> Void, _ body: () async throws -> Value) async throws -> Value {
    do {
        let value = try await body()
        await last()
        return value
    } catch {
        await last()
        throw error
    }
}
