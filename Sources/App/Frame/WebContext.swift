// SPDX-License-Identifier: Apache-2.0
// What travels with one HTTP request.
import Hummingbird
import Logging
import Markup
import NIOCore

/// One request: who asks, from where, and in which language.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The signed-in person, set by Accounts' middleware.
    public var signedIn: SignedIn?
    /// The API key's holder, set by Accounts' middleware.
    public var signedInKey: SignedInKey?
    /// The address of the peer, or what a trusted proxy says of it.
    public var remoteAddress: String
    /// Says things in the language of the person, or of the browser before anybody signed in.
    public var localizer: Localizer?

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// For requests that come from no socket, as in tests.
    public init(channel: any NIOCore.Channel, logger: Logger, remoteAddress: String) {
        coreContext = .init(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        self.remoteAddress = remoteAddress
    }
}
