// SPDX-License-Identifier: Apache-2.0
// A form's style cannot close the scope that it is served in.
import Testing

@testable import App

@Suite struct StyleSheetBalanceTests {
    @Test(arguments: [
        "", "h1 { color: red }", "@media (min-width: 40rem) { .block { margin: 0 } }",
        "a::before { content: \"}\" }", "a::before { content: '\\'}' }", "/* } \" ' */ p { margin: 0 }",
        ".block:has([required]) { border: 1px solid }", "p { background: url(\"a)b{\") }",
        "p { background: url(a.png) }",
        "p { background: url( 'x' ) }".replacing("' )", with: "')"),
    ]) func `what closes everything is taken`(_ sheet: String) {
        #expect(StyleSheetBalance.fault(in: sheet) == nil)
    }

    @Test(arguments: [
        ("}", StyleSheetFault.brackets), ("p {", .brackets), ("p { } }", .brackets), ("p ( }", .brackets),
        ("p { margin: calc(1px }", .brackets), ("a[b { ] }", .brackets),
        ("p { content: \"", .string), ("p { content: \"a\n\" }", .string), ("p { content: 'a\\", .string),
        ("/* ", .comment), ("/*/ p { }", .comment),
        // Read as an address to its bracket, this closes the scope behind what looks like a comment.
        ("p { background: url(/*) } } html { color: red } /* ) }", .address),
        ("p { background: url(a{b) }", .address), ("p { background: URL(a\\)b) }", .address),
        ("p { background: \\75rl(/*) } } html { /* ) }", .escape),
        ("p { background: url(\"a\" b) }", .address), ("p { background: url(", .address),
    ]) func `what leaves something open is refused`(_ sheet: String, _ fault: StyleSheetFault) {
        #expect(StyleSheetBalance.fault(in: sheet) == fault)
    }
}
