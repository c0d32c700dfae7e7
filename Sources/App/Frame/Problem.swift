// SPDX-License-Identifier: Apache-2.0
// What a program or a person is told when a request cannot be done: a problem document (RFC 9457) or a page.
import Foundation
import HTTPTypes
import Hummingbird
import Markup

/// A refused or failed request, ready to be shown either way.
public struct Problem: Sendable {
    /// One field's error.
    public struct FieldError: Sendable, Encodable {
        public let field: String?
        public let code: String
        public let detail: String
    }

    public let status: HTTPResponse.Status
    public let code: String
    public let detail: String
    public let errors: [FieldError]
    /// Found again in the log; only for errors that are ours.
    public let requestID: String?
    public var headers: HTTPFields = [:]

    /// A problem from refusals, in words of one language. The first one decides the status.
    public init(_ refusals: Refusals, t: Localizer) {
        let first = refusals.all.first ?? Refusal(.malformed, code: "malformed", key: "frame.malformed")
        status = first.kind.status
        errors = refusals.all.filter { $0.field != nil || refusals.all.count > 1 }.map {
            FieldError(field: $0.field, code: $0.code, detail: t($0.key, $0.arguments))
        }
        code = refusals.all.count > 1 ? "invalid" : first.code
        detail =
            refusals.all.count > 1
            ? t("frame.problems", count: refusals.all.count) : t(first.key, first.arguments)
        requestID = nil
        if first.kind == .unauthenticated { headers[.wwwAuthenticate] = "Bearer realm=\"otklik\"" }
        if first.kind == .tooMany || first.kind == .unavailable {
            headers[.retryAfter] = first.arguments["seconds"] ?? "30"
        }
    }

    /// A problem of a plain status: not found, method not allowed, an error of ours.
    public init(_ status: HTTPResponse.Status, code: String, detail: String, requestID: String? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.requestID = requestID
        errors = []
    }

    private struct Document: Encodable {
        let type = "about:blank"
        let title: String
        let status: Int
        let code: String
        let detail: String
        let errors: [FieldError]?
        let requestId: String?
    }

    /// The document's text.
    public func json() throws -> String {
        try jsonText(
            Document(
                title: status.reasonPhrase, status: status.code, code: code, detail: detail,
                errors: errors.isEmpty ? nil : errors, requestId: requestID))
    }

    /// The problem document as a response.
    public func jsonResponse() throws -> Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: try json())))
    }

    /// The problem as a page in the frame.
    public func pageResponse(in context: WebContext) -> Response {
        let t = context.words
        let list: [HTML] = errors.map { "<li>\($0.detail)</li>" }
        let reference: HTML = requestID.map { "<p class=\"note\">\(t("frame.requestID", ["id": $0]))</p>" } ?? .empty
        let body: HTML = """
            <div class="card"><p>\(detail)</p>\(if: !list.isEmpty, "<ul>\(list)</ul>")\(reference)\
            <p><a href="/">\(t("frame.toStart"))</a></p></div>
            """
        let page = Page(title: t(titleKey), body: body)
        var response = App.pageResponse(page, in: context, status: status)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private var titleKey: String {
        switch status.code {
        case 401: "frame.title.unauthenticated"
        case 403: "frame.title.forbidden"
        case 404: "frame.title.notFound"
        case 405: "frame.title.notAllowed"
        case 409: "frame.title.conflict"
        case 413: "frame.title.tooLarge"
        case 429: "frame.title.tooMany"
        case 500...: "frame.title.error"
        default: "frame.title.refused"
        }
    }
}

extension Refusal.Kind {
    /// The HTTP status that says it.
    public var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .unsupported: .unsupportedMediaType
        case .invalid: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }
}

extension Refusals {
    /// The status of a page or document that tells them: the first one's.
    public var status: HTTPResponse.Status { all.first?.kind.status ?? .badRequest }
}
