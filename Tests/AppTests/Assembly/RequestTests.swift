// SPDX-License-Identifier: Apache-2.0
// What every request meets, whatever it asks for.
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct RequestTests {
    @Test(arguments: engines) func `health says whether requests may come`(engine: Dialect) async throws {
        try await TestApp.run(on: engine) { app in
            let live = try await app.request(.get, "/health/live")
            let ready = try await app.request(.get, "/health/ready")
            #expect(live.status == .ok)
            #expect(ready.body == "ready\n")
        }
    }

    @Test func `an unknown address is a page for people and a problem for programs`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let page = try await app.request(.get, "/nowhere", headers: [.acceptLanguage: "ru"])
            #expect(page.status == .notFound)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            let problem = try await app.request(.get, "/api/v1/nowhere")
            #expect(problem.status == .notFound)
            #expect(problem.headers[.contentType] == "application/problem+json")
            #expect(try problem.json()["code"] == .string("not_found"))
        }
    }

    @Test func `a method that an address does not know is named with those that it does`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            let answer = try await app.request(.post, "/health/live")
            #expect(answer.status == .methodNotAllowed)
            #expect(answer.headers[.allow] == "GET, HEAD")
        }
    }

    @Test func `what is read by GET answers HEAD, without a body`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            for path in ["/health/live", "/login", "/", "/nowhere", "/api/v1/nowhere"] {
                let (whole, head) = (try await app.request(.get, path), try await app.request(.head, path))
                #expect(head.status == whole.status)
                #expect(head.headers[.contentType] == whole.headers[.contentType])
                #expect(head.body.isEmpty)
            }
        }
    }

    @Test func `every answer is fenced in`() async throws {
        try await TestApp.run(on: .sqlite) { app in
            for path in ["/nowhere", "/api/v1/nowhere", "/health/live"] {
                let answer = try await app.request(.get, path)
                let policy = try #require(HTTPField.Name("Content-Security-Policy"))
                #expect(answer.headers[policy]?.contains("default-src 'none'") == true)
                #expect(answer.headers[policy]?.contains("unsafe") == false)
            }
        }
    }

    @Test(arguments: [
        (["203.0.113.9"], "203.0.113.9"), (["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"), ([], "10.0.0.1"),
        (["nonsense"], "10.0.0.1"), (["10.0.0.9"], "10.0.0.9"),
    ])
    func `a proxy's word is believed up to the first stranger`(fields: [String], client: String) throws {
        let proxies = try #require(AddressList("10.0.0.0/8"))
        #expect(ForwardedMiddleware.client(of: fields, peer: "10.0.0.1", proxies: proxies) == client)
    }
}
