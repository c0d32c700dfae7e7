// SPDX-License-Identifier: Apache-2.0
// The HTTP library's server with our limits around it.
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Where and how the server listens.
struct HTTPServer: Sendable {
    let host: String
    let port: Int
    let limits: HTTPLimits
    let logger: Logger

    /// The server of these routes; `onListening` is told the port that was really taken.
    func application<Responder: HTTPResponder>(
        _ responder: Responder, onListening: @escaping @Sendable (Int) async -> Void
    ) -> Application<Responder> where Responder.Context == WebContext {
        let count = ConnectionCount()
        let limits = limits
        return Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(limits: limits, count: count)],
                    idleTimeout: limits.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}
