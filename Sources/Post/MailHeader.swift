// SPDX-License-Identifier: Apache-2.0
// Header lines: encoded words, folding, and the promise that no value can begin another header.

/// Appends header lines to a message that is being written.
///
/// Lines are folded at 78 characters where the value allows it, encoded words have at most 75 (RFC 2047, 2).
enum MailHeader {
    static let lineLength = 78
    private static let wordOverhead = "=?UTF-8?B??=".utf8.count
    private static let wordLength = 75

    /// Text that people read, such as the subject.
    static func appendText(_ name: StaticString, _ value: String, to bytes: inout [UInt8]) {
        append(name, to: &bytes)
        var column = name.utf8CodeUnitCount + 2
        let value = cleaned(value)
        if canStandPlain(value) {
            appendFolded(value, column: &column, to: &bytes)
        } else {
            appendWords(value, column: &column, to: &bytes)
        }
        endLine(&bytes)
    }

    /// A mailbox: display name and address.
    static func appendAddress(_ name: StaticString, _ address: MailAddress, to bytes: inout [UInt8]) {
        append(name, to: &bytes)
        appendMailbox(address, column: name.utf8CodeUnitCount + 2, to: &bytes)
    }

    /// A further mailbox of a list, on a continuation line that has begun.
    static func appendContinued(_ address: MailAddress, to bytes: inout [UInt8]) {
        appendMailbox(address, column: 1, to: &bytes)
    }

    private static func appendMailbox(_ address: MailAddress, column: Int, to bytes: inout [UInt8]) {
        var column = column
        let display = cleaned(address.name)
        let envelope = address.envelope
        if display.isEmpty {
            appendPart(envelope, column: &column, to: &bytes)
        } else {
            appendPhrase(display, column: &column, to: &bytes)
            bytes.append(UInt8(ascii: " "))
            column += 1
            appendPart("<\(envelope)>", column: &column, to: &bytes)
        }
        endLine(&bytes)
    }

    /// A value that this library or its caller makes of ASCII, such as an id: anything else in it is dropped.
    static func appendToken(_ name: StaticString, _ value: String, to bytes: inout [UInt8]) {
        append(name, to: &bytes)
        if name.utf8CodeUnitCount + 2 + value.utf8.count > lineLength { fold(&bytes) }
        for byte in value.utf8 where byte >= 0x20 && byte < 0x7F { bytes.append(byte) }
        endLine(&bytes)
    }

    /// Addresses of resources in angle brackets, each on a line of its own when they do not fit into one.
    static func appendLinks(_ name: StaticString, _ links: [String], to bytes: inout [UInt8]) {
        append(name, to: &bytes)
        var column = name.utf8CodeUnitCount + 2
        for (index, link) in links.enumerated() {
            let text = "<\(uri(link))>" + (index + 1 < links.count ? "," : "")
            if index > 0 {
                bytes.append(UInt8(ascii: " "))
                column += 1
            }
            appendPart(text, column: &column, to: &bytes)
        }
        endLine(&bytes)
    }

    /// A character that may not stand in a header's value: controls, and what some readers take for a line's end.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF: true
        default: false
        }
    }

    // MARK: - Pieces

    private static func append(_ name: StaticString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private static func endLine(_ bytes: inout [UInt8]) {
        bytes.append(13)
        bytes.append(10)
    }

    /// Begins a continuation line, in place of the space that was just written.
    private static func fold(_ bytes: inout [UInt8]) {
        if bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        endLine(&bytes)
        bytes.append(UInt8(ascii: " "))
    }

    /// Something that cannot be cut; on a line of its own when this one is full.
    private static func appendPart(_ text: String, column: inout Int, to bytes: inout [UInt8]) {
        let count = text.utf8.count
        if column + count > lineLength, column > 1, bytes.last == UInt8(ascii: " ") {
            fold(&bytes)
            column = 1
        }
        bytes.append(contentsOf: text.utf8)
        column += count
    }

    /// Without controls, and without space at the ends, where it could not be told from folding.
    private static func cleaned(_ value: String) -> String {
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        if isClean, value.utf8.first != 0x20, value.utf8.last != 0x20 { return value }
        var scalars = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            let isSpace = isControl(scalar) || scalar == " "
            if isSpace, scalars.isEmpty { continue }
            scalars.append(isSpace ? " " : scalar)
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }

    /// Printable ASCII, nothing that looks like an encoded word, no piece too long to fold, no runs of spaces.
    private static func canStandPlain(_ value: String) -> Bool {
        var run = 0
        var previous: UInt8 = 0
        for byte in value.utf8 {
            guard byte >= 0x20, byte < 0x7F, !(byte == UInt8(ascii: "?") && previous == UInt8(ascii: "=")) else {
                return false
            }
            if byte == 0x20, previous == 0x20 { return false }
            run = byte == 0x20 ? 0 : run + 1
            if run > 60 { return false }
            previous = byte
        }
        return true
    }

    private static func appendFolded(_ value: String, column: inout Int, to bytes: inout [UInt8]) {
        if column + value.utf8.count <= lineLength {
            bytes.append(contentsOf: value.utf8)
            column += value.utf8.count
            return
        }
        for (index, word) in value.utf8.split(separator: 0x20).enumerated() {
            if index > 0 {
                bytes.append(0x20)
                column += 1
            }
            if column + word.count > lineLength, index > 0 {
                fold(&bytes)
                column = 1
            }
            bytes.append(contentsOf: word)
            column += word.count
        }
    }

    /// A display name: atoms as they are, else quoted, else encoded words.
    private static func appendPhrase(_ value: String, column: inout Int, to bytes: inout [UInt8]) {
        guard canStandPlain(value), column + value.utf8.count + 2 <= lineLength else {
            appendWords(value, column: &column, to: &bytes)
            return
        }
        if value.utf8.allSatisfy({ MailAddress.isAtomText($0) || $0 == 0x20 }) {
            bytes.append(contentsOf: value.utf8)
            column += value.utf8.count
            return
        }
        let start = bytes.count
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        column += bytes.count - start
    }

    /// Encoded words of whole characters, a line each where they do not fit.
    private static func appendWords(_ value: String, column: inout Int, to bytes: inout [UInt8]) {
        let source = Array(value.utf8)
        var start = 0
        while start < source.count {
            if start > 0 {
                bytes.append(0x20)
                column += 1
            }
            if lineLength - column < wordOverhead + 8 {
                fold(&bytes)
                column = 1
            }
            let room = min(wordLength, lineLength - column) - wordOverhead
            var end = min(start + room / 4 * 3, source.count)
            while end < source.count, source[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.append(contentsOf: "=?UTF-8?B?".utf8)
            Base64.append(source[start..<end], to: &bytes)
            bytes.append(contentsOf: "?=".utf8)
            column += wordOverhead + (end - start + 2) / 3 * 4
            start = end
        }
    }

    /// The characters that may stand in an address of a resource; all others are percent-encoded.
    private static func uri(_ text: String) -> String {
        var written: [UInt8] = []
        for byte in text.utf8 {
            if MailAddress.isLetterOrDigit(byte) || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte) {
                written.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                written += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: written, as: UTF8.self)
    }
}
