// SPDX-License-Identifier: Apache-2.0
// Every route of the program, walked as nobody, as each role, as programs, and with another centre's ids: only what the
// role may see answers, nothing of another centre ever does, and every answer stands behind the fence.
import Foundation
import HTTPTypes
import Hummingbird
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct WalkTests {
    /// A route as the router lists it.
    private struct Stop: Comparable, CustomStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        var description: String { "\(method.rawValue) \(path)" }
        var hasHoles: Bool { path.contains("{") || path.contains("*") }

        /// Reading comes before changing, the provider's changes last, since they close a whole centre.
        private var rank: Int { method == .get ? 0 : path.hasPrefix("/provider") ? 2 : 1 }
        static func < (left: Stop, right: Stop) -> Bool {
            (left.rank, left.description) < (right.rank, right.description)
        }
    }

    private static func setup() -> TestApp.Setup {
        var setup = TestApp.Setup()
        setup.provider.securityContact = "mailto:security@example.org"
        return setup
    }

    private func stops(_ app: TestApp) -> [Stop] {
        app.otklik.router().routes.filter { $0.method != .head }.map {
            Stop(method: $0.method, path: "/" + $0.path.description.trimmingPrefix("/"))
        }.sorted()
    }

    private func run(_ engine: Dialect, _ body: (TestApp, WalkCentre, WalkCentre) async throws -> Void) async throws {
        let left: Set<String> = ["fold", "inbox", "run", "message", "probe"]
        try await TestApp.run(on: engine, leaving: left, as: Self.setup()) { app in
            let own = try await WalkCentre.make(app, key: "own")
            try await body(app, own, try await WalkCentre.make(app, key: "other"))
        }
    }

    @Test func `every route of the program stands in the table, and no other`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let routes = Set(stops(app).map(\.description))
            let table = Set(WalkTable.doors.keys)
            #expect(routes.subtracting(table).sorted() == [], "Say in WalkTable whom these answer.")
            #expect(table.subtracting(routes).sorted() == [], "These are gone.")
            // What is read by HEAD is what is read by GET.
            let heads = app.otklik.router().routes.filter { $0.method == .head }.map {
                "GET /" + $0.path.description.trimmingPrefix("/")
            }
            #expect(Set(heads).subtracting(table) == [])
        }
    }

    @Test(arguments: engines) func `a route answers those whom the table names, and nobody else`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, own, other in
            var faults: [String] = []
            for role in [nil] + Role.allCases.map(Optional.some) {
                let browser = try await own.browser(app, as: role)
                for stop in stops(app) {
                    let path = try await path(of: stop, app, own, own)
                    let answer = try await ask(stop, path, browser)
                    let name = role?.rawValue ?? "nobody"
                    let wanted = expected(of: stop, role)
                    if !wanted(answer) { faults.append("\(stop) as \(name): \(answer.status.code)") }
                    if let fault = fence(of: answer, stop) { faults.append("\(stop) as \(name): \(fault)") }
                    if answer.body.contains(other.mark) { faults.append("\(stop) as \(name) shows the other centre") }
                    if role == .provider, stop.path.hasPrefix("/provider"), answer.body.contains(own.mark) {
                        // The provider's own name stands in the frame.
                        let rest = answer.body.replacing(own.mark + " provider", with: "")
                        if rest.contains(own.mark) { faults.append("\(stop) shows the provider what is the centre's") }
                    }
                    if stop.path == "/logout" || answer.status == .unauthorized, role != nil {
                        try await signInAgain(browser, own, app, role)
                    }
                }
                try await restore(app, own)
            }
            #expect(faults == [])
        }
    }

    @Test(arguments: engines) func `programs reach what their key is for`(engine: Dialect) async throws {
        try await run(engine) { app, own, other in
            var faults: [String] = []
            for stop in stops(app) {
                guard case .program(let scope) = WalkTable.doors[stop.description] else { continue }
                let path = try await path(of: stop, app, own, own)
                for key in [nil, "otk_none", own.narrowKey, own.apiKey.secret] {
                    let answer = try await call(app, stop, path, key: key)
                    let isAllowed = key == own.apiKey.secret || key == own.narrowKey && scope == .interactionsWrite
                    let isKnown = key == own.narrowKey || key == own.apiKey.secret
                    let isRight =
                        isAllowed ? answers(answer) : answer.status == (isKnown ? .forbidden : .unauthorized)
                    if !isRight { faults.append("\(stop) \(isAllowed) \(isKnown): \(answer.status.code)") }
                    if let fault = fence(of: answer, stop) { faults.append("\(stop): \(fault)") }
                    if answer.body.contains(other.mark) { faults.append("\(stop) shows the other centre") }
                }
            }
            #expect(faults == [])
        }
    }

    @Test(arguments: engines) func `another centre's ids lead nowhere and change nothing`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, own, other in
            var faults: [String] = []
            let before = try await other.contents(app)
            #expect(before.count > 30, "The other centre is full.")
            for role in Role.allCases {
                let browser = try await own.browser(app, as: role)
                for stop in stops(app) where stop.hasHoles {
                    guard case .people(let roles) = WalkTable.doors[stop.description] else { continue }
                    let isProviders = roles == [.provider]
                    // A provider may change any centre: that is the table's to say. Nothing of it may be seen.
                    if isProviders, role == .provider, stop.method != .get { continue }
                    let answer = try await ask(stop, try await path(of: stop, app, own, other), browser)
                    let isSilent = WalkTable.silent.contains(stop.description)
                    let isAllowed = isProviders && role == .provider || isSilent
                    if !isAllowed, ![403, 404].contains(answer.status.code) {
                        faults.append("\(stop) as \(role): \(answer.status.code)")
                    }
                    if answer.body.contains(other.mark) { faults.append("\(stop) as \(role) shows the other centre") }
                }
                for query in queries(other) {
                    let answer = try await browser.get(query)
                    if answer.body.replacing(query, with: "").contains(other.mark + " ") {
                        faults.append("\(query) as \(role) shows the other centre")
                    }
                }
            }
            for stop in stops(app) {
                guard case .program = WalkTable.doors[stop.description] else { continue }
                let path = try await path(of: stop, app, own, other)
                let answer = try await call(app, stop, path, key: own.apiKey.secret)
                if stop.method == .get, stop.hasHoles, answer.status != .notFound {
                    faults.append("\(stop): \(answer.status.code)")
                }
                if answer.body.contains(other.mark + " ") { faults.append("\(stop) shows the other centre") }
            }
            #expect(faults == [])
            let after = try await other.contents(app)
            #expect(Set(after).symmetricDifference(before).sorted() == [], "The other centre has changed.")
        }
    }

    @Test(arguments: engines) func `no address lets a centre's administrator change a provider's account`(
        engine: Dialect
    ) async throws {
        try await run(engine) { app, own, _ in
            let browser = try await own.browser(app, as: .administrator)
            let provider = try #require(own.people[.provider])
            var faults: [String] = []
            for stop in stops(app) where stop.path.hasPrefix("/settings/people/{person}") {
                let path = stop.path.replacing("{person}", with: "\(provider)")
                let answer = try await ask(stop, path, browser)
                if answer.status != .forbidden { faults.append("\(stop): \(answer.status.code)") }
            }
            #expect(faults == [])
        }
    }

    @Test func `a fault of the walk is noticed`() {
        var fields = HTTPFields()
        let stop = Stop(method: .get, path: "/login")
        let bare = TestResponse(status: .ok, headers: fields, bytes: [])
        #expect(fence(of: bare, stop) != nil)
        fields[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'"
        #expect(fence(of: TestResponse(status: .ok, headers: fields, bytes: []), stop)?.contains("unsafe") == true)
        #expect(!expected(of: Stop(method: .get, path: "/settings/people"), .agent)(bare))
    }

    // MARK: Asking

    private func ask(_ stop: Stop, _ path: String, _ browser: Browser) async throws -> TestResponse {
        if stop.method == .get { return try await browser.get(path) }
        if case .program = WalkTable.doors[stop.description] {
            return try await call(browser.app, stop, path, key: nil)
        }
        try await browser.get("/account")
        return try await browser.post(path, [:])
    }

    private func call(_ app: TestApp, _ stop: Stop, _ path: String, key: String?) async throws -> TestResponse {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let key { headers[.authorization] = "Bearer \(key)" }
        let isReport = stop.path.hasSuffix("/summary")
        let query = isReport ? "?from=2026-03-01&to=2026-03-02&by=agent" : ""
        return try await app.request(
            stop.method, path + query, headers: headers, body: stop.method == .get ? "" : "{}")
    }

    /// What the table says that somebody of a role is answered.
    private func expected(of stop: Stop, _ role: Role?) -> (TestResponse) -> Bool {
        switch WalkTable.doors[stop.description] {
        case .open, .link: answers
        case .program: { $0.status == .unauthorized }
        case .people(let roles):
            switch role {
            case .some(let role) where roles.contains(role):
                { answers($0) || $0.status == .notFound && WalkTable.nameless.contains(stop.description) }
            case .some: { $0.status == .forbidden }
            case nil where stop.method == .get:
                { $0.status == .seeOther && $0.headers[.location]?.hasPrefix("/login?next=") == true }
            case nil: { $0.status == .unauthorized }
            }
        case nil: { _ in false }
        }
    }

    /// Neither sent away nor broken: a refused form is an answer, too.
    private func answers(_ answer: TestResponse) -> Bool {
        let isSentAway = answer.headers[.location]?.hasPrefix("/login?") == true
        return ![401, 403, 404, 405].contains(answer.status.code) && answer.status.code < 500 && !isSentAway
    }

    private func signInAgain(_ browser: Browser, _ centre: WalkCentre, _ app: TestApp, _ role: Role?) async throws {
        guard let role, let person = centre.people[role] else { return }
        try await browser.post(try await centre.link(app, for: person, .signIn), [:], sendsToken: false)
    }

    /// What one role's walk has changed, so that the next finds the centre as it was.
    private func restore(_ app: TestApp, _ centre: WalkCentre) async throws {
        let (tenant, team) = (centre.tenant, centre.team)
        let (key, version) = (centre.apiKey.id, centre.configuration)
        try await app.database.write { tx in
            try tx.execute("UPDATE api_key SET revoked_at = NULL WHERE tenant_id = \(tenant) AND id = \(key)")
            try tx.execute("UPDATE tenant SET surveys_enabled = 1 WHERE id = \(tenant)")
            try tx.execute("UPDATE person SET is_active = 1, team_id = \(team) WHERE tenant_id = \(tenant)")
            try tx.execute("UPDATE survey_field SET retired_at = NULL WHERE tenant_id = \(tenant)")
            try tx.execute("UPDATE team SET archived_at = NULL WHERE tenant_id = \(tenant)")
            try tx.execute(
                "UPDATE workflow_configuration SET is_enabled = 1 WHERE tenant_id = \(tenant) AND id = \(version)")
        }
    }

    // MARK: Addresses

    /// A route's address with a centre's ids in its holes.
    /// - Parameter own: whose links are opened: those of the other centre would be its people's right.
    private func path(
        of stop: Stop, _ app: TestApp, _ own: WalkCentre, _ ids: WalkCentre
    ) async throws -> String {
        let agent = try #require(ids.people[.agent])
        if stop.path.hasPrefix("/sign-in/") { return try await own.link(app, for: own.newcomer, .reset) }
        if stop.path.hasPrefix("/s/") { return ids.surveyPath }
        if stop.path.hasPrefix("/u/") { return ids.unsubscribePath }
        if stop.path.hasPrefix("/{centre}/") { return stop.path.replacing("{centre}", with: ids.key) }
        let isLink = stop.path.contains("/links/")
        var values: [String: any CustomStringConvertible] = [
            "centre": ids.tenant, "person": isLink ? ids.newcomer : agent, "key": ids.apiKey.id,
            "configuration": ids.configuration, "run": ids.run, "message": ids.notice, "hash": "0",
            "tenant": ids.tenant, "team": ids.team, "submission": ids.submission,
            "version": "\(ids.version).css", "externalId": ids.externalID, "part": "1", "number": 1,
            "**": "Frame/otklik.svg", "sha256": WalkCentre.picture.sha256,
        ]
        let things: [String: any CustomStringConvertible] = [
            "outbox": ids.message, "forms": ids.form, "services": ids.service, "records": ids.interaction,
            "fields": ids.field,
        ]
        values["id"] = stop.path.split(separator: "/").first.flatMap { things[String($0)] }
        return "/"
            + stop.path.split(separator: "/").map { part -> String in
                let isHole = part.hasPrefix("{") || part == "**"
                guard isHole else { return String(part) }
                let name = part == "**" ? "**" : part.trimmingCharacters(in: CharacterSet(charactersIn: "{}"))
                return values[name].map { "\($0)" } ?? "missing-\(name)"
            }.joined(separator: "/")
    }

    /// Lists that are narrowed by another centre's ids.
    private func queries(_ other: WalkCentre) -> [String] {
        [
            "/records?service=\(other.service)", "/records?id=\(other.externalID)",
            "/records?before=9000000000000000000",
            "/reports?service=\(other.service)&form=\(other.form)", "/outbox?before=9000000000000000000",
            "/outbox?search=\(other.mark.lowercased())@example.org", "/settings/people?after=a",
            "/inbox?after=9000000000000000000", "/answers",
        ]
    }

    // MARK: The fence

    /// What is wrong with an answer's headers; nil when nothing is.
    private func fence(of answer: TestResponse, _ stop: Stop) -> String? {
        func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { answer.headers[$0] } }
        guard let policy = value("Content-Security-Policy") else { return "no policy" }
        var rest = policy
        let isPage = answer.status == .ok
        if isPage, let exception = WalkTable.policies[stop.description] {
            rest = rest.replacing(exception, with: "")
        }
        for word in ["unsafe", "http:", "https:", "*", "blob:"] where rest.contains(word) {
            return "policy with \(word): \(policy)"
        }
        for part in ["default-src 'none'", "frame-ancestors"] where !policy.contains(part) {
            return "policy without \(part)"
        }
        if let type = answer.headers[.contentType], type.hasPrefix("text/html"), !policy.contains("sandbox") {
            for part in ["base-uri 'none'", "form-action 'self'"] where !policy.contains(part) {
                return "policy of a page without \(part)"
            }
        }
        let wanted = [
            ("X-Content-Type-Options", ["nosniff"]), ("Referrer-Policy", ["same-origin", "no-referrer"]),
            ("Cross-Origin-Opener-Policy", ["same-origin"]), ("Cross-Origin-Resource-Policy", ["same-origin"]),
        ]
        for (name, allowed) in wanted where !allowed.contains(value(name) ?? "") {
            return "\(name): \(value(name) ?? "none")"
        }
        guard value("Permissions-Policy")?.contains("camera=()") == true else { return "no permissions policy" }
        let isKept = value("Cache-Control")?.contains("public") == true
        return isKept && answer.headers[.setCookie] != nil ? "a cookie that caches keep" : nil
    }
}
