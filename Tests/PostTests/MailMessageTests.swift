// SPDX-License-Identifier: Apache-2.0
// Messages as Python's mail parser reads them, hostile values above all.
import Foundation
import Post
import TestSupport
import Testing

@Suite struct MailMessageTests {
    /// What the parser says of one message.
    struct Parsed: Decodable {
        let defects: [String]
        let headers: [[String]]
        let parts: [Part]
        let to: [[String]]
        let from: [[String]]
        let longestLine: Int

        struct Part: Decodable {
            let type: String
            private let text: String
            /// The parser leaves the line ends of base64 bodies as they are.
            var body: String { text.replacing("\r\n", with: "\n") }
        }

        func header(_ name: String) -> [String] { headers.filter { $0[0].lowercased() == name }.map { $0[1] } }
    }

    private static let script = """
        import sys, json, email, email.policy
        out = []
        for name in sys.argv[1:]:
            raw = open(name, 'rb').read()
            m = email.message_from_bytes(raw, policy=email.policy.default)
            defects = []
            parts = []
            for p in m.walk():
                defects += [str(d) for d in p.defects]
                for k, v in p.items():
                    defects += [k + ': ' + str(d) for d in getattr(v, 'defects', [])]
                if not p.is_multipart():
                    parts.append({'type': p.get_content_type(), 'text': p.get_content()})
            pair = lambda h: [[a.display_name, a.addr_spec] for a in m[h].addresses] if m[h] else []
            out.append({'defects': defects, 'headers': [[k, str(v)] for k, v in m.items()], 'parts': parts,
                'to': pair('to'), 'from': pair('from'),
                'longestLine': max(len(l) for l in raw.split(b'\\r\\n'))})
        print(json.dumps(out))
        """

