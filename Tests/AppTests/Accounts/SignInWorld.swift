// SPDX-License-Identifier: Apache-2.0
// A centre with people who can sign in.
import Storage
import TestSupport

@testable import App

/// A centre with people who can sign in, all with the same password.
struct SignInWorld: Sendable {
    static let password = "correct horse battery"
    let tenant: TenantID
    let administrator: PersonID
    let supervisor: PersonID
    let agent: PersonID
    /// Looks after the installation, and signs in at this centre.
    let provider: PersonID
    let team: TeamID

    static func make(
        _ app: TestApp, key: String = "moscow", hasSurveys: Bool = false
    ) async throws -> SignInWorld {
        let accounts = app.rooms.accounts
        let hash = try await accounts.hashPassword(password)
        let now = app.now
        return try await app.database.write { tx in
            var centre = NewTenant(key: key, name: "Centre \(key)")
            centre.surveysEnabled = hasSurveys
            let tenant = try accounts.createTenant(centre, in: tx, at: now)
            let team = try accounts.findOrMakeTeam("Sales", of: tenant, in: tx)
            func make(_ login: String, _ role: Role) throws -> PersonID {
                var new = NewPerson(login: login)
                new.firstName = login.uppercased()
                new.roles = [role]
                new.language = "en"
                if role == .supervisor { new.supervisedTeams = [team] }
                return try accounts.createPerson(new, passwordHash: hash, of: tenant, in: tx, at: now)
            }
            return SignInWorld(
                tenant: tenant, administrator: try make("admin", .administrator),
                supervisor: try make("super", .supervisor), agent: try make("agent", .agent),
                provider: try make("host", .provider), team: team)
        }
    }

    /// A browser in which somebody of the centre is signed in.
    func browser(_ app: TestApp, as login: String, centre: String = "moscow") async throws -> Browser {
        let browser = Browser(app)
        try await browser.post("/\(centre)/login", ["login": login, "password": Self.password])
        try await browser.get("/account")
        return browser
    }
}
