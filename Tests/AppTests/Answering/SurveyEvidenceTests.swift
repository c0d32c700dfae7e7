// SPDX-License-Identifier: Apache-2.0
// What is noted beside an answer, and decides nothing (spec 3.5).
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyEvidenceTests {
    private func evidence(_ world: SurveyWorld) async throws -> [String] {
        try await world.app.database.query("SELECT evidence FROM submission ORDER BY id").map { try $0.at(0) }
    }

    @Test(arguments: engines) func `a page whose script ran says so, and counts as one without`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            for (number, script) in ["1", "", "x"].enumerated() {
                let customer = try await world.customer(Int64(number + 1))
                for _ in 0...number { _ = try await world.open(customer) }
                let thanks = try await world.answer(customer, SurveyWorld.good + [("script", script)])
                #expect(thanks.status == .ok)
            }
            #expect(try await world.submissions() == ["counted", "counted", "counted"])
            let rest = "\"agent\":\"other\",\"isMobile\":false}"
            #expect(
                try await evidence(world) == [
                    "{\"seconds\":30,\"fetches\":2,\"hasScript\":true,\(rest)",
                    "{\"seconds\":30,\"fetches\":3,\"hasScript\":false,\(rest)",
                    "{\"seconds\":30,\"fetches\":4,\"hasScript\":false,\(rest)",
                ])
        }
    }

    @Test(arguments: engines) func `a weak submit keeps its evidence, and the page shown again asks the script anew`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.open(try await world.customer())
            let weak = try await world.submit(page, SurveyWorld.good + [("script", "1")])
            #expect(weak.body.contains("<input type=\"hidden\" name=\"script\">"))
            world.app.clock.advance(seconds: 3)
            let again = try world.opened(weak, at: page.path)
            #expect(try await world.submit(again, SurveyWorld.good + [("script", "1")]).status == .ok)
            #expect(try await world.submissions() == ["quarantined too_fast", "counted"])
            #expect(try await evidence(world).allSatisfy { $0.contains("\"hasScript\":true") })
        }
    }

    @Test(arguments: engines) func `the page loads one small script of ours, a page without questions none`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.get(try await world.customer().path)
            let scripts = page.body.matches(of: #/<script type="module" src="(/assets/[^"]+)"></script>/#)
            #expect(scripts.count == 1 && page.body.matches(of: #/<script/#).count == 1)
            let script = try await world.get(String(try #require(scripts.first).1))
            #expect(script.status == .ok)
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(page.body.utf8.count + script.body.utf8.count < 30 * 1024)
            #expect(!(try await world.get("/s/x").body.contains("<script")))
        }
    }

    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "edge", false),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "safari", true),
        ("Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0", "firefox", true),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "bot", false), ("curl/8.5.0", "tool", false), ("", "other", false),
        ("Mob", "other", false), (String(repeating: "x", count: 600) + "Chrome/1", "other", false),
    ])
    func `a browser is known by its family alone`(userAgent: String, agent: String, isMobile: Bool) {
        let evidence = Evidence(seconds: nil, fetches: nil, hasScript: false, userAgent: userAgent)
        #expect(evidence.agent == agent && evidence.isMobile == isMobile)
        #expect(evidence.json == "{\"hasScript\":false,\"agent\":\"\(agent)\",\"isMobile\":\(isMobile)}")
    }
}
