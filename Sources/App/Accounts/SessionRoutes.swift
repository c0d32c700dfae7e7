// SPDX-License-Identifier: Apache-2.0
// Who is asking, found out before any handler runs; and the check that a form came from our own page.
import Foundation
import HTTPTypes
import Hummingbird
import Markup
import NIOCore

/// A cookie of ours. Behind https its name begins with `__Host-`: no other host, no path, no plain http.
struct HostCookie {
    /// What it is for, and how long the browser keeps it.
    enum Use {
        case session, secondStep, device

        fileprivate var suffix: String {
            switch self {
            case .session: ""
            case .secondStep: "-step"
            case .device: "-device"
            }
        }

        fileprivate var seconds: Int64 {
            switch self {
            case .session: AccountsLimits.sessionDays * 86400
            case .secondStep: AccountsLimits.secondStepSeconds
            case .device: 365 * 86400
            }
        }
    }

    let use: Use
    let isSecure: Bool

    var name: String { (isSecure ? "__Host-otklik" : "otklik") + use.suffix }

    func value(of request: Request) -> String? { request.cookies[name]?.value }

    func setting(_ value: String) -> HTTPField {
        HTTPField(name: .setCookie, value: "\(name)=\(value); Max-Age=\(use.seconds)\(attributes)")
    }

    var removal: HTTPField { HTTPField(name: .setCookie, value: "\(name)=; Max-Age=0\(attributes)") }

    private var attributes: String { "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }
}

extension Accounts {
    func cookie(_ use: HostCookie.Use) -> HostCookie { HostCookie(use: use, isSecure: installation.isSecure) }

    /// Where a request comes from.
    func origin(of request: Request, _ context: WebContext) -> RequestOrigin {
        RequestOrigin(
            address: context.remoteAddress, userAgent: request.headers[.userAgent] ?? "",
            known: KnownDevice(cookie: cookie(.device).value(of: request)))
    }

    /// Sets the cookies that follow, and goes on.
    func admitted(_ admission: Admission, from origin: RequestOrigin, next: String) -> Response {
        switch admission {
        case .session(let session):
            var response = redirect(to: next)
            response.headers.append(cookie(.session).setting(session.token))
            let device = (origin.known ?? KnownDevice())
                .remembering(session.login, of: session.tenant, installation.secret)
            response.headers.append(cookie(.device).setting(device.cookie))
            response.headers.append(cookie(.secondStep).removal)
            return response
        case .secondStep(let token):
            var response = redirect(to: "/login/code?next=" + queryValue(next))
            response.headers.append(cookie(.secondStep).setting(token))
            return response
        }
    }
}

/// Sets `signedIn` and the person's language by the session cookie of a browser, and `signedInKey` by the bearer key
/// of a program.
public struct SignedInMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    private let accounts: Accounts
    private let cookie: HostCookie

    public init(accounts: Accounts) {
        self.accounts = accounts
        cookie = accounts.cookie(.session)
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        if request.uri.path.hasPrefix("/api/") {
            context.signedInKey = try await holder(request.headers[.authorization])
        } else if request.isForBrowsers, !request.uri.path.hasPrefix("/assets/"),
            let token = cookie.value(of: request)
        {
            context.signedIn = try await accounts.signedIn(
                token: token, from: context.remoteAddress, at: accounts.installation.clock.now())
            if let language = context.signedIn?.language {
                context.localizer = accounts.installation.catalogue.localizer(language)
            }
        }
        return try await next(request, context)
    }

    private func holder(_ authorization: String?) async throws -> SignedInKey? {
        guard let authorization else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return try await accounts.keyHolder(String(parts[1]).trimmed)
    }
}

/// Refuses writes that another site has a browser make (CSRF): by Sec-Fetch-Site or Origin, and for signed-in people
/// by the form token as well.
public struct FormTokenMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    /// Bytes of a form before its handler sets a limit of its own.
    private static let limit = 2 * 1024 * 1024
    private let baseURL: String
    private let publicPrefixes: [String]

    /// - Parameter publicPrefixes: addresses whose visitors have no session, and which protect themselves.
    public init(baseURL: String, publicPrefixes: [String]) {
        self.baseURL = baseURL
        self.publicPrefixes = publicPrefixes
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard ![.get, .head, .options].contains(request.method), request.isForBrowsers,
            !publicPrefixes.contains(where: { path.hasPrefix($0) })
        else { return try await next(request, context) }
        guard isFromHere(request) else { throw Self.refusal }
        guard let signedIn = context.signedIn else { return try await next(request, context) }
        var request = request
        guard try await isToken(of: &request, signedIn.formToken) else { throw Self.refusal }
        return try await next(request, context)
    }

    private static let refusal = Refusal(.forbidden, code: "wrong_form_token", key: "frame.wrongFormToken")

    /// Programs that are no browsers send neither field.
    private func isFromHere(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        return origin == baseURL || origin.split(separator: "/").last.map(String.init) == request.head.authority
    }

    /// The token is in a header for scripts, in the query for uploads, in the body for forms.
    private func isToken(of request: inout Request, _ expected: String) async throws -> Bool {
        if let shown = HTTPField.Name("X-Form-Token").flatMap({ request.headers[$0] }) {
            return isSame(shown, expected)
        }
        if let shown = request.uri.queryParameters[Substring(formTokenName)] { return isSame(String(shown), expected) }
        let type = request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else { return false }
        let bytes = try await requestBytes(request, limit: Self.limit)
        request.body = RequestBody(buffer: ByteBuffer(bytes: bytes))
        return isSame(try FormInput(bytes: bytes).text(formTokenName), expected)
    }

    /// Compares in a time that does not tell where the first difference is.
    private func isSame(_ shown: String, _ expected: String) -> Bool {
        let (left, right) = (Array(shown.utf8), Array(expected.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
