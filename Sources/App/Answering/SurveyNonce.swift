// SPDX-License-Identifier: Apache-2.0
// What a page says of itself when it comes back (spec 3.5): signed, so that nobody else can say it.
import Foundation

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
        return Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
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
        guard text.utf8.count == (wanted * 4 + 2) / 3 else { return nil }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padded = plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: padded).map(Array.init), bytes.count == wanted else { return nil }
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
