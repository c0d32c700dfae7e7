// SPDX-License-Identifier: Apache-2.0
// The conversation without sockets: what is said, and what may be claimed of a message.
import Foundation
import NIOCore
import Testing

@testable import Post

@Suite struct SMTPConversationTests {
    typealias Action = SMTPConversation.Action

    private func account(
        _ security: SMTPAccount.Security = .none, user: String? = nil
    ) -> SMTPAccount {
        SMTPAccount(
            host: "mx.example", port: 25, security: security,
            credentials: user.map { .init(userName: $0, password: "tanstaaftanstaaf") })
    }

    private func envelope(
        _ content: String = "Subject: x\r\n\r\nx\r\n", to: String = "b@x.example"
    ) throws -> SMTPEnvelope {
        SMTPEnvelope(
            sender: try #require(MailAddress("a@x.example")), recipient: try #require(MailAddress(to)),
            content: Array(content.utf8))
    }

    /// A conversation that has come to where messages are taken.
    private func ready(_ offers: [String]) -> SMTPConversation {
        var conversation = SMTPConversation(account: account(), helloName: "me.example")
        _ = say("220 hi", to: &conversation)
        let lines = ["x.example"] + offers
        let text = lines.enumerated().map { "250\($0 + 1 < lines.count ? "-" : " ")\($1)" }.joined(separator: "\r\n")
        #expect(say(text, to: &conversation) == [.ready])
        return conversation
    }

    private func say(_ line: String, to conversation: inout SMTPConversation) -> [Action] {
        conversation.received(ByteBuffer(string: "\(line)\r\n"))
    }

    private func sent(_ text: String) -> Action { .send(ByteBuffer(string: text)) }

    @Test func `a group of commands when pipelining is offered`() throws {
        var conversation = ready(["PIPELINING", "SIZE 1000"])
        let begun = conversation.begin(try envelope())
        #expect(begun == [sent("MAIL FROM:<a@x.example> SIZE=17\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")])
        #expect(say("250 ok\r\n250 ok\r\n354 go", to: &conversation) == [.content])
        #expect(conversation.writeContent().map { String(buffer: $0) } == "Subject: x\r\n\r\nx\r\n.\r\n")
        #expect(conversation.step == .content)
        conversation.contentHasLeft()
        #expect(conversation.step == .end)
        let reply = SMTPReply(code: 250, lines: ["2.0.0 queued as 7"])
        #expect(say("250 2.0.0 queued as 7", to: &conversation) == [.finish(.accepted(reply))])
        #expect(reply.enhancedCode == "2.0.0")
        #expect(conversation.isIdle)
    }

    @Test func `one command after another when it is not`() throws {
        var conversation = ready([])
        #expect(conversation.begin(try envelope()) == [sent("MAIL FROM:<a@x.example>\r\n")])
        #expect(say("250 ok", to: &conversation) == [sent("RCPT TO:<b@x.example>\r\n")])
        #expect(say("250 ok", to: &conversation) == [sent("DATA\r\n")])
        #expect(say("354 ok", to: &conversation) == [.content])
    }

