// SPDX-License-Identifier: Apache-2.0
// The addresses of the list of those who are not asked.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore
import Storage

extension NavigationItem {
    static let suppressions = NavigationItem(
        "contacts.navigation.suppressions", path: "/suppressions", roles: [.administrator])
}

extension Contacts {
    /// Adds `/suppressions` and what is below it.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.get("/suppressions") { request, context in
            try await list(try FormInput(query: request.uri.query), context)
        }
        router.post("/suppressions") { request, context in try await add(request, context) }
        router.get("/suppressions/removal") { request, context in try await askRemoval(request, context) }
        router.post("/suppressions/removal") { request, context in try await remove(request, context) }
        router.post("/suppressions/import") { request, context in try await takeIn(request, context) }
        router.get("/suppressions/export") { _, context in try await export(context) }
    }

    private func list(
        _ input: FormInput, form: SuppressionForm = .init(), file: SuppressionFileForm = .init(),
        refused: Refusals? = nil, _ context: WebContext
    ) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let search = input.text("search")
        let filter = SuppressionFilter(
            search: search.nonEmpty?.folded, reason: SuppressionReason(rawValue: input.text("reason")),
            after: input.text("after").nonEmpty)
        let limit = SuppressionLimits.pageEntries
        let found = try await installation.database.query(
            SuppressionStore.page(filter, of: signedIn.tenant, limit: limit + 1)
        ).map(SuppressionStore.suppression)
        let shown = Array(found.prefix(limit))
        var next: String?
        if found.count > limit, let last = shown.last {
            let values = [("search", search), ("reason", filter.reason?.rawValue ?? ""), ("after", last.address)]
            next = "/suppressions?" + values.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
        }
        let page = SuppressionsPage(
            entries: shown, filter: filter, search: search, next: next, form: form, file: file,
            errors: refused.map { FieldErrors($0, t: context.words) } ?? .none, signedIn: signedIn, t: context.words)
        return pageResponse(page.page, in: context, status: refused == nil ? .ok : .unprocessableContent)
    }

    private func audit(
        _ deed: String, _ details: JSON, by signedIn: SignedIn, in tx: any Transaction, at now: Moment
    ) throws {
        let entry = AuditEntry(by: signedIn, action: "contacts.audit.\(deed)", details: details)
        try AuditStore(tx: tx, tenant: signedIn.tenant).insert(entry, at: now)
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = SuppressionForm(address: try await FormInput(request).text("address"))
        do {
            let (address, now) = (try form.checked(), installation.clock.now())
            let isNew = try await installation.database.write { tx in
                let isNew = try suppress(address, because: .manual, of: signedIn.tenant, in: tx, at: now)
                let details = JSON.object(["address": .string(address.description)])
                if isNew { try audit("suppressionAdded", details, by: signedIn, in: tx, at: now) }
                return isNew
            }
            let key = isNew ? "contacts.suppressions.added" : "contacts.suppressions.known"
            return redirect(to: "/suppressions", saying: Flash(key))
        } catch let refused as Refusals {
            return try await list(try FormInput(query: nil), form: form, refused: refused, context)
        }
    }

    private func askRemoval(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let address = try FormInput(query: request.uri.query).text("address").folded
        let rows = try await installation.database.query(SuppressionStore.entry(address, of: signedIn.tenant))
        guard let entry = try rows.first.map(SuppressionStore.suppression) else { throw Refusal.notFound }
        return pageResponse(
            SuppressionRemovalPage(entry: entry, signedIn: signedIn, t: context.words).page, in: context)
    }

    private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let address = try FormInput(query: request.uri.query).text("address").folded
        let now = installation.clock.now()
        let isGone = try await installation.database.write { tx in
            let isGone = try SuppressionStore(tx: tx, tenant: signedIn.tenant).remove(address)
            let details = JSON.object(["address": .string(address)])
            if isGone { try audit("suppressionRemoved", details, by: signedIn, in: tx, at: now) }
            return isGone
        }
        guard isGone else { throw Refusal.notFound }
        return redirect(to: "/suppressions", saying: Flash("contacts.suppressions.removed"))
    }

    private func takeIn(_ request: Request, _ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let form = try await Self.file(in: request)
        do {
            let (entries, now) = (try form.checked(), installation.clock.now())
            let added = try await installation.database.write { tx in
                let added = try SuppressionStore(tx: tx, tenant: signedIn.tenant).insert(entries, at: now)
                let details = JSON.object(["count": .string(String(added)), "of": .string(String(entries.count))])
                try audit("suppressionsImported", details, by: signedIn, in: tx, at: now)
                return added
            }
            let said = ["count": context.words.number(added), "of": context.words.number(entries.count)]
            return redirect(to: "/suppressions", saying: Flash("contacts.suppressions.imported", said))
        } catch let refused as Refusals {
            return try await list(try FormInput(query: nil), file: form, refused: refused, context)
        }
    }

    /// A chosen file, or what was typed.
    private static func file(in request: Request) async throws -> SuppressionFileForm {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        if type.hasPrefix("multipart/") {
            let limit = SuppressionLimits.importBytes + MultipartInput.Limits.headBytes * 2
            return SuppressionFileForm(try await MultipartInput(request, limit: limit).file("upload"))
        }
        // Percent signs make a form up to three times as long as its file.
        let input = try await FormInput(request, limit: SuppressionLimits.importBytes * 3)
        return SuppressionFileForm(text: input.exactText("file"))
    }

    /// The whole list as a file that can be taken in again, read page by page.
    private func export(_ context: WebContext) async throws -> Response {
        let signedIn = try context.require(.administrator)
        let (database, tenant) = (installation.database, signedIn.tenant)
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8; header=present", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"suppressions.csv\"",
            ],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "address,reason,added\r\n"))
                var filter = SuppressionFilter()
                while true {
                    let page = SuppressionStore.page(filter, of: tenant, limit: SuppressionLimits.exportBatch)
                    let entries = try await database.query(page).map(SuppressionStore.suppression)
                    guard let last = entries.last else { break }
                    let lines = entries.map { "\($0.address),\($0.reason.rawValue),\($0.createdAt.rfc3339)\r\n" }
                    try await writer.write(ByteBuffer(string: lines.joined()))
                    filter.after = last.address
                }
                try await writer.finish(nil)
            })
    }
}
