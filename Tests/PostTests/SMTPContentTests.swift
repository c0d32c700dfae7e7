// SPDX-License-Identifier: Apache-2.0
// How a message's content is put on the wire.
import Foundation
import NIOCore
import Testing

@testable import Post

@Suite struct SMTPContentTests {
    @Test(arguments: [
        ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"), ("a\r\n.b\r\n", "a\r\n..b\r\n.\r\n"),
        ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r", "a\r\n.\r\n"),
        ("\r\n.\r\nMAIL FROM:<x>", "\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"), ("", ".\r\n"),
        ("a\n\r\nb", "a\r\n\r\nb\r\n.\r\n"),
        ("a\r\r\n.x", "a\r\n\r\n..x\r\n.\r\n"),
    ])
    func `dots are doubled and lines are whole`(content: String, written: String) {
        #expect(String(buffer: SMTPContent.wire(Array(content.utf8))) == written)
    }

    @Test func `no content of a few bytes can end the message early`() {
        let alphabet: [UInt8] = [13, 10, UInt8(ascii: "."), UInt8(ascii: "x")]
        for number in 0..<4096 {
            let content = (0..<6).map { alphabet[number >> ($0 * 2) & 3] }
            let written = Array(SMTPContent.wire(content).readableBytesView)
            let text = [13, 10] + written
            // The end stands once, at the end; no CR without LF and no LF without CR.
            let ends = text.indices.filter { text[$0...].starts(with: [13, 10, 46, 13, 10]) }
            #expect(ends == [text.count - 5], "\(content)")
            for (index, byte) in written.enumerated() {
                if byte == 13 { #expect(written[index + 1] == 10) }
                if byte == 10 { #expect(index > 0 && written[index - 1] == 13) }
            }
        }
    }
}
