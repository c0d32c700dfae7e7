// SPDX-License-Identifier: Apache-2.0
// A server that does wrong at every step of the conversation, on a real socket. docs/SMTP-FAULTS.md is the expectation:
// its table has to say what comes of each, line by line.
import Foundation
import Markup
import Post
import TestSupport
import Testing

@testable import App

@Suite struct SMTPFaultsTests {
    /// Something that a server does, and how it is provoked.
    private struct Case: Sendable {
        let step: String
        let fault: String
        var behaviour = ScriptedSMTPServer.Behaviour()
        var certificate: TestCertificate.Kind? = .good
        var security = SMTPAccount.Security.startTLS
        var host = "localhost"
        var hasPassword = true
        var hasServer = true
        var allowsPrivateHosts = true
        var recipient = "b@x.example"
        /// How many messages are sent, one after the other; the last one is looked at.
        var messages = 1
        /// Whether a message that is to be tried again is.
        var triesAgain = false
    }

    /// What becomes of the message, as the table says it.
    private struct Line: Hashable {
        let step: String
        let message: String
        let queue: String
        let words: String
    }

    // MARK: - The cases

    private static let steps: [(name: String, command: String, isInsideTLS: Bool)] = [
        ("greeting", "CONNECT", false), ("EHLO", "EHLO", false), ("STARTTLS", "STARTTLS", false),
        ("TLS", "TLS", false), ("EHLO in TLS", "EHLO", true), ("AUTH", "AUTH", true), ("MAIL", "MAIL", true),
        ("RCPT", "RCPT", true), ("DATA", "DATA", true), ("end of data", "DOT", true), ("QUIT", "QUIT", true),
    ]
    private static let codes = [421, 450, 451, 452, 535, 550, 552, 554]
    private static let said = "as the server says"

    private static var faults: [(name: String, kind: ScriptedSMTPServer.Fault.Kind)] {
        [("closes", .closes), ("says nothing", .stalls)] + codes.map { ("\($0)", .answers("\($0) \(said)")) }
            + [("line without end", .endlessLine), ("reply without end", .endlessReply), ("NULs", .nulls)]
    }

    private static var everyStep: [Case] {
        steps.flatMap { step in
            faults.map { fault in
                var one = Case(step: step.name, fault: fault.name)
                one.behaviour.fault = .init(fault.kind, at: step.command, isInsideTLS: step.isInsideTLS)
                return one
            }
        }
    }

    private static func special(_ step: String, _ fault: String, _ change: (inout Case) -> Void) -> Case {
        var one = Case(step: step, fault: fault)
        change(&one)
        return one
    }

    private static var connecting: [Case] {
        [
            special("connection", "nothing listens") { $0.hasServer = false },
            special("connection", "name that does not exist") { $0.host = "nothing.invalid" },
            special("connection", "private network, not allowed by the provider") { $0.allowsPrivateHosts = false },
            special("STARTTLS", "not offered, or stripped on the way") { $0.certificate = nil },
            special("STARTTLS", "clear text injected behind 220") { $0.behaviour.injected = "250 evil.example" },
            special("TLS", "certificate has expired") { $0.certificate = .expired },
            special("TLS", "certificate signed by itself") { $0.certificate = .selfSigned },
            special("TLS", "certificate of another host") { $0.certificate = .otherHost },
            special("TLS", "TLS 1.1 at most") { $0.behaviour.hasOldTLS = true },
            special("EHLO", "502 and no extensions, encryption “none”, no password") {
                ($0.security, $0.hasPassword) = (.none, false)
                $0.behaviour.replies = ["EHLO": "502 what?"]
            },
            special("AUTH", "not offered") { $0.behaviour.passwords = [:] },
            special("AUTH", "only ways that are not known") {
                $0.behaviour.passwords = [:]
                $0.behaviour.offers.append("AUTH XOAUTH2 NTLM")
            },
            special("AUTH", "challenge that is no base64") {
                $0.behaviour.passwords = [:]
                $0.behaviour.offers.append("AUTH CRAM-MD5")
                $0.behaviour.replies = ["AUTH CRAM": "334 !!!"]
            },
        ]
    }

