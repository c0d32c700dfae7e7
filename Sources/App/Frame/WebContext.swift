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
    /// The connection, and what a trusted proxy says of its peer: few requests ask for the address.
    private let channel: any NIOCore.Channel
    private var saidAddress: String?
    /// Says things in the language of the person, or of the browser before anybody signed in.
    public var localizer: Localizer?
    /// Navigation, banner, unread count and flash, set by the frame's middleware.
    public var surroundings = Surroundings()
    /// Where the style sheet and scripts are.
    public var assets = WebAssets.none

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// For requests that come from no socket, as in tests.
    public init(channel: any NIOCore.Channel, logger: Logger, remoteAddress: String) {
        coreContext = .init(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        self.channel = channel
        saidAddress = remoteAddress
    }

    /// The address of the peer, or what a trusted proxy says of it.
    public var remoteAddress: String {
        get { saidAddress ?? channel.remoteAddress?.ipAddress ?? "unknown" }
        set { saidAddress = newValue }
    }

    /// The localizer, which a middleware has set before any handler runs.
    public var words: Localizer { localizer ?? Catalogue().localizer("en") }

    /// The request's number in the log; nil for requests that come from no socket.
    public var requestID: String? { logger[metadataKey: "hb.request.id"].map { "\($0)" } }

    /// The signed-in person.
    /// - Throws: ``Refusal`` when nobody is signed in; the browser is sent to the sign-in page.
    public func requireSignedIn() throws -> SignedIn {
        guard let signedIn else {
            throw Refusal(.unauthenticated, code: "sign_in_required", key: "frame.signInRequired")
        }
        return signedIn
    }

    /// The signed-in person, who must hold one of the roles.
    /// - Throws: ``Refusal``: 401 when nobody is signed in, 403 when the roles do not suffice.
    @discardableResult public func require(_ roles: Role...) throws -> SignedIn {
        let signedIn = try requireSignedIn()
        guard !signedIn.roles.isDisjoint(with: roles) else {
            throw Refusal(.forbidden, code: "forbidden", key: "frame.forbidden")
        }
        return signedIn
    }

    /// The API key's holder, who must have the scope.
    /// - Throws: ``Refusal``: 401 without a valid key, 403 when the key is not for this.
    public func require(scope: SignedInKey.Scope) throws -> SignedInKey {
        guard let signedInKey else {
            throw Refusal(.unauthenticated, code: "api_key_required", key: "frame.apiKeyRequired")
        }
        guard signedInKey.scopes.contains(scope) else {
            throw Refusal(
                .forbidden, code: "scope_missing", key: "frame.scopeMissing", arguments: ["scope": scope.rawValue])
        }
        return signedInKey
    }

    /// A path's id.
    /// - Throws: ``Refusal`` 404 when it is not one.
    public func id<ID: Identifier>(_ name: String, as type: ID.Type = ID.self) throws -> ID {
        guard let id = parameters.get(name).flatMap({ ID($0) }) else { throw Refusal.notFound }
        return id
    }
}

extension Refusal {
    /// What was asked for is not there, or not for this person.
    public static let notFound = Refusal(.notFound, code: "not_found", key: "frame.notFound")
}
