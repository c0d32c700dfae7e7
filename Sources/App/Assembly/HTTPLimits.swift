// SPDX-License-Identifier: Apache-2.0
// What one peer may cost us. The HTTP library has no limits of its own: half-open requests and bodies that go on
// after a refusal were measured to hold it for ever.
import NIOCore

/// The limits of the HTTP server.
public struct HTTPLimits: Sendable {
    /// How long a connection may stand without a request.
    public var idle: TimeAmount = .seconds(30)
    /// How long a whole request may take to arrive, from its first byte.
    public var request: TimeAmount = .seconds(60)
    /// How long a peer may take nothing of what we write.
    public var write: TimeAmount = .seconds(60)
    /// Connections at once, of everybody and of one address.
    public var connections = 2000
    public var connectionsPerAddress = 50
    /// Addresses that the limit per address does not hold for: proxies that speak for many.
    public var unlimited: AddressList = .loopback
    public var headerBytes = 16 * 1024
    /// What is still read of a body after its request was answered.
    public var drainBytes = 256 * 1024
    /// How long we wait for the peer to read our answer before a connection with an unread body is cut.
    public var linger: TimeAmount = .seconds(1)

    public init() {}
}
