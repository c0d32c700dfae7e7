// SPDX-License-Identifier: Apache-2.0
// A browser as far as signing in needs one: it keeps cookies and sends the form token of the page that it saw.
import Foundation
import HTTPTypes
import Storage
import TestSupport

@testable import App

/// Somebody at a page.
final class Browser {
    let app: TestApp
    private(set) var cookies: [String: String] = [:]
    private(set) var page = ""

    init(_ app: TestApp) { self.app = app }

    /// The value of a hidden field of the last page.
    func hidden(_ name: String) -> String? {
        let pattern = "name=\"\(name)\" value=\""
        guard let start = page.range(of: pattern) else { return nil }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    @discardableResult func get(_ path: String, language: String = "en") async throws -> TestResponse {
        try await send(.get, path, ["Accept-Language": language], "")
    }

    /// Sends a form as the last page's would be sent, unless the fields say otherwise.
    @discardableResult func post(
        _ path: String, _ fields: [String: String], headers: [String: String] = [:], sendsToken: Bool = true
    ) async throws -> TestResponse {
        var fields = fields
        if sendsToken, let token = hidden(formTokenName) { fields[formTokenName] = token }
        let body = fields.map { queryValue($0.key) + "=" + queryValue($0.value) }.joined(separator: "&")
        var headers = headers
        headers["Content-Type"] = headers["Content-Type"] ?? "application/x-www-form-urlencoded"
        return try await send(.post, path, headers, body)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: [String: String], _ body: String
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
        if !cookies.isEmpty { fields[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        let response = try await app.request(method, path, headers: fields, body: body)
        for field in response.headers[values: .setCookie] {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
            cookies[pair[0]] = field.contains("Max-Age=0") ? nil : pair.count == 2 ? pair[1] : nil
        }
        if response.headers[.contentType]?.hasPrefix("text/html") == true { page = response.body }
        return response
    }
}

/// A centre with people who can sign in, all with the same password.
struct SignInWorld: Sendable {
    static let password = "correct horse battery"
    let tenant: TenantID
    let administrator: PersonID
    let supervisor: PersonID
    let agent: PersonID
    let team: TeamID

    static func make(_ app: TestApp, key: String = "moscow") async throws -> SignInWorld {
        let accounts = app.rooms.accounts
        let hash = try await accounts.hashPassword(password)
        let now = app.now
        return try await app.database.write { tx in
            let tenant = try accounts.createTenant(NewTenant(key: key, name: "Centre \(key)"), in: tx, at: now)
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
                supervisor: try make("super", .supervisor), agent: try make("agent", .agent), team: team)
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
