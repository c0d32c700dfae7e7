// SPDX-License-Identifier: Apache-2.0
// Serves the assets, cached for ever under their hash, compressed where the browser takes it.
import Foundation
import Hummingbird

extension WebAssets {
    /// Adds `/assets/{hash}/…`, and the picture that browsers ask for where a page names none.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/favicon.ico") { _, _ in
            guard let file = self.file("Frame/otklik.svg") else { throw Refusal.notFound }
            return Response(
                status: .ok, headers: [.contentType: file.type, .cacheControl: "public, max-age=86400"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
        }
        router.get("/assets/:hash/**") { request, context in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            guard let file = self.file(path) else { throw Refusal.notFound }
            let isCurrent = context.parameters.get("hash").map { self.isCurrent($0) } ?? false
            var response = Response(
                status: .ok,
                headers: [
                    .contentType: file.type,
                    .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
            if let compressed = self.compressedFile(path) {
                response.headers[.vary] = "Accept-Encoding"
                if acceptsGzip(request.headers[.acceptEncoding]) {
                    response.headers[.contentEncoding] = "gzip"
                    response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: compressed))
                }
            }
            return response
        }
    }
}

/// Whether an `Accept-Encoding` field takes gzip (RFC 9110 section 12.5.3).
func acceptsGzip(_ field: String?) -> Bool {
    guard let field, field.utf8.count <= 1000 else { return false }
    return field.lowercased().split(separator: ",").contains { entry in
        let parts = entry.split(separator: ";").map { String($0).trimmed }
        guard parts.first == "gzip" || parts.first == "*" else { return false }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
        return (weight ?? 1) > 0
    }
}
