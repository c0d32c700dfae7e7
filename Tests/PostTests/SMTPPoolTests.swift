// SPDX-License-Identifier: Apache-2.0
// The client against a real socket: kept connections, dying servers, slow servers.
import Foundation
import NIOConcurrencyHelpers
import Post
import TestSupport
import Testing

@Suite struct SMTPPoolTests {
    private func account(_ server: ScriptedSMTPServer) -> SMTPAccount {
        var account = SMTPAccount(host: "127.0.0.1", port: server.port, security: .none)
        account.helloName = "test.example"
        return account
    }

    private func envelope(_ number: Int = 1, to recipient: String = "b@x.example") throws -> SMTPEnvelope {
        SMTPEnvelope(
            sender: try #require(MailAddress("a@x.example")), recipient: try #require(MailAddress(recipient)),
            content: Array("Subject: \(number)\r\n\r\n.dot\r\n".utf8))
    }

    @Test func `many messages share few connections`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let pool = SMTPPool()
        var account = account(server)
        account.connections = 3
        let fixed = account
        let envelopes = try (0..<100).map { try envelope($0) }
        let outcomes = await withTaskGroup(of: SMTPOutcome.self) { group in
            for envelope in envelopes { group.addTask { await pool.send(envelope, through: fixed) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { if case .accepted = $0 { true } else { false } })
        #expect(Set(server.received.map(\.text)) == Set((0..<100).map { "Subject: \($0)\r\n\r\n.dot\r\n" }))
        #expect(server.connections <= 3)
        #expect(server.openAtOnce <= 3)
        pool.close()
        try await server.stop()
    }

    @Test(arguments: [["PIPELINING"], []])
    func `killed at every byte, nothing is claimed that is not known`(offers: [String]) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.offers = offers
        let whole = try await ScriptedSMTPServer.start(behaviour)
        let envelope = try envelope()
        var seen: Set<String> = []
        let total =
            "EHLO test.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n".utf8.count
            + "Subject: 1\r\n\r\n..dot\r\n.\r\n".utf8.count
        for limit in 0...total {
            behaviour.killAfterBytes = limit
            whole.behaviour = behaviour
            let before = whole.received.count
            let pool = SMTPPool()
            let outcome = await pool.send(envelope, through: account(whole))
            let hasIt = whole.received.count > before
            switch outcome {
            case .fault:
                seen.insert("fault")
                #expect(!hasIt)
            case .postponed:
                seen.insert("postponed")
                #expect(!hasIt)
            case .unknown:
                seen.insert("unknown")
                #expect(hasIt == (limit == total))
            default: Issue.record("\(outcome) when killed after \(limit) bytes")
            }
            pool.close()
        }
        #expect(seen == ["fault", "postponed", "unknown"])
        behaviour.killAfterBytes = nil
        whole.behaviour = behaviour
        let outcome = await SMTPPool().send(envelope, through: account(whole))
        #expect(outcome == .accepted(SMTPReply(code: 250, lines: ["2.0.0 queued"])))
        try await whole.stop()
    }

