// SPDX-License-Identifier: Apache-2.0
// The addresses of forms' files: out as a download, in by a form with a file.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

/// Export and import of forms.
struct SurveyFilesRoutes: Sendable {
    let files: SurveyFiles

    private var installation: Installation { files.surveys.installation }

    func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/forms/:id/export") { _, context in try await export(context) }
        router.get("/forms/import") { _, context in
            let signedIn = try context.require(.administrator)
            return pageResponse(SurveyImportPage(signedIn: signedIn, t: context.words).page, in: context)
        }
        router.get(RouterPath(SurveyFileSchema.path)) { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "application/schema+json", .cacheControl: "public, max-age=3600",
                    .accessControlAllowOrigin: "*",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(string: SurveyFileSchema.text)))
        }
        router.post("/forms/import") { try await take($0, $1) }
    }

    private func export(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let id: FormID = try context.id("id")
        guard let (name, zip) = try await files.exported(id, of: signedIn.tenant) else { throw Refusal.notFound }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/zip", .cacheControl: "no-store",
                .contentDisposition: Self.disposition(name),
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: zip)))
    }

    /// The name in the form's own letters where a browser can read them (RFC 6266).
    static func disposition(_ name: String) -> String {
        let plain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "-" || ("0"..."9").contains(scalar))
        }
        let simple = plain && !name.isEmpty ? name : "form"
        let encoded = queryValue(name).replacing("/", with: "%2F")
        return "attachment; filename=\"\(simple).zip\"; filename*=UTF-8''\(encoded).zip"
    }

    /// Shows what a file holds, or imports it. What was sent stays in the page until it is imported.
    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        var page = SurveyImportPage(signedIn: signedIn, t: context.words)
        do {
            let input = try await MultipartInput(
                request, limit: SurveyLimits.zipBytes + KeptFile.characters + 64 * 1024,
                fieldBytes: KeptFile.characters)
            page.name = input.fields.text("name")
            page.choice = MissingFields(rawValue: input.fields.text("fields")) ?? .ask
            let chosen = input.file("file").map { KeptFile(name: $0.name, zip: $0.content) }
            guard let sent = chosen ?? KeptFile(input.fields) else {
                throw SurveyFileFault.refusal("no_file", "noFile")
            }
            let read = try await files.read(sent.zip)
            page.kept = sent
            page.look = try await files.look(into: read, named: page.name, of: signedIn.tenant)
            if input.fields.flag("look") {
                page.name = page.look?.name ?? page.name
                return pageResponse(page.page, in: context)
            }
            let change = SurveyChange(by: signedIn.person, at: installation.clock.now())
            try await installation.database.write { [page] tx in
                try files.take(
                    read, named: page.name, page.choice, of: signedIn.tenant, in: tx, as: change, by: Doer(signedIn))
            }
            return redirect(to: "/forms", saying: Flash("surveys.imported", ["name": page.name]))
        } catch {
            var refused = try refusals(in: error)
            if refused.all.contains(where: { $0.field == "fields" }) {
                // The page lists them itself, with what the centre has instead.
                refused.all.removeAll { $0.field == "fields" }
                refused.add(
                    Refusal(.invalid, code: "missing_field", key: "surveys.import.fields.choose", field: "fields"))
            }
            refused.all = refused.all.map(Self.atFile)
            page.errors = FieldErrors(refused, t: context.words)
            return pageResponse(page.page, in: context, status: .unprocessableContent)
        }
    }

    /// What is wrong inside of a file is said beside the file.
    private static func atFile(_ refusal: Refusal) -> Refusal {
        if let field = refusal.field, ["name", "file", "fields"].contains(field) { return refusal }
        return Refusal(
            refusal.kind, code: refusal.code, key: refusal.key, arguments: refusal.arguments, field: "file")
    }
}
