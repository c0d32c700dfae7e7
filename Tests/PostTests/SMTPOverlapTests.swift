// SPDX-License-Identifier: Apache-2.0
// Overlap: the next envelope leaves together with a message's end. What a server makes of that may cost time, and
// never a message.
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import TestSupport
import Testing

@testable import Post

@Suite struct SMTPOverlapTests {
    private func account(_ server: ScriptedSMTPServer) -> SMTPAccount {
        var account = SMTPAccount(host: "127.0.0.1", port: server.port, security: .none)
        account.helloName = "test.example"
        account.connections = 1
        account.overlaps = true
        account.limits.overlapSeconds = 1
        return account
    }

    private func envelope(_ number: Int, to recipient: String = "b@x.example") throws -> SMTPEnvelope {
        SMTPEnvelope(
            sender: try #require(MailAddress("a@x.example")), recipient: try #require(MailAddress(recipient)),
            content: Array("Subject: \(number)\r\n\r\n.dot\r\n".utf8))
    }

    /// Hands all over at once; the outcomes in the order of the messages.
    private func send(
        _ envelopes: [SMTPEnvelope], through account: SMTPAccount, of pool: SMTPPool,
        hooks: [SMTPHooks] = []
    ) async -> [SMTPOutcome] {
        let outcomes = NIOLockedValueBox<[Int: SMTPOutcome]>([:])
        await withCheckedContinuation { continuation in
            let deliveries = envelopes.indices.map { index in
                SMTPDelivery(envelopes[index], hooks: hooks.isEmpty ? SMTPHooks() : hooks[index]) { outcome in
                    let count = outcomes.withLockedValue { outcomes in
                        outcomes[index] = outcome
                        return outcomes.count
                    }
                    if count == envelopes.count { continuation.resume() }
                }
            }
            pool.submit(deliveries, through: account)
        }
        return outcomes.withLockedValue { outcomes in outcomes.sorted { $0.key < $1.key }.map(\.value) }
    }

    private func kinds(_ outcomes: [SMTPOutcome]) -> [String] {
        outcomes.map { String(describing: $0).prefix { $0 != "(" }.description }
    }