    @Test func `every step has its time`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for step in ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"] {
                group.addTask { try await stall(at: step) }
            }
            try await group.waitForAll()
        }
    }

    private func stall(at step: String) async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.offers = []
        behaviour.silentAt = step
        let server = try await ScriptedSMTPServer.start(behaviour)
        var account = account(server)
        account.limits.greetingSeconds = 1
        account.limits.helloSeconds = 1
        account.limits.mailSeconds = 1
        account.limits.recipientSeconds = 1
        account.limits.dataSeconds = 1
        account.limits.endSeconds = 1
        let outcome = await SMTPPool().send(try envelope(), through: account)
        switch (step, outcome) {
        case ("CONNECT", .fault(let fault)): #expect(fault.step == .greeting)
        case ("EHLO", .fault(let fault)): #expect(fault.step == .hello)
        case ("MAIL", .postponed(.mail, nil, _)), ("RCPT", .postponed(.recipient, nil, _)): break
        case ("DATA", .postponed(.data, nil, _)), ("DOT", .unknown): break
        default: Issue.record("\(outcome) at \(step)")
        }
        try await server.stop()
    }

    @Test func `a kept connection that went stale costs no message`() async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        let server = try await ScriptedSMTPServer.start(behaviour)
        let pool = SMTPPool()
        let account = account(server)
        _ = await pool.send(try envelope(1), through: account)
        // The next command on the kept connection is answered by its end; another connection works.
        behaviour.killAt = "MAIL"
        behaviour.killsOnce = true
        server.behaviour = behaviour
        guard case .accepted = await pool.send(try envelope(2), through: account) else {
            Issue.record("not accepted")
            return
        }
        #expect(server.received.count == 2)
        #expect(server.connections == 2)
        try await server.stop()
    }

    @Test func `the sender is asked before the first byte and before the final dot`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let pool = SMTPPool()
        let account = account(server)
        let refusing = SMTPHooks(willBegin: { false })
        #expect(await pool.send(try envelope(), through: account, hooks: refusing) == .withdrawn)
        #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
        let changing = SMTPHooks(mayEnd: { false })
        #expect(await pool.send(try envelope(), through: account, hooks: changing) == .withdrawn)
        #expect(server.received.isEmpty)
        guard case .accepted = await pool.send(try envelope(), through: account) else {
            Issue.record("the pool does not recover")
            return
        }
        try await server.stop()
    }

    @Test func `refusals leave the connection usable`() async throws {
        var behaviour = ScriptedSMTPServer.Behaviour()
        behaviour.replies = ["RCPT TO:<BAD@": "550 5.1.1 no such user"]
        let server = try await ScriptedSMTPServer.start(behaviour)
        let pool = SMTPPool()
        var account = account(server)
        account.connections = 1
        let refused = await pool.send(try envelope(1, to: "bad@x.example"), through: account)
        #expect(refused == .refused(.recipient, SMTPReply(code: 550, lines: ["5.1.1 no such user"])))
        guard case .accepted = await pool.send(try envelope(2), through: account) else {
            Issue.record("not accepted")
            return
        }
        #expect(server.connections == 1)
        #expect(server.received.map(\.recipient) == ["b@x.example"])
        try await server.stop()
    }

    @Test func `one refused connection tells all who wait for it`() async throws {
        let server = try await ScriptedSMTPServer.start()
        var account = account(server)
        try await server.stop()
        account.connections = 2
        let fixed = account
        let pool = SMTPPool()
        let envelope = try envelope()
        let outcomes = await withTaskGroup(of: SMTPOutcome.self) { group in
            for _ in 0..<50 { group.addTask { await pool.send(envelope, through: fixed) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 50)
        #expect(outcomes.allSatisfy { if case .fault(let fault) = $0 { fault.step == .connect } else { false } })
    }

    @Test func `more accounts than connections take turns`() async throws {
        let servers = [
            try await ScriptedSMTPServer.start(), try await ScriptedSMTPServer.start(),
            try await ScriptedSMTPServer.start(),
        ]
        let pool = SMTPPool(maximum: 2)
        let envelopes = try (0..<30).map { try envelope($0) }
        // What stands idle for one account is given up for another, and what is busy too.
        for _ in 0..<3 {
            let outcomes = await withTaskGroup(of: SMTPOutcome.self) { group in
                for (number, envelope) in envelopes.enumerated() {
                    let account = account(servers[number % 3])
                    group.addTask { await pool.send(envelope, through: account) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.allSatisfy { if case .accepted = $0 { true } else { false } })
        }
        #expect(servers.map(\.received.count) == [30, 30, 30])
        pool.close()
        for server in servers { try await server.stop() }
    }

    @Test func `after the end nothing is sent and everybody hears of it`() async throws {
        let server = try await ScriptedSMTPServer.start()
        let pool = SMTPPool()
        _ = await pool.send(try envelope(1), through: account(server))
        pool.close()
        #expect(await pool.send(try envelope(2), through: account(server)) == .withdrawn)
        #expect(await pool.check(account(server))?.reason == SMTPReason(.stopping))
        #expect(server.received.count == 1)
        try await server.stop()
    }

    @Test func `a private host is refused where the provider does not allow it`() async throws {
        let server = try await ScriptedSMTPServer.start()
        var account = account(server)
        account.allowsPrivateHosts = false
        guard case .fault(let fault) = await SMTPPool().send(try envelope(), through: account) else {
            Issue.record("not refused")
            return
        }
        #expect(fault.reason == SMTPReason(.privateHost))
        try await server.stop()
    }

    @Test(arguments: [
        ("10.1.2.3", true), ("127.0.0.1", true), ("192.168.0.1", true), ("172.31.0.1", true), ("172.32.0.1", false),
        ("169.254.169.254", true), ("8.8.8.8", false), ("0.0.0.0", true), ("255.255.255.255", true), ("::1", true),
        ("fe80::1", true), ("fd00::1", true), ("::ffff:10.0.0.1", true), ("::ffff:8.8.8.8", false),
        ("2a00:1450::1", false), ("64:ff9b::7f00:1", true), ("nonsense", true),
    ])
    func `private addresses`(text: String, isPrivate: Bool) { #expect(PrivateNetwork.contains(text) == isPrivate) }
}
