// SPDX-License-Identifier: Apache-2.0
// Conversations over the API: what is answered, with which status, and what is left in the database.
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import TestSupport
import Testing

@testable import App

/// A centre with a key, and a second one with a key of its own.
private struct APIWorld {
    let app: TestApp
    let tenant: TenantID
    let key: String
    let readOnlyKey: String
    let foreignKey: String

    init(_ app: TestApp) async throws {
        self.app = app
        let (rooms, now) = (app.rooms, app.now)
        (tenant, key, readOnlyKey, foreignKey) = try await app.database.write { tx in
            func makeKey(_ tenant: TenantID, scopes: Set<SignedInKey.Scope>) throws -> String {
                var new = NewAPIKey(name: "pbx")
                new.source = "pbx"
                new.scopes = scopes
                return try rooms.accounts.createAPIKey(new, of: tenant, in: tx, at: now).secret
            }
            let tenant = try rooms.accounts.createTenant(NewTenant(key: "demo", name: "Демо"), in: tx, at: now)
            let other = try rooms.accounts.createTenant(NewTenant(key: "other", name: "Другой"), in: tx, at: now)
            for owner in [tenant, other] {
                let new = NewService(name: "Входящий продажи", type: .inbound)
                _ = try rooms.services.create(new, language: "ru", for: owner, in: tx)
            }
            let all = Set(SignedInKey.Scope.allCases)
            return (
                tenant, try makeKey(tenant, scopes: all), try makeKey(tenant, scopes: [.interactionsRead]),
                try makeKey(other, scopes: all)
            )
        }
    }

    func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", key: String? = nil, type: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: "Bearer \(key ?? self.key)"]
        if !body.isEmpty { headers[.contentType] = type ?? "application/json" }
        return try await app.request(method, path, headers: headers, body: body)
    }

    func count(_ table: String) async throws -> Int {
        switch table {
        case "interaction": try await app.database.query("SELECT COUNT(*) FROM interaction")[0].at(0)
        case "part": try await app.database.query("SELECT COUNT(*) FROM interaction_part")[0].at(0)
        default: try await app.database.query("SELECT COUNT(*) FROM contact")[0].at(0)
        }
    }

    static let call = """
        {"externalId": "pbx-4711", "service": "Входящий продажи", "channel": "voice", "direction": "inbound",
         "agent": "petrova", "disposition": "Заказ", "note": "", "startedAt": "2026-03-02T08:00:00Z",
         "endedAt": "2026-03-02T08:04:10Z",
         "customer": {"name": "Иван Смирнов", "email": "ivan@example.com", "phone": "+74950000000", "language": "ru"},
         "case": {"number": "C-1001", "title": "…"}, "sentiment": 0.4, "data": {"queue": "sales"}}
        """
}

private func withAPI(_ engine: Dialect, _ body: (APIWorld) async throws -> Void) async throws {
    try await TestApp.run(on: engine, leaving: ["fold"]) { try await body(APIWorld($0)) }
}

