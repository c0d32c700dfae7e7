// SPDX-License-Identifier: Apache-2.0
// The room's face: what happened is counted by deltas in the same transaction, and read as figures (spec 7).
import Storage

/// Figures of the contact centres.
public struct Statistics: Sendable {
    let installation: Installation

    public init(installation: Installation) { self.installation = installation }

    /// Counts an interaction that was completed.
    public func count(_ event: InteractionCompleted, in tx: any Transaction, at now: Moment) throws { fatalError() }

    /// Counts changes of invitations' states.
    public func count(_ events: [InvitationChanged], in tx: any Transaction, at now: Moment) throws { fatalError() }

    /// Counts answers; replaced ones leave the figures.
    public func count(_ event: AnswersSubmitted, in tx: any Transaction, at now: Moment) throws { fatalError() }
}
