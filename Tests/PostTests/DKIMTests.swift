// SPDX-License-Identifier: Apache-2.0
// Signatures as two independent verifiers see them: dkimpy, and the library of OpenDKIM.
import Foundation
import Post
import TestSupport
import Testing

@Suite struct DKIMTests {
    private static let tools = FileManager.default.currentDirectoryPath + "/.vendor/tools/"
    private static var opendkim: String? {
        let folder = tools + "libopendkim11/usr/lib"
        let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return files.first { $0.hasSuffix("libopendkim.so.11") }.map { "\(folder)/\($0)" }
    }
    private static let isThere =
        opendkim != nil && FileManager.default.fileExists(atPath: tools + "python3-dkim/.complete")

    /// Arguments: dkimpy's folder, OpenDKIM's library, a file of keys, and messages. Prints what each verifier says of
    /// each signature of each message.
    private static let judges = """
        import ctypes, json, sys
        sys.path.insert(0, sys.argv[1])
        import dkim
        records = dict(l.split(' ', 1) for l in open(sys.argv[3]).read().splitlines())
        dns = lambda name, timeout=5: records.get(name.decode().rstrip('.'), '').encode() or None
        lib = ctypes.CDLL(sys.argv[2])
        for name in ('dkim_init', 'dkim_verify'): getattr(lib, name).restype = ctypes.c_void_p
        P = ctypes.c_void_p
        library = P(lib.dkim_init(None, None))
        method = ctypes.c_int(1)
        assert lib.dkim_options(library, 1, 6, ctypes.byref(method), ctypes.c_size_t(4)) == 0
        path = ctypes.create_string_buffer(sys.argv[3].encode())
        assert lib.dkim_options(library, 1, 7, path, ctypes.c_size_t(ctypes.sizeof(path))) == 0
        def opendkim(raw):
            status = ctypes.c_int()
            handle = P(lib.dkim_verify(library, b'x', None, ctypes.byref(status)))
            lib.dkim_chunk(handle, raw, ctypes.c_size_t(len(raw)))
            lib.dkim_chunk(handle, None, ctypes.c_size_t(0))
            lib.dkim_eom(handle, None)
            list, count = ctypes.POINTER(P)(), ctypes.c_int()
            if lib.dkim_getsiglist(handle, ctypes.byref(list), ctypes.byref(count)) != 0: return []
            good = []
            for sig in list[:count.value]:
                good.append(bool(lib.dkim_sig_getflags(P(sig)) & 4) and lib.dkim_sig_getbh(P(sig)) == 0)
            lib.dkim_free(handle)
            return good
        out = []
        for name in sys.argv[4:]:
            raw = open(name, 'rb').read()
            count = raw.split(b'\\r\\n\\r\\n', 1)[0].count(b'DKIM-Signature:')
            def judged(i):
                try: return dkim.DKIM(raw).verify(idx=i, dnsfunc=dns)
                except dkim.DKIMException: return False
            out.append({'dkimpy': [judged(i) for i in range(count)], 'opendkim': opendkim(raw)})
        print(json.dumps(out))
        """

    private struct Judgement: Decodable, Equatable {
        let dkimpy: [Bool]
        let opendkim: [Bool]

        static func all(_ isGood: Bool, _ count: Int) -> Judgement {
            let said = [Bool](repeating: isGood, count: count)
            return Judgement(dkimpy: said, opendkim: said)
        }

        init(dkimpy: [Bool], opendkim: [Bool]) {
            self.dkimpy = dkimpy
            self.opendkim = opendkim
        }
    }

