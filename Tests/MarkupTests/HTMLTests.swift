// SPDX-License-Identifier: Apache-2.0
// Whatever people type stays text.
import Markup
import Testing

@Suite struct HTMLTests {
    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"), ("it's & that", "it&#39;s &amp; that"),
        ("Ёлка 🎄 «да»", "Ёлка 🎄 «да»"), ("a\u{0}b\u{8}c\u{7F}", "a\u{FFFD}b\u{FFFD}c\u{FFFD}"),
        ("line\nnext\ttab", "line\nnext\ttab"), ("&amp;", "&amp;amp;"), ("", ""),
    ])
    func `text in a hole is escaped`(plain: String, markup: String) {
        let html: HTML = "<p title=\"\(plain)\">\(plain)</p>"
        #expect(html.text == "<p title=\"\(markup)\">\(markup)</p>")
        #expect(HTML(plain).text == markup)
    }

    @Test func `markup in a hole stays markup, once`() {
        let inner: HTML = "<b>\("<i>")</b>"
        let outer: HTML = "<p>\(inner)\(7)\([inner, inner])</p>"
        #expect(outer.text == "<p><b>&lt;i&gt;</b>7<b>&lt;i&gt;</b><b>&lt;i&gt;</b></p>")
    }

    @Test func `an optional or conditional piece may be missing`() {
        let missing: HTML? = nil
        let html: HTML = "<input\(missing)\(if: false, " checked")\(if: true, " required")>"
        #expect(html.text == "<input required>")
    }

    @Test func `pieces are joined in order`() {
        let pieces: [HTML] = ["<li>1</li>", "<li>2</li>"]
        #expect(pieces.joined().text == "<li>1</li><li>2</li>")
        #expect((pieces[0] + pieces[1]) == pieces.joined())
    }
}
