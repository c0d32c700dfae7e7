// SPDX-License-Identifier: Apache-2.0
// Whatever a value holds, a mail keeps its headers, its one recipient and its parts: random values, and those that have
// broken others' mailers, read back by Python's parser at its strictest.
import Durable
import Foundation
import Post
import Storage
import TestSupport
import Testing

@testable import App

@Suite struct InjectionTests {
    /// No NUL: forms and JSON refuse it where values come in, and no database keeps it.
    private static let pieces = [
        "\r\n", "\n", "\r", "\r\n ", "\r\n\t", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\u{FEFF}",
        "\u{202E}",
        "Bcc: victim@example.com", "To: victim@example.com", "Content-Type: text/html", "\r\n\r\n<b>",
        "MIME-Version: 9",
        "=?UTF-8?Q?=0D=0ABcc:_a@b.example?=", "=?UTF-8?B?DQpCY2M6IGFAYi5leGFtcGxl?=", "?=", "=?", "<", ">", ",", ";",
        ":", "\"",
        "\\", "(", ")", "@", "%0d%0a", "%0D%0ABcc: x@y.example", "--=_", "\r\n.\r\n", ".",
        "RCPT TO:<victim@example.com>",
        "Ёлкин", "😀", "e\u{301}", "漢字", "عربي", "a", " ", "  ", "0", "x@y.example", String(repeating: "д", count: 80),
        String(repeating: "x", count: 200), "$(item.note)", "{{", "]]>", "</a>", "\u{1B}[31m",
    ]

    /// Numbers that come again with the same seed.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Reads each file strictly: a defect is an error. Prints headers, addresses and parts.
    private static let script = """
        import sys, json, email, email.policy
        policy = email.policy.SMTPUTF8.clone(raise_on_defect=True)
        out = []
        for name in sys.argv[1:]:
            raw = open(name, 'rb').read()
            try: m = email.message_from_bytes(raw, policy=policy); [str(v) for v in m.values()]
            except Exception as e:
                out.append({'fault': repr(e) + ' ' + ascii(raw.split(b'\\r\\n\\r\\n')[0])})
                continue
            # Letters of RFC 6532 come out of this parser as what they are in ASCII.
            plain = lambda s: s.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')
            pair = lambda h: [[plain(a.display_name), plain(a.addr_spec)] for a in m[h].addresses] if m[h] else []
            parts = [[p.get_content_type(), p.get_content().replace('\\r\\n', '\\n')] for p in m.walk()
                if not p.is_multipart()]
            out.append({'file': name, 'names': [k.lower() for k in m.keys()], 'subject': plain(str(m['subject'])),
                'from': pair('from'), 'to': pair('to'), 'replyTo': pair('reply-to'), 'parts': parts,
                'bare': raw.replace(b'\\r\\n', b'').count(b'\\n') + raw.replace(b'\\r\\n', b'').count(b'\\r')})
        print(json.dumps(out))
        """

    private struct Fault: Decodable { let fault: String? }

    private struct Parsed: Decodable {
        let names: [String]
        let subject: String
        let from: [[String]]
        let to: [[String]]
        let replyTo: [[String]]
        let parts: [[String]]
        let bare: Int
    }

    /// What one mail was made of.
    private struct Made {
        let subject: String
        let senderName: String
        let replyTo: String?
        let html: String?
        let text: String
    }

