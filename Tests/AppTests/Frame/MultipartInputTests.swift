// SPDX-License-Identifier: Apache-2.0
// Forms with files: what browsers send, and what they would never send.
import Testing

@testable import App

@Suite struct MultipartInputTests {
    private static func body(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    private func read(_ text: String) throws -> MultipartInput {
        try MultipartInput(bytes: Self.body(text), boundary: "b")
    }

    @Test func `fields and files are told apart`() throws {
        let input = try read(
            """
            --b
            Content-Disposition: form-data; name="name"

            Опрос
            второй
            --b
            content-disposition: form-data; name="file"; filename="Логотип %22новый%22.png"
            Content-Type: image/png

            \u{1}--b

            --
            --b
            Content-Disposition: form-data; name="file"; filename="second.png"

            2
            --b
            Content-Disposition: form-data; name="none"; filename=""
            Content-Type: application/octet-stream


            --b
            Content-Disposition: form-data; name="empty"; filename="empty.txt"


            --b
            Content-Disposition: form-data; name="tick"

            1
            --b--
            whatever follows
            """)
        #expect(input.fields.text("name") == "Опрос\nвторой")
        #expect(input.fields.flag("tick"))
        #expect(input.fields.names == ["name", "tick"])
        #expect(input.file("file")?.name == "Логотип \"новый\".png")
        #expect(input.file("file")?.content == Self.body("\u{1}--b\n\n--"))
        #expect(input.file("none") == nil)
        #expect(input.file("empty") == UploadedFile(name: "empty.txt", content: []))
        #expect(input.file("name") == nil && !input.fields.has("file"))
    }

    @Test func `a name is what the sender says, and bounded`() throws {
        let long = String(repeating: "я", count: 900)
        let input = try read(
            """
            --b
            Content-Disposition: form-data; name="a"; filename="../../etc/\\"x\\".png"; filename="b"; filename*=UTF-8''c


            --b
            Content-Disposition: form-data; filename=\(long); name=c


            --b--

            """)
        #expect(input.file("a")?.name == "../../etc/\"x\".png")
        #expect(input.file("c")?.name.count == MultipartInput.Limits.fileNameCharacters)
    }

    @Test(arguments: [
        "", "--b", "--b\n", "--b--x", "--c\nContent-Disposition: form-data; name=\"a\"\n\n1\n--c--",
        "preamble\n--b\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b--",
        "--b\nContent-Disposition: form-data; name=\"a\"\n\n1",
        "--b\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b",
        "--b\nContent-Disposition: form-data; name=\"a\"\n1\n--b--",
        "--b\nContent-Disposition: form-data\n\n1\n--b--", "--b\nContent-Disposition: form-data; name=\"\"\n\n1\n--b--",
        "--b\nContent-Disposition: attachment; name=\"a\"\n\n1\n--b--", "--b\nContent-Type: text/plain\n\n1\n--b--",
        "--b\n\n1\n--b--", "--b\nContent-Disposition: form-data; name=\"a\"\n\n\u{0}\n--b--",
        "--bb\nContent-Disposition: form-data; name=\"a\"\n\n1\n--b--",
    ])
    func `what does not end or is written otherwise is refused`(text: String) {
        if text == "--b--x" { return #expect((try? read(text))?.fields.names == []) }
        #expect(throws: FormInput.unreadable) { try read(text) }
    }

    @Test func `what is no UTF-8 is refused in fields and kept in files`() throws {
        func body(_ more: String) -> [UInt8] {
            Self.body("--b\nContent-Disposition: form-data; name=\"a\"\(more)\n\n") + [0xFF, 0xFE]
                + Self.body("\n--b--\n")
        }
        #expect(throws: FormInput.unreadable) { try MultipartInput(bytes: body(""), boundary: "b") }
        let input = try MultipartInput(bytes: body("; filename=\"x\""), boundary: "b")
        #expect(input.file("a")?.content == [0xFF, 0xFE])
    }

    @Test func `parts, heads, fields and names are bounded`() throws {
        func parts(_ count: Int) -> String {
            String(repeating: "--b\nContent-Disposition: form-data; name=\"a\"\n\n1\n", count: count) + "--b--\n"
        }
        #expect(try read(parts(MultipartInput.Limits.parts)).fields.values("a").count == MultipartInput.Limits.parts)
        #expect(throws: FormInput.unreadable) { try read(parts(MultipartInput.Limits.parts + 1)) }
        let head = "--b\nContent-Disposition: form-data; name=\"a\"\n"
        let stuffed = head + "X: " + String(repeating: "x", count: MultipartInput.Limits.headBytes) + "\n\n1\n--b--\n"
        #expect(throws: FormInput.unreadable) { try read(stuffed) }
        let long = String(repeating: "1", count: MultipartInput.Limits.fieldBytes)
        #expect(try read(head + "\n" + long + "\n--b--\n").fields.text("a") == long)
        #expect(throws: FormInput.unreadable) { try read(head + "\n1" + long + "\n--b--\n") }
        let name = String(repeating: "n", count: FormInput.Limits.nameBytes + 1)
        #expect(throws: FormInput.unreadable) { try read(head.replacing("\"a\"", with: name) + "\n1\n--b--\n") }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"", "a b"),
        ("multipart/form-data; boundary=----WebKitFormBoundaryX", "----WebKitFormBoundaryX"),
        ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil), ("text/plain; boundary=a", nil),
        ("multipart/mixed; boundary=a", nil), ("multipart/form-data; boundary=\"a \"", nil), ("", nil),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), nil),
        ("multipart/form-data; boundary=\"я\"", nil),
    ])
    func `the boundary is read from the type`(type: String, boundary: String?) {
        #expect(MultipartInput.boundary(type) == boundary)
    }

    @Test(arguments: 1...20) func `any bytes are read or refused`(seed: Int) throws {
        var body = Self.body("--b\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\n\nabc\n--b--\n")
        for step in 0..<6 {
            body[(seed * 31 + step * 17) % body.count] = UInt8(truncatingIfNeeded: seed * 7 + step * 13)
        }
        for cut in 0...body.count {
            do { _ = try MultipartInput(bytes: Array(body.prefix(cut)), boundary: "b") } catch is Refusal { continue }
        }
    }
}
