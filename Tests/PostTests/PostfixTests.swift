// SPDX-License-Identifier: Apache-2.0
// The client against Debian's Postfix: STARTTLS, sign-in by Dovecot, what it offers and what it refuses, and the
// messages as they arrive in a mailbox.
import Foundation
import Post
import TestSupport
import Testing

@Suite struct PostfixTests {
    private static let returnPath = "bounces+0123abc@centre.example"

    private func account(_ server: PostfixServer, password: String = DovecotServer.password) -> SMTPAccount {
        var account = SMTPAccount(
            host: "localhost", port: server.port, security: .startTLS,
            credentials: .init(userName: "centre", password: password))
        account.authorityFile = server.dovecot.certificate.authority
        account.connections = 4
        return account
    }

    private func envelope(to recipient: String, text: String = ".первая строка\n..вторая\n") throws -> SMTPEnvelope {
        let from = try #require(MailAddress("survey@centre.example", name: "Отклик"))
        let to = try #require(MailAddress(recipient))
        var message = MailMessage(from: from, to: [to], subject: "Тема", id: "1@centre.example", sentAt: 0)
        message.text = text
        return SMTPEnvelope(
            sender: try #require(MailAddress(Self.returnPath)), recipient: to, content: message.encoded(),
            needsSMTPUTF8: message.needsSMTPUTF8)
    }

    /// Python's reading of a message: return path, recipient, how it came, and its text.
    private static let script = """
        import email, email.policy, json, sys
        mails = [email.message_from_string(text, policy=email.policy.default) for text in json.loads(sys.argv[1])]
        print(json.dumps([{
            'return': mail['Return-Path'], 'to': mail['Delivered-To'], 'came': ' '.join(mail['Received'].split()),
            'subject': mail['Subject'],
            'text': mail.get_body(('plain',)).get_content().replace('\\r\\n', '\\n')} for mail in mails]))
        """

    private func read(_ mails: [String]) throws -> [[String: String]] {
        let given = String(decoding: try JSONEncoder().encode(mails), as: UTF8.self)
        let printed = try TestPython.run(Self.script, [given])
        return try JSONDecoder().decode([[String: String]].self, from: Data(printed.utf8))
    }

    @Test(.enabled(if: PostfixServer.isThere, "Postfix or Dovecot 2.3 cannot be started here"))
    func `Postfix takes many messages over few connections, signed in by STARTTLS, and delivers them as they were`()
        async throws
    {
        try await PostfixServer.run { server in
            let (pool, account) = (SMTPPool(), account(server))
            let outcomes = try await withThrowingTaskGroup(of: SMTPOutcome.self) { group in
                for number in 0..<40 {
                    let mail = try envelope(to: "c\(number)@customer.example")
                    group.addTask { await pool.send(mail, through: account) }
                }
                let mail = try envelope(to: "иван@customer.example")
                group.addTask { await pool.send(mail, through: account) }
                return try await group.reduce(into: [SMTPOutcome]()) { $0.append($1) }
            }
            pool.close()
            for outcome in outcomes {
                guard case .accepted = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
            let mails = try read(try server.mails(in: "customer", count: 41))
            let wanted = (0..<40).map { "c\($0)@customer.example" } + ["иван@customer.example"]
            #expect(mails.compactMap { $0["to"] }.sorted() == wanted.sorted())
            for mail in mails {
                #expect(mail["return"] == "<\(Self.returnPath)>")
                #expect(mail["subject"] == "Тема")
                #expect(mail["text"] == ".первая строка\n..вторая\n")
                let came = try #require(mail["came"])
                #expect(came.contains("using TLSv1.3") && came.contains("(Authenticated sender: centre)"))
                let isWide = mail["to"] == "иван@customer.example"
                #expect(came.contains(isWide ? "with UTF8SMTPSA" : "with ESMTPSA"), "\(came)")
            }
        }
    }

    @Test(.enabled(if: PostfixServer.isThere, "Postfix or Dovecot 2.3 cannot be started here"))
    func `what Postfix refuses, puts off and finds too large is told apart, and a wrong password`() async throws {
        try await PostfixServer.run { server in
            let (pool, account) = (SMTPPool(), account(server))
            defer { pool.close() }
            if case .refused(.recipient, let reply) = await pool.send(
                try envelope(to: "nobody@customer.example"), through: account)
            {
                #expect(reply.code == 550 && reply.enhancedCode == "5.1.1" && reply.text.contains("no such user"))
            } else {
                Issue.record("It was to be refused.")
            }
            if case .postponed(_, let reply, _) = await pool.send(
                try envelope(to: "later@customer.example"), through: account)
            {
                #expect(reply?.code == 450)
            } else {
                Issue.record("It was to be put off.")
            }
            let large = try envelope(
                to: "c1@customer.example", text: String(repeating: "письмо\n", count: PostfixServer.sizeLimit / 13))
            #expect(large.sizeBytes > PostfixServer.sizeLimit)
            #expect(await pool.send(large, through: account) == .tooLarge(limit: PostfixServer.sizeLimit))
            // Refused and put off, the connection is as good as before.
            guard case .accepted = await pool.send(try envelope(to: "c1@customer.example"), through: account) else {
                Issue.record("It was to be taken.")
                return
            }
            guard
                case .fault(let fault) = await pool.send(
                    try envelope(to: "c1@customer.example"), through: self.account(server, password: "wrong"))
            else {
                Issue.record("It was not to be signed in.")
                return
            }
            #expect(fault.step == .authentication && fault.reply?.code == 535)
            #expect(fault.reason == SMTPReason(.wrongCredentials))
            let probe = await SMTPProbe.run(account, sending: try envelope(to: "c2@customer.example"))
            #expect(probe.isGood && probe.tlsVersion == "TLS 1.3" && probe.mechanism == "PLAIN")
            #expect(try server.mails(in: "customer", count: 2).count == 2)
        }
    }
}
