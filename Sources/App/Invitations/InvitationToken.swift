// SPDX-License-Identifier: Apache-2.0
// The secret part of a survey link: derived from the server's key, so that the database alone does not reveal it.

/// The token of an invitation (spec 3.5): six digits that say when the invitation was made, to 64 ms, and 22 digits for
/// 128 bits of an HMAC over the invitation's id.
///
/// The first six are no secret. They let links that were made together lie together in the index: a link among millions
/// would else be a page of its own to read and to write.
struct InvitationToken {
    static let length = periodDigits + secretDigits
    private static let periodDigits = 6
    private static let secretDigits = 22
    /// Bits of an id below its period: 22 below the milliseconds, and 6 of these.
    private static let bitsBelowPeriod: Int64 = 28
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// As it stands in the link.
    let text: String
    /// What the first six digits say; part of the key that finds the invitation.
    let period: Int64
    /// What the database keeps.
    var hash: [UInt8] { ServerSecret.tokenHash(text) }

    init(of id: InvitationID, secret: ServerSecret) {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: id.raw >> (56 - 8 * Int64($0))) }
        let bits = secret.digest(message, for: .surveyToken).prefix(16).reduce(into: UInt128(0)) {
            $0 = $0 << 8 | UInt128($1)
        }
        period = id.raw >> Self.bitsBelowPeriod
        text =
            Self.base62(UInt128(UInt64(period)), count: Self.periodDigits)
            + Self.base62(bits, count: Self.secretDigits)
    }

    /// What somebody shows; nil when it could not be a token at all, before anything is asked of the database.
    init?(shown: String) {
        guard shown.utf8.count == Self.length else { return nil }
        var period: Int64 = 0
        for (position, byte) in shown.utf8.enumerated() {
            guard let digit = Self.value(byte) else { return nil }
            if position < Self.periodDigits { period = period * 62 + digit }
        }
        text = shown
        self.period = period
    }

    private static func value(_ byte: UInt8) -> Int64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int64(byte - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int64(byte - UInt8(ascii: "a")) + 36
        default: nil
        }
    }

    /// A number in base 62, the leading digits zero where needed.
    static func base62(_ number: UInt128, count: Int) -> String {
        var number = number
        var text = [UInt8](repeating: digits[0], count: count)
        for position in text.indices.reversed() {
            text[position] = digits[Int(number % 62)]
            number /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }
}
