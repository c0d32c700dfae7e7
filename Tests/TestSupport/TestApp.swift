// SPDX-License-Identifier: Apache-2.0
// The whole product in the test's process: requests go to the responder without a socket, work is done when the test
// says so, time stands still between.
import App
import Durable
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Markup
import NIOCore
import NIOEmbedded
import Storage

/// One otklik on one engine.
public final class TestApp: Sendable {
    public let otklik: Otklik
    public let clock: TestClock
    public let folder: URL
    private let node: Node
    private let answers: RouterResponder<WebContext>

    public var rooms: Rooms { otklik.rooms }
    public var database: Database { otklik.installation.database }
    public var now: Moment { clock.now }

    private init(otklik: Otklik, clock: TestClock, folder: URL, node: Node) {
        self.otklik = otklik
        self.clock = clock
        self.folder = folder
        self.node = node
        answers = otklik.responder()
    }

    /// Does what is due now, and returns how many items that were.
    @discardableResult public func runDue() async throws -> Int {
        try await otklik.workers(node).runDue(now: clock.now.milliseconds)
    }

    /// Lets time pass and does what has become due.
    @discardableResult public func wait(seconds: Int64) async throws -> Int {
        clock.advance(seconds: seconds)
        return try await runDue()
    }

    /// Asks the product as a browser or a program would, without a socket.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String = "",
        from address: String = "127.0.0.1"
    ) async throws -> TestResponse {
        try await request(method, path, headers: headers, bytes: Array(body.utf8), from: address)
    }

    /// The same with a body that need not be text.
    public func request(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], bytes: [UInt8],
        from address: String = "127.0.0.1"
    ) async throws -> TestResponse {
        var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        head.headerFields = headers
        if !bytes.isEmpty { head.headerFields[.contentLength] = String(bytes.count) }
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes)))
        let context = WebContext(
            channel: NIOAsyncTestingChannel(), logger: otklik.installation.logger, remoteAddress: address)
        let response = try await answers.respond(to: request, context: context)
        let collector = BodyCollector()
        try await response.body.write(collector)
        return TestResponse(status: response.status, headers: response.headers, bytes: collector.bytes)
    }

    /// How the product under test is set up, where that matters.
    public struct Setup: Sendable {
        public var baseURL = "http://localhost"
        public var provider = ProviderRules()
        public var rates = RateLimits()
        public var trustedProxies = AddressList.none

        public init() {}
    }

    /// Runs `body` with the product on an engine and takes everything away afterwards.
    /// - Throws: ``WorkLeft`` when work is still there whose kind the test did not name.
    public static func run(
        on engine: Dialect, leaving kinds: Set<String> = [], as setup: Setup = Setup(),
        _ body: (TestApp) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await withAppDatabase(engine) { database in
                let clock = TestClock()
                let assets = try TestAssets.shared()
                var logger = Logger(label: "test")
                logger.logLevel = .error
                let installation = Installation(
                    database: database, clock: clock.clock, secret: ServerSecret(bytes: Array(repeating: 7, count: 32)),
                    catalogue: assets.catalogue, baseURL: setup.baseURL, dataFolder: folder,
                    logger: logger, provider: setup.provider)
                let node = try await Node.join(database)
                let app = TestApp(
                    otklik: Otklik(
                        installation, assets: assets.tree, webAssets: assets.web,
                        trustedProxies: setup.trustedProxies, rates: setup.rates),
                    clock: clock, folder: folder, node: node)
                try await body(app)
                let left = try await database.query("SELECT DISTINCT kind FROM work ORDER BY kind")
                    .map { try $0.at(0, as: String.self) }
                let unmentioned = Set(left).subtracting(kinds)
                if !unmentioned.isEmpty { throw WorkLeft(kinds: unmentioned.sorted()) }
                try await node.leave()
                await app.otklik.close()
            }
        }
    }
}

/// Work is left over that the test did not mention.
public struct WorkLeft: Error, CustomStringConvertible {
    let kinds: [String]
    public var description: String { "Work is left that the test did not name: \(kinds.joined(separator: ", "))" }
}

/// What the product answered.
public struct TestResponse: Sendable {
    public let status: HTTPResponse.Status
    public let headers: HTTPFields
    public let bytes: [UInt8]

    /// The body as text.
    public var body: String { String(decoding: bytes, as: UTF8.self) }

    public init(status: HTTPResponse.Status, headers: HTTPFields, bytes: [UInt8]) {
        self.status = status
        self.headers = headers
        self.bytes = bytes
    }

    /// The cookies that it sets, by name.
    public var cookies: [String: String] {
        var cookies: [String: String] = [:]
        for field in headers[values: .setCookie] {
            let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        return cookies
    }

    /// The body as JSON.
    public func json() throws -> JSON { try fromJSON(body) }
}

/// Keeps a response's body.
private final class BodyCollector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []
    func write(_ buffer: ByteBuffer) async throws { bytes += buffer.readableBytesView }
    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
