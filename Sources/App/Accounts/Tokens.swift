// SPDX-License-Identifier: Apache-2.0
// Random secrets, and the hash under which the database knows them.
import Crypto
import Foundation

/// A secret of 192 random bits in letters and digits that can be selected by a double click and put into addresses.
struct Token: Sendable {
    let text: String

    /// A new one. Its characters are base64url's without `-` and `_`: a byte that would give one is drawn again.
    init(prefix: String = "") {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        text = prefix + String((0..<33).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
    }

    /// One that follows from 64 bytes of a keyed digest: for links that stand nowhere.
    init(derivedFrom bytes: [UInt8]) {
        let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
        precondition(bytes.count >= 33, "A token has 33 characters.")
        text = String(bytes.prefix(33).map { alphabet[Int($0) % alphabet.count] })
    }

    /// One that somebody has shown; nil when it cannot be one, so that nothing long is hashed.
    init?(shown: String, prefix: String = "") {
        guard shown.hasPrefix(prefix), shown.utf8.count == prefix.utf8.count + 33,
            shown.utf8.dropFirst(prefix.utf8.count).allSatisfy(Self.isPlain)
        else { return nil }
        text = shown
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// What the database keeps.
    var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}
