// SPDX-License-Identifier: Apache-2.0
// The link by which a customer says "no more surveys", derived from the message and never stored (spec 2.3).
import Foundation

/// Unsubscribe tokens: the centre, the message, and a digest that only this installation can make.
struct UnsubscribeToken: Equatable {
    let tenant: TenantID
    let message: MessageID

    private var subject: String { "\(tenant).\(message)" }

    /// `tenant.message.digest`, all in letters and digits but for the dots.
    func text(secret: ServerSecret) -> String {
        subject + "." + Self.hex(secret.digest(Array(subject.utf8), for: .unsubscribe).prefix(16))
    }

    init(tenant: TenantID, message: MessageID) {
        self.tenant = tenant
        self.message = message
    }

    /// Nil when it was not made here.
    init?(_ text: String, secret: ServerSecret) {
        guard text.utf8.count <= 100 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let tenant = TenantID(parts[0]), let message = MessageID(parts[1]) else { return nil }
        let token = UnsubscribeToken(tenant: tenant, message: message)
        let right = Array(token.text(secret: secret).utf8)
        let given = Array(text.utf8)
        guard right.count == given.count else { return nil }
        // In constant time: the comparison does not tell how much of the digest was right.
        guard zip(right, given).reduce(UInt8(0), { $0 | ($1.0 ^ $1.1) }) == 0 else { return nil }
        self = token
    }

    private static func hex(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        var text = ""
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}
