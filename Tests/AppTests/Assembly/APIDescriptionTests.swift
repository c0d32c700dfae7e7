// SPDX-License-Identifier: Apache-2.0
// The API's description is true: it names every route, its examples run, and real answers fit its schemas.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import Storage
import TestSupport
import Testing

@testable import App

/// The demo centre, its key, and the description as programs read it.
private struct DescribedWorld {
    let app: TestApp
    let key: String
    let description: APIDescription
    let document: JSON

    init(_ app: TestApp) async throws {
        self.app = app
        app.clock.advance(seconds: 265 * 86400)
        let making = DemoMaking(installation: app.otklik.installation, rooms: app.rooms, assets: try Assets.load())
        key = try #require(try await making.demo()).apiKey
        description = app.otklik.apiDescription()
        let served = try await app.request(.get, "/api/v1/openapi.json", headers: [.acceptLanguage: "en"])
        #expect(served.status == .ok)
        #expect(served.headers[.contentLanguage] == "en")
        document = try served.json()
    }

    func run(_ example: APIExample, _ operation: APIOperation) async throws -> TestResponse {
        try await ask(operation, "/api/v1" + example.path(operation), example.body?.text ?? "")
    }

    func ask(
        _ operation: APIOperation, _ path: String, _ body: String = "", key: String? = nil,
        type: String = "application/json"
    ) async throws -> TestResponse {
        var headers: HTTPFields = [.authorization: "Bearer \(key ?? self.key)", .acceptLanguage: "en"]
        if !body.isEmpty { headers[.contentType] = type }
        let method = try #require(HTTPRequest.Method(rawValue: operation.method))
        return try await app.request(method, path, headers: headers, body: body)
    }

    /// What in an answer is not as the document says.
    func faults(_ answer: TestResponse, to operation: APIOperation) throws -> [String] {
        let path = document["paths"]?[operation.shortPath]?[operation.method.lowercased()]
        guard let response = path?["responses"]?["\(answer.status.code)"] else {
            return ["\(operation.id): \(answer.status.code) is not described: \(answer.body)"]
        }
        let type = String(answer.headers[.contentType]?.prefix { $0 != ";" } ?? "")
        guard let schema = response["content"]?[type]?["schema"] else { return ["\(operation.id): \(type)"] }
        return SchemaCheck(document: document).faults(try answer.json(), schema).map { "\(operation.id): \($0)" }
    }
}

private func withDescription(_ engine: Dialect = .sqlite, _ body: (DescribedWorld) async throws -> Void) async throws {
    try await TestApp.run(on: engine, leaving: ["fold", "run", "message"]) { try await body(DescribedWorld($0)) }
}

@Suite struct APIDescriptionTests {
    @Test func `every route of the API is described, and every described one is a route`() async throws {
        try await withDescription { world in
            let routes = world.app.otklik.router().routes
                .map { "\($0.method.rawValue) \($0.path.description)" }
                // HEAD follows GET everywhere.
                .filter { $0.contains(" /api/v1/") && !$0.hasPrefix("HEAD ") }
            let operations = world.description.sections.flatMap(\.operations)
            #expect(operations.map { "\($0.method) \($0.path)" }.sorted() == routes.sorted())
            guard case .object(let paths)? = world.document["paths"] else { throw NothingThere() }
            let written = paths.flatMap { path, methods -> [String] in
                guard case .object(let methods) = methods else { return [] }
                return methods.keys.map { "\($0.uppercased()) /api/v1\(path)" }
            }
            #expect(written.sorted() == routes.sorted())
            #expect(Set(operations.map(\.id)).count == operations.count)
        }
    }

    @Test(arguments: engines) func `every example runs as it stands, and is answered as it says`(
        engine: Dialect
    ) async throws {
        try await withDescription(engine) { world in
            var shown: Set<String> = []
            for operation in world.description.sections.flatMap(\.operations) {
                if operation.id == "read" { for _ in 0..<3 { try await world.app.wait(seconds: 10) } }
                for example in world.description.examples(of: operation) {
                    shown.insert(operation.id)
                    let answer = try await world.run(example, operation)
                    #expect(answer.status.code == example.status, "\(operation.id) \(example.name): \(answer.body)")
                    #expect(try world.faults(answer, to: operation) == [])
                    let known = try #require(example.answer, "\(example.name) shows no answer")
                    #expect(members(of: known) == members(of: try answer.json()), "\(example.name)")
                }
            }
            let all = Set(world.description.sections.flatMap(\.operations).map(\.id))
            #expect(all.subtracting(shown) == ["description"])
        }
    }

