// SPDX-License-Identifier: Apache-2.0
// What a server says, read from bytes: "\r\n" is one Character in Swift, so nothing here looks at Strings by character.

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
public struct SMTPProtocolError: Error, Sendable, Hashable {
    public let reason: String
}

/// Cuts a stream of bytes into replies, within limits that a hostile server cannot pass.
struct SMTPReplyReader {
    static let lineBytes = 4096
    static let linesPerReply = 128

    private var pending: [UInt8] = []
    private var code = 0
    private var lines: [String] = []

    var isEmpty: Bool { pending.isEmpty && lines.isEmpty }

    mutating func append(_ bytes: some Sequence<UInt8>) { pending.append(contentsOf: bytes) }

    /// Forgets what has come and was not read: before TLS it may be an attacker's (RFC 3207, 4.2).
    mutating func discard() { self = SMTPReplyReader() }

    /// The next whole reply; nil when more bytes are needed.
    /// - Throws: ``SMTPProtocolError`` when this is not SMTP.
    mutating func next() throws(SMTPProtocolError) -> SMTPReply? {
        while true {
            guard let end = pending.firstIndex(of: 10) else {
                if pending.count > Self.lineBytes { throw SMTPProtocolError(reason: "a reply line without an end") }
                return nil
            }
            if end > Self.lineBytes { throw SMTPProtocolError(reason: "a reply line is too long") }
            var line = pending[..<end]
            if line.last == 13 { line = line.dropLast() }
            let reply = try read(line)
            pending.removeSubrange(...end)
            if let reply { return reply }
        }
    }

    /// Reads one line; the reply when it was its last.
    private mutating func read(_ line: ArraySlice<UInt8>) throws(SMTPProtocolError) -> SMTPReply? {
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw SMTPProtocolError(reason: "a reply without a code")
        }
        let code = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard (200..<600).contains(code), lines.isEmpty || code == self.code else {
            throw SMTPProtocolError(reason: "a reply code that cannot be")
        }
        let mark = line.dropFirst(3).first
        guard mark == nil || mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-") else {
            throw SMTPProtocolError(reason: "a reply without a code")
        }
        self.code = code
        lines.append(Self.readable(line.dropFirst(4)))
        if mark == UInt8(ascii: "-") {
            if lines.count >= Self.linesPerReply { throw SMTPProtocolError(reason: "a reply has too many lines") }
            return nil
        }
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
