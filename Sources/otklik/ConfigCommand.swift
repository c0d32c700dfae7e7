// SPDX-License-Identifier: Apache-2.0
// `otklik config`: what a contact centre, and the program, are set up with.
import ArgumentParser

/// Configuration by the command line.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: say("config"),
        subcommands: [ConfigCheckCommand.self, ConfigExport.self, ConfigImport.self, ConfigSchema.self])
}
