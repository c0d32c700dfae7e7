// SPDX-License-Identifier: Apache-2.0
// The secret part of a survey link: derived from the server's key, so that the database alone does not reveal it.

/// The token of an invitation: 22 letters and digits, 128 bits of an HMAC over the invitation's id (spec 3.5).
enum InvitationToken {
    static let length = 22
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func token(of id: InvitationID, secret: ServerSecret) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: id.raw >> (56 - 8 * Int64($0))) }
        return base62(secret.digest(message, for: .surveyToken).prefix(16))
    }

    /// Whether a text could be a token at all, before anything is asked of the database.
    static func isShaped(_ text: String) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) }
    }

    /// 128 bits as 22 digits of base 62, the leading ones zero where needed.
    static func base62(_ bytes: some Sequence<UInt8>) -> String {
        var number = bytes.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) }
        var text = [UInt8](repeating: digits[0], count: length)
        for position in text.indices.reversed() {
            text[position] = digits[Int(number % 62)]
            number /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }
}
