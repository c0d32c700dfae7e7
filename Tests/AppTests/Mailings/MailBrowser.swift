// SPDX-License-Identifier: Apache-2.0
// Requests of the administrator of a centre whose mail is under test.
import Foundation
import HTTPTypes
import Storage
import TestSupport

@testable import App

/// A signed-in administrator's requests.
struct MailBrowser {
    let app: TestApp
    let token: String

    init(_ world: MailWorld) async throws {
        app = world.app
        let (accounts, tenant, now) = (world.app.rooms.accounts, world.tenant, world.app.now)
        token = try await app.database.write { tx in
            let person = try accounts.somebody(PersonID(raw: 5), of: tenant, in: tx)
            return try accounts.beginSession(
                of: person, from: RequestOrigin(address: "127.0.0.1"), in: tx, at: now)
        }.token
    }

    private var headers: HTTPFields {
        [.cookie: "otklik=\(token)", .accept: "text/html", .contentType: "application/x-www-form-urlencoded"]
    }

    func get(_ path: String) async throws -> TestResponse { try await app.request(.get, path, headers: headers) }

    func post(_ path: String, _ fields: [String: String] = [:]) async throws -> TestResponse {
        var fields = fields
        fields["form_token"] = app.rooms.accounts.formToken(of: token)
        return try await app.request(.post, path, headers: headers, body: Self.encoded(fields))
    }

    static func encoded(_ fields: [String: String]) -> String {
        fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
    }
}
