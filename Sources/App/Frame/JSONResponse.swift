// SPDX-License-Identifier: Apache-2.0
// The API's answers.
import Hummingbird

/// A value as a JSON answer. Answers are never stored by caches: they belong to one tenant.
public func jsonResponse(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
    Response(
        status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
        body: .init(byteBuffer: ByteBuffer(string: try jsonText(value))))
}
