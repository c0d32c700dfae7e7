// SPDX-License-Identifier: Apache-2.0
// One page of the product as a value, and the document that it becomes.
import HTTPTypes
import Hummingbird
import Markup

/// What a room says about one page. Who is signed in, the language, navigation and banner come from the request.
///
///     let page = Page(title: title, current: .services, body: body)
///     return pageResponse(page, in: context)
public struct Page: Sendable {
    /// The heading and the document's title.
    public var title: String
    /// The navigation's entry that this page belongs to.
    public var current: NavigationItem?
    /// What stands below the heading.
    public var body: HTML
    /// A sentence below the heading, where the heading alone does not say what the page is for.
    public var introduction: String?
    /// Buttons beside the heading.
    public var actions: HTML
    /// The way up: label and address, outermost first.
    public var path: [(label: String, path: String)]
    /// Pages that need the whole width, such as the editors.
    public var isWide: Bool
    /// Editors that fill the window: the body brings its own bar and heading, and no navigation stands beside it.
    public var isWorkbench: Bool
    /// True when the form on this page was refused: the document's title says so.
    public var hasErrors: Bool
    /// Style sheets of this page alone, by path below the module (`Surveys/editor.css`).
    public var styles: [String]

    public init(
        title: String, current: NavigationItem? = nil, body: HTML, actions: HTML = .empty, hasErrors: Bool = false
    ) {
        self.title = title
        self.current = current
        self.body = body
        self.actions = actions
        self.hasErrors = hasErrors
        path = []
        isWide = false
        isWorkbench = false
        styles = []
    }
}

/// The page as a whole document, in the frame, with the headers of the product's pages.
public func pageResponse(
    _ page: Page, in context: WebContext, status: HTTPResponse.Status = .ok
) -> Response {
    let document = FrameDocument(page: page, context: context).html
    var response = Response(
        status: status,
        headers: [.contentType: "text/html; charset=utf-8", .contentLanguage: context.words.language],
        body: ResponseBody(byteBuffer: ByteBuffer(string: document.text)))
    response.headers[.cacheControl] = "no-store"
    if context.surroundings.flash != nil { response.headers.append(HTTPField(name: .setCookie, value: Flash.removal)) }
    return response
}

/// Goes on to another page after an action that succeeded (303, so that a reload repeats nothing).
public func redirect(to path: String, saying flash: Flash? = nil) -> Response {
    var response = Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    if let flash { response.headers.append(HTTPField(name: .setCookie, value: flash.cookie)) }
    return response
}