@Suite struct InteractionsAPITests {
    @Test(arguments: engines)
    func `the specification's example is taken, and taken as repeated`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let first = try await world.ask(.post, "/api/v1/completions", APIWorld.call)
            #expect(first.status == .created)
            let answer = try first.json()
            #expect(answer["interaction"]?["state"] == .string("ended"))
            #expect(answer["interaction"]?["disposition"]?["name"] == .string("Заказ"))
            #expect(answer["part"]?["agent"] == .string("petrova"))
            #expect(answer["runs"] == .array([]))
            let again = try await world.ask(.post, "/api/v1/completions", APIWorld.call)
            #expect(again.status == .ok)
            #expect(try again.json()["interaction"] == answer["interaction"])
            let changed = APIWorld.call.replacing("\"Заказ\"", with: "\"Отказ\"").replacing("0.4", with: "0.5")
            let conflict = try await world.ask(.post, "/api/v1/completions", changed)
            #expect(conflict.status == .conflict)
            #expect(conflict.headers[.contentType] == "application/problem+json")
            #expect(fields(of: try conflict.json()) == ["disposition", "sentiment"])
        }
    }

    @Test(arguments: engines)
    func `five deliveries at once are one interaction`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 {
                    group.addTask { try await world.ask(.post, "/api/v1/completions", APIWorld.call).status.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 200, 200, 200, 201])
            #expect(try await world.count("interaction") == 1)
            #expect(try await world.count("part") == 1)
        }
    }

    @Test(arguments: engines)
    func `an interaction is made, completed, ended, reopened, corrected and read`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let one = "/api/v1/interactions/call:1@pbx"
            let made = try await world.ask(.put, one, #"{"service": "входящий ПРОДАЖИ", "customer": {"phone": "1"}}"#)
            #expect(made.status == .created)
            #expect(try await world.ask(.put, one, #"{"sentiment": -1}"#).status == .ok)
            let part = try await world.ask(
                .post, one + "/completions", #"{"agent": "petrova", "dispositionName": "заказ", "final": false}"#)
            #expect(part.status == .created)
            #expect(try part.json()["interaction"]?["state"] == .string("open"))
            #expect(try await world.ask(.post, one + "/end").status == .ok)
            #expect(try await world.ask(.post, one + "/end", #"{"disposition": "Отказ"}"#).status == .conflict)
            #expect(try await world.ask(.post, one + "/reopening").status == .ok)
            let corrected = try await world.ask(.put, one + "/completions/1", #"{"note": "Перезвонили"}"#)
            #expect(corrected.status == .ok)
            let read = try await world.ask(.get, one, key: world.readOnlyKey)
            #expect(read.status == .ok)
            let record = try read.json()
            #expect(record["interaction"]?["state"] == .string("reopened"))
            #expect(record["interaction"]?["sentiment"] == .number(-1))
            guard case .array(let parts) = record["parts"] else { throw Missing() }
            #expect(parts.map { $0["disposition"]?["name"] } == [.string("Заказ")])
            #expect(record["runs"] == .array([]))
            #expect(try await world.ask(.get, one + "?source=helpdesk").status == .notFound)
        }
    }

    @Test(arguments: engines)
    func `a batch answers for each item`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let good = #"{"externalId": "a", "service": "Входящий продажи", "disposition": "Нечто"}"#
            let bad = #"{"externalId": "b", "service": "Нет", "customer": {"email": 7}}"#
            let unknown = #"{"externalId": "b", "service": "Нет"}"#
            let response = try await world.ask(.post, "/api/v1/completions", "[\(good),\(bad),\(unknown),7,\(good)]")
            #expect(response.status == .ok)
            guard case .array(let items) = try response.json() else { throw Missing() }
            #expect(items.map { $0["status"] } == [201, 422, 422, 422, 200].map { .number($0) })
            #expect(fields(of: items[1]["problem"]) == ["[1].customer.email"])
            #expect(fields(of: items[2]["problem"]) == ["[2].service"])
            #expect(fields(of: items[3]["problem"]) == ["[3]"])
            guard case .array(let warnings) = items[0]["warnings"] else { throw Missing() }
            #expect(warnings.map { $0["field"] } == [.string("[0].disposition")])
            #expect(try await world.count("interaction") == 1)
            let many = "[" + Array(repeating: good, count: 1_001).joined(separator: ",") + "]"
            #expect(try await world.ask(.post, "/api/v1/completions", many).status == .contentTooLarge)
            #expect(try await world.ask(.post, "/api/v1/completions", "[]").body == "[]")
        }
    }

    @Test(arguments: engines)
    func `every error is named with its place, and nothing is stored`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let response = try await world.ask(
                .post, "/api/v1/completions",
                """
                {"externalId": "a b", "service": 7.5, "channel": "fax", "direction": true, "agent": ["x"],
                 "final": "yes", "startedAt": "yesterday", "endedAt": "2099-01-01T00:00:00Z", "sentiment": 2,
                 "customer": {"email": {}, "language": "русский"}, "case": {"title": "x"}, "data": [1]}
                """)
            #expect(response.status == .unprocessableContent)
            #expect(
                fields(of: try response.json()).sorted() == [
                    "agent", "case.number", "channel", "customer.email", "customer.language", "data", "direction",
                    "endedAt", "externalId", "final", "sentiment", "service", "startedAt",
                ])
            let cases: [(String, Int, [String])] = [
                (#"{"service": "Входящий продажи"}"#, 422, ["externalId"]),
                (#"{"externalId": "a"}"#, 422, ["service"]),
                (#"{"externalId": "a", "service": "Нет такого"}"#, 422, ["service"]),
                (#"{"externalId": "a", "service": "Входящий продажи", "channel": "chat"}"#, 422, ["channel"]),
                (#"{"externalId": "a", "service": "x\u0000y"}"#, 422, ["service"]),
                (#"{"externalId": "a", "service": "x", "data": {"k": ["\u0000"]}}"#, 422, ["data"]),
                (#"{"externalId": "a", "service": "x", "data": {"\u0000": 1}}"#, 422, ["data"]),
                ("{\"externalId\": \"a\", \"service\": \"x\", \"note\": \"\(big(10_001))\"}", 422, ["note"]),
                ("{\"externalId\": \"\(big(129))\", \"service\": \"x\"}", 422, ["externalId"]),
                ("{\"externalId\": \"a\", \"service\": \"x\", \"data\": {\"k\": \"\(big(17_000))\"}}", 422, ["data"]),
                (
                    #"{"externalId": "a", "service": "x", "startedAt": "2026-03-02T08:00:00Z", "#
                        + #""endedAt": "2026-03-02T07:00:00Z"}"#, 422, ["endedAt"]
                ),
            ]
            for (body, status, expected) in cases {
                let response = try await world.ask(.post, "/api/v1/completions", body)
                #expect(response.status.code == status, "\(body.prefix(100))")
                #expect(fields(of: try response.json()) == expected, "\(body.prefix(100))")
            }
            #expect(try await world.count("interaction") == 0)
            #expect(try await world.count("contact") == 0)
        }
    }

    @Test(arguments: engines)
    func `what is not JSON is refused as that`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let deep = String(repeating: "[", count: 100_000)
            for body in ["{", "{\"a\": }", deep, "{\"a\": 1, \"a\": 2}", "\u{1}", "nul", "{\"a\": 1e999}"] {
                let response = try await world.ask(.post, "/api/v1/completions", body)
                #expect(response.status == .badRequest, "\(body.prefix(20))")
                #expect(try response.json()["code"] == .string("malformed_json"), "\(body.prefix(20))")
            }
            let huge = "{\"note\": \"\(big(10_000_000))\"}"
            #expect(try await world.ask(.post, "/api/v1/completions", huge).status == .contentTooLarge)
            let large = "{\"note\": \"\(big(300_000))\"}"
            #expect(try await world.ask(.put, "/api/v1/interactions/a", large).status == .contentTooLarge)
            let form = try await world.ask(.post, "/api/v1/completions", "a=1", type: "text/plain")
            #expect(form.status == .unsupportedMediaType)
        }
    }

    @Test(arguments: engines)
    func `keys open their own centre, and only what they are for`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let one = "/api/v1/interactions/pbx-4711"
            #expect(try await world.ask(.post, "/api/v1/completions", APIWorld.call).status == .created)
            let wrong = try await world.ask(.post, "/api/v1/completions", APIWorld.call, key: "otk_wrong")
            #expect(wrong.status == .unauthorized)
            let readOnly = try await world.ask(.post, "/api/v1/completions", APIWorld.call, key: world.readOnlyKey)
            #expect(readOnly.status == .forbidden)
            for (method, path, body) in [
                (HTTPRequest.Method.get, one, ""), (.post, one + "/end", "{}"), (.post, one + "/reopening", ""),
                (.post, one + "/completions", #"{"part": "2"}"#), (.put, one + "/completions/1", #"{"note": "x"}"#),
            ] {
                let response = try await world.ask(method, path, body, key: world.foreignKey)
                #expect(response.status == .notFound, "\(method) \(path)")
                #expect(try response.json()["code"] == .string("unknown_interaction"))
            }
            let bad = try await world.ask(.put, "/api/v1/interactions/a%20b", "{}")
            #expect(bad.status == .unprocessableContent)
            #expect(try await world.count("part") == 1)
        }
    }

    @Test(arguments: engines)
    func `unknown members and bad addresses are taken with a warning`(engine: Dialect) async throws {
        try await withAPI(engine) { world in
            let response = try await world.ask(
                .post, "/api/v1/completions",
                """
                {"externalId": "a", "service": "Входящий продажи", "dispositon": "Заказ",
                 "customer": {"email": "ivan@", "nick": "x"}}
                """)
            #expect(response.status == .created)
            guard case .array(let warnings) = try response.json()["warnings"] else { throw Missing() }
            #expect(warnings.map { $0["field"]?.scalarText } == ["customer.email", "customer.nick", "dispositon"])
        }
    }

    private struct Missing: Error {}

    private func big(_ count: Int) -> String { String(repeating: "x", count: count) }

    private func fields(of problem: JSON?) -> [String] {
        guard case .array(let errors) = problem?["errors"] else { return [] }
        return errors.compactMap { $0["field"]?.scalarText }
    }
}
