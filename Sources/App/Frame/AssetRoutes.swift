// SPDX-License-Identifier: Apache-2.0
// Serves the assets, cached for ever under their hash.
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
            return Response(
                status: .ok,
                headers: [
                    .contentType: file.type,
                    .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
        }
    }
}
