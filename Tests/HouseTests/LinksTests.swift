// SPDX-License-Identifier: Apache-2.0
// Every link, form and source on every page leads somewhere, for everybody who is shown it, in both languages.
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct LinksTests {
    /// What no page leads to, and why that is right. Anything else that is not reached is a page without a way to it.
    private static let reachedOtherwise: Set<String> = [
        "GET /favicon.ico",  // browsers ask by themselves
        "GET /health/live", "GET /health/ready",  // a supervisor of processes asks
        "GET /.well-known/security.txt",  // finders of vulnerabilities know it
        "POST /forms/pictures",  // the editor's script
    ]
    /// What only scripts send.
    private static let sentByScripts: Set<String> = ["POST /forms/pictures"]

    @Test func `every link on every page resolves to a route that answers, and every form can be sent`() async throws {
        try await TestApp.run(on: .sqlite, leaving: ["fold", "inbox", "message", "probe", "mailbox"]) { app in
            let world = try await LinksWorld(app)
            let (russian, english) = (try await world.visitors("ru"), try await world.visitors("en"))
            try await world.giveSecondFactors()
            for visitor in english + russian {
                let more = ["nobody": world.publicAddresses, "administrator": [world.firstPerson]][visitor.name]
                try await visitor.walk(from: ["/"] + (more ?? []))
            }
            // Forms change what pages show, so they come last.
            for visitor in russian {
                try await visitor.sendForms(
                    last: ["/settings/people/{person}/deactivation", "/forms/{id}/deletion", "/language", "/logout"])
            }
            #expect((english + russian).flatMap(\.faults) == [])
            let reached = (english + russian).reduce(into: Set<RouteAddress>()) { $0.formUnion($1.reached) }
            let missed = Set(world.table.routes).subtracting(reached).map(\.description)
            let pages = missed.filter { !$0.contains(" /api/") && !$0.hasPrefix("HEAD") }
            #expect(Set(pages).subtracting(Self.reachedOtherwise).sorted() == [], "No page leads to these.")
            #expect(Self.reachedOtherwise.subtracting(missed).sorted() == [], "Pages lead to these.")
            let sent = russian.reduce(into: Set<RouteAddress>()) { $0.formUnion($1.sent) }
            let forms = world.table.routes.filter { $0.method == "POST" && !$0.path.hasPrefix("/api/") }
            let unsent = Set(Set(forms).subtracting(sent).map(\.description)).subtracting(Self.sentByScripts)
            #expect(unsent.sorted() == [], "These forms were not sent.")
        }
    }

    @Test func `a page's links and what its forms send are found`() {
        let page = RenderedPage(
            """
            <a class="a" href="/x?a=1&amp;b=2">x</a><img src="/p.svg" alt=""><form method="post" action="/y" id="f">
            <input type="hidden" name="h" value="1"><input type="checkbox" name="c" value="2">
            <select name="s"><option value="3">3</option><option value="4" selected>4</option></select></form>
            <button form="f" formaction="/z" name="b" value="5">b</button><form action="?q"></form>
            """)
        #expect(
            page.links.map { "\($0.method) \($0.address)" } == [
                "GET /x?a=1&b=2", "GET /p.svg", "POST /y", "POST /z", "GET ?q",
            ])
        #expect(page.forms[0].fields.filter { !$0.key.hasPrefix("\u{0}") } == ["h": "1", "s": "4", "b": "5"])
        #expect(page.ids == ["f"])
    }

    @Test func `links that lead nowhere are noticed`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let table = LinksWorld.table(of: app)
            let visitor = Visitor("nobody", Browser(app), language: "en", table: table)
            try await visitor.walk(from: ["/nowhere", "/s/unknown", "/login"])
            #expect(
                visitor.faults.sorted() == [
                    "nobody: 404 for /s/unknown on the start", "nobody: no route for /nowhere on the start",
                ])
        }
    }
}