    private func judge(_ messages: [[UInt8]], published keys: [DKIMKey]) async throws -> [Judgement] {
        try await withTemporaryFolder { folder in
            let records = folder.appending(path: "keys")
            let lines = keys.map { "\($0.recordName) \($0.record)\n" }.joined()
            try Data(lines.utf8).write(to: records)
            var names: [String] = []
            for (index, message) in messages.enumerated() {
                let file = folder.appending(path: "\(index).eml")
                try Data(message).write(to: file)
                names.append(file.path)
            }
            let judges = [Self.tools + "python3-dkim/usr/lib/python3/dist-packages", try #require(Self.opendkim)]
            let printed = try TestPython.run(Self.judges, judges + [records.path] + names)
            return try JSONDecoder().decode([Judgement].self, from: Data(printed.utf8))
        }
    }

    private static func keys() throws -> [DKIMKey] {
        try [
            DKIMKey.make(.rsa, domain: "centre.example", selector: "otklik1"),
            DKIMKey.make(.ed25519, domain: "Почта.рф", selector: "otklik2"),
        ]
    }

    private static let headers = """
        From: Survey <survey@centre.example>\r\nTo: a@b.example\r\nSubject:  What  \t a day\r\n \tfor folding \r\n\
        Date: Sun, 22 Nov 2026 22:04:03 +0000\r\nMessage-ID: <1@centre.example>\r\n
        """

    /// Bodies that signers and verifiers have been seen to disagree about.
    private static let bodies = [
        "", "\r\n", "\r\n\r\n\r\n", "text\r\n", "text\r\n\r\n\r\n", " \t \r\n  \r\n", "\t\r\n",
        "a  b\t\tc \r\n \r\n x\r\n", "  lead\r\ntrail \t\r\n", ".\r\n..\r\n", "-- \r\n",
        String(repeating: "long ", count: 4000) + "\r\n", String(repeating: "x", count: 70_000) + "\r\n",
        "Привет,  мир! \r\n\r\n", "\r\n\r\ntext\r\n", "a\r\n\r\n\r\nb\r\n \r\n", "a\u{0}b\u{C}\u{B} c\r\n",
        Data(repeating: 0xD0, count: 600).base64EncodedString(options: .lineLength76Characters) + "\r\n",
    ]

    @Test(.enabled(if: isThere)) func `both verifiers accept both algorithms, whatever the body`() async throws {
        let keys = try Self.keys()
        let messages = try Self.bodies.map { body in
            try DKIMSignature.signed(
                Array((Self.headers + "\r\n" + body).utf8), by: keys, at: Int64(Date().timeIntervalSince1970))
        }
        for (index, judgement) in try await judge(messages, published: keys).enumerated() {
            #expect(judgement == .all(true, 2), "body \(index)")
        }
    }

    @Test(.enabled(if: isThere)) func `messages as they leave are accepted, SMTPUTF8 included`() async throws {
        let keys = try Self.keys()
        var messages: [[UInt8]] = []
        for recipient in ["ivan@customer.example", "иван@почта.рф"] {
            var mail = MailMessage(
                from: try #require(MailAddress("опрос@centre.example", name: "Отклик, \"служба\"")),
                to: [try #require(MailAddress(recipient, name: "Иван Ёлкин"))],
                subject: "Как мы справились с вашим обращением № 1024?  Оцените, пожалуйста, работу оператора",
                id: "7.1@centre.example", sentAt: Int64(Date().timeIntervalSince1970 * 1000))
            mail.html = "<p>Здравствуйте!</p>\n<p><a href=\"https://o.example/s/AbC\">Оценить</a></p>"
            mail.unsubscribeLinks = ["https://o.example/u/AbC", "mailto:off@centre.example"]
            mail.unsubscribesByPost = true
            mail.feedbackID = "42:demo:survey:otklik"
            messages.append(try mail.encoded(signedBy: keys))
        }
        #expect(try await judge(messages, published: keys) == [.all(true, 2), .all(true, 2)])
        for line in String(decoding: messages[0], as: UTF8.self).split(separator: "\r\n") {
            #expect(line.utf8.count <= 78)
        }
    }

    @Test(.enabled(if: isThere)) func `what is changed or added on the way breaks the signature`() async throws {
        let keys = try Self.keys()
        let now = Int64(Date().timeIntervalSince1970)
        let signed = String(
            decoding: try DKIMSignature.signed(
                Array((Self.headers + "\r\nPay 100 to me\r\n").utf8), by: keys, at: now), as: UTF8.self)
        let changed = [
            signed.replacing("Pay 100", with: "Pay 900"), signed.replacing("a day", with: "a night"),
            "Subject: another\r\n" + signed, "From: boss@other.example\r\n" + signed,
            "List-Unsubscribe: <https://evil.example>\r\n" + signed, "Reply-To: evil@evil.example\r\n" + signed,
            "Content-Type: text/html\r\n" + signed,
        ]
        for (index, judgement) in try await judge(changed.map { Array($0.utf8) }, published: keys).enumerated() {
            #expect(!judgement.dkimpy.contains(true), "change \(index)")
            #expect(!judgement.opendkim.contains(true), "change \(index)")
        }
        // What relays may do: fold elsewhere, add a header of their own, space at lines' ends.
        let relayed = "Received: by mx\r\n" + signed.replacing("Pay 100 to", with: "Pay   100 to")
        #expect(try await judge([Array(relayed.utf8)], published: keys) == [.all(true, 2)])
    }

    @Test func `a key comes back from its bytes and knows its record`() throws {
        for key in try Self.keys() {
            let again = try DKIMKey(
                key.algorithm, secretBytes: key.secretBytes, domain: key.domain, selector: key.selector)
            #expect(again.record == key.record)
            #expect(key.recordStrings.joined() == key.record)
            #expect(key.recordStrings.allSatisfy { $0.utf8.count <= 255 })
            #expect(key.recordStrings.count == (key.algorithm == .rsa ? 2 : 1))
            #expect(key.isPublished(as: key.record.replacing("; ", with: ";").replacing("p=", with: "p= ")))
            #expect(!key.isPublished(as: "v=DKIM1; p="))
        }
        #expect(try Self.keys()[1].recordName == "otklik2._domainkey.xn--80a1acny.xn--p1ai")
    }

    @Test(arguments: ["", "a b", "a..b", "-a", "a;p=x", "a\r\nb", "ключ", String(repeating: "a", count: 64)])
    func `a selector that DNS cannot name is refused`(selector: String) {
        #expect(throws: DKIMKey.BadName.self) {
            try DKIMKey.make(.ed25519, domain: "centre.example", selector: selector)
        }
    }

    @Test func `no key leaves the message as it is`() throws {
        #expect(try DKIMSignature.signed([1, 2, 3], by: [], at: 0) == [1, 2, 3])
    }
}
