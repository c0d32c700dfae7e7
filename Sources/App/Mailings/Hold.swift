// SPDX-License-Identifier: Apache-2.0
// A fault of the settings or the server holds a centre's queue; it is probed once a minute (spec 2.2).

/// Why nothing leaves, and since when.
public struct Hold: Sendable, Equatable {
    /// The sender address that is held; nil when nothing at all leaves.
    public let senderEmail: String?
    public let since: Moment
    /// The server's or the network's words.
    public let reason: String
}
