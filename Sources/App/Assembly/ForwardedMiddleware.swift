// SPDX-License-Identifier: Apache-2.0
// Behind a proxy of ours, who is asking stands in `X-Forwarded-For`.
import HTTPTypes
import Hummingbird

/// Puts the client's address into the context, believing proxies of ours alone.
struct ForwardedMiddleware: RouterMiddleware {
    typealias Context = WebContext
    let proxies: AddressList

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard !proxies.prefixes.isEmpty else { return try await next(request, context) }
        var context = context
        context.remoteAddress = Self.address(of: request, context, proxies: proxies)
        return try await next(request, context)
    }

    /// Who is asking, as far as proxies of ours say it.
    static func address(of request: Request, _ context: WebContext, proxies: AddressList) -> String {
        let peer = context.remoteAddress
        guard proxies.holds(peer), let name = HTTPField.Name("X-Forwarded-For") else { return peer }
        return client(of: request.headers[values: name], peer: peer, proxies: proxies)
    }

    /// The nearest address that is no proxy of ours: each proxy appends the one that it was asked by.
    static func client(of fields: [String], peer: String, proxies: AddressList) -> String {
        let hops = fields.flatMap { $0.split(separator: ",") }.map { String($0).trimmed }
        for hop in hops.suffix(20).reversed() {
            guard AddressList.bytes(of: hop) != nil else { return peer }
            if !proxies.holds(hop) { return hop }
        }
        return hops.first ?? peer
    }
}