    @Test func `each envelope but the first comes with the end of the message before`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let pool = SMTPPool()
        let outcomes = await send(try (0..<10).map { try envelope($0) }, through: account(server), of: pool)
        #expect(Set(kinds(outcomes)) == ["accepted"])
        #expect(server.received.map(\.text) == (0..<10).map { "Subject: \($0)\r\n\r\n.dot\r\n" })
        #expect(server.aheads == 9)
        #expect(server.connections == 1)
        pool.close()
        try await server.stop()
    }

    @Test func `it is off by default, and off where the server does not pipeline`() async throws {
        let server = try await ScriptedSMTPServer.start()
        var plain = account(server)
        plain.overlaps = SMTPAccount(host: "x.example", port: 25, security: .none).overlaps
        #expect(
            await kinds(send(try (0..<5).map { try envelope($0) }, through: plain, of: SMTPPool()))
                == Array(repeating: "accepted", count: 5))
        server.behaviour.offers = []
        let outcomes = await send(try (5..<10).map { try envelope($0) }, through: account(server), of: SMTPPool())
        #expect(Set(kinds(outcomes)) == ["accepted"])
        #expect(server.received.count == 10)
        #expect(server.aheads == 0)
        try await server.stop()
    }

    @Test(arguments: [ScriptedSMTPServer.Ahead.loses, .refuses, .closes])
    func `a server that breaks it is sent everything once, without it`(ahead: ScriptedSMTPServer.Ahead) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.ahead = ahead
        let server = try await ScriptedSMTPServer.start(behaviour)
        let pool = SMTPPool()
        let account = account(server)
        let outcomes = await send(try (0..<5).map { try envelope($0) }, through: account, of: pool)
        // It has the first message and never said so: nobody can know.
        let first = ahead == .closes ? "unknown" : "accepted"
        #expect(kinds(outcomes) == [first] + Array(repeating: "accepted", count: 4))
        #expect(server.received.map(\.text).sorted() == (0..<5).map { "Subject: \($0)\r\n\r\n.dot\r\n" })
        #expect(server.aheads == 1)
        // What was learnt is remembered.
        let more = await send(try (5..<9).map { try envelope($0) }, through: account, of: pool)
        #expect(Set(kinds(more)) == ["accepted"])
        #expect(server.aheads == 1)
        #expect(server.received.count == 9)
        pool.close()
        try await server.stop()
    }

    @Test func `a refused envelope costs neither the message before nor the one behind`() async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT TO:<BAD@": "550 5.1.1 no such user"]
        let server = try await ScriptedSMTPServer.start(behaviour)
        let pool = SMTPPool()
        let envelopes = try (0..<6).map { try envelope($0, to: $0 % 3 == 1 ? "bad@x.example" : "b\($0)@x.example") }
        let outcomes = await send(envelopes, through: account(server), of: pool)
        let refused = SMTPOutcome.refused(.recipient, SMTPReply(code: 550, lines: ["5.1.1 no such user"]))
        #expect(outcomes[1] == refused && outcomes[4] == refused)
        #expect(kinds(outcomes).filter { $0 == "accepted" }.count == 4)
        #expect(server.received.map(\.recipient) == [0, 2, 3, 5].map { "b\($0)@x.example" })
        #expect(server.connections == 1)
        pool.close()
        try await server.stop()
    }

    @Test func `a connection lost between two messages costs the second only a connection`() async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.killAt = "MAIL FROM:<A@X.EXAMPLE> SIZE=21"
        behaviour.killsOnce = true
        let server = try await ScriptedSMTPServer.start(behaviour)
        let pool = SMTPPool()
        // The second message is the longer one.
        let outcomes = await send(
            [try envelope(1), try envelope(22), try envelope(3)], through: account(server), of: pool)
        #expect(kinds(outcomes) == ["accepted", "accepted", "accepted"])
        #expect(server.received.map(\.text).sorted() == [1, 22, 3].map { "Subject: \($0)\r\n\r\n.dot\r\n" })
        #expect(server.connections == 2)
        pool.close()
        try await server.stop()
    }

    @Test func `killed at every byte, nothing is claimed that is not known and nothing goes twice`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let envelopes = [try envelope(1), try envelope(2)]
        let whole =
            "EHLO test.example\r\n".utf8.count
            + 2
            * ("MAIL FROM:<a@x.example> SIZE=20\r\nRCPT TO:<b@x.example>\r\nDATA\r\n".utf8.count
                + "Subject: 1\r\n\r\n..dot\r\n.\r\n".utf8.count)
        var seen: Set<String> = []
        for limit in 0...whole {
            server.behaviour.killAfterBytes = limit
            let before = server.received.count
            let pool = SMTPPool()
            let outcomes = await send(envelopes, through: account(server), of: pool)
            let got = server.received.dropFirst(before).map(\.text)
            #expect(Set(got).count == got.count, "something went twice at \(limit)")
            for (number, outcome) in zip(1..., outcomes) {
                let hasIt = got.contains("Subject: \(number)\r\n\r\n.dot\r\n")
                switch outcome {
                case .accepted: #expect(hasIt)
                case .postponed, .fault: #expect(!hasIt)
                case .unknown: break
                default: Issue.record("\(outcome) when killed after \(limit) bytes")
                }
            }
            seen.formUnion(kinds(outcomes))
            pool.close()
        }
        #expect(seen == ["fault", "postponed", "unknown", "accepted"])
        try await server.stop()
    }

    @Test func `senders are asked once, before their message's first byte, and before its end`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let pool = SMTPPool()
        let asked = NIOLockedValueBox<[Int]>([])
        let hooks = (0..<6).map { number in
            SMTPHooks(
                willBegin: {
                    let commands = server.commands.filter { $0.hasSuffix("b\(number)@x.example>") }
                    asked.withLockedValue { $0.append(commands.isEmpty ? number : -1) }
                    return number != 1
                },
                mayEnd: { number != 3 })
        }
        let envelopes = try (0..<6).map { try envelope($0, to: "b\($0)@x.example") }
        let outcomes = await send(envelopes, through: account(server), of: pool, hooks: hooks)
        #expect(kinds(outcomes) == ["accepted", "withdrawn", "accepted", "withdrawn", "accepted", "accepted"])
        #expect(asked.withLockedValue { $0 }.sorted() == Array(0..<6))
        #expect(server.received.map(\.recipient) == [0, 2, 4, 5].map { "b\($0)@x.example" })
        #expect(!server.commands.contains { $0.hasSuffix("b1@x.example>") })
        pool.close()
        try await server.stop()
    }

    // MARK: - Without sockets

    /// A conversation in which one message's content has left and the next one's envelope too.
    private func overlapping() throws -> SMTPConversation {
        var account = SMTPAccount(host: "mx.example", port: 25, security: .none)
        account.overlaps = true
        var conversation = SMTPConversation(account: account, helloName: "me.example")
        _ = conversation.received(ByteBuffer(string: "220 hi\r\n250-x\r\n250 PIPELINING\r\n"))
        _ = conversation.begin(try envelope(1))
        #expect(!conversation.mayFollow(try envelope(2)))
        #expect(conversation.received(ByteBuffer(string: "250 ok\r\n250 ok\r\n354 go\r\n")) == [.content])
        _ = conversation.writeContent()
        #expect(conversation.mayFollow(try envelope(2)))
        #expect(
            String(buffer: conversation.follow(try envelope(2)))
                == "MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
        #expect(!conversation.mayFollow(try envelope(3)))
        return conversation
    }

    @Test func `the second message's content waits for the first one's reply`() throws {
        var conversation = try overlapping()
        conversation.contentHasLeft()
        let accepted = SMTPOutcome.accepted(SMTPReply(code: 250, lines: ["one"]))
        #expect(conversation.received(ByteBuffer(string: "250 one\r\n")) == [.finish(accepted)])
        #expect(conversation.stepSeconds == conversation.account.limits.overlapSeconds)
        #expect(conversation.received(ByteBuffer(string: "250 ok\r\n550 no\r\n354 go\r\n")) == [.say(".")])
        let refused = SMTPOutcome.refused(.recipient, SMTPReply(code: 550, lines: ["no"]))
        #expect(conversation.received(ByteBuffer(string: "250 empty\r\n")) == [.finish(refused)])
        #expect(conversation.begin(try envelope(3)).count == 1)
        #expect(conversation.awaited == .reset)
    }

    @Test(arguments: [false, true])
    func `when it is lost, the first may be unknown and the second never is`(hasLeft: Bool) throws {
        var conversation = try overlapping()
        if hasLeft { conversation.contentHasLeft() }
        let reason = SMTPReason(.closed)
        let first: SMTPOutcome = hasLeft ? .unknown(reason: reason) : .postponed(.content, nil, reason: reason)
        #expect(
            conversation.lost(reason)
                == [.finish(first), .abandon(.postponed(.mail, nil, reason: reason)), .close])
        #expect(conversation.isOverlapBroken)
    }

    @Test func `a server that goes away has neither`() throws {
        var conversation = try overlapping()
        conversation.contentHasLeft()
        let actions = conversation.received(ByteBuffer(string: "421 bye\r\n"))
        #expect(actions.count == 3)
        guard case .finish(.fault) = actions.first, case .abandon(.postponed) = actions[1] else {
            Issue.record("\(actions)")
            return
        }
        #expect(!conversation.isOverlapBroken)
    }

    @Test func `a refusal that is about the message is no quarrel about order`() throws {
        var conversation = try overlapping()
        conversation.contentHasLeft()
        let refused = SMTPOutcome.refused(.end, SMTPReply(code: 554, lines: ["5.7.1 spam"]))
        #expect(conversation.received(ByteBuffer(string: "554 5.7.1 spam\r\n")) == [.finish(refused)])
        #expect(conversation.received(ByteBuffer(string: "250 ok\r\n250 ok\r\n354 go\r\n")) == [.content])
        #expect(!conversation.isOverlapBroken)
    }
}
