// SPDX-License-Identifier: Apache-2.0
// The "relaxed" forms of headers and bodies that DKIM hashes (RFC 6376, 3.4.2 and 3.4.4): what relays change on the
// way, such as folding and space at lines' ends, is taken out first.
import Crypto

/// A message as DKIM sees it: its header fields, and the hash of its body.
struct DKIMRelaxed {
    /// A header field: its name in small letters, and its value unfolded.
    struct Field {
        let name: String
        let value: [UInt8]

        /// As it is hashed, without a line's end.
        var bytes: [UInt8] { Array(name.utf8) + [UInt8(ascii: ":")] + value }
    }

    let fields: [Field]
    let bodyHash: SHA256.Digest

    /// - Parameter message: Whole, every line ended by CRLF.
    init(_ message: [UInt8]) {
        let start = Self.bodyStart(message)
        fields = Self.fields(message[..<start])
        bodyHash = SHA256.hash(data: Self.body(message[start...]))
    }

    /// Behind the empty line that ends the header.
    private static func bodyStart(_ message: [UInt8]) -> Int {
        var lineStart = 0
        while let end = message[lineStart...].firstIndex(of: 10) {
            if end - lineStart <= 1, end == lineStart || message[lineStart] == 13 { return end + 1 }
            lineStart = end + 1
        }
        return message.count
    }

    private static func fields(_ header: ArraySlice<UInt8>) -> [Field] {
        var fields: [Field] = []
        var lines: [UInt8] = []
        func close() {
            if let colon = lines.firstIndex(of: UInt8(ascii: ":")) {
                let name = lines[..<colon].filter { !isSpace($0) }.map(lowercased)
                fields.append(
                    Field(name: String(decoding: name, as: UTF8.self), value: relaxedValue(lines[(colon + 1)...])))
            }
            lines.removeAll(keepingCapacity: true)
        }
        for line in header.split(separator: 10, omittingEmptySubsequences: true) {
            if let first = line.first, !isSpace(first) { close() }
            lines.append(contentsOf: line.last == 13 ? line.dropLast() : line)
        }
        close()
        return fields
    }

    /// Runs of space become one, none is left at the ends.
    static func relaxedValue(_ value: some Sequence<UInt8>) -> [UInt8] {
        var relaxed: [UInt8] = []
        var isPending = false
        for byte in value {
            if isSpace(byte) || byte == 13 || byte == 10 {
                isPending = !relaxed.isEmpty
            } else {
                if isPending { relaxed.append(0x20) }
                isPending = false
                relaxed.append(byte)
            }
        }
        return relaxed
    }

    /// Runs of space become one, none is left at lines' ends, no empty lines at the body's end.
    static func body(_ body: ArraySlice<UInt8>) -> [UInt8] {
        var relaxed: [UInt8] = []
        relaxed.reserveCapacity(body.count + 2)
        var emptyLines = 0
        var index = body.startIndex
        while index < body.endIndex {
            let end = body[index...].firstIndex(of: 10) ?? body.endIndex
            var last = end
            while last > index, isSpace(body[last - 1]) || body[last - 1] == 13 { last -= 1 }
            if last == index {
                emptyLines += 1
            } else {
                while emptyLines > 0 {
                    relaxed.append(contentsOf: [13, 10])
                    emptyLines -= 1
                }
                append(body[index..<last], to: &relaxed)
                relaxed.append(contentsOf: [13, 10])
            }
            index = end + 1
        }
        return relaxed
    }

    private static func append(_ line: ArraySlice<UInt8>, to relaxed: inout [UInt8]) {
        // Base64, which is what we write, has no space: it is copied as it is.
        guard line.contains(where: isSpace) else {
            relaxed.append(contentsOf: line)
            return
        }
        var isPending = false
        for byte in line {
            if isSpace(byte) {
                isPending = true
            } else {
                if isPending { relaxed.append(0x20) }
                isPending = false
                relaxed.append(byte)
            }
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 9 }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }
}
