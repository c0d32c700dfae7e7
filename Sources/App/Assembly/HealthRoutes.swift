// SPDX-License-Identifier: Apache-2.0
// What a supervisor of processes asks: are you alive, and may you be given requests?
import Hummingbird
import Logging
import Storage

/// `/health/live` and `/health/ready`.
struct HealthRoutes: Sendable {
    let installation: Installation

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/health/live") { _, _ in Self.plain("live", .ok) }
        router.get("/health/ready") { [installation] _, context in
            do {
                _ = try await installation.database.query("SELECT 1 AS one")
                return Self.plain("ready", .ok)
            } catch {
                context.logger.warning("The database does not answer.", metadata: ["error": "\(error)"])
                return Self.plain("the database does not answer", .serviceUnavailable)
            }
        }
    }

    private static func plain(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