    private static var sending: [Case] {
        [
            special("MAIL", "530, no password is set") {
                $0.hasPassword = false
                $0.behaviour.replies = ["MAIL": "530 \(said)"]
            },
            special("MAIL", "SIZE less than the message has") { $0.behaviour.offers = ["SIZE 10"] },
            special("MAIL", "SIZE that is no number") { $0.behaviour.offers = ["SIZE -99999999999999999999"] },
            special("MAIL", "SIZE that is large, and 552 at the end of the data") {
                $0.behaviour.offers = ["SIZE 999999999", "PIPELINING"]
                $0.behaviour.endReply = "552 \(said)"
            },
            special("MAIL", "no SMTPUTF8, and the recipient needs it") {
                $0.behaviour.offers = []
                $0.recipient = "иван@x.example"
            },
            special("MAIL", "no PIPELINING") { $0.behaviour.offers = [] },
            special("MAIL", "PIPELINING offered, and what comes ahead is lost") {
                ($0.behaviour.losesPipelined, $0.triesAgain) = (true, true)
            },
            special("MAIL", "PIPELINING offered, and what comes ahead is refused with 503") {
                $0.behaviour.refusesPipelined = true
            },
            special("MAIL", "a second reply to it") { $0.behaviour.replies = ["MAIL": "250 ok\n250 ok"] },
            special("MAIL", "354 and the end's 250 before they were asked for") {
                $0.behaviour.replies = ["MAIL": "250 ok\n250 ok\n354 go on\n250 taken"]
            },
            special("DATA", "250 instead of 354") { $0.behaviour.replies = ["DATA": "250 \(said)"] },
            special("end of data", "354 instead of 250") { $0.behaviour.endReply = "354 \(said)" },
            special("kept connection", "closes it at the next message, once") {
                $0.messages = 2
                $0.behaviour.killAfterMessages = 1
            },
        ]
    }

    // MARK: - What comes of them

    private func outcome(
        of one: Case, _ certificates: [TestCertificate.Kind: TestCertificate], _ pool: SMTPPool
    ) async throws -> [SMTPOutcome] {
        var behaviour = one.behaviour
        behaviour.certificate = one.certificate.flatMap { certificates[$0] }
        if one.hasPassword, behaviour.passwords.isEmpty, !one.fault.hasPrefix("not offered"),
            !behaviour.offers.contains(where: { $0.hasPrefix("AUTH") })
        {
            behaviour.passwords = ["centre": "secret"]
        }
        let server = try await ScriptedSMTPServer.start(behaviour)
        let port = server.port
        if !one.hasServer { try await server.stop() }
        var account = SMTPAccount(
            host: one.host, port: port, security: one.security,
            credentials: one.hasPassword ? .init(userName: "centre", password: "secret") : nil)
        account.authorityFile = certificates[.good]?.authority
        account.allowsPrivateHosts = one.allowsPrivateHosts
        account.limits = Self.limits(one)
        var outcomes: [SMTPOutcome] = []
        for _ in 0..<(one.messages + (one.triesAgain ? 1 : 0)) {
            let envelope = SMTPEnvelope(
                sender: try #require(MailAddress("a@x.example")), recipient: try #require(MailAddress(one.recipient)),
                content: Array("Subject: 1\r\n\r\ntext\r\n".utf8))
            outcomes.append(await pool.send(envelope, through: account))
        }
        if one.security == .startTLS {
            let open = server.openlySaid.filter { !$0.hasPrefix("EHLO ") && $0 != "STARTTLS" }
            #expect(open == [], "\(one.step), \(one.fault)")
        }
        let accepted = outcomes.count { if case .accepted = $0 { true } else { false } }
        #expect(accepted <= server.received.count, "\(one.step), \(one.fault)")
        if one.hasServer { try await server.stop() }
        return one.triesAgain ? outcomes : outcomes.suffix(1)
    }

    /// A second for the step at which a server is silent, and for the others more than a busy machine needs.
    private static func limits(_ one: Case) -> SMTPLimits {
        var limits = SMTPLimits()
        limits.quitSeconds = 1
        guard one.fault == "says nothing" || one.triesAgain else { return limits }
        switch one.step {
        case "greeting": limits.greetingSeconds = 1
        case "EHLO", "EHLO in TLS": limits.helloSeconds = 1
        case "STARTTLS", "TLS": limits.handshakeSeconds = 1
        case "AUTH": limits.authenticationSeconds = 1
        case "MAIL": (limits.mailSeconds, limits.recipientSeconds) = (1, 1)
        case "RCPT": limits.recipientSeconds = 1
        case "DATA": limits.dataSeconds = 1
        case "end of data": limits.endSeconds = 1
        default: break
        }
        return limits
    }

