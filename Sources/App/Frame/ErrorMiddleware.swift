// SPDX-License-Identifier: Apache-2.0
// The one place where a request's errors become answers: refusals are told, everything else is logged once.
import HTTPTypes
import Hummingbird
import Logging
import Markup
import NIOConcurrencyHelpers
import NIOCore
import Storage

/// Turns errors into problem documents for programs and pages for people.
///
/// It stands twice: outside, for what fails while it is found out who is asking, and innermost, where the language and
/// the frame are known. Customers' pages have one of their own.
public struct ErrorMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    /// A page of its own for addresses whose visitors are not ours: the survey's. Nil for all others.
    public typealias OwnPage = @Sendable (Problem, Request, WebContext) -> Response?

    private let routes: RouteList
    private let catalogue: Catalogue
    private let ownPage: OwnPage

    /// - Parameter catalogue: where the language was not looked for yet, an error is told in the browser's.
    public init(routes: RouteList, catalogue: Catalogue, ownPage: @escaping OwnPage = { _, _, _ in nil }) {
        self.routes = routes
        self.catalogue = catalogue
        self.ownPage = ownPage
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            var context = context
            context.localizer = context.localizer ?? LanguageMiddleware.localizer(for: request, of: catalogue)
            let answer = try answer(to: error, request, context)
            return request.method == .head ? answer.createHeadResponse() : answer
        }
    }

    private func answer(to error: any Error, _ request: Request, _ context: Context) throws -> Response {
        let isReading = request.method == .get || request.method == .head
        if request.isForBrowsers, isReading, (error as? Refusal)?.code == "sign_in_required" {
            return redirect(to: "/login?next=" + queryValue(context.surroundings.path))
        }
        let problem = problem(of: error, request, context)
        guard request.isForBrowsers else { return try problem.jsonResponse() }
        return ownPage(problem, request, context) ?? problem.pageResponse(in: context)
    }

    private func problem(of error: any Error, _ request: Request, _ context: Context) -> Problem {
        let t = context.words
        switch error {
        case let refusal as Refusal: return Problem(Refusals([refusal]), t: t)
        case let refusals as Refusals: return Problem(refusals, t: t)
        case let error as any HTTPResponseError where error.status == .notFound: return missing(request, t)
        case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
            return Problem(error.status, code: "refused", detail: t("frame.malformed"))
        case is ChannelError, is IOError:
            // The client went away while its body was read: nobody hears the answer.
            return Problem(.badRequest, code: "interrupted", detail: t("frame.malformed"))
        case StorageError.unavailable, StorageError.full, StorageError.closed:
            log(error, context)
            var problem = Problem(
                .serviceUnavailable, code: "unavailable", detail: t("frame.unavailable"), requestID: context.requestID)
            problem.headers[.retryAfter] = "30"
            return problem
        default:
            log(error, context)
            return Problem(
                .internalServerError, code: "unexpected", detail: t("frame.unexpected"), requestID: context.requestID)
        }
    }

    private func log(_ error: any Error, _ context: Context) {
        context.logger.error(
            "A request failed.",
            metadata: ["error": "\(error)", "route": "\(context.endpointPath ?? "none")"])
    }

    /// Not found, or found for other methods only.
    private func missing(_ request: Request, _ t: Localizer) -> Problem {
        let allowed = routes.methods(of: request.uri.path)
        guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else {
            return Problem(.notFound, code: "not_found", detail: t("frame.notFound"))
        }
        let list = allowed.joined(separator: ", ")
        var problem = Problem(
            .methodNotAllowed, code: "method_not_allowed",
            detail: t("frame.notAllowed", ["method": request.method.rawValue, "allowed": list]))
        problem.headers[.allow] = list
        return problem
    }
}

extension Request {
    /// Programs ask below `/api/`, `/health/` and `/metrics`; everybody else is a browser. `/api` itself is for people.
    public var isForBrowsers: Bool {
        let path = uri.path
        return !["/api/", "/health/", "/metrics"].contains { path.hasPrefix($0) }
    }
}

/// All addresses and methods, for `405 Method Not Allowed`. Set once all routes are there.
public final class RouteList: Sendable {
    private let routes = NIOLockedValueBox<[(parts: [String], method: String)]>([])

    public init() {}

    /// Takes the router's routes over.
    public func set(_ list: [(path: String, method: String)]) {
        let split = list.map { route in
            (parts: route.path.split(separator: "/").map(String.init), method: route.method)
        }
        routes.withLockedValue { $0 = split }
    }

    /// The methods that an address knows.
    func methods(of path: String) -> [String] {
        let parts = path.split(separator: "/")
        let fitting = routes.withLockedValue { $0 }.filter { route in
            guard let last = route.parts.last, last == "**" || route.parts.count == parts.count,
                route.parts.count <= parts.count
            else { return route.parts.isEmpty && parts.isEmpty }
            return zip(route.parts, parts).allSatisfy { pattern, part in
                pattern == part || pattern.hasPrefix(":") || pattern.hasPrefix("{") || pattern.hasPrefix("*")
            }
        }
        let methods = Set(fitting.map(\.method))
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }
}

/// A text as a value in an address's query.
public func queryValue(_ text: String) -> String {
    let plain = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let digits = Array("0123456789ABCDEF")
    var encoded = ""
    for byte in text.utf8 {
        if plain.contains(byte) {
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            encoded += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
        }
    }
    return encoded
}
