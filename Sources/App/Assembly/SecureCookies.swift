// SPDX-License-Identifier: Apache-2.0
// Behind https every cookie of ours is bound to this host: its name begins with `__Host-`, which browsers accept only
// with Secure, for the whole site and without a domain. Neither another host nor plain http can then plant one.
import HTTPTypes
import Hummingbird

/// Renames cookies on their way: `otklik-flash` inside is `__Host-otklik-flash` outside. The session's cookie has
/// such a name already.
struct SecureCookiesMiddleware: RouterMiddleware {
    typealias Context = WebContext
    private static let prefix = "__Host-"
    private static let ours = "otklik-"

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(Self.inside(request), context)
        let set = response.headers[values: .setCookie]
        if !set.isEmpty { response.headers[values: .setCookie] = set.map(Self.outside) }
        return response
    }

    /// The request as the rooms know it: cookies of ours by their short names, and none that was planted by that name.
    static func inside(_ request: Request) -> Request {
        let fields = request.headers[values: .cookie]
        guard !fields.isEmpty else { return request }
        var head = request.head
        head.headerFields[values: .cookie] = [inside(fields)]
        return Request(head: head, body: request.body)
    }

    static func inside(_ fields: [String]) -> String {
        let pairs = fields.flatMap { $0.split(separator: ";") }.map { String($0).trimmed }
        return pairs.filter { !$0.hasPrefix(ours) }.flatMap { pair in
            pair.hasPrefix(prefix + ours) ? [pair, String(pair.dropFirst(prefix.count))] : [pair]
        }.joined(separator: "; ")
    }

    static func outside(_ cookie: String) -> String {
        let named = cookie.hasPrefix(ours) ? prefix + cookie : cookie
        return named.contains("; Secure") ? named : named + "; Secure"
    }
}
