// SPDX-License-Identifier: Apache-2.0
// `otklik user send-link`, `sign-out` and `remove-second-factor`: how somebody gets in, and out.
import App
import ArgumentParser

/// Mails somebody a link for choosing a password.
struct UserSendLinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "send-link", abstract: say("user.sendLink"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @Option(name: .customLong("base-url"), help: option("base-url")) var baseURL: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik(["base-url": baseURL]) { otklik in
            let person = try await otklik.mailLink(login: login, tenant: centre.tenant)
            try json.print(person) { say("user.linkSent", ["login": person.login, "email": person.email ?? ""]) }
        }
    }
}

/// Ends somebody's sessions.
struct UserSignOutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sign-out", abstract: say("user.signOut"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let person = try await otklik.signOutEverywhere(login: login, tenant: centre.tenant)
            try json.print(person) { say("user.signedOut", ["login": person.login]) }
        }
    }
}

/// Removes a lost second factor.
struct UserRemoveSecondFactorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-second-factor", abstract: say("user.removeSecondFactor"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Argument(help: help("login")) var login: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let person = try await otklik.removeSecondFactor(login: login, tenant: centre.tenant)
            try json.print(person) { say("user.factorRemoved", ["login": person.login]) }
        }
    }
}
