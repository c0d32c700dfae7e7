// SPDX-License-Identifier: Apache-2.0
// Reports as servers and programs really write them, with made-up names (Tests/Fixtures/delivery-reports), and what
// somebody might send who wants to do harm.
import Foundation
import Post
import Testing

@Suite struct DeliveryReportTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/delivery-reports")

    /// What a sample means.
    struct Sample: Sendable, CustomStringConvertible {
        let name: String
        let kind: DeliveryReport.Kind
        let status: String?
        let isAddressAtFault: Bool
        var words = ""
        var recipient: String? = "ivan@customer.example"
        var description: String { name }

        init(
            _ name: String, _ kind: DeliveryReport.Kind, _ status: String?, _ isAddressAtFault: Bool,
            _ words: String = ""
        ) {
            (self.name, self.kind, self.status) = (name, kind, status)
            (self.isAddressAtFault, self.words) = (isAddressAtFault, words)
            if kind == .autoReply || kind == .challenge || kind == .unknown { recipient = nil }
        }
    }

    private static let samples = [
        Sample("postfix-unknown-user", .hard, "5.1.1", true, "User unknown in virtual mailbox table"),
        Sample("postfix-no-host", .hard, "5.4.4", true, "Host or domain name not found"),
        Sample("postfix-delayed", .delayed, "4.4.1", false, "Connection timed out"),
        Sample("postfix-expired", .soft, "4.4.1", false, "Connection timed out"),
        Sample("postfix-delivered", .delivered, "2.0.0", false, "250 2.0.0 OK"),
        Sample("exim", .hard, "5.0.0", true, "550 No such user here"),
        Sample("exim-old", .soft, "5.2.2", false, "Mailbox size limit exceeded"),
        Sample("exchange", .hard, "5.1.1", true, "RESOLVER.ADR.RecipNotFound"),
        Sample("microsoft365", .hard, "5.1.10", true, "RecipientNotFound"),
        Sample("microsoft365-edge", .hard, "5.4.1", true, "Recipient address rejected"),
        Sample("microsoft365-policy", .hard, "5.7.1", false, "blocked using a blocklist"),
        Sample("gmail", .hard, "5.1.1", true, "does not exist"),
        Sample("gmail-quota", .soft, "5.2.2", false, "out of storage space"),
        Sample("gmail-delayed", .delayed, "4.4.2", false, "No answer from host"),
        Sample("yandex", .hard, "5.7.1", true, "No such user!"),
        Sample("mailru", .hard, nil, true, "550 user not found"),
        Sample("qmail", .hard, "5.1.1", true, "no mailbox here by that name"),
        Sample("sendmail", .hard, "5.2.1", true, "is disabled"),
        Sample("out-of-office-outlook", .autoReply, nil, false),
        Sample("out-of-office-sieve", .autoReply, nil, false),
        Sample("challenge", .challenge, nil, false),
        Sample("complaint", .complaint, nil, false),
        Sample("a-person", .unknown, nil, false),
    ]

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "\(name).eml")))
    }

    @Test(arguments: samples) func `a report is read as it was meant`(sample: Sample) throws {
        let report = DeliveryReport(message: try Self.bytes(sample.name))
        #expect(report.kind == sample.kind)
        #expect(report.status == sample.status)
        #expect(report.isAddressAtFault == sample.isAddressAtFault)
        #expect(report.recipient == sample.recipient)
        #expect(
            sample.words.isEmpty || (report.diagnostic ?? "").contains(sample.words),
            "\(report.diagnostic ?? "nothing")")
        #expect(report.destinations.contains("bounces+TOKEN@centre.example"))
        // Line ends as a pipe gives them change nothing.
        let unix = try Self.bytes(sample.name).filter { $0 != 13 }
        #expect(DeliveryReport(message: unix) == report)
    }

    @Test func `every sample is in the list, and those with a copy name the message`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .map { String($0.dropLast(".eml".count)) }
        #expect(Set(files) == Set(Self.samples.map(\.name) + ["postfix-utf8"]))
        for name in ["postfix-unknown-user", "exim", "exchange", "gmail", "yandex", "mailru", "sendmail", "complaint"] {
            #expect(DeliveryReport(message: try Self.bytes(name)).originalID == "7.1@centre.example", "\(name)")
        }
    }

    @Test func `addresses with letters outside ASCII are read`() throws {
        let report = DeliveryReport(message: try Self.bytes("postfix-utf8"))
        #expect(report.kind == .hard)
        #expect(report.recipient == "иван@почта.example")
        #expect(report.diagnostic == "550 5.1.1 нет такого ящика")
    }

    @Test func `the worst of several recipients counts`() throws {
        let text = String(decoding: try Self.bytes("postfix-delayed"), as: UTF8.self)
        let more = text.replacing(
            "Will-Retry-Until: Fri, 27 Nov 2026 22:04:04 +0000 (UTC)",
            with: "\r\nFinal-Recipient: rfc822; b@x.example\r\nAction: failed\r\nStatus: 5.1.1")
        let report = DeliveryReport(message: Array(more.utf8))
        #expect(report.kind == .hard)
        #expect(report.recipient == "b@x.example")
    }

    // MARK: - Harm

    @Test func `a report cut at any byte is read to some end`() throws {
        for name in ["postfix-unknown-user", "gmail", "exchange", "qmail"] {
            let bytes = try Self.bytes(name)
            for end in stride(from: 0, to: bytes.count, by: 7) {
                _ = DeliveryReport(message: Array(bytes[..<end]))
            }
        }
    }

    @Test func `parts within parts and parts without number are not followed`() {
        var nested = ""
        for depth in 0..<500 {
            nested += "Content-Type: multipart/mixed; boundary=b\(depth)\r\n\r\n--b\(depth)\r\n"
        }
        #expect(DeliveryReport(message: Array(nested.utf8)).kind == .unknown)
        let wide =
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + String(
                repeating: "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n",
                count: 20_000)
        #expect(DeliveryReport(message: Array(wide.utf8)).kind == .unknown)
        let groups =
            "Content-Type: message/delivery-status\r\n\r\n"
            + String(repeating: "Action: delivered\r\nStatus: 2.0.0\r\n\r\n", count: 50_000)
        #expect(DeliveryReport(message: Array(groups.utf8)).kind == .delivered)
    }

    @Test func `long lines, controls and broken encodings end in short clean words`() {
        for body in [
            String(repeating: "x", count: 3_000_000), "\u{0}\u{1}\u{1B}[31m550 5.1.1 no\u{7F}", "=ZZ=\r\n=", "====",
        ] {
            let text =
                "From: MAILER-DAEMON@x.example\r\nReturn-Path: <>\r\nSubject: Undelivered Mail\r\n"
                + "X-Failed-Recipients: a\u{1}b@x.example\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n\(body)\r\n"
            let report = DeliveryReport(message: Array(text.utf8))
            #expect((report.diagnostic ?? "").count <= 500)
            for words in [report.diagnostic ?? "", report.recipient ?? ""] {
                #expect(words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
            }
        }
    }

    @Test func `any bytes are read to some end`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "Content-Type: multipart/report; boundary=\"b\"\r\n", "\r\n", "--b\r\n", "--b--\r\n", "\n", "\r", "=", ":",
            "Content-Type: message/delivery-status\r\n", "Action: failed\r\n", "Status: 5.\r\n",
            "Diagnostic-Code: smtp;",
            "Content-Transfer-Encoding: base64\r\n", "Content-Type: ;;=;\"\\", "X-Failed-Recipients:", "<a@b>:\n", "😀",
        ]
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...30, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? ""
            }
            _ = DeliveryReport(message: Array(text.utf8))
        }
        for _ in 0..<300 {
            _ = DeliveryReport(message: (0..<400).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }
}
