// SPDX-License-Identifier: Apache-2.0
// Base64 with lines of 76 characters, the encoding of every body: half the size of quoted-printable for Cyrillic.

/// Encodes bytes as base64 (RFC 2045, 6.8).
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    private static let bytesPerLine = 57

    /// Without line ends.
    static func append(_ source: some Collection<UInt8>, to bytes: inout [UInt8]) {
        let done: Void? = source.withContiguousStorageIfAvailable { encode($0, isWrapped: false, to: &bytes) }
        if done == nil { Array(source).withUnsafeBufferPointer { encode($0, isWrapped: false, to: &bytes) } }
    }

    /// In lines that end with CRLF.
    static func appendLines(_ source: [UInt8], to bytes: inout [UInt8]) {
        source.withUnsafeBufferPointer { encode($0, isWrapped: true, to: &bytes) }
    }

    /// The text of some bytes.
    static func text(_ source: [UInt8]) -> String {
        var bytes: [UInt8] = []
        append(source, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encode(_ source: UnsafeBufferPointer<UInt8>, isWrapped: Bool, to bytes: inout [UInt8]) {
        guard let first = source.baseAddress, !source.isEmpty else { return }
        let lines = (source.count + bytesPerLine - 1) / bytesPerLine
        let size = (source.count + 2) / 3 * 4 + (isWrapped ? lines * 2 : 0)
        let addition = [UInt8](unsafeUninitializedCapacity: size) { target, count in
            var out = target.baseAddress.unsafelyUnwrapped
            var offset = 0
            while offset < source.count {
                let length = isWrapped ? min(bytesPerLine, source.count - offset) : source.count
                out = encodeRun(first + offset, length, to: out)
                if isWrapped {
                    out[0] = 13
                    out[1] = 10
                    out += 2
                }
                offset += length
            }
            count = size
        }
        bytes += addition
    }

    private static func encodeRun(
        _ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let letters = alphabet.utf8Start
        var out = target
        var index = 0
        while index + 2 < count {
            let group = UInt32(source[index]) << 16 | UInt32(source[index + 1]) << 8 | UInt32(source[index + 2])
            out[0] = letters[Int(group >> 18)]
            out[1] = letters[Int(group >> 12 & 63)]
            out[2] = letters[Int(group >> 6 & 63)]
            out[3] = letters[Int(group & 63)]
            out += 4
            index += 3
        }
        guard index < count else { return out }
        let second = index + 1 < count ? source[index + 1] : 0
        let group = UInt32(source[index]) << 16 | UInt32(second) << 8
        out[0] = letters[Int(group >> 18)]
        out[1] = letters[Int(group >> 12 & 63)]
        out[2] = index + 1 < count ? letters[Int(group >> 6 & 63)] : UInt8(ascii: "=")
        out[3] = UInt8(ascii: "=")
        return out + 4
    }

    /// The bytes of a base64 text; nil when it is none.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits = 0
        for byte in text {
            let value: UInt32
            switch byte {
            case 0x41...0x5A: value = UInt32(byte - 0x41)
            case 0x61...0x7A: value = UInt32(byte - 0x61) + 26
            case 0x30...0x39: value = UInt32(byte - 0x30) + 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="), 13, 10, 0x20: continue
            default: return nil
            }
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return bytes
    }
}
