// SPDX-License-Identifier: Apache-2.0
// A request's JSON body, read within limits.
import Foundation
import Hummingbird

/// A request's body as a JSON value.
/// - Throws: ``Refusal``: 413 when it is too large, 415 when it is no JSON, 400 when it cannot be read; the sentence
///   says at which byte and why.
public func jsonBody(_ request: Request, limit: Int) async throws -> JSON {
    try await checkedJSON(request, limit: limit).value
}

/// A request's body as a value of ours: what our own pages' scripts send.
/// - Throws: ``Refusal`` as above, and 400 when it is JSON of another shape.
public func jsonBody<Value: Decodable>(_ request: Request, limit: Int, as type: Value.Type) async throws -> Value {
    let bytes = try await checkedJSON(request, limit: limit).bytes
    do {
        return try JSONDecoder().decode(type, from: Data(bytes))
    } catch is DecodingError {
        throw Refusal(.malformed, code: "malformed", key: "frame.malformed")
    }
}

private func checkedJSON(_ request: Request, limit: Int) async throws -> (bytes: [UInt8], value: JSON) {
    let type = request.headers[.contentType]?.split(separator: ";").first.map { String($0).trimmed.lowercased() } ?? ""
    guard type == "application/json" || type.hasSuffix("+json") else {
        throw Refusal(.unsupported, code: "unsupported_media_type", key: "frame.notJSON")
    }
    let bytes = try await requestBytes(request, limit: limit)
    do {
        return (bytes, try JSONReader.value(of: bytes))
    } catch {
        throw Refusal(
            .malformed, code: "malformed_json", key: "frame.malformedJSON.\(error.reason.rawValue)",
            arguments: ["position": String(error.position), "name": error.name])
    }
}