    @Test(arguments: [
        ("550 5.1.1 no such user", "503 no", SMTPStep.recipient, true),
        ("452 full", "503 no", .recipient, false),
        ("550 no", "421 bye", .recipient, true),
    ])
    func `a recipient that is refused`(rcpt: String, data: String, step: SMTPStep, isRefused: Bool) throws {
        var conversation = ready(["PIPELINING"])
        _ = conversation.begin(try envelope())
        let reply = SMTPReply(code: Int(rcpt.prefix(3)) ?? 0, lines: [String(rcpt.dropFirst(4))])
        let actions = say("250 ok\r\n\(rcpt)\r\n\(data)", to: &conversation)
        let expected: SMTPOutcome =
            isRefused ? .refused(step, reply) : .postponed(step, reply, reason: SMTPReason(.later))
        #expect(actions.first == .finish(expected))
        if data.hasPrefix("421") { return }
        #expect(
            conversation.begin(try envelope())
                == [sent("RSET\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")])
        #expect(say("250 ok\r\n250 ok\r\n250 ok\r\n354 go", to: &conversation) == [.content])
    }

    @Test func `a server that wants content for a refused recipient gets an empty one`() throws {
        var conversation = ready(["PIPELINING"])
        _ = conversation.begin(try envelope())
        #expect(say("250 ok\r\n550 no\r\n354 go", to: &conversation) == [sent(".\r\n")])
        let refused = SMTPOutcome.refused(.recipient, SMTPReply(code: 550, lines: ["no"]))
        #expect(say("250 empty accepted", to: &conversation) == [.finish(refused)])
    }

    @Test(arguments: [(550, true), (552, true), (451, false)])
    func `a sender that is refused`(code: Int, isRefused: Bool) throws {
        var conversation = ready([])
        _ = conversation.begin(try envelope())
        let reply = SMTPReply(code: code, lines: ["no"])
        let outcome: SMTPOutcome =
            isRefused ? .refused(.mail, reply) : .postponed(.mail, reply, reason: SMTPReason(.later))
        #expect(say("\(code) no", to: &conversation) == [.finish(outcome)])
        #expect(conversation.begin(try envelope()) == [sent("RSET\r\n")])
    }

    @Test(arguments: ["421 going", "530 5.7.0 authenticate first"])
    func `some replies are about the settings and not the message`(line: String) throws {
        var conversation = ready([])
        _ = conversation.begin(try envelope())
        guard case .finish(.fault(let fault)) = say(line, to: &conversation).first else {
            Issue.record("no fault")
            return
        }
        #expect(fault.reply?.code == Int(line.prefix(3)))
    }

    @Test func `the end of a connection means what it means only after the final dot has left`() throws {
        for depth in 0...5 {
            var conversation = ready(["PIPELINING"])
            _ = conversation.begin(try envelope())
            if depth >= 1 { _ = say("250 ok", to: &conversation) }
            if depth >= 2 { _ = say("250 ok", to: &conversation) }
            if depth >= 3 { _ = say("354 go", to: &conversation) }
            if depth >= 4 { _ = conversation.writeContent() }
            if depth >= 5 { conversation.contentHasLeft() }
            guard case .finish(let outcome) = conversation.lost(SMTPReason(.closed)).first else {
                Issue.record("nothing said at \(depth)")
                return
            }
            switch outcome {
            case .postponed: #expect(depth < 5)
            case .unknown: #expect(depth == 5)
            default: Issue.record("\(outcome) at \(depth)")
            }
            #expect(conversation.lost(SMTPReason(.closed)) == [])
        }
    }

    @Test func `a message that is taken back before its final dot closes the connection`() throws {
        var conversation = ready(["PIPELINING"])
        _ = conversation.begin(try envelope())
        #expect(say("250 ok\r\n250 ok\r\n354 go", to: &conversation) == [.content])
        #expect(conversation.withdraw() == [.finish(.withdrawn), .close])
    }

    @Test func `nothing is sent that the server said it cannot take`() throws {
        var conversation = ready(["SIZE 10"])
        #expect(conversation.begin(try envelope()) == [.finish(.tooLarge(limit: 10))])
        #expect(conversation.begin(try envelope("x", to: "иван@x.example")) == [.finish(.needsSMTPUTF8)])
        var other = ready(["SMTPUTF8", "8BITMIME"])
        #expect(
            other.begin(try envelope("x", to: "иван@x.example"))
                == [sent("MAIL FROM:<a@x.example> BODY=8BITMIME SMTPUTF8\r\n")])
    }

    @Test func `what came before TLS is forgotten, and EHLO is said again`() {
        var conversation = SMTPConversation(account: account(.startTLS), helloName: "me.example")
        #expect(say("220 hi", to: &conversation) == [sent("EHLO me.example\r\n")])
        #expect(say("250-x\r\n250-PIPELINING\r\n250 STARTTLS", to: &conversation) == [sent("STARTTLS\r\n")])
        #expect(say("220 go\r\n250-evil\r\n250 AUTH PLAIN", to: &conversation) == [.startTLS])
        #expect(say("250 evil", to: &conversation) == [])
        #expect(conversation.secured() == [sent("EHLO me.example\r\n")])
        #expect(!conversation.offers.hasPipelining)
        #expect(say("250 x", to: &conversation) == [.ready])
    }

    @Test func `without STARTTLS nothing goes on in clear text`() {
        var conversation = SMTPConversation(account: account(.startTLS, user: "tim"), helloName: "me.example")
        _ = say("220 hi", to: &conversation)
        let actions = say("250-x\r\n250 AUTH PLAIN", to: &conversation)
        #expect(actions == [.failed(SMTPFault(step: .startTLS, reason: SMTPReason(.noStartTLS))), .close])
    }

    @Test func `HELO where EHLO is not known`() {
        var conversation = SMTPConversation(account: account(), helloName: "me.example")
        _ = say("220 hi", to: &conversation)
        #expect(say("502 what", to: &conversation) == [sent("HELO me.example\r\n")])
        #expect(say("250 hi", to: &conversation) == [.ready])
    }

    @Test(arguments: [
        ("AUTH PLAIN LOGIN", ["AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm"], [String]()),
        ("AUTH=LOGIN", ["AUTH LOGIN", "dGlt", "dGFuc3RhYWZ0YW5zdGFhZg=="], ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"]),
        // The example of RFC 2195.
        (
            "AUTH CRAM-MD5 PLAIN", ["AUTH CRAM-MD5", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw"],
            ["PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"]
        ),
    ])
    func `authentication by the best way offered`(offer: String, says: [String], challenges: [String]) {
        var conversation = SMTPConversation(account: account(user: "tim"), helloName: "me.example")
        _ = say("220 hi", to: &conversation)
        #expect(say("250-x\r\n250 \(offer)", to: &conversation) == [sent(says[0] + "\r\n")])
        for (challenge, answer) in zip(challenges, says.dropFirst()) {
            #expect(say("334 \(challenge)", to: &conversation) == [sent(answer + "\r\n")])
        }
        #expect(say("235 ok", to: &conversation) == [.ready])
    }

    @Test func `a refused password is a fault of the settings`() {
        var conversation = SMTPConversation(account: account(user: "tim"), helloName: "me.example")
        _ = say("220 hi", to: &conversation)
        _ = say("250-x\r\n250 AUTH PLAIN", to: &conversation)
        guard case .failed(let fault) = say("535 5.7.8 no", to: &conversation).first else {
            Issue.record("no fault")
            return
        }
        #expect(fault.step == .authentication)
        #expect(!String(describing: fault).contains("tanstaaf"))
        #expect(!String(describing: conversation.account).contains("tanstaaf"))
    }

    @Test(arguments: [
        "hello", "99 x", "999 x", "250-a\r\n251 b", "250_x", String(repeating: "x", count: 5000),
        (0..<200).map { _ in "250-x" }.joined(separator: "\r\n"),
    ])
    func `what is not SMTP ends the conversation`(text: String) throws {
        var conversation = ready(["PIPELINING"])
        _ = conversation.begin(try envelope())
        guard case .finish(.postponed) = say(text, to: &conversation).first else {
            Issue.record("not postponed")
            return
        }
    }

    @Test func `replies may come in any pieces`() throws {
        let stream = Array("250-a\r\n250-b\r\n250 c\n354 go\r\n".utf8)
        for cut in 0...stream.count {
            var reader = SMTPReplyReader()
            var replies: [SMTPReply] = []
            for piece in [stream[..<cut], stream[cut...]] {
                reader.append(ByteBuffer(bytes: piece))
                while let reply = try reader.next() { replies.append(reply) }
            }
            #expect(replies == [SMTPReply(code: 250, lines: ["a", "b", "c"]), SMTPReply(code: 354, lines: ["go"])])
        }
    }
}
