// SPDX-License-Identifier: Apache-2.0
// Reports with names, for programs and as pages.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct ReportsTests {
    private static let day = LocalDay(number: 20260302)

    /// Petrova of team 6 with the figures of the specification's example, and one answer that belongs to nobody.
    private func run(_ engine: Dialect, _ body: (CountedWorld, Reports) async throws -> Void) async throws {
        try await CountedWorld.with(engine) { world in
            let accounts = Accounts(installation: world.installation)
            let tenant = world.tenant
            let agent = try await world.database.write { tx in
                var person = NewPerson(login: "petrova")
                person.firstName = "Анна"
                person.lastName = "Петрова"
                person.roles = [.agent]
                person.team = try accounts.findOrMakeTeam("Первая <линия>", of: tenant, in: tx)
                let reference = AgentReference(login: "petrova", team: person.team)
                _ = try accounts.findOrMakeAgents([reference], of: tenant, in: tx, at: Moment(milliseconds: 0))
                return try accounts.person(byLogin: "petrova", of: tenant, in: tx)
            }
            let petrova = try #require(agent)
            try await world.database.write { tx in
                let own = world.belonging(agent: petrova.id.raw, team: petrova.team?.raw, on: Self.day)
                for (nps, csat) in [(10.0, 5.0), (9, 4), (9, 5), (3, 4)] {
                    var invitation = try world.invite(try world.complete(own, in: tx), own, in: tx)
                    try world.move(&invitation, to: .sent, in: tx)
                    _ = try world.answer(&invitation, ["nps": nps, "csat": csat], on: Self.day, in: tx)
                }
                let nobody = world.belonging(agent: nil, team: nil, on: Self.day.adding(days: 1))
                var invitation = try world.invite(try world.complete(nobody, in: tx), nobody, in: tx)
                try world.move(&invitation, to: .sent, in: tx)
            }
            try await body(world, Reports(installation: world.installation, statistics: world.statistics))
        }
    }

    private func query(_ text: String) throws -> ReportQuery { try ReportForm.summary(try FormInput(query: text)) }

    @Test(arguments: engines) func `programs get the specification's answer`(engine: Dialect) async throws {
        try await run(engine) { world, reports in
            let report = try await reports.report(
                of: world.tenant, try query("from=2026-03-01&to=2026-03-31&by=agent"))
            guard case .array(let rows)? = report.json["rows"] else { throw Missing() }
            #expect(rows.map { $0["key"] } == [.string("petrova"), .null])
            let first = rows[0]
            for count in ["completed", "invited", "delivered", "answered"] { #expect(first[count] == .number(4)) }
            let nps = first["fields"]?["nps"]
            #expect(
                nps
                    == .object([
                        "score": .number(50), "n": .number(4), "low": .number(-34), "high": .number(91),
                        "promoters": .number(3), "passives": .number(0), "detractors": .number(1),
                        "notApplicable": .number(0),
                    ]))
            let csat = first["fields"]?["csat"]
            #expect(csat?["mean"] == .number(4.5) && csat?["satisfied"] == .number(1) && csat?["n"] == .number(4))
            let fcr = first["fields"]?["fcr"]
            #expect(fcr?["share"] == .null && fcr?["low"] == .null && fcr?["n"] == .number(0))
            #expect(rows[1]["delivered"] == .number(1) && rows[1]["answered"] == .number(0))
        }
    }

    @Test(arguments: engines) func `every grouping has rows with keys that programs know`(
        engine: Dialect
    ) async throws {
        try await run(engine) { world, reports in
            let wanted: [(String, [String?])] = [
                ("agent", ["petrova", nil]), ("team", ["Первая <линия>", nil]), ("service", ["№ 1"]),
                ("disposition", [nil]), ("day", ["2026-03-02", "2026-03-03"]),
            ]
            for (grouping, keys) in wanted {
                let asked = try query("from=2026-03-01&to=2026-03-31&by=\(grouping)")
                let report = try await reports.report(of: world.tenant, asked)
                guard case .array(let rows)? = report.json["rows"] else { throw Missing() }
                let names = rows.map { row -> String? in
                    guard case .string(let key)? = row["key"] else { return nil }
                    return grouping == "service" ? "№ 1" : key
                }
                #expect(names == keys, "\(grouping)")
            }
        }
    }

    @Test(arguments: [
        ("", ["from", "to", "by"]), ("from=2026-03-01&to=2026-02-30&by=agent", ["to"]),
        ("from=2026-03-02&to=2026-03-01&by=agent", ["to"]), ("from=2020-01-01&to=2026-03-01&by=day", ["to"]),
        ("from=2026-03-01&to=2026-03-02&by=city", ["by"]), ("from=heute&to=2026-03-02&by=day", ["from"]),
    ])
    func `bad parameters are all named`(text: String, fields: [String]) throws {
        let refusals = #expect(throws: Refusals.self) { try query(text) }
        #expect(refusals?.all.compactMap(\.field).sorted() == fields.sorted())
        #expect(refusals?.all.allSatisfy { $0.kind == .invalid } == true)
    }

    @Test(arguments: ReportPeriod.allCases) func `a preset ends where it says`(period: ReportPeriod) {
        let today = LocalDay(number: 20260302)
        let (from, to) = period.days(today: today)
        let wanted: (Int, Int) =
            switch period {
            case .today: (20260302, 20260302)
            case .week: (20260224, 20260302)
            case .month: (20260201, 20260302)
            case .thisMonth: (20260301, 20260302)
            case .lastMonth: (20260201, 20260228)
            case .year: (20250303, 20260302)
            }
        #expect(from.number == wanted.0 && to.number == wanted.1)
    }

    private func page(
        _ report: Report, of world: CountedWorld, language: String, isLimited: Bool = false
    ) -> String {
        let list = ListContext(
            signedIn: nil, path: "/reports", preferences: Preferences(),
            t: world.installation.catalogue.localizer(language))
        return ReportPage(
            report: report, choices: ReportChoices(), period: nil, chosenTeam: nil, isLimited: isLimited, order: nil,
            errors: .none, list: list
        ).page.body.text
    }

    @Test(arguments: engines, ["ru", "en"]) func `the page has names, figures, intervals and marks of weakness`(
        engine: Dialect, language: String
    ) async throws {
        try await run(engine) { world, reports in
            for grouping in FigureGrouping.allCases {
                var asked = try query("from=2026-03-01&to=2026-03-31&by=\(grouping.rawValue)")
                asked.measure = "nps"
                let text = page(try await reports.report(of: world.tenant, asked), of: world, language: language)
                // A missing sentence shows its key.
                #expect(!text.contains("reports."), "\(grouping)")
                #expect(!text.contains("style=") && !text.contains("<script"))
                #expect(text.contains("chart-") && text.contains("n\u{A0}=\u{A0}4") && text.contains("weak"))
            }
            let byTeam = try query("from=2026-03-01&to=2026-03-31&by=team")
            let text = page(try await reports.report(of: world.tenant, byTeam), of: world, language: language)
            #expect(text.contains("Первая &lt;линия&gt;") && !text.contains("<линия>"))
            #expect(text.contains(language == "ru" ? "Без команды" : "No team"))
            #expect(text.contains("\u{2212}34\u{202F}…\u{202F}91"))
        }
    }

    @Test(arguments: engines) func `nobody's row is there, and an empty report says so`(engine: Dialect) async throws {
        try await run(engine) { world, reports in
            let asked = try query("from=2026-03-01&to=2026-03-31&by=agent")
            let text = page(try await reports.report(of: world.tenant, asked), of: world, language: "ru")
            #expect(text.contains("Без оператора") && text.contains("Анна") == text.contains("Петрова"))
            var nothing = asked
            nothing.filter.teams = []
            let empty = page(
                try await reports.report(of: world.tenant, nothing), of: world, language: "ru", isLimited: true)
            #expect(empty.contains("За вами не закреплена ни одна команда"))
            #expect(!empty.contains("chart-"))
        }
    }

    @Test(arguments: engines) func `rows are ranked by the lower bound`(engine: Dialect) async throws {
        try await CountedWorld.with(engine) { world in
            try await world.database.write { tx in
                // One perfect answer against many good ones: the many are surer.
                let given: [(Int64, [Double])] = [(1, [1]), (2, Array(repeating: 1, count: 20) + [0])]
                for (agent, answers) in given {
                    for answer in answers {
                        let own = world.belonging(agent: agent, team: 1, on: Self.day)
                        var invitation = try world.invite(try world.complete(own, in: tx), own, in: tx)
                        _ = try world.answer(&invitation, ["fcr": answer], on: Self.day, in: tx)
                    }
                }
                _ = try world.complete(world.belonging(agent: 3, team: 1, on: Self.day), in: tx)
            }
            let reports = Reports(installation: world.installation, statistics: world.statistics)
            let report = try await reports.report(
                of: world.tenant, try query("from=2026-03-01&to=2026-03-31&by=agent"))
            #expect(report.rankedRows.map(\.key) == [2, 1, 3])
        }
    }

    @Test(arguments: engines) func `the address answers programs with the right key, and says what is wrong`(
        engine: Dialect
    ) async throws {
        try await TestApp.run(on: engine) { app in
            let accounts = app.rooms.accounts
            let now = app.now
            let secrets = try await app.database.write { tx in
                let tenant = try accounts.createTenant(NewTenant(key: "demo", name: "Демо"), in: tx, at: now)
                return try [SignedInKey.Scope.reportsRead, .interactionsRead].map { scope in
                    var key = NewAPIKey(name: scope.rawValue)
                    key.scopes = [scope]
                    return try accounts.createAPIKey(key, of: tenant, in: tx, at: now).secret
                }
            }
            func ask(_ query: String, _ secret: String?) async throws -> TestResponse {
                var headers = HTTPFields()
                if let secret { headers[.authorization] = "Bearer \(secret)" }
                return try await app.request(.get, "/api/v1/reports/summary?\(query)", headers: headers)
            }
            let good = "from=2026-03-01&to=2026-03-31&by=agent"
            let empty = try await ask(good, secrets[0])
            #expect(empty.status == .ok)
            #expect(try empty.json() == .object(["rows": .array([])]))
            #expect(try await ask(good, nil).status == .unauthorized)
            #expect(try await ask(good, secrets[1]).status == .forbidden)
            let bad = try await ask("from=2026-03-01&to=2026-02-30&by=city", secrets[0])
            #expect(bad.status == .unprocessableContent)
            #expect(bad.headers[.contentType] == "application/problem+json")
            guard case .array(let errors)? = try bad.json()["errors"] else { throw Missing() }
            #expect(errors.map { $0["field"] } == [.string("to"), .string("by")])
        }
    }

    @Test func `a supervisor sees own teams, an administrator all`() {
        func person(_ roles: Set<Role>) -> SignedIn {
            SignedIn(
                tenant: TenantID(raw: 1), person: PersonID(raw: 1), name: "", roles: roles,
                supervisedTeams: [TeamID(raw: 4)], language: "ru", timeZone: "UTC", formToken: "")
        }
        #expect(person([.supervisor]).visibleTeams == [TeamID(raw: 4)])
        #expect(person([.supervisor, .administrator]).visibleTeams == nil)
    }
}

private struct Missing: Error {}
