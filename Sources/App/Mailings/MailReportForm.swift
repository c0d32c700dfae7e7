// SPDX-License-Identifier: Apache-2.0
// A report that a program hands over as JSON → its bytes, or refusals by member.
import Foundation
import Markup

/// Reads the body of `POST /api/v1/mail/reports`.
struct MailReportForm {
    let message: [UInt8]
    let recipient: String?

    /// - Throws: ``Refusals`` by member.
    init(_ json: JSON) throws {
        var refusals = Refusals()
        var bytes: [UInt8] = []
        if case .string(let text)? = json["message"], let content = Data(base64Encoded: text), !content.isEmpty {
            bytes = Array(content)
        } else {
            refusals.add(
                Refusal(.invalid, code: "bad_message", key: "mailings.report.badMessage", field: "message"))
        }
        var address: String?
        switch json["recipient"] {
        case nil, .null: break
        case .string(let text) where text.contains("@") && text.utf8.count <= 320: address = text
        default:
            refusals.add(
                Refusal(.invalid, code: "bad_recipient", key: "mailings.report.badRecipient", field: "recipient"))
        }
        try refusals.throwIfAny()
        (message, recipient) = (bytes, address)
    }
}
