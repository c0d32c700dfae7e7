// SPDX-License-Identifier: Apache-2.0
// A message as DATA carries it: whole lines, dots doubled, ended by a dot of its own.
import NIOCore

/// Writes a message's bytes in SMTP's transparent form.
enum SMTPContent {
    private static let end: StaticString = ".\r\n"

    /// Every line ends with CRLF, whatever the message had (a bare CR or LF could smuggle a second message past a
    /// lenient server); a dot that begins a line is doubled (RFC 5321, 4.5.2).
    static func append(_ content: [UInt8], to buffer: inout ByteBuffer) {
        if isTransparent(content) {
            buffer.writeBytes(content)
        } else {
            buffer.writeBytes(madeTransparent(content))
        }
        if let last = content.last, last != 10, last != 13 { buffer.writeStaticString("\r\n") }
        buffer.writeStaticString(end)
    }

    /// One pass without copying, since what we compose is always so.
    private static func isTransparent(_ content: [UInt8]) -> Bool {
        content.withUnsafeBufferPointer { bytes in
            if bytes.first == UInt8(ascii: ".") { return false }
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 10 { return false }
                if byte == 13 {
                    guard index + 1 < bytes.count, bytes[index + 1] == 10 else { return false }
                    if index + 2 < bytes.count, bytes[index + 2] == UInt8(ascii: ".") { return false }
                    index += 1
                }
                index += 1
            }
            return true
        }
    }

    private static func madeTransparent(_ content: [UInt8]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(content.count + 64)
        var isLineStart = true
        var index = 0
        while index < content.count {
            let byte = content[index]
            if byte == 13 || byte == 10 {
                if byte == 13, index + 1 < content.count, content[index + 1] == 10 { index += 1 }
                lines.append(13)
                lines.append(10)
                isLineStart = true
            } else {
                if isLineStart, byte == UInt8(ascii: ".") { lines.append(byte) }
                lines.append(byte)
                isLineStart = false
            }
            index += 1
        }
        return lines
    }
}
