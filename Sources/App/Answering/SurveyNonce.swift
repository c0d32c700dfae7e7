// SPDX-License-Identifier: Apache-2.0
// What a page says of itself when it comes back (spec 3.5): signed, so that nobody else can say it.

/// Proof that a submit comes from a page of ours: which invitation, which form version, and when it was issued.
struct SurveyNonce: Sendable, Equatable {
    let invitation: InvitationID
    let version: FormVersionID
    /// When the first page was issued: a page that is shown again keeps it.
    let issuedAt: Moment
    /// The page was shown again after a weak submit; it has no decoy.
    let isShownAgain: Bool

    private static let payloadBytes = 25
    private static let tagBytes = 16

    /// As it stands in the page.
    func signed(with secret: ServerSecret) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.payloadBytes + Self.tagBytes)
        for number in [invitation.raw, version.raw, issuedAt.milliseconds] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(isShownAgain ? 1 : 0)
        bytes += secret.digest(bytes, for: .surveyNonce).prefix(Self.tagBytes)
        return Base64URL.text(of: bytes)
    }

    init(invitation: InvitationID, version: FormVersionID, issuedAt: Moment, isShownAgain: Bool = false) {
        self.invitation = invitation
        self.version = version
        self.issuedAt = issuedAt
        self.isShownAgain = isShownAgain
    }

    /// Reads what a submit brought; nil when it is not ours, or of another invitation, or from the future.
    init?(_ text: String, for invitation: InvitationID, secret: ServerSecret, now: Moment) {
        let wanted = Self.payloadBytes + Self.tagBytes
        guard text.utf8.count == (wanted * 4 + 2) / 3, let bytes = Base64URL.bytes(of: text), bytes.count == wanted
        else { return nil }
        let payload = Array(bytes.prefix(Self.payloadBytes))
        let digest = secret.digest(payload, for: .surveyNonce).prefix(Self.tagBytes)
        guard Self.isSame(digest, bytes.suffix(Self.tagBytes)) else { return nil }
        func number(_ place: Int) -> Int64 {
            payload[(place * 8)..<(place * 8 + 8)].reduce(0) { $0 << 8 | Int64($1) }
        }
        self.init(
            invitation: InvitationID(raw: number(0)), version: FormVersionID(raw: number(1)),
            issuedAt: Moment(milliseconds: number(2)), isShownAgain: payload[24] == 1)
        guard self.invitation == invitation, issuedAt <= now else { return nil }
    }

    /// Compares in constant time.
    private static func isSame(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// base64url without padding (RFC 4648 section 5), in one pass: Foundation's way over the other alphabet and three
/// replacements costs more than the signature.
private enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func text(of bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 3)
        var (kept, bits): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            kept = kept << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(digits[Int(kept >> bits & 63)])
            }
        }
        if bits > 0 { text.append(digits[Int(kept << (6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil when there is anything but the alphabet's letters.
    static func bytes(of text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var (kept, bits): (UInt32, UInt32) = (0, 0)
        for letter in text.utf8 {
            guard let value = value(of: letter) else { return nil }
            kept = kept << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: kept >> bits))
            }
        }
        return bytes
    }

    private static func value(of letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