    private static let message = LedgerMessage(
        id: MessageID(raw: 1), kind: .survey, run: nil, block: nil, invitation: nil, recipient: "b@x.example",
        recipientFolded: "b@x.example", senderName: "", senderEmail: "a@x.example", replyTo: nil,
        messageID: "1@x.example", state: .sending, attempt: 1, unknowns: 0, recipients: 1, reply: nil,
        windowEndsAt: Moment(milliseconds: 100_000_000), createdAt: Moment(milliseconds: 0), isTest: false,
        packed: nil)

    private func line(_ one: Case, _ outcomes: [SMTPOutcome], _ t: Localizer) throws -> Line {
        let verdicts = outcomes.map {
            Verdict.of(
                $0, message: Self.message, policy: .retryOnce, at: Moment(milliseconds: 1000), jitter: 0.5)
        }
        var queue = "goes on"
        if case .held = verdicts.last { queue = "held" }
        if case .refused(.mail, let reply) = outcomes.last, reply.code != 552 {
            queue = "goes on; three in a row hold the sender"
        }
        let words = try #require(verdicts.first.map(Self.words))
        let sentence = words.map { t.reason($0) } ?? ""
        return Line(
            step: one.step, message: verdicts.map(Self.state).joined(separator: ", then "), queue: queue,
            words: sentence.replacing(/\d\d\d as the server says/, with: "its reply")
                .replacing(/nothing\.invalid|localhost:\d+/, with: "its address"))
    }

    private static func state(_ verdict: Verdict) -> String {
        switch verdict {
        case .sent: "sent"
        case .failed: "failed"
        case .again: "retrying"
        case .held: "held"
        case .unknown(let again, _): again == nil ? "unknown" : "unknown, once more"
        case .captured, .cancelled, .postponed: "nothing"
        }
    }

    private static func words(_ verdict: Verdict) -> String? {
        switch verdict {
        case .failed(let reason), .held(let reason), .unknown(_, let reason), .again(_, let reason): reason
        case .sent, .captured, .cancelled, .postponed: nil
        }
    }

    // MARK: - The table

    private static let beginning = "<!-- the table: RECORD=1 writes it -->\n"
    private static let end = "<!-- end of the table -->\n"

    @Test func `the table of docs/SMTP-FAULTS.md says what the program does`() async throws {
        let cases = Self.connecting + Self.everyStep + Self.sending
        let t = try TestAssets.shared().catalogue.localizer("en")
        // One for all: reading the system's authorities is what takes longest.
        let pool = SMTPPool()
        defer { pool.close() }
        let lines = try await withTemporaryFolder { folder in
            var certificates: [TestCertificate.Kind: TestCertificate] = [:]
            for kind in TestCertificate.Kind.allCases {
                certificates[kind] = try await TestCertificate.make(kind, in: folder)
            }
            let made = certificates
            return try await withThrowingTaskGroup(of: (Int, Line).self) { group in
                var lines = [Line?](repeating: nil, count: cases.count)
                for (index, one) in cases.enumerated() {
                    if index >= 16, let (place, line) = try await group.next() { lines[place] = line }
                    group.addTask { (index, try self.line(one, try await self.outcome(of: one, made, pool), t)) }
                }
                for try await (place, line) in group { lines[place] = line }
                return lines.compactMap(\.self)
            }
        }
        let wanted = Self.table(zip(cases, lines).map { ($0.fault, $1) })
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/SMTP-FAULTS.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: Self.beginning))
        let stop = try #require(text.range(of: Self.end))
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try String(text[..<start.upperBound] + wanted + text[stop.lowerBound...])
                .write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let written = text[start.upperBound..<stop.lowerBound].split(separator: "\n").map(String.init)
        let held = wanted.split(separator: "\n").map(String.init)
        #expect(written.filter { !held.contains($0) } == [], "says what is not so")
        #expect(held.filter { !written.contains($0) } == [], "does not say what is so")
    }

    /// Faults that come to the same stand in one line.
    private static func table(_ entries: [(fault: String, line: Line)]) -> String {
        var faults: [Line: [String]] = [:]
        var order: [Line] = []
        for (fault, line) in entries {
            if faults[line] == nil { order.append(line) }
            faults[line, default: []].append(fault)
        }
        let steps = ["connection"] + steps.map(\.name) + ["kept connection"]
        var text = "| step | the server | the message | the queue | the words |\n|---|---|---|---|---|\n"
        for step in steps {
            for line in order where line.step == step {
                let cells = [line.step, faults[line, default: []].joined(separator: " · "), line.message, line.queue]
                text += "| \(cells.joined(separator: " | ")) | \(line.words) |\n"
            }
        }
        return text
    }
}