    private func made(_ number: Int, _ random: inout Seeded) -> Made {
        func value(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        return Made(
            subject: "\(number) \(value(8))", senderName: value(5),
            replyTo: number.isMultiple(of: 3) ? value(4) + "@x.example" : nil,
            html: number.isMultiple(of: 2) ? "<p>\(value(20))</p>" : nil, text: value(20))
    }

    /// Whether two texts say the same but for spaces and what no reader shows.
    private static func isSame(_ one: String, _ other: String) -> Bool { letters(one) == letters(other) }

    private static func letters(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { scalar in
            !scalar.properties.isWhitespace && scalar.value > 0x20 && !(0x7F...0x9F).contains(scalar.value)
                && ![0x2028, 0x2029, 0xFEFF].contains(scalar.value)
        }
    }

    @Test(arguments: [7, UInt64.random(in: 1...(.max))])
    func `no value of any variable adds a header, a recipient or a part`(seed: UInt64) async throws {
        try await TestApp.run(on: .sqlite, leaving: ["message", "probe", "run", "fold"]) { app in
            let world = try await MailWorld(app, runs: 1)
            _ = try await app.otklik.createSigningKey(.ed25519, domain: "centre.example", selector: "a", tenant: "mail")
            var random = Seeded(state: seed)
            let all = (0..<240).map { made($0, &random) }
            try await world.compose(
                all.enumerated().map { number, mail in
                    MessageDue(
                        tenant: world.tenant, run: RunID(raw: 10_000 + Int64(number)), block: "mail",
                        interaction: world.interaction,
                        invitation: number.isMultiple(of: 5) ? InvitationID(raw: 1 + Int64(number)) : nil,
                        recipients: [EmailAddress("c\(number)@customer.example")].compactMap(\.self),
                        senderName: mail.senderName, senderEmail: "survey@centre.example", replyTo: mail.replyTo,
                        subject: mail.subject, html: mail.html, text: mail.html == nil ? mail.text : nil,
                        language: "ru-RU", windowEndsAt: app.now.adding(hours: 1), isTest: true)
                })
            for _ in 0..<5 { try await world.deliver() }
            try await check(all, in: app.folder.appending(path: "mail/\(world.tenant)"), seed)
            try await world.node.leave()
        }
    }

    private func check(_ all: [Made], in folder: URL, _ seed: UInt64) async throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count == all.count)
        let printed = try TestPython.run(Self.script, files.map(\.path))
        let faults = try JSONDecoder().decode([Fault].self, from: Data(printed.utf8)).compactMap(\.fault)
        #expect(faults == [], "seed \(seed)")
        guard faults.isEmpty else { return }
        let parsed = try JSONDecoder().decode([Parsed].self, from: Data(printed.utf8))
        let usual: Set<String> = [
            "dkim-signature", "date", "from", "to", "subject", "message-id", "mime-version", "auto-submitted",
            "reply-to",
            "content-type", "content-transfer-encoding", "feedback-id", "list-id", "list-unsubscribe",
            "list-unsubscribe-post",
        ]
        for mail in parsed {
            let number = try #require(mail.subject.split(separator: " ").first.flatMap { Int($0) }, "seed \(seed)")
            let made = all[number]
            #expect(Set(mail.names).subtracting(usual) == [], "seed \(seed), \(number)")
            #expect(Set(mail.names).count == mail.names.count, "seed \(seed), \(number)")
            #expect(mail.to.map { $0[1] } == ["c\(number)@customer.example"], "seed \(seed), \(number)")
            #expect(mail.from.map { $0[1] } == ["survey@centre.example"], "seed \(seed), \(number)")
            #expect(mail.replyTo.count <= 1, "seed \(seed), \(number)")
            #expect(Self.isSame(mail.subject, made.subject), "seed \(seed), \(number): \(mail.subject)")
            #expect(Self.isSame(mail.from[0][0], made.senderName), "seed \(seed), \(number): \(mail.from[0][0])")
            #expect(
                mail.parts.map { $0[0] } == (made.html == nil ? ["text/plain"] : ["text/plain", "text/html"]),
                "seed \(seed), \(number)")
            #expect(mail.bare == 0, "seed \(seed), \(number)")
            let body = try #require(mail.parts.last?[1])
            #expect(
                Self.letters(body).starts(with: Self.letters(made.html ?? made.text)), "seed \(seed), \(number)")
        }
    }
}
