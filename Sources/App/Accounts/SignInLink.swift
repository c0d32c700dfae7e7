// SPDX-License-Identifier: Apache-2.0
// Links that let somebody in once: set-up, a forgotten password, a look at the demo.
import Storage

/// A one-time link.
public struct SignInLink: Sendable {
    /// What it opens.
    public enum Purpose: String, Sendable, SQLConvertible {
        /// The first administrator names the centre and chooses a password.
        case setup
        /// Somebody chooses a new password.
        case reset
        /// Somebody has said that they forgot it, and chooses a new one.
        case forgotten
        /// Somebody new chooses their first password.
        case invitation
        /// Signs in at once: only in centres for trying.
        case signIn
        /// The password was right, the second factor is to follow.
        case secondStep
    }

    public let tenant: TenantID
    public let person: PersonID
    public let purpose: Purpose
    public let expiresAt: Moment
}

/// How many attempts are free, and how many seconds lie between those after them.
struct Patience: Sendable {
    let free: Int
    let first: Int64
    let later: Int64

    /// One account from one address: somebody who guesses, or has forgotten.
    static let accountFromAddress = Patience(free: 5, first: 5, later: 60)
    /// One account from everywhere: kept short, so that nobody can lock somebody else out.
    static let account = Patience(free: 30, first: 1, later: 5)
    /// The second factor of one account from everywhere: only who knows the password comes that far.
    static let secondStep = Patience(free: 10, first: 30, later: 60)
    /// Wishes for a new password from one network.
    static let passwordFromAddress = Patience(free: 10, first: 30, later: 120)
    /// Wishes for one person's new password.
    static let passwordOfOne = Patience(free: 3, first: 60, later: 300)
    /// One address for all accounts: a whole office may be behind it.
    static let address = Patience(free: 60, first: 1, later: 10)
}

/// A session as its holder sees it.
struct Session: Sendable {
    let id: SessionID
    /// Where it was seen last.
    let address: String
    /// Browser and system; empty when nobody can tell.
    let device: String
    let begunAt: Moment
    let seenAt: Moment
}
