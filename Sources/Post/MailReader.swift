// SPDX-License-Identifier: Apache-2.0
// Reads mail that others wrote, as far as reports need it (RFC 5322, 2045, 2046), within limits that a hostile message
// cannot pass.

/// One part of a message: its header, and either parts of its own or a body.
struct MailPart {
    /// Limits of what is read; the rest of a message is left aside.
    enum Limits {
        static let bytes = 5 << 20
        static let depth = 8
        static let parts = 100
        static let fields = 200
        static let valueBytes = 8192
    }

    /// In their order: names in small letters, values unfolded.
    let fields: [(name: String, value: String)]
    let type: MailType
    let parts: [MailPart]
    /// As it was sent, not decoded.
    let body: ArraySlice<UInt8>

    /// Reads a whole message; what is beyond the limits is not looked at.
    init(message: ArraySlice<UInt8>) {
        var left = Limits.parts
        self.init(message.prefix(Limits.bytes), depth: 0, left: &left)
    }

    private init(_ bytes: ArraySlice<UInt8>, depth: Int, left: inout Int) {
        let header = MailHeaderReader(bytes)
        fields = header.fields
        body = header.body
        type = MailType(header.fields.first { $0.name == "content-type" }?.value ?? "")
        var parts: [MailPart] = []
        if depth < Limits.depth, left > 0 {
            if type.name.hasPrefix("multipart/"), let boundary = type.parameters["boundary"], !boundary.isEmpty {
                for piece in Self.pieces(of: body, boundary: Array(boundary.utf8), most: left) where left > 0 {
                    left -= 1
                    parts.append(MailPart(piece, depth: depth + 1, left: &left))
                }
            } else if type.name == "message/rfc822" || type.name == "message/global" {
                left -= 1
                let encoding = header.fields.first { $0.name == "content-transfer-encoding" }?.value
                parts = [MailPart(Self.decoded(body, encoding)[...], depth: depth + 1, left: &left)]
            }
        }
        self.parts = parts
    }

    /// The first field of a name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// This part and all below it, in their order.
    var all: [MailPart] { [self] + parts.flatMap(\.all) }

    /// The body without its transfer encoding.
    var decodedBody: [UInt8] { Self.decoded(body, self["content-transfer-encoding"]) }

    private static func decoded(_ body: ArraySlice<UInt8>, _ encoding: String?) -> [UInt8] {
        let encoding = (encoding ?? "").lowercased()
        if encoding.contains("base64") {
            return Base64.decoded(body.prefix { $0 != UInt8(ascii: "-") }) ?? Array(body)
        }
        if encoding.contains("quoted-printable") { return unquoted(body) }
        return Array(body)
    }

    /// The body as text; bytes that are no UTF-8 are replaced, which no code or address needs.
    var text: String { String(decoding: decodedBody, as: UTF8.self) }

    // MARK: - Pieces

    /// What stands between the boundary's lines. Without a closing line the last piece goes on to the end.
    private static func pieces(of body: ArraySlice<UInt8>, boundary: [UInt8], most: Int) -> [ArraySlice<UInt8>] {
        let mark = [UInt8(ascii: "-"), UInt8(ascii: "-")] + boundary
        var pieces: [ArraySlice<UInt8>] = []
        var pieceStart: Int?
        var lineStart = body.startIndex
        while lineStart < body.endIndex, pieces.count < most {
            let lineEnd = body[lineStart...].firstIndex(of: 10) ?? body.endIndex
            let next = min(lineEnd + 1, body.endIndex)
            if body[lineStart..<lineEnd].starts(with: mark) {
                if let start = pieceStart { pieces.append(body[start..<max(start, lineStart)]) }
                pieceStart = next
                let isLast = body[(lineStart + mark.count)..<lineEnd].starts(with: "--".utf8)
                if isLast { return pieces }
            }
            lineStart = next
        }
        if let start = pieceStart, pieces.count < most { pieces.append(body[start..<body.endIndex]) }
        return pieces
    }

    private static func unquoted(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(body.count)
        var index = body.startIndex
        while index < body.endIndex {
            let byte = body[index]
            guard byte == UInt8(ascii: "=") else {
                plain.append(byte)
                index += 1
                continue
            }
            let rest = body[(index + 1)...].prefix(2)
            if let value = UInt8(String(decoding: rest, as: UTF8.self), radix: 16), rest.count == 2 {
                plain.append(value)
                index += 3
            } else if rest.first == 10 {
                index += 2
            } else if rest.elementsEqual([13, 10]) {
                index += 3
            } else {
                plain.append(byte)
                index += 1
            }
        }
        return plain
    }
}

/// Cuts a header off a message or a part.
struct MailHeaderReader {
    let fields: [(name: String, value: String)]
    let body: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        var fields: [(name: String, value: String)] = []
        var lines: [UInt8] = []
        func close() {
            defer { lines.removeAll(keepingCapacity: true) }
            guard fields.count < MailPart.Limits.fields, let colon = lines.firstIndex(of: UInt8(ascii: ":")) else {
                return
            }
            let name = String(decoding: lines[..<colon], as: UTF8.self).lowercased()
            let value = String(decoding: lines[(colon + 1)...], as: UTF8.self)
            fields.append((Self.trimmed(name), Self.trimmed(value)))
        }
        var lineStart = bytes.startIndex
        var bodyStart = bytes.endIndex
        while lineStart < bytes.endIndex {
            let lineEnd = bytes[lineStart...].firstIndex(of: 10) ?? bytes.endIndex
            var line = bytes[lineStart..<lineEnd]
            if line.last == 13 { line = line.dropLast() }
            lineStart = min(lineEnd + 1, bytes.endIndex)
            guard let first = line.first else {
                bodyStart = lineStart
                break
            }
            if first == 0x20 || first == 9 {
                if lines.count < MailPart.Limits.valueBytes { lines += line.prefix(1000) }
            } else {
                close()
                lines += line.prefix(MailPart.Limits.valueBytes)
            }
        }
        close()
        self.fields = fields
        body = bytes[bodyStart...]
    }

    static func trimmed(_ text: String) -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.value <= 0x20 }
        let kept = text.unicodeScalars.drop(while: isSpace)
        guard let last = kept.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(String.UnicodeScalarView(kept[...last]))
    }
}

/// A Content-Type: `multipart/report; report-type=delivery-status; boundary="x"`.
struct MailType {
    /// In small letters; `text/plain` where nothing is said.
    let name: String
    let parameters: [String: String]

    init(_ text: String) {
        var pieces: [String] = []
        var piece = ""
        var isQuoted = false
        var isEscaped = false
        for character in text.unicodeScalars.prefix(MailPart.Limits.valueBytes) {
            if isEscaped {
                piece.unicodeScalars.append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                pieces.append(piece)
                piece = ""
            } else {
                piece.unicodeScalars.append(character)
            }
        }
        pieces.append(piece)
        let name = MailHeaderReader.trimmed(pieces.first ?? "").lowercased()
        self.name = name.isEmpty ? "text/plain" : name
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst().prefix(20) {
            let halves = piece.split(separator: "=", maxSplits: 1)
            if halves.count == 2 {
                parameters[MailHeaderReader.trimmed(String(halves[0])).lowercased()] = MailHeaderReader.trimmed(
                    String(halves[1]))
            }
        }
        self.parameters = parameters
    }
}
