// SPDX-License-Identifier: Apache-2.0
// The server against clients that do not behave, over real sockets.
import Foundation
import Hummingbird
import Logging
import NIOCore
import TestSupport
import Testing

@testable import App

@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
    private static func limits(_ change: (inout HTTPLimits) -> Void = { _ in }) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.idle = .milliseconds(400)
        limits.request = .milliseconds(600)
        limits.write = .milliseconds(600)
        limits.linger = .milliseconds(200)
        change(&limits)
        return limits
    }

    /// Runs a server with one route of each kind while the body runs.
    private func serve(
        _ limits: HTTPLimits, lost: AsyncStream<Void>.Continuation? = nil,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let router = Router(context: WebContext.self)
        router.get("/small") { _, _ in "small" }
        router.get("/large") { _, _ in
            Response(
                status: .ok,
                body: .init { writer in
                    do {
                        for _ in 0..<4096 { try await writer.write(ByteBuffer(repeating: 120, count: 65536)) }
                    } catch {
                        lost?.yield()
                        throw error
                    }
                    try await writer.finish(nil)
                })
        }
        router.post("/refused") { _, _ in
            Response(status: .contentTooLarge, body: .init(byteBuffer: .init(string: "no")))
        }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = HTTPServer(host: "127.0.0.1", port: 0, limits: limits, logger: logger)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = server.application(router.buildResponder()) { listening.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await port in ports {
                try await body(port)
                break
            }
            group.cancelAll()
        }
    }

    private func get(_ path: String, port: Int) async throws -> String {
        let connection = try await RawConnection.open(port: port)
        await connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        let answer = try await connection.receive(until: "never said")
        await connection.close()
        return answer
    }

    @Test func `a thousand half-open connections neither stop others nor stay`() async throws {
        try await serve(Self.limits { $0.idle = .seconds(2) }) { port in
            var open: [RawConnection] = []
            for _ in 0..<1000 {
                let connection = try await RawConnection.open(port: port)
                await connection.send("GET /small HTTP/1.1\r\nHost: a\r\nX-")
                open.append(connection)
            }
            #expect(try await get("/small", port: port).hasSuffix("small"))
            for connection in open { try await connection.closed() }
        }
    }

    @Test func `a body that drips is cut at the request's deadline`() async throws {
        try await serve(Self.limits { $0.idle = .seconds(30) }) { port in
            let connection = try await RawConnection.open(port: port)
            await connection.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
            var isOpen = true
            while isOpen { isOpen = await connection.send("x") }
            try await connection.closed()
        }
    }

    @Test func `headers that drip are cut`() async throws {
        try await serve(Self.limits()) { port in
            let connection = try await RawConnection.open(port: port)
            var isOpen = await connection.send("GET /small HTTP/1.1\r\n")
            while isOpen { isOpen = await connection.send("a: b\r\n") }
            try await connection.closed()
        }
    }

    @Test func `a client that never reads is cut and others are served`() async throws {
        let (losses, lost) = AsyncStream.makeStream(of: Void.self)
        try await serve(Self.limits(), lost: lost) { port in
            let deaf = try await RawConnection.open(port: port, isReading: false)
            await deaf.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await get("/small", port: port).hasSuffix("small"))
            for await _ in losses { break }
            await deaf.close()
        }
    }

    @Test func `after a refused body little more is read, and the answer arrives`() async throws {
        let patient = Self.limits {
            $0.drainBytes = 65536
            $0.idle = .seconds(30)
            $0.request = .seconds(30)
        }
        try await serve(patient) { port in
            let connection = try await RawConnection.open(port: port)
            await connection.send("POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
            let answer = try await connection.receive(until: "\r\n\r\nno")
            #expect(answer.hasPrefix("HTTP/1.1 413"))
            var sent = 0
            while await connection.send(String(repeating: "x", count: 65536)) { sent += 65536 }
            #expect(sent < 100_000_000)
            try await connection.closed()
        }
    }

    @Test func `one address has so many connections and no more, unless it is exempt`() async throws {
        let strict = Self.limits {
            $0.connectionsPerAddress = 3
            $0.unlimited = AddressList(prefixes: [])
            $0.idle = .seconds(30)
        }
        try await serve(strict) { port in
            var open: [RawConnection] = []
            for _ in 0..<3 {
                let connection = try await RawConnection.open(port: port)
                await connection.send("GET /small HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.receive(until: "\r\n\r\nsmall").hasSuffix("small"))
                open.append(connection)
            }
            let fourth = try await RawConnection.open(port: port)
            try await fourth.closed()
            await open[0].close()
            for connection in open { await connection.close() }
        }
    }

    @Test func `headers have an end`() async throws {
        try await serve(Self.limits { $0.headerBytes = 1024 }) { port in
            let connection = try await RawConnection.open(port: port)
            let long = String(repeating: "x", count: 20000)
            await connection.send("GET /small HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n")
            #expect(try await connection.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 400"))
            await connection.close()
        }
    }

    @Test func `several requests go over one connection`() async throws {
        try await serve(Self.limits()) { port in
            let connection = try await RawConnection.open(port: port)
            let request = "GET /small HTTP/1.1\r\nHost: a\r\n"
            await connection.send(request + "\r\n" + request + "Connection: close\r\n\r\n")
            let answer = try await connection.receive(until: "never said")
            #expect(answer.components(separatedBy: "small").count == 3)
        }
    }
}
