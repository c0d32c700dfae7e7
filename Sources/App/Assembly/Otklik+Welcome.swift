// SPDX-License-Identifier: Apache-2.0
// What a start says to whoever has started the program: where to go, with links that work once.
import Foundation
import Storage

extension Otklik {
    /// The lines after a start without the demo: how to set up the first administrator, if nobody can sign in yet.
    func setUpLines() async throws -> [String] {
        let now = installation.clock.now()
        let accounts = rooms.accounts
        let surveys = rooms.surveys
        let link = try await installation.database.write { tx -> String? in
            let link = try accounts.makeSetUpLink(in: tx, at: now)
            if link != nil, let first = try accounts.onlyTenant(in: tx) {
                try surveys.welcome(first.id, language: first.language, in: tx)
            }
            return link
        }
        guard let link else { return [] }
        return ["Set up the first administrator here (the link works once):", "  \(link)"]
    }

    /// Makes the demo centre when it is not there, and says how to enter it.
    func demoLines() async throws -> [String] {
        guard let demo = try await DemoMaking(installation: installation, rooms: rooms, assets: assets).demo() else {
            return ["The demo centre is there already; its log-ins are in the data folder of the node that made it."]
        }
        let links = try await signInLinks(demo)
        // As it was started: after `make run` no program of this name lies on the path.
        let command = "\(CommandLine.arguments.first ?? "otklik") demo"
        let place = "--data \(installation.dataFolder.path)"
        var lines = ["", "The demo centre is ready. Sign in by one of these links (each works once):"]
        lines += links.map { "  \($0.role.padding(toLength: 14, withPad: " ", startingAt: 0)) \($0.link)" }
        lines += [
            "", "Complete an interaction, as an agent's telephone system would:", "  \(demo.curl)",
            "", "About five seconds later the customer's mail is captured; this prints it with its link:",
            "  \(command) mail \(place)",
            "", "The answers stand in the report:", "  \(installation.baseURL)/reports",
            "", "Everything else about the demo centre, passwords included:",
            "  \(command) \(place)", "",
        ]
        return lines
    }

    /// One-time links for the first person of each role.
    private func signInLinks(_ demo: Demo) async throws -> [(role: String, link: String)] {
        let now = installation.clock.now()
        let accounts = rooms.accounts
        return try await installation.database.write { tx in
            guard let tenant = try accounts.tenant(key: demo.tenant, in: tx) else { return [] }
            return try Role.allCases.compactMap { role in
                guard let login = demo.people.first(where: { $0.role == role.rawValue })?.login,
                    let person = try accounts.person(byLogin: login, of: tenant.id, in: tx)
                else { return nil }
                let link = try accounts.makeLink(
                    for: person.id, of: tenant.id, purpose: .signIn, hours: 24, in: tx, at: now)
                return (role.rawValue, link)
            }
        }
    }
}
