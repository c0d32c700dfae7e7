// SPDX-License-Identifier: Apache-2.0
// `otklik demo` and `otklik demo mail`: what the demo centre holds, and the mail that it has captured.
import App
import ArgumentParser
import Foundation
import Logging

/// The demo centre of a data folder.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Shows the demo centre: its people with their passwords, its key, a first call.",
        subcommands: [DemoShowCommand.self, DemoMailCommand.self], defaultSubcommand: DemoShowCommand.self)
}

/// Shows what the demo centre holds: `otklik demo` alone.
struct DemoShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows people with their passwords, the key, and a first call.")

    @OptionGroup var place: WhereOptions

    @Flag(help: "Prints JSON, for programs.")
    var json = false

    func run() async throws {
        let demo = try place.demo()
        if json { return print(try demo.json(), terminator: "") }
        print("Demo centre \u{201C}\(demo.tenant)\u{201D} at \(demo.baseURL)\n")
        print("People:")
        for person in demo.people { print("  \(person.login)  \(person.password)  \(person.role), \(person.name)") }
        print("\nServices:  \(demo.services.map(\.name).joined(separator: ", "))")
        print("Forms:     \(demo.forms.map(\.name).joined(separator: ", "))")
        print("Workflows: \(demo.workflows.map(\.name).joined(separator: ", "))")
        print("\nAPI key:   \(demo.apiKey)\n\nComplete an interaction:\n  \(demo.curl)")
    }
}

/// Prints captured mail, decoded.
struct DemoMailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Prints the demo centre's captured mail, newest first, with links.")

    @OptionGroup var place: WhereOptions

    @Option(help: "How many mails to print at most.")
    var limit = 20

    @Flag(help: "Prints JSON, for programs.")
    var json = false

    func run() async throws {
        let demo = try place.demo()
        let configuration = try place.configuration(["base-url": demo.baseURL])
        let otklik = try await buildApplication(configuration, logger: quietLogger)
        let mails = try await finally({ await otklik.close() }) {
            try await otklik.capturedMails(of: demo, limit: limit)
        }
        if json { return print(try jsonText(mails)) }
        if mails.isEmpty { print("No mail was captured yet.") }
        for mail in mails {
            print("To:      \(mail.to)\nFrom:    \(mail.from)\nDate:    \(mail.at)\nSubject: \(mail.subject)")
            if let link = mail.link { print("Link:    \(link)") }
            print("\n\(mail.text)\n")
        }
    }
}

extension WhereOptions {
    /// The demo centre of the data folder.
    func demo() throws -> Demo {
        let folder = try configuration().dataFolder
        guard let demo = try Demo.read(in: folder) else {
            throw Failure("No demo centre in \(folder.path). Start one with: otklik serve --demo --data \(folder.path)")
        }
        return demo
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
