// SPDX-License-Identifier: Apache-2.0
// The part of the description that every room's calls share: problem documents, and the description's own address.

extension APISection {
    /// The description of itself.
    public static let description: APISection = {
        var operation = APIOperation("description", "GET", "/api/v1/openapi.json", scope: nil)
        operation.answers = [APIAnswer(200, .anyObject)]
        return APISection(
            "description", words: "frame.api.", operations: [operation],
            objects: [
                APIObject(
                    "Problem",
                    [
                        .always("type", .text()),
                        .always("title", .text()),
                        .always("status", .integer(in: 400...599)),
                        .always("code", .text()),
                        .always("detail", .text()),
                        APIMember("errors", .list(of: .reference("FieldError"))),
                        APIMember("requestId", .text()),
                    ]),
                APIObject(
                    "FieldError",
                    [APIMember("field", .text()), .always("code", .text()), .always("detail", .text())]),
            ])
    }()
}
