// SPDX-License-Identifier: Apache-2.0
// The addresses of pictures: one takes them in for the editor, one gives them to everybody.
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// Uploading and fetching pictures.
struct PictureRoutes: Sendable {
    let settings: Settings

    private var installation: Installation { settings.installation }

    /// Adds what customers' browsers fetch: no session, kept by caches for ever.
    func addPublic(to router: some RouterMethods<WebContext>) {
        router.get("/pictures/:sha256") { _, context in try await show(context) }
    }

    /// Adds what the editor of forms sends.
    func add(to router: some RouterMethods<WebContext>) {
        router.post("/forms/pictures") { try await take($0, $1) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        let name = context.parameters.get("sha256") ?? ""
        guard Picture.isName(name),
            let row = try await installation.database.query(PictureStore.anybodys(name)).first
        else { throw Refusal.notFound }
        var response = Response(
            status: .ok,
            headers: [
                .contentType: "image/png", .cacheControl: "public, max-age=31536000, immutable",
                .contentSecurityPolicy: "default-src 'none'; sandbox; frame-ancestors 'none'",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try row.at(0, as: [UInt8].self))))
        response.headers[.eTag] = "\"\(name)\""
        return response
    }

    /// What the editor is told.
    private struct Taken: Encodable {
        let picture: String
        let width: Int
        let height: Int
    }

    /// Scripts ask, so that whatever is refused is a problem document.
    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        do {
            let picture = try await settings.picture(uploadedBy: request)
            let now = installation.clock.now()
            try await installation.database.write { tx in
                try Settings.keep(picture, of: signedIn.tenant, in: tx, by: signedIn.person, at: now)
            }
            return try jsonResponse(
                Taken(picture: picture.sha256, width: picture.width, height: picture.height), status: .created)
        } catch let refusal as Refusal {
            return try Problem(Refusals([refusal]), t: context.words).jsonResponse()
        }
    }
}

extension Settings {
    /// The picture that a form brings as its part `picture`.
    /// - Throws: ``Refusal``, beside the field where the file is none.
    func picture(uploadedBy request: Request) async throws -> Picture {
        let input = try await MultipartInput(request, limit: PictureLimits.requestBytes)
        guard let file = input.file("picture") else { throw PictureFault.noFile.refusal() }
        return try await picture(of: file.content)
    }
}
