// SPDX-License-Identifier: Apache-2.0
// A survey page as a response: which headers every one of them carries.
import HTTPTypes
import Hummingbird
import NIOCore

extension SurveyReply {
    /// The fence around every page. The preview alone may stand in a frame of ours.
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors "

    /// Made once: nothing in them depends on the request.
    private static let fields = fields(ancestors: "'none'")
    private static let previewFields = fields(ancestors: "'self'")

    private static func fields(ancestors: String) -> HTTPFields {
        var fields: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy + ancestors,
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex, nofollow")] {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }

    func response() -> Response {
        var fields = isPreview ? Self.previewFields : Self.fields
        fields.append(HTTPField(name: .contentLanguage, value: language))
        if status == .later { fields.append(HTTPField(name: .retryAfter, value: "30")) }
        var body = ByteBufferAllocator().buffer(capacity: pieces.reduce(0) { $0 + $1.count })
        for piece in pieces { body.writeBytes(piece) }
        fields.append(HTTPField(name: .contentLength, value: String(body.readableBytes)))
        return Response(
            status: HTTPResponse.Status(code: status.rawValue), headers: fields,
            body: ResponseBody(byteBuffer: body))
    }
}
