// SPDX-License-Identifier: Apache-2.0
// What a browser remembers about looks, and what the server makes of it.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct PreferencesTests {
    @Test func `columns travel in a cookie and back`() {
        var preferences = Preferences()
        preferences.hiddenColumns = ["records": ["agent", "state"], "outbox": ["reply"], "report": []]
        let value = preferences.columnsCookie.prefix { $0 != ";" }.dropFirst("otklik-columns=".count)
        #expect(value == "outbox:reply~records:agent.state")
        #expect(Preferences.columns(value) == ["records": ["agent", "state"], "outbox": ["reply"]])
        #expect(Preferences.columns("") == [:])
        #expect(Preferences.columns("a:b:c~:~x") == [:])
    }

    @Test func `the page comes in the tone that was chosen`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let browser = Browser(app)
            let before = try await browser.get("/login").body
            #expect(before.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
            #expect(!before.contains("data-theme"))
            let answer = try await browser.post("/theme", ["theme": "dark", "back": "/login"])
            #expect(answer.status == .seeOther && answer.headers[.location] == "/login")
            let after = try await browser.get("/login").body
            #expect(after.contains("<html lang=\"en\" data-theme=\"dark\">"))
            #expect(after.contains("<meta name=\"color-scheme\" content=\"dark\">"))
            #expect(try await browser.post("/theme", ["theme": "pink", "back": "/"]).status == .unprocessableContent)
            #expect(
                try await browser.post("/theme", ["theme": "light", "back": "https://evil.example/"])
                    .headers[.location] == "/")
        }
    }

    @Test func `a folded section stays folded unless the page lies in it`() throws {
        let t = try TestAssets.shared().catalogue.localizer("en")
        let inside = NavigationItem("home.navigation", path: "/inside", roles: [.administrator])
        let hidden = NavigationItem("inbox.title", path: "/hidden", roles: [.agent])
        let group = NavigationSection("frame.group.quality", [inside, hidden])
        let section = NavigationSection("frame.section.configuration", [hidden], groups: [group])
        let seen = try #require(section.visible(to: [.administrator]))
        func shown(_ current: NavigationItem?, folded: Set<String>) -> String {
            NavigationList(sections: [seen], current: current, folded: folded, unread: 0, t: t).html.text
        }
        #expect(shown(nil, folded: []).contains("data-key=\"frame.section.configuration\" open>"))
        #expect(!shown(nil, folded: ["frame.section.configuration"]).contains(" open>"))
        let own = shown(inside, folded: ["frame.section.configuration"])
        #expect(own.contains(" open>") && own.contains("href=\"/inside\" aria-current=\"page\""))
        #expect(!own.contains("/hidden"))
        #expect(section.visible(to: [.supervisor])?.allItems == nil)
    }

    @Test(arguments: [
        ("gzip", true), ("br, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false), ("", false),
    ])
    func `gzip is sent to those who take it`(field: String, isTaken: Bool) {
        #expect(acceptsGzip(field) == isTaken)
    }

    @Test func `assets are sent compressed and are the same`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let page = try await Browser(app).get("/login").body
            let sheet = try #require(page.firstMatch(of: /\/assets\/[0-9a-f]+\/otklik\.css/)).output
            let plain = try await app.request(.get, String(sheet))
            let packed = try await app.request(.get, String(sheet), headers: [.acceptEncoding: "gzip, br"])
            #expect(plain.headers[.contentEncoding] == nil && packed.headers[.contentEncoding] == "gzip")
            #expect(plain.headers[.vary] == "Accept-Encoding" && packed.headers[.vary] == "Accept-Encoding")
            #expect(plain.body.contains("@layer base, frame, rooms;"))
            let bytes = try #require(gzipped(Data(plain.body.utf8)))
            #expect(bytes.count * 3 < plain.body.utf8.count)
            #expect(Array(bytes.prefix(3)) == [0x1F, 0x8B, 8])
            let script = "import gzip, sys; sys.stdout.write(gzip.decompress(bytes.fromhex(sys.argv[1])).decode())"
            let hex = bytes.map { String(format: "%02x", $0) }.joined()
            #expect(try TestPython.run(script, [hex]) == plain.body)
        }
    }
}
