// SPDX-License-Identifier: Apache-2.0
// Submits that are doubtful, links that take nothing, and input that nobody's browser sends.
import Foundation
import HTTPTypes
import Markup
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct SurveyDoubtTests {
    /// A page that asks to press the button again, with what was entered.
    private func expectAgain(_ response: TestResponse) {
        #expect(response.status == .unprocessableContent)
        #expect(response.body.contains("Нажмите «Отправить» ещё раз"))
        #expect(response.body.contains("id=\"q_fcr_0\" value=\"0\" required checked"))
        #expect(!response.body.contains("name=\"homepage\""))
    }

    @Test(arguments: engines) func `a submit within two seconds is put aside, the next one counts`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 1)
            let weak = try await world.submit(page, SurveyWorld.good)
            expectAgain(weak)
            #expect(try await world.submissions() == ["quarantined too_fast"])
            #expect(try await world.invitation(customer).state == .sent)
            // Still too fast, and kept once; the two seconds go on from the first page.
            expectAgain(try await world.submit(try world.opened(weak, at: page.path), SurveyWorld.good))
            world.app.clock.advance(seconds: 1)
            let again = try await world.submit(try world.opened(weak, at: page.path), SurveyWorld.good)
            #expect(again.status == .ok)
            #expect(try await world.submissions() == ["quarantined too_fast", "counted"])
        }
    }

    @Test(arguments: engines) func `a filled decoy is put aside, and the page shown again has none`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.open(try await world.customer())
            world.app.clock.advance(seconds: 60)
            let filled = SurveyWorld.good + [("homepage", "http://example.com")]
            let weak = try await world.submit(page, filled)
            expectAgain(weak)
            #expect(try await world.submissions() == ["quarantined decoy_filled"])
            // A browser that fills it in by itself is not refused for ever.
            let shownAgain = try world.opened(weak, at: page.path)
            #expect(try await world.submit(shownAgain, filled).status == .ok)
            #expect(try await world.submissions() == ["quarantined decoy_filled", "counted"])
        }
    }

    @Test(arguments: engines) func `a submit without a nonce of ours is put aside`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer(1)
            let page = try await world.open(customer)
            let others = try await world.open(try await world.customer(2))
            world.app.clock.advance(seconds: 60)
            var forged = page.nonce
            forged.replaceSubrange(forged.startIndex...forged.startIndex, with: forged.hasPrefix("A") ? "B" : "A")
            var last = OpenedPage(path: page.path, nonce: "")
            for nonce in ["", "x", forged, others.nonce, page.nonce + "A", String(repeating: "я", count: 55)] {
                let weak = try await world.submit(OpenedPage(path: page.path, nonce: nonce), SurveyWorld.good)
                expectAgain(weak)
                last = try world.opened(weak, at: page.path)
            }
            #expect(try await world.submissions() == ["quarantined no_nonce"])
            world.app.clock.advance(seconds: 2)
            #expect(try await world.submit(last, SurveyWorld.good).status == .ok)
        }
    }

    @Test(arguments: engines) func `many customers behind one address are all heard`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            for number in 1...40 {
                let customer = try await world.customer(Int64(number))
                #expect(try await world.answer(customer).status == .ok)
            }
            let counted = try await world.submissions()
            #expect(counted == Array(repeating: "counted", count: 40))
        }
    }

    @Test(arguments: engines) func `an expired link says so, in the customer's language`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            let page = try await world.open(customer)
            world.app.clock.advance(seconds: 30 * 86_400)
            for response in [try await world.get(customer.path), try await world.submit(page, SurveyWorld.good)] {
                #expect(response.status == .gone)
                #expect(response.body.contains("<h1>Срок ссылки истёк</h1>"))
            }
            #expect(try await world.submissions() == [])
        }
    }

    @Test(arguments: engines) func `a closed form takes nothing`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer(language: "en")
            let page = try await world.open(customer)
            let (surveys, form, tenant, now) = (world.surveys, world.form, world.tenant, world.app.now)
            try await world.app.database.write { tx in
                try surveys.close(form, isClosed: true, of: tenant, in: tx, as: SurveyChange(by: nil, at: now))
            }
            world.app.clock.advance(seconds: 5)
            for response in [try await world.get(customer.path), try await world.submit(page, SurveyWorld.good)] {
                #expect(response.status == .gone)
                #expect(response.body.contains("<h1>This survey is closed</h1>"))
            }
            #expect(try await world.submissions() == [])
        }
    }

    @Test(arguments: engines) func `an unknown or forged link is not found, in the browser's language`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let path = try await world.customer().path
            let forged = String(path.dropLast()) + (path.hasSuffix("a") ? "b" : "a")
            for path in [forged, "/s/x", "/s/" + String(repeating: "a", count: 5_000), "/s/%00%ff", path + "x"] {
                let page = try await world.app.request(.get, path, headers: [.acceptLanguage: "ru-RU,ru;q=0.9"])
                #expect(page.status == .notFound, "\(path)")
                #expect(page.body.contains("<h1>Ссылка не найдена</h1>"))
                #expect(try await world.post(path, SurveyWorld.good).status == .notFound)
            }
            let english = try await world.get("/s/x")
            #expect(english.body.contains("<h1>Link not found</h1>"))
            #expect(try await world.submissions() == [])
        }
    }

    @Test(arguments: engines) func `hostile input stores nothing`(_ engine: Dialect) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let page = try await world.open(try await world.customer())
            world.app.clock.advance(seconds: 5)
            let start = "nonce=\(page.nonce)&q_fcr=0&q_nps=9"
            let cases: [(String, Int)] = [
                (start + "&q_why=" + String(repeating: "a", count: 10 * 1024 * 1024), 413),
                (start + String(repeating: "&x=1", count: 100_000), 400),
                (start + "&q_why=%FF%FE", 400), (start + "&q_why=%0", 400), (start + "&q_why=a%00b", 400),
                ("nonce=\(page.nonce)&q_fcr=2&q_nps=9", 422), ("nonce=\(page.nonce)&q_fcr=-1&q_nps=9", 422),
                ("nonce=\(page.nonce)&q_fcr=99999999999999999999&q_nps=9", 422),
                ("nonce=\(page.nonce)&q_fcr=0&q_nps=nan", 422), ("nonce=\(page.nonce)&q_fcr=0&q_nps=1e400", 422),
                ("nonce=\(page.nonce)&q_fcr=0&q_nps=9.5", 422), ("nonce=\(page.nonce)&q_fcr=0&q_nps=11", 422),
                ("", 422), ("&&&=&==", 422),
            ]
            for (body, status) in cases {
                let response = try await world.send(page.path, body)
                #expect(response.status.code == status, "\(body.suffix(60))")
                #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            }
            let json = try await world.app.request(
                .post, page.path, headers: [.contentType: "application/json"], body: "{}")
            #expect(json.status == .badRequest)
            #expect(try await world.submissions() == [])
            // A thousand fields that nobody asked for are left alone.
            let many = try await world.send(page.path, start + String(repeating: "&x=1&q_x[]=2", count: 500))
            #expect(many.status == .ok)
            #expect(try await world.answers().keys.sorted() == ["fcr", "nps"])
        }
    }

    @Test(arguments: engines) func `without a database the page says when to come back`(
        _ engine: Dialect
    ) async throws {
        var seen: TestResponse?
        await #expect(throws: StorageError.self) {
            try await SurveyWorld.run(on: engine) { world in
                let customer = try await world.customer()
                try await world.app.database.close()
                seen = try await world.app.request(.get, customer.path, headers: [.acceptLanguage: "ru"])
            }
        }
        #expect(seen?.status == .serviceUnavailable)
        #expect(seen?.headers[.retryAfter] == "30")
        #expect(seen?.body.contains("<h1>Попробуйте чуть позже</h1>") == true)
    }

    @Test(arguments: engines) func `an error of ours is told in the customer's words and in the log alone`(
        _ engine: Dialect
    ) async throws {
        try await SurveyWorld.run(on: engine) { world in
            let customer = try await world.customer()
            try await world.app.database.write { try $0.execute("DROP TABLE link") }
            for method in [HTTPRequest.Method.get, .post] {
                let page = try await world.app.request(method, customer.path, headers: [.acceptLanguage: "ru"])
                #expect(page.status == .internalServerError)
                #expect(page.body.contains("<h1>Попробуйте чуть позже</h1>") && !page.body.contains("token_hash"))
                #expect(page.headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
            }
            #expect(try await world.app.request(.head, customer.path).status == .internalServerError)
        }
    }

    @Test func `a nonce holds what it was given and nothing else is one`() {
        let secret = ServerSecret(bytes: Array(repeating: 1, count: 32))
        let now = Moment(milliseconds: 1_772_442_000_000)
        let invitation = InvitationID(raw: 42)
        let nonce = SurveyNonce(
            invitation: invitation, version: FormVersionID(raw: .max), issuedAt: now, isShownAgain: true)
        let text = nonce.signed(with: secret)
        #expect(text.utf8.count == 55)
        #expect(SurveyNonce(text, for: invitation, secret: secret, now: now) == nonce)
        #expect(SurveyNonce(text, for: InvitationID(raw: 43), secret: secret, now: now) == nil)
        #expect(SurveyNonce(text, for: invitation, secret: secret, now: now.adding(milliseconds: -1)) == nil)
        let other = ServerSecret(bytes: Array(repeating: 2, count: 32))
        #expect(SurveyNonce(text, for: invitation, secret: other, now: now) == nil)
        for place in text.indices {
            var changed = text
            changed.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            // The last letter holds two bits that no byte needs.
            if place == text.index(before: text.endIndex) { continue }
            #expect(SurveyNonce(changed, for: invitation, secret: secret, now: now) == nil)
        }
    }
}
