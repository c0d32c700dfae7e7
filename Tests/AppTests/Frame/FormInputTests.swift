// SPDX-License-Identifier: Apache-2.0
// What browsers send, and what they would never send.
import Testing

@testable import App

@Suite struct FormInputTests {
    @Test func `fields are decoded, with several values in their order`() throws {
        let input = try FormInput(
            query: "name=%D0%90%D0%BD%D0%BD%D0%B0+%26+Co&b=2&b=1&empty=&lone&a%5Bx%5D=%0D%0Aq&lines=%0d%0D%0A%0D.%0A")
        #expect(input.text("name") == "Анна & Co")
        #expect(input.values("b") == ["2", "1"])
        #expect(input.integer("b") == 2)
        #expect(input.has("empty") && input.has("lone") && !input.has("missing"))
        #expect(input.exactText("a[x]") == "\nq")
        #expect(input.exactText("lines") == "\r\n\r.\n")
        #expect(input.text("missing") == "")
    }

    @Test(arguments: [("on", true), ("1", true), ("0", false), ("false", false), ("", false)])
    func `a check box is on unless it says no`(value: String, isOn: Bool) throws {
        #expect(try FormInput(query: "box=\(value)").flag("box") == isOn)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%ff", "a=%C3%28", "a=%00", "%C0%AF=1"])
    func `what is no UTF-8 is refused`(query: String) {
        #expect(throws: FormInput.unreadable) { try FormInput(query: query) }
    }

    @Test func `names and their number are bounded`() throws {
        let many = Array(repeating: "a=1", count: FormInput.Limits.fields)
        #expect(try FormInput(query: many.joined(separator: "&")).values("a").count == many.count)
        #expect(throws: FormInput.unreadable) { try FormInput(query: (many + ["b=1"]).joined(separator: "&")) }
        let long = String(repeating: "n", count: FormInput.Limits.nameBytes + 1)
        #expect(throws: FormInput.unreadable) { try FormInput(query: long + "=1") }
    }

    @Test(arguments: [
        ("/reports?by=agent", "/reports?by=agent"), ("https://evil.example", "/"), ("//evil.example", "/"),
        ("/\\evil.example", "/"), ("", "/"), ("javascript:alert(1)", "/"), ("/a\r\nSet-Cookie: x=1", "/"),
    ])
    func `a return address leads nowhere else`(text: String, path: String) {
        #expect(localPath(text) == path)
    }

    @Test(arguments: [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de, en;q=0.3, ru;q=0.7", "ru"), ("en", "en"), ("ru;q=0, en;q=0.1", "en"),
    ])
    func `the preferred known language is taken`(field: String, language: String) {
        #expect(preferredLanguage(field, of: ["en", "ru"]) == language)
    }

    @Test(arguments: [nil, "", "de", "*", ";;;,", String(repeating: "ru,", count: 500)])
    func `a field that prefers no known language says nothing`(field: String?) {
        #expect(preferredLanguage(field, of: ["en", "ru"]) == nil)
    }

    @Test func `a flash travels in a cookie`() throws {
        let flash = Flash("frame.saved", ["name": "«Анна»; a=b, c", "count": "3"])
        let cookie = String(flash.cookie.prefix { $0 != ";" })
        #expect(cookie.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") })
        #expect(Flash(cookies: ["a=b; \(cookie); c=d"]) == flash)
        #expect(Flash(cookies: ["otklik-flash=%%%"]) == nil)
        #expect(Flash(cookies: []) == nil)
    }
}
