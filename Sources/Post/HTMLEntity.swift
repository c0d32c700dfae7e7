// SPDX-License-Identifier: Apache-2.0
// Character references of HTML, as far as mails use them.

/// Reads `&amp;`, `&#1103;` and `&#x44F;`.
enum HTMLEntity {
    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "shy": "", "zwnj": "",
        "laquo": "«", "raquo": "»", "ldquo": "“", "rdquo": "”", "bdquo": "„", "lsquo": "‘", "rsquo": "’",
        "ndash": "–", "mdash": "—", "hellip": "…", "bull": "•", "middot": "·", "copy": "©", "reg": "®",
        "trade": "™", "sect": "§", "para": "¶", "deg": "°", "plusmn": "±", "times": "×", "divide": "÷",
        "euro": "€", "pound": "£", "cent": "¢", "numero": "№", "larr": "←", "rarr": "→", "uarr": "↑", "darr": "↓",
        "thinsp": "\u{2009}", "ensp": "\u{2002}", "emsp": "\u{2003}", "frac12": "½", "sup2": "²", "sup3": "³",
    ]

    /// The text of a reference at the beginning of the bytes, and its length; nil when there is none.
    static func read(_ bytes: ArraySlice<UInt8>) -> (text: String, length: Int)? {
        guard let end = bytes.prefix(12).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: bytes[(bytes.startIndex + 1)..<end], as: UTF8.self)
        let length = end - bytes.startIndex + 1
        if let text = named[name] { return (text, length) }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, value >= 0x20, let scalar = Unicode.Scalar(value) else { return nil }
        return (String(Character(scalar)), length)
    }

    /// A text with its references replaced.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "&")) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "&"), let (text, length) = read(bytes[index...]) {
                decoded += Array(text.utf8)
                index += length
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
