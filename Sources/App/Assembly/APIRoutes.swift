// SPDX-License-Identifier: Apache-2.0
// The API's description: for programs at `/api/v1/openapi.json`, for people at `/api`. Neither needs a key.
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Markup
import NIOConcurrencyHelpers

/// Tells what programs may call.
struct APIRoutes: Sendable {
    let description: APIDescription
    private let documents = NIOLockedValueBox<[String: ByteBuffer]>([:])

    init(description: APIDescription) { self.description = description }

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/api") { _, context in
            pageResponse(APIPage(description: description, t: context.words).page, in: context)
        }
        router.get("/api/v1/openapi.json") { _, context in
            Response(
                status: .ok,
                headers: [
                    .contentType: "application/json; charset=utf-8", .contentLanguage: context.words.language,
                    .vary: "Accept-Language", .cacheControl: "no-cache",
                ],
                body: .init(byteBuffer: document(context.words)))
        }
    }

    /// Written once for each language: it changes with the program only.
    private func document(_ t: Localizer) -> ByteBuffer {
        documents.withLockedValue { documents in
            if let known = documents[t.language] { return known }
            let document = ByteBuffer(string: description.document(t).text)
            documents[t.language] = document
            return document
        }
    }
}

extension Otklik {
    /// The calls of all rooms.
    func apiDescription() -> APIDescription {
        let examples: [APIExample]
        do {
            examples = try APIExample.load(from: assets, rooms: Rooms.order)
        } catch {
            installation.logger.error("The API's examples cannot be read.", metadata: ["error": "\(error)"])
            examples = []
        }
        return APIDescription(
            sections: [.interactions, .records, .reports, .mail, .description], examples: examples,
            baseURL: installation.baseURL, version: Release.version)
    }
}
