// SPDX-License-Identifier: Apache-2.0
// Addresses of the frame itself: what is chosen about looks, and the page that shows every component.
import HTTPTypes
import Hummingbird
import Markup

extension NavigationItem {
    /// All components in all their states.
    public static let design = NavigationItem("frame.design.title", path: "/design", roles: [.administrator])
}

/// The choice of columns, and `/design`.
public struct FrameRoutes: Sendable {
    /// Bytes of a choice.
    private static let limit = 16 * 1024

    public init() {}

    /// Adds `/columns` and `/design`.
    public func addRoutes(to router: some RouterMethods<WebContext>) {
        router.post("/columns") { try await chooseColumns($0, $1) }
        router.get("/design") { try await showDesign($0, $1) }
        router.get("/design/question") { _, context in
            let signedIn = try context.require(.administrator)
            return pageResponse(DesignPage.question(signedIn, context.words), in: context)
        }
        router.post("/design/answer") { _, context in
            try context.require(.administrator)
            return redirect(to: "/design", saying: Flash("frame.design.done", undo: "/design/undo"))
        }
        router.post("/design/undo") { _, context in
            try context.require(.administrator)
            return redirect(to: "/design", saying: Flash("frame.design.undone"))
        }
        router.get("/design/progress") { request, context in
            try context.require(.administrator)
            let step = try FormInput(query: request.uri.query).integer("step") ?? 1
            return pageResponse(DesignPage.work(step: step, context.words), in: context)
        }
    }

    private func chooseColumns(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try context.requireSignedIn()
        let input = try await FormInput(request, limit: Self.limit)
        let (table, all) = (input.text("table"), input.text("all").split(separator: ".").map { String($0) })
        guard ([table] + all).allSatisfy({ $0.wholeMatch(of: /[a-zA-Z0-9_-]{1,40}/) != nil }), all.count <= 50 else {
            throw Refusal(.invalid, code: "bad_columns", key: "frame.malformedForm", field: "table")
        }
        var preferences = Preferences(request)
        preferences.hiddenColumns[table] = Set(all).subtracting(input.values("column"))
        return back(input, setting: preferences.columnsCookie)
    }

    private func back(_ input: FormInput, setting cookie: String) -> Response {
        var response = redirect(to: localPath(input.text("back")))
        response.headers.append(HTTPField(name: .setCookie, value: cookie))
        return response
    }

    private func showDesign(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.administrator)
        let input = try FormInput(query: request.uri.query)
        let page = DesignPage(
            tone: Theme(rawValue: input.text("tone")) ?? .system,
            order: TableOrder(input, of: ["name", "count"]), context: ListContext(context))
        return pageResponse(page.page, in: context)
    }
}
