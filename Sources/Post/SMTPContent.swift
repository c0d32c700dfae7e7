// SPDX-License-Identifier: Apache-2.0
// A message as DATA carries it: whole lines, dots doubled, ended by a dot of its own.
import NIOCore

/// Writes a message's bytes in SMTP's transparent form.
enum SMTPContent {
    /// Every line ends with CRLF, whatever the message had (a bare CR or LF could smuggle a second message past a
    /// lenient server); a dot that begins a line is doubled (RFC 5321, 4.5.2).
    static func wire(_ content: [UInt8]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: content.count + 8)
        if isTransparent(content) {
            buffer.writeBytes(content)
        } else {
            buffer.writeBytes(madeTransparent(content))
        }
        if let last = content.last, last != 10, last != 13 { buffer.writeStaticString("\r\n") }
        buffer.writeStaticString(".\r\n")
        return buffer
    }

    /// One pass without branches, sixteen bytes at a time, since what we compose is always so: every CR stands before
    /// an LF, every LF behind a CR, and no line begins with a dot.
    private static func isTransparent(_ content: [UInt8]) -> Bool {
        content.withUnsafeBufferPointer { bytes in
            guard let first = bytes.first, let last = bytes.last else { return true }
            if first == 10 || first == UInt8(ascii: ".") || last == 13 { return false }
            var broken: UInt8 = 0
            for index in 0..<(bytes.count - 1) {
                let (byte, next) = (bytes[index], bytes[index &+ 1])
                let isReturn: UInt8 = byte == 13 ? 1 : 0
                let isFeed: UInt8 = next == 10 ? 1 : 0
                let beginsWithDot: UInt8 = (byte == 10 ? 1 : 0) & (next == UInt8(ascii: ".") ? 1 : 0)
                broken |= (isReturn ^ isFeed) | beginsWithDot
            }
            return broken == 0
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
