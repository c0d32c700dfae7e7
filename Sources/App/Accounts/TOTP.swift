// SPDX-License-Identifier: Apache-2.0
// One-time codes of the clock (RFC 6238, with the values that every authenticator app knows).
import Crypto
import Foundation

/// The codes of one key: six digits, a new one every 30 seconds.
struct TOTP: Sendable {
    /// Seconds of a step.
    static let period: Int64 = 30
    /// A clock may go wrong by so many steps.
    static let tolerance: Int64 = 1

    let key: [UInt8]

    /// A new key of 160 random bits (RFC 4226 section 4, R6).
    init() {
        var generator = SystemRandomNumberGenerator()
        key = (0..<20).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    init(key: [UInt8]) { self.key = key }

    /// Nil for what is not base 32.
    init?(base32 text: String) {
        guard let key = Base32.decoded(text) else { return nil }
        self.key = key
    }

    var base32: String { Base32.encoded(key) }

    static func step(at moment: Moment) -> Int64 { moment.milliseconds / 1000 / period }

    /// The code of a step.
    func code(at step: Int64) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Data($0) }
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: key)))
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step whose code it is, looking as far as clocks go wrong; nil when it is none.
    func step(of code: String, at now: Moment) -> Int64? {
        let current = Self.step(at: now)
        return (current - Self.tolerance...current + Self.tolerance).first { self.code(at: $0) == code }
    }

    /// What authenticator apps read: the key with its name.
    func address(issuer: String, account: String) -> String {
        let (issuer, account) = (queryValue(issuer), queryValue(account).replacing("/", with: "%2F"))
        return "otpauth://totp/\(issuer):\(account)?secret=\(base32)&issuer=\(issuer)"
    }
}

/// RFC 4648's base 32, without padding, as people type it.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var (text, buffer, bits) = ([UInt8](), 0, 0)
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[buffer >> bits & 31])
            }
            buffer &= 0xFF
        }
        if bits > 0 { text.append(alphabet[buffer << (5 - bits) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    static func decoded(_ text: String) -> [UInt8]? {
        var (bytes, buffer, bits) = ([UInt8](), 0, 0)
        for character in text.uppercased().utf8 where character != UInt8(ascii: " ") {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer << 5 | value) & 0xFFFF
            bits += 5
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(buffer >> bits & 0xFF))
        }
        return bytes
    }
}

/// A code for the day on which the telephone is lost: ten letters and digits in two groups.
struct RecoveryCode: Sendable {
    /// How many somebody has.
    static let count = 10
    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

    /// `abcde-fgh23`.
    let text: String

    init() {
        var generator = SystemRandomNumberGenerator()
        let letters = (0..<10).map { _ in Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)] }
        text = String(letters[..<5]) + "-" + String(letters[5...])
    }

    /// As somebody has typed it; nil when it cannot be one.
    init?(typed: String) {
        let letters = typed.lowercased().filter { Self.alphabet.contains($0) }
        guard letters.count == 10, typed.count <= 20 else { return nil }
        text = letters.prefix(5) + "-" + letters.suffix(5)
    }

    /// What the database keeps: who has the database alone cannot try codes out.
    func hash(_ secret: ServerSecret) -> [UInt8] { secret.digest(Array(text.utf8), for: .recoveryCode) }
}
