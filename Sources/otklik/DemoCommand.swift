// SPDX-License-Identifier: Apache-2.0
// `otklik demo` and `otklik demo mail`: what the demo centre holds, and the mail that it has captured.
import App
import ArgumentParser
import Foundation
import Logging

/// The demo centre of a data folder.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: say("demo"),
        subcommands: [DemoShowCommand.self, DemoMailCommand.self], defaultSubcommand: DemoShowCommand.self)
}

/// Shows what the demo centre holds: `otklik demo` alone.
struct DemoShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: say("demo.show"))

    @OptionGroup var place: WhereOptions

    @OptionGroup var json: JSONFlag

    func run() async throws {
        let demo = try place.demo()
        if json.isOn { return print(try demo.json(), terminator: "") }
        print(say("demo.title", ["tenant": demo.tenant, "address": demo.baseURL]) + "\n")
        print(say("demo.people"))
        for person in demo.people { print("  \(person.login)  \(person.password)  \(person.role), \(person.name)") }
        print("\n" + say("demo.services", ["names": demo.services.map(\.name).joined(separator: ", ")]))
        print(say("demo.forms", ["names": demo.forms.map(\.name).joined(separator: ", ")]))
        print(say("demo.workflows", ["names": demo.workflows.map(\.name).joined(separator: ", ")]))
        print("\n" + say("demo.key", ["key": demo.apiKey]))
        print("\n" + say("demo.complete") + "\n  \(demo.curl)")
    }
}

/// Prints captured mail, decoded.
struct DemoMailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mail", abstract: say("demo.mail"))

    @OptionGroup var place: WhereOptions

    @Option(help: help("limit")) var limit = 20

    @OptionGroup var json: JSONFlag

    func run() async throws {
        let demo = try place.demo()
        let configuration = try place.configuration(["base-url": demo.baseURL])
        let otklik = try await buildApplication(configuration, logger: quietLogger)
        let mails = try await finally({ await otklik.close() }) {
            try await otklik.capturedMails(of: demo, limit: limit)
        }
        if json.isOn { return print(try jsonText(mails)) }
        if mails.isEmpty { print(say("demo.noMail")) }
        for mail in mails {
            for (name, value) in [("to", mail.to), ("from", mail.from), ("date", mail.at), ("subject", mail.subject)] {
                print(say("demo.mail.\(name)", ["text": value]))
            }
            if let link = mail.link { print(say("demo.mail.link", ["text": link])) }
            print("\n\(mail.text)\n")
        }
    }
}

extension WhereOptions {
    /// The demo centre of the data folder.
    func demo() throws -> Demo {
        let folder = try configuration().dataFolder
        guard let demo = try Demo.read(in: folder) else {
            throw Failure(say("demo.none", ["folder": folder.path]), status: .refused)
        }
        return demo
    }
}
