// SPDX-License-Identifier: Apache-2.0
// What mail scanners, proxies and impatient browsers do to a link: nothing false is counted, nothing true is refused or
// overwritten (spec 3.5). What was put aside shows beside what counts.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyScannerTests {
    /// Addresses on a page that a scanner follows.
    private func links(_ page: String, _ path: String) -> [String] {
        page.matches(of: #/(?:href|src|action)=.([^">]+)"/#).map { String($0.1).replacing("&amp;", with: "&") }
            .map { $0.hasPrefix("?") ? path + $0 : $0 }.filter { $0.hasPrefix("/") }
    }

    private func form(_ entries: [(String, String)], nonce: String?) -> String {
        let all = (nonce.map { [("nonce", $0)] } ?? []) + entries
        return all.map { "\($0.0)=\(queryValue($0.1))" }.joined(separator: "&")
    }

    @Test(arguments: engines) func `scanners that look at everything twice change nothing, and the person counts`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.get(customer.path)
            let before = try await world.invitation(customer)
            let junk = [
                "?utm_source=x&fbclid=%00", "?change=1", "?lang=xx&lang=en", "?nonce=a&q_fcr=0&q_nps=9", "?%ff=&&",
            ]
            for link in links(page.body, customer.path) + junk.map({ customer.path + $0 }) {
                for method in [HTTPRequest.Method.get, .get, .head] {
                    let answer = try await world.app.request(method, link)
                    #expect(answer.status.code < 400, "\(method) \(link)")
                    #expect(answer.headers[.setCookie] == nil)
                }
            }
            #expect(try await world.submissions() == [])
            #expect(try await world.invitation(customer) == before)
            #expect(try await world.answer(customer).status == .ok)
            #expect(try await world.submissions() == ["counted"])
            // And once more when it is answered.
            let after = try await world.invitation(customer)
            for link in [customer.path] + junk.map({ customer.path + $0 }) {
                for method in [HTTPRequest.Method.get, .get, .head] {
                    #expect(try await world.app.request(method, link).status == .ok)
                }
            }
            #expect(try await world.submissions() == ["counted"])
            #expect(try await world.invitation(customer) == after)
        }
    }

    @Test(arguments: engines) func `a proxy that sends the real answer again after 35 seconds changes nothing`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 20)
            let body = form(SurveyWorld.good, nonce: page.nonce)
            #expect(try await world.send(page.path, body).status == .ok)
            let after = try await world.invitation(customer)
            world.app.clock.advance(seconds: 35)
            let replayed = try await world.app.request(
                .post, page.path,
                headers: [.contentType: "application/x-www-form-urlencoded", .userAgent: "python-requests/2"],
                body: body, from: "198.51.100.7")
            #expect(replayed.status == .ok && replayed.body.contains("Спасибо за отзыв!"))
            // One that sends something else again is put aside, and the person's answer stands.
            let other = form([("q_fcr", "1"), ("q_nps", "0")], nonce: page.nonce)
            #expect(try await world.send(page.path, other).status == .conflict)
            #expect(try await world.submissions() == ["counted", "quarantined answered_before"])
            #expect(try await world.invitation(customer) == after)
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
        }
    }

    @Test(arguments: engines) func `a browser without a person that presses every button at once counts nothing`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            // Every button of every page, with the first choices, the last ones and none, and the trap filled in.
            for choices in [[("q_fcr", "0"), ("q_nps", "0")], [("q_fcr", "1"), ("q_nps", "10")], []] {
                for trap in ["", "http://example.com"] {
                    let page = try await world.open(customer)
                    let answer = try await world.submit(page, choices + [("homepage", trap), ("script", "1")])
                    #expect(answer.status == .unprocessableContent)
                }
            }
            let states = try await world.submissions()
            #expect(states.allSatisfy { $0.hasPrefix("quarantined") } && states.count == 2)
            #expect(try await world.invitation(customer).state == .sent)
            // The person comes an hour later, and again nobody is refused.
            world.app.clock.advance(seconds: 3_600)
            #expect(try await world.answer(customer, [("q_fcr", "1"), ("q_nps", "7")]).status == .ok)
            #expect(try await world.submissions().last == "counted")
            let scores = try await world.invitation(customer).scores
            #expect(scores == ["fcr": 0, "nps": 7])
            // The answers page tells them apart.
            let browser = try await world.browser(as: .administrator)
            let list = try await browser.get("/forms/\(world.form)/answers").body
            #expect(list.matches(of: #/<span class="badge warning">не учтён/#).count == 2)
            #expect(list.matches(of: #/<span class="badge good">учтён/#).count == 1)
            #expect(list.contains("Отправлен быстрее, чем за 2 секунды"))
        }
    }

    @Test(arguments: engines) func `two hundred people behind one address are all heard`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            var pages: [(OpenedPage, Int)] = []
            for number in 1...200 {
                let customer = try await world.customer(Int64(number))
                let page = try await world.app.request(.get, customer.path, from: "203.0.113.9")
                pages.append((try world.opened(page, at: customer.path), number % 11))
            }
            world.app.clock.advance(seconds: 40)
            for (page, nps) in pages {
                let answer = try await world.app.request(
                    .post, page.path, headers: [.contentType: "application/x-www-form-urlencoded"],
                    body: form([("q_fcr", "0"), ("q_nps", String(nps))], nonce: page.nonce), from: "203.0.113.9")
                #expect(answer.status == .ok)
            }
            let states = try await world.submissions()
            #expect(states.count == 200 && states.allSatisfy { $0 == "counted" })
            #expect(try await world.app.rooms.statistics.verify(world.tenant) == [])
        }
    }
}
