// SPDX-License-Identifier: Apache-2.0
// The room's face: every message that leaves goes through the ledger (spec 2.2).
import Storage

/// The ledger of messages and their delivery.
public struct Mailings: Sendable {
    let installation: Installation
    let invitations: Invitations
    let workflows: Workflows

    public init(installation: Installation, invitations: Invitations, workflows: Workflows) {
        self.installation = installation
        self.invitations = invitations
        self.workflows = workflows
    }

    /// Writes a ledger row per recipient of each; they are sent from there. A batch costs as many statements as one.
    public func compose(_ due: [MessageDue], in tx: any Transaction, at now: Moment) throws { fatalError() }
}
