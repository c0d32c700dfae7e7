// SPDX-License-Identifier: Apache-2.0
// A survey page as a response: which headers every one of them carries.
import HTTPTypes
import Hummingbird
import NIOCore

extension SurveyReply {
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
    private static let names = (
        referrer: HTTPField.Name("Referrer-Policy"), robots: HTTPField.Name("X-Robots-Tag")
    )

    func response() -> Response {
        var fields = HTTPFields()
        fields[.contentType] = "text/html; charset=utf-8"
        fields[.contentSecurityPolicy] = Self.policy + (isPreview ? "'self'" : "'none'")
        fields[.contentLanguage] = language
        fields[.cacheControl] = "no-store"
        fields[.xContentTypeOptions] = "nosniff"
        if let referrer = Self.names.referrer { fields[referrer] = "no-referrer" }
        if let robots = Self.names.robots { fields[robots] = "noindex, nofollow" }
        if status == .later { fields[.retryAfter] = "30" }
        return Response(
            status: HTTPResponse.Status(code: status.rawValue), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
