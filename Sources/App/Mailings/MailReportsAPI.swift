// SPDX-License-Identifier: Apache-2.0
// The room's call as the API's description names it.
import Post

extension APISection {
    /// Mail that came back.
    public static let mail: APISection = {
        var operation = APIOperation("takeReport", "POST", "/api/v1/mail/reports", scope: .mailWrite)
        operation.body = APIBody(.reference("Report"), limitBytes: MailLimits.reportBodyBytes)
        operation.answers = [APIAnswer(200, .reference("ReportTaken"))]
        operation.problems = [
            APIProblem(.invalid, "bad_message", "mailings.report.badMessage"),
            APIProblem(.invalid, "bad_recipient", "mailings.report.badRecipient"),
        ]
        return APISection(
            "mailings", words: "mailings.api.", operations: [operation],
            objects: [
                APIObject(
                    "Report", [.always("message", .text(isFilled: true)), .optional("recipient", .text(upTo: 320))]),
                APIObject(
                    "ReportTaken",
                    [
                        .always("kind", .choice(DeliveryReport.Kind.self)), .always("message", .text().orNull),
                        .always("status", .text().orNull), .always("new", .flag), .always("bounced", .flag),
                        .always("suppressed", .flag),
                    ]),
            ])
    }()
}

extension ReportTaken {
    /// As the API answers it.
    var json: JSON {
        .object([
            "kind": .string(kind.rawValue), "message": message.map { .string($0.description) } ?? .null,
            "status": status.map { .string($0) } ?? .null, "new": .bool(isNew), "bounced": .bool(isBounced),
            "suppressed": .bool(isSuppressed),
        ])
    }
}
