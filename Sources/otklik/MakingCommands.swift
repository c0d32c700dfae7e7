// SPDX-License-Identifier: Apache-2.0
// `otklik user create` and `otklik api-key create`: what a provider does without a browser.
import App
import ArgumentParser
import Foundation

/// People by the command line.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Makes people.", subcommands: [UserCreateCommand.self])
}

/// Makes a person and prints the one-time link by which the password is chosen.
struct UserCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a person; prints a one-time link for choosing a password.")

    @OptionGroup var place: WhereOptions

    @Argument(help: "The login name.")
    var login: String

    @Option(help: "administrator, supervisor or agent; may be given several times.")
    var role: [String] = ["agent"]

    @Option(help: "The key of the contact centre; not needed where there is only one.")
    var centre: String?

    @Option(help: "The first name.")
    var firstName = ""

    @Option(help: "The last name.")
    var lastName = ""

    @Option(help: "The address of the person's mail.")
    var email: String?

    @Option(help: "The address that people use, which the link begins with.")
    var baseURL: String?

    func run() async throws {
        var new = NewPerson(login: login)
        new.firstName = firstName
        new.lastName = lastName
        new.email = email
        for name in role {
            guard let role = Role(rawValue: name) else { throw ValidationError("\(name) is no role.") }
            new.roles.insert(role)
        }
        let person = new
        try await place.withOtklik(["base-url": baseURL]) { otklik in
            print(try await otklik.createPerson(person, centre: centre))
        }
    }
}

/// API keys by the command line.
struct APIKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-key", abstract: "Makes API keys.", subcommands: [APIKeyCreateCommand.self])
}

/// Makes an API key and prints it: the only moment at which it can be seen.
struct APIKeyCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes an API key and prints it, once.")

    @OptionGroup var place: WhereOptions

    @Argument(help: "What the key is called in the list of keys.")
    var name: String

    @Option(help: "The key of the contact centre; not needed where there is only one.")
    var centre: String?

    @Option(help: "interactions:write, interactions:read or reports:read, several times; all when not given.")
    var scope: [String] = []

    @Option(help: "The sender's name: a successor's key with the same name repeats nothing.")
    var source: String?

    func run() async throws {
        var new = NewAPIKey(name: name)
        if let source { new.source = source }
        if !scope.isEmpty {
            new.scopes = Set(
                try scope.map { text in
                    guard let scope = SignedInKey.Scope(rawValue: text) else {
                        throw ValidationError("\(text) is no scope.")
                    }
                    return scope
                })
        }
        let key = new
        try await place.withOtklik { otklik in print(try await otklik.createAPIKey(key, centre: centre)) }
    }
}

extension WhereOptions {
    /// Opens the product for a command, beside a running server if there is one, and closes it again.
    func withOtklik(_ more: [String: String?] = [:], _ body: (Otklik) async throws -> Void) async throws {
        let otklik = try await buildApplication(try configuration(more), logger: quietLogger)
        do {
            try await finally({ await otklik.close() }) { try await body(otklik) }
        } catch let refusal as Refusal {
            throw Failure(otklik.sentence(Refusals([refusal])))
        } catch let refusals as Refusals {
            throw Failure(otklik.sentence(refusals))
        }
    }
}