    private func parse(_ messages: [MailMessage]) throws -> [Parsed] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "mail-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var names: [String] = []
        for (index, message) in messages.enumerated() {
            let bytes = message.encoded()
            let withoutEnds = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "")
            #expect(!withoutEnds.utf8.contains { $0 == 10 || $0 == 13 })
            let file = folder.appending(path: "\(index).eml")
            try Data(bytes).write(to: file)
            names.append(file.path)
        }
        let printed = try TestPython.run(Self.script, names)
        return try JSONDecoder().decode([Parsed].self, from: Data(printed.utf8))
    }

    private func message(subject: String = "Тема", name: String = "Отклик") throws -> MailMessage {
        let from = try #require(MailAddress("survey@centre.example", name: name))
        let to = try #require(MailAddress("ivan@customer.example", name: "Иван Ёлкин"))
        return MailMessage(from: from, to: [to], subject: subject, id: "7.1@centre.example", sentAt: 1_795_385_043_000)
    }

    @Test func `a whole message reads as it was meant`() throws {
        var mail = try message(
            subject: "Как мы справились с вашим обращением № 1024? Оцените, пожалуйста, работу оператора")
        mail.html = "<p>Здравствуйте, Иван!</p>\n<p><a href=\"https://o.example/s/AbC\">Оценить</a></p>"
        mail.replyTo = MailAddress("help@почта.рф", name: "Служба, \"заботы\"")
        mail.unsubscribeLinks = ["https://o.example/u/AbC", "mailto:off@centre.example?subject=unsubscribe"]
        mail.unsubscribesByPost = true
        mail.feedbackID = "42:demo:survey:otklik"
        mail.listID = "surveys.42.centre.example"
        let parsed = try #require(try parse([mail]).first)
        #expect(parsed.defects == [])
        #expect(parsed.header("subject") == [mail.subject])
        #expect(parsed.from == [["Отклик", "survey@centre.example"]])
        #expect(parsed.to == [["Иван Ёлкин", "ivan@customer.example"]])
        #expect(parsed.header("reply-to") == ["\"Служба, \\\"заботы\\\"\" <help@xn--80a1acny.xn--p1ai>"])
        #expect(parsed.header("date") == ["Sun, 22 Nov 2026 22:04:03 +0000"])
        #expect(parsed.header("message-id") == ["<7.1@centre.example>"])
        #expect(parsed.header("auto-submitted") == ["auto-generated"])
        #expect(parsed.header("list-id") == ["<surveys.42.centre.example>"])
        #expect(parsed.header("list-unsubscribe-post") == ["List-Unsubscribe=One-Click"])
        #expect(
            parsed.header("list-unsubscribe") == [
                "<https://o.example/u/AbC>, <mailto:off@centre.example?subject=unsubscribe>"
            ])
        #expect(parsed.header("feedback-id") == ["42:demo:survey:otklik"])
        #expect(parsed.parts.map(\.type) == ["text/plain", "text/html"])
        #expect(parsed.parts[0].body == "Здравствуйте, Иван!\n\nОценить (https://o.example/s/AbC)")
        #expect(parsed.parts[1].body == mail.html)
        #expect(parsed.longestLine <= 78)
    }

    private static let hostile = [
        "a\r\nBcc: victim@example.com", "a\nBcc: victim@example.com", "a\rBcc: victim@example.com",
        "a\u{0}b\u{1}c\u{7F}", "\r\n\r\n<script>", "=?UTF-8?Q?a=0D=0ABcc:_victim@example.com?=",
        "\" <victim@example.com>, \"x", "a\u{2028}Bcc: victim@example.com", "a\u{85}Bcc: x", "(comment) <x@y>;",
        String(repeating: "д", count: 3000), String(repeating: "x", count: 3000),
        String(repeating: "x ", count: 900), String(repeating: "👩‍👩‍👧‍👦", count: 60), "  lead and trail  ",
        "two  spaces",
        "\\\"\\", "тест,;:<>@[]()", "", " ", "=?", "?=", "a=?b", "\u{FEFF}bom", "ascii then кириллица then ascii",
    ]

    @Test func `no subject and no display name can add a header or a recipient`() throws {
        let bySubject = try Self.hostile.map { try message(subject: $0) }
        let byName = try Self.hostile.map { try message(name: $0) }
        for (index, parsed) in try parse(bySubject + byName).enumerated() {
            let value = Self.hostile[index % Self.hostile.count]
            #expect(
                parsed.headers.map { $0[0] } == [
                    "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type",
                    "Content-Transfer-Encoding",
                ], "case \(index)")
            #expect(parsed.defects == [], "case \(index)")
            #expect(parsed.to.map { $0[1] } == ["ivan@customer.example"], "case \(index)")
            #expect(parsed.from.map { $0[1] } == ["survey@centre.example"], "case \(index)")
            #expect(parsed.longestLine <= 78, "case \(index)")
            if index < Self.hostile.count {
                #expect(parsed.header("subject")[0] == Self.shown(value), "case \(index)")
            } else {
                // The parser doubles or drops spaces of encoded names.
                let shown = parsed.from[0][0].unicodeScalars.filter { $0 != " " }
                #expect(Array(shown) == Self.shown(value).unicodeScalars.filter { $0 != " " }, "case \(index)")
            }
        }
    }

    /// What a reader should see of a value: controls are spaces, and none stands at the ends.
    private static func shown(_ value: String) -> String {
        var text = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isControl =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || [0x2028, 0x2029, 0xFEFF].contains(scalar.value)
            text.append(isControl ? " " : scalar)
        }
        return String(text).trimmingCharacters(in: CharacterSet(charactersIn: " "))
    }

    @Test(arguments: [
        "a b@x.example", "a@b@c", "a\r\n@x.example", "@x.example", "a@", "a@x y", "a@-x.example", "a@x..y",
        "=?UTF-8?Q?=0D=0ABcc:_v@x.example?=@x.example", "=?UTF-8?B?DQpCY2M6IGFAYi5leGFtcGxl?=@x.example",
    ])
    func `what is no address is none`(text: String) {
        if text == "a@b@c" {
            #expect(MailAddress(text)?.envelope == "\"a@b\"@c")
        } else {
            #expect(MailAddress(text) == nil)
        }
    }

    @Test func `letters before the at sign need SMTPUTF8, a domain's do not`() throws {
        #expect(try #require(MailAddress("иван@почта.рф")).needsSMTPUTF8)
        let domain = try #require(MailAddress("ivan@почта.рф"))
        #expect(!domain.needsSMTPUTF8)
        #expect(domain.envelope == "ivan@xn--80a1acny.xn--p1ai")
    }

    @Test func `a plain message has one part`() throws {
        var mail = try message()
        mail.text = "строка\nещё\r\nи ещё\rконец\n.\n..\n"
        let parsed = try #require(try parse([mail]).first)
        #expect(parsed.parts.map(\.type) == ["text/plain"])
        #expect(parsed.parts[0].body == "строка\nещё\nи ещё\nконец\n.\n..\n")
    }
}
