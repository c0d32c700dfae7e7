// SPDX-License-Identifier: Apache-2.0
// What a server says, read from bytes: "\r\n" is one Character in Swift, so nothing here looks at Strings by character.
import NIOCore

/// One reply of a server: a code and its text.
public struct SMTPReply: Sendable, Hashable, CustomStringConvertible {
    /// 200…599.
    public let code: Int
    /// The lines without code and line end; unreadable bytes and controls are replaced.
    public let lines: [String]

    public init(code: Int, lines: [String]) {
        self.code = code
        self.lines = lines
    }

    /// The lines in one, at most 500 characters.
    public var text: String { String(lines.joined(separator: " ").prefix(500)) }
    /// "550 5.1.1 no such user".
    public var description: String { lines.isEmpty ? "\(code)" : "\(code) \(text)" }

    /// The enhanced status code (RFC 3463) if the text begins with one: "5.1.1".
    public var enhancedCode: String? {
        guard let word = lines.first?.split(separator: " ").first else { return nil }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.utf8.count) && Int($0) != nil }) else {
            return nil
        }
        return String(word)
    }

    public var isPositive: Bool { (200..<300).contains(code) }
    public var isTransient: Bool { (400..<500).contains(code) }
    public var isPermanent: Bool { (500..<600).contains(code) }
}

/// A server that does not keep to the protocol; its connection is closed.
struct SMTPProtocolError: Error, Hashable {
    /// What it said, as far as that can be shown; nil when it was too much.
    let line: String?
}

/// Cuts a stream of bytes into replies, within limits that a hostile server cannot pass.
struct SMTPReplyReader {
    static let lineBytes = 4096
    static let linesPerReply = 128

    /// A reply of one line whose text nobody needs.
    enum Usual {
        case ok, goOn
        fileprivate static let okReply = SMTPReply(code: 250, lines: [])
        fileprivate static let goOnReply = SMTPReply(code: 354, lines: [])
    }

    private var pending = ByteBuffer()
    private var code = 0
    private var lines: [String] = []

    var isEmpty: Bool { pending.readableBytes == 0 && lines.isEmpty }

    mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// Forgets what has come and was not read: before TLS it may be an attacker's (RFC 3207, 4.2).
    mutating func discard() { self = SMTPReplyReader() }

    /// The next reply when it is whole, of one line and of the usual code, which is nearly always so: no text is made
    /// of it. Nil when it is anything else, or not there yet.
    mutating func takeUsual(_ usual: Usual) -> SMTPReply? {
        guard lines.isEmpty, let length = lineLength() else { return nil }
        let isUsual = pending.withUnsafeReadableBytes { bytes in
            guard length >= 4, bytes[3] == UInt8(ascii: " ") else { return false }
            switch usual {
            case .ok: return bytes[0] == 0x32 && bytes[1] == 0x35 && bytes[2] == 0x30
            case .goOn: return bytes[0] == 0x33 && bytes[1] == 0x35 && bytes[2] == 0x34
            }
        }
        guard isUsual else { return nil }
        pass(length + 1)
        return usual == .ok ? Usual.okReply : Usual.goOnReply
    }

    /// The next whole reply; nil when more bytes are needed.
    /// - Throws: ``SMTPProtocolError`` when this is not SMTP.
    mutating func next() throws(SMTPProtocolError) -> SMTPReply? {
        while true {
            guard let length = lineLength() else {
                if pending.readableBytes > Self.lineBytes { throw SMTPProtocolError(line: nil) }
                return nil
            }
            let line = Array(pending.readableBytesView.prefix(length))
            pass(length + 1)
            if let reply = try read(line.last == 13 ? line.dropLast() : line[...]) { return reply }
        }
    }

    /// How many bytes stand before the next line feed; nil when there is none as far as a line may go.
    private func lineLength() -> Int? {
        pending.withUnsafeReadableBytes { bytes in
            bytes.prefix(Self.lineBytes + 1).firstIndex(of: 10)
        }
    }

    /// Goes on behind so many bytes; a buffer that is used up is given back to the channel.
    private mutating func pass(_ count: Int) {
        pending.moveReaderIndex(forwardBy: count)
        if pending.readableBytes == 0 { pending = ByteBuffer() }
    }

    /// Reads one line; the reply when it was its last.
    private mutating func read(_ line: ArraySlice<UInt8>) throws(SMTPProtocolError) -> SMTPReply? {
        let digits = line.prefix(3)
        let code = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        let mark = line.dropFirst(3).first
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }), (200..<600).contains(code),
            lines.isEmpty || code == self.code,
            mark == nil || mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-"),
            mark != UInt8(ascii: "-") || lines.count + 1 < Self.linesPerReply
        else {
            let shown = Self.readable(line.prefix(100))
            throw SMTPProtocolError(line: shown.allSatisfy(\.isWhitespace) ? nil : shown)
        }
        self.code = code
        lines.append(Self.readable(line.dropFirst(4)))
        if mark == UInt8(ascii: "-") { return nil }
        defer { lines = [] }
        return SMTPReply(code: code, lines: lines)
    }

    private static func readable(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(MailHeader.isControl(scalar) ? " " : scalar) }
        return String(scalars)
    }
}