    /// Bad calls of every kind: `{}` in a path is an interaction that is there.
    private static let refusals: [(operation: String, path: String, body: String, status: Int)] = [
        ("complete", "/completions", "", 415), ("complete", "/completions", "{", 400),
        ("complete", "/completions", "{}", 422), ("complete", "/completions", #"{"externalId":"..","note":3}"#, 422),
        ("complete", "/completions", "[1,{}]", 200),
        ("complete", "/completions", #"{"externalId":9007199254740993}"#, 422),
        ("complete", "/completions", #"{"externalId":"{}","service":"Входящий продажи","agent":"other"}"#, 409),
        ("update", "/interactions/a%20b", "{}", 422), ("update", "/interactions/new", #"{"sentiment":2}"#, 422),
        ("update", "/interactions/new", #"{"case":{}}"#, 422),
        ("update", "/interactions/{}", #"{"service":"Чат поддержки"}"#, 409),
        ("completePart", "/interactions/none/completions", #"{"service":"Входящий продажи"}"#, 404),
        ("end", "/interactions/none/end", "", 404), ("end", "/interactions/{}/end", "{}", 200),
        ("end", "/interactions/{}/end", #"{"disposition":"Справка"}"#, 409),
        ("correct", "/interactions/{}/completions/2", "{}", 404),
        ("correct", "/interactions/{}/completions/1", "[]", 422),
        ("correct", "/interactions/{}/completions/\(String(repeating: "x", count: 65))", "{}", 404),
        ("reopen", "/interactions/none/reopening", "", 404),
        ("read", "/interactions/none", "", 404), ("read", "/interactions/{}?source=other", "", 404),
        ("read", "/interactions/{}?source=%", "", 400),
        ("summary", "/reports/summary", "", 422),
        ("summary", "/reports/summary?from=2026-11-30&to=2026-11-01&by=day", "", 422),
        ("summary", "/reports/summary?from=0001-01-01&to=9999-12-31&by=agent", "", 422),
        ("summary", "/reports/summary?from=+226-11-01&to=2026-11-30&by=agent", "", 422),
    ]

    @Test(arguments: engines) func `what is refused is described`(engine: Dialect) async throws {
        try await withDescription(engine) { world in
            let operations = world.description.sections.flatMap(\.operations)
            let call = try #require(operations.first { $0.id == "complete" })
            let known = try #require(world.description.examples(of: call).first)
            #expect(try await world.run(known, call).status == .created)
            for (name, path, body, status) in Self.refusals {
                let operation = try #require(operations.first { $0.id == name })
                let path = path.replacing("{}", with: "pbx-4711")
                let body = body.replacing("\"{}\"", with: "\"pbx-4711\"")
                let answer = try await world.ask(operation, "/api/v1" + path, body)
                #expect(answer.status.code == status, "\(name) \(path) \(body): \(answer.body)")
                #expect(try world.faults(answer, to: operation) == [])
            }
            for operation in operations where operation.scope != nil {
                let answer = try await world.ask(operation, operation.path, "{}", key: "otk_nobody")
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[.wwwAuthenticate] != nil)
                #expect(try world.faults(answer, to: operation) == [])
            }
        }
    }

    @Test func `everything that is described is explained in both languages`() throws {
        let catalogue = try TestAssets.shared().catalogue
        var missing: [String] = []
        for language in ["ru", "en"] {
            let t = catalogue.localizer(language)
            for section in [APISection.interactions, .records, .reports, .description] {
                let words = APIWords(section, t)
                for operation in section.operations {
                    if words.summary(operation) == operation.id { missing.append(operation.id) }
                    for parameter in operation.parameters where words.parameter(parameter.name, of: operation) == nil {
                        missing.append(parameter.name)
                    }
                    for answer in operation.answers where words.answer(answer.status, of: operation) == nil {
                        missing.append("\(operation.id) \(answer.status)")
                    }
                    let problems = operation.allProblems.flatMap(\.problems)
                    missing += problems.filter { !t.knows($0.key) }.map(\.key)
                    missing += problems.map { "frame.api.status.\($0.status)" }.filter { !t.knows($0) }
                }
                for object in section.objects {
                    if words.object(object.name) == nil { missing.append(object.name) }
                    missing += object.members.filter { words.member($0.name, of: object.name) == nil }
                        .map { "\(section.name) \(object.name).\($0.name)" }
                }
            }
        }
        #expect(missing == [])
    }

    @Test(arguments: ["ru", "en"]) func `the page for people shows every call, and needs nothing from elsewhere`(
        language: String
    ) async throws {
        try await withDescription { world in
            let page = try await world.app.request(.get, "/api", headers: [.acceptLanguage: language])
            #expect(page.status == .ok)
            #expect(page.headers[.contentLanguage] == language)
            for operation in world.description.sections.flatMap(\.operations) {
                #expect(page.body.contains("id=\"call-\(operation.id)\""))
            }
            for object in world.description.sections.flatMap(\.objects) {
                #expect(page.body.contains("id=\"object-\(object.name)\""))
            }
            for match in page.body.matches(of: /href="#([^"]+)"/) {
                #expect(page.body.contains("id=\"\(match.output.1)\""), "#\(match.output.1)")
            }
            #expect(!page.body.contains(" style=") && !page.body.contains("<script>"))
            #expect(page.body.matches(of: /(?:src|href)="https?:/).isEmpty)
            #expect(page.body.contains("-d &#39;{\n  &quot;externalId&quot;: &quot;pbx-4711&quot;"))
        }
    }

    /// The names in a JSON value with their places; lists count by their first item.
    private func members(of json: JSON, at path: String = "$") -> Set<String> {
        switch json {
        case .object(let members):
            members.reduce(into: []) { names, member in
                let inner = "\(path).\(member.key)"
                names.insert(inner)
                names.formUnion(self.members(of: member.value, at: inner))
            }
        case .array(let items): items.first.map { members(of: $0, at: path + "[]") } ?? []
        default: []
        }
    }
}

private struct NothingThere: Error {}
