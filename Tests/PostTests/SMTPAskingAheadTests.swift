// SPDX-License-Identifier: Apache-2.0
// Senders that are asked while their messages still wait for a connection.
import Foundation
import NIOConcurrencyHelpers
import Post
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct SMTPAskingAheadTests {
    /// A server, an account with one connection, and what senders and messages have said.
    private struct World {
        let server: ScriptedSMTPServer
        let pool = SMTPPool()
        var account: SMTPAccount
        let asked = NIOLockedValueBox<[Int]>([])
        let outcomes = NIOLockedValueBox<[Int: SMTPOutcome]>([:])

        init(_ behaviour: ScriptedSMTPServer.Behaviour = .init()) async throws {
            server = try await ScriptedSMTPServer.start(behaviour)
            account = SMTPAccount(host: "127.0.0.1", port: server.port, security: .none)
            account.connections = 1
            account.asksAhead = 10
        }

        /// Hands messages over and returns when each has said how it fared.
        func send(
            _ numbers: ClosedRange<Int>, whenAsked: @escaping @Sendable (Int) async -> Bool = { _ in true }
        ) async throws {
            let sender = try #require(MailAddress("a@x.example"))
            let recipient = try #require(MailAddress("b@x.example"))
            let (stream, ended) = AsyncStream.makeStream(of: Void.self)
            let deliveries = numbers.map { number in
                SMTPDelivery(
                    SMTPEnvelope(
                        sender: sender, recipient: recipient, content: Array("Subject: \(number)\r\n\r\n".utf8)),
                    hooks: SMTPHooks(willBegin: { [asked] in
                        asked.withLockedValue { $0.append(number) }
                        return await whenAsked(number)
                    })
                ) { [outcomes] outcome in
                    outcomes.withLockedValue { $0[number] = outcome }
                    ended.yield()
                }
            }
            pool.submit(deliveries, through: account)
            var left = numbers.count
            for await _ in stream {
                left -= 1
                if left == 0 { break }
            }
        }

        var accepted: [Int] {
            outcomes.withLockedValue { outcomes in
                outcomes.filter { if case .accepted = $0.value { true } else { false } }.keys.sorted()
            }
        }

        var withdrawn: [Int] {
            outcomes.withLockedValue { outcomes in
                outcomes.filter { if case .withdrawn = $0.value { true } else { false } }.keys.sorted()
            }
        }

        func stop() async throws {
            pool.close()
            try await server.stop()
        }
    }

    /// Opens when it was knocked at often enough.
    private final class Door: Sendable {
        private let knocks = NIOLockedValueBox(0)
        private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        private let needed: Int

        init(opensAt needed: Int) { self.needed = needed }

        func pass() async {
            if knocks.withLockedValue({
                $0 += 1
                return $0 >= needed
            }) {
                open()
            }
            for await _ in stream {}
        }

        func open() { continuation.finish() }
    }

    @Test func `a quick server's next messages are begun together`() async throws {
        let world = try await World()
        try await world.send(1...1)
        // With one connection and nobody asked ahead, the first of them would wait for ever.
        let door = Door(opensAt: 6)
        try await world.send(2...12) { _ in
            await door.pass()
            return true
        }
        #expect(world.accepted == Array(1...12))
        #expect(world.asked.withLockedValue { $0.sorted() } == Array(1...12))
        #expect(Set(world.server.received.map(\.text)).count == 12)
        try await world.stop()
    }

    @Test func `nobody is asked ahead before the server's pace is known`() async throws {
        let world = try await World()
        let askedAtFirst = NIOLockedValueBox(0)
        try await world.send(1...5) { number in
            if number == 1 { askedAtFirst.withLockedValue { $0 = world.asked.withLockedValue { $0.count } } }
            return true
        }
        #expect(askedAtFirst.withLockedValue { $0 } == 1)
        #expect(world.accepted == Array(1...5))
        try await world.stop()
    }

    @Test func `a message that is taken back while it waits is not sent`() async throws {
        let world = try await World()
        try await world.send(1...1)
        try await world.send(2...40) { $0.isMultiple(of: 2) }
        #expect(world.accepted == [1] + (2...40).filter { $0.isMultiple(of: 2) })
        #expect(world.withdrawn == (2...40).filter { !$0.isMultiple(of: 2) })
        #expect(world.server.received.count == 21)
        try await world.stop()
    }

    @Test func `a connection that ends while a sender is asked costs no message`() async throws {
        var world = try await World()
        world.account.limits.idleSeconds = 1
        let (pool, account) = (world.pool, world.account)
        try await world.send(1...1) { _ in
            // Another connection stands only after the one that waits for this answer has ended.
            #expect(await pool.check(account) == nil)
            return true
        }
        #expect(world.accepted == [1] && world.server.received.count == 1)
        #expect(world.server.connections == 2)
        try await world.stop()
    }

    @Test func `what was asked hears of the end only when its sender has answered`() async throws {
        let world = try await World()
        // The first one's connection says nothing of the server's pace.
        try await world.send(1...30)
        let door = Door(opensAt: 3)
        let answered = NIOLockedValueBox<Set<Int>>([])
        let unanswered = NIOLockedValueBox<[Int]>([])
        async let sent: Void = world.send(31...41) { number in
            if number == 31 {
                // The others are being asked by now, or never will be.
                await door.pass()
                world.pool.close()
            } else {
                await door.pass()
            }
            let early = world.outcomes.withLockedValue { $0[number] != nil }
            if early { unanswered.withLockedValue { $0.append(number) } }
            answered.withLockedValue { _ = $0.insert(number) }
            return true
        }
        try await sent
        #expect(unanswered.withLockedValue { $0 } == [])
        #expect(answered.withLockedValue { $0.count } >= 3)
        #expect(world.outcomes.withLockedValue { $0.count } == 41)
        // Whatever did not leave says so.
        #expect(world.server.received.count == world.accepted.count)
        #expect(world.accepted.count + world.withdrawn.count == 41)
        try await world.stop()
    }
}
