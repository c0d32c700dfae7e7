// SPDX-License-Identifier: Apache-2.0
// The one program: what each command does is in the product's rooms, here are only its words.
import App
import ArgumentParser
import Foundation
import Logging

/// `otklik`, of which everything else is a subcommand.
@main
struct OtklikCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "otklik",
        abstract: "Asks a contact centre's customers how they were served, and tells what the answers mean.",
        version: Release.version,
        subcommands: [ServeCommand.self, DemoCommand.self, UserCommand.self, APIKeyCommand.self])
}

/// Options that every command has.
struct WhereOptions: ParsableArguments {
    @Option(help: "A YAML file with any of the other options, by their names.")
    var config: String?

    @Option(help: "The folder of the embedded database, captured mail and the server's secret.")
    var data: String?

    @Option(help: "A PostgreSQL address instead of the embedded database.")
    var database: String?

    @Option(help: "The file of the server's secret; <data>/secret.key when not given.")
    var secretFile: String?

    var flags: [String: String] {
        ["config": config, "data": data, "database": database, "secret-file": secretFile].compactMapValues { $0 }
    }

    /// The configuration of a command that has no more options than these.
    func configuration(_ more: [String: String?] = [:]) throws -> Configuration {
        let given = flags.merging(more.compactMapValues { $0 }) { _, new in new }
        do {
            return try Configuration(flags: given, environment: ProcessInfo.processInfo.environment)
        } catch let error as ConfigurationError {
            throw Failure(error.description)
        }
    }
}

/// Why a command did not do what was asked: a sentence for whoever typed it.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
