// SPDX-License-Identifier: Apache-2.0
// The text that a mail gets from its HTML.
import Post
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("  a \n  b  ", "a b"),
        ("<ul><li>one</li><li>two <b>bold</b></li></ul>after", "- one\n- two bold\n\nafter"),
        ("<ol start=3><li>c<li>d</ol>", "3. c\n4. d"),
        ("<a href='https://x.example/?a=1&amp;b=2'>go</a>", "go (https://x.example/?a=1&b=2)"),
        ("<a href=\"https://x.example\">https://x.example</a>", "https://x.example"),
        ("<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example"),
        ("<a href=\"#top\">top</a> <a href=\"javascript:x()\">js</a>", "top js"),
        ("<style>p{}</style><script>if (a < b) {}</script>x<!-- <p>no --> y", "x y"),
        ("1 &lt; 2 &amp; 3 &gt; 2 &laquo;&#1071;&#x44F;&raquo; &unknown;", "1 < 2 & 3 > 2 «Яя» &unknown;"),
        ("a < b", "a < b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<img src=x alt=\"Логотип\"> <img src=y>", "Логотип"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<div><div>a</div></div><div>b</div>", "a\nb"),
        ("<a href=\"\u{E000}survey-link\u{E001}\">Оценить</a>", "Оценить (\u{E000}survey-link\u{E001})"),
        ("<p", ""), ("<", "<"), ("&", "&"), ("", ""), ("<p title='>", ""),
    ])
    func `text of HTML`(html: String, text: String) { #expect(PlainText.make(fromHTML: html) == text) }
}
