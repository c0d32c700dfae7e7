// SPDX-License-Identifier: Apache-2.0
// The room's face: making, finding and moving invitations.
import Storage

/// Invitations of the contact centres, and the links that lead to them.
public struct Invitations: Sendable {
    let installation: Installation
    /// Who hears of changes, in the same transaction (Statistics).
    let changed: @Sendable ([InvitationChanged], any Transaction, Moment) throws -> Void

    public init(
        installation: Installation,
        changed: @escaping @Sendable ([InvitationChanged], any Transaction, Moment) throws -> Void
    ) {
        self.installation = installation
        self.changed = changed
    }

    /// The survey link of an invitation: derived, never stored (spec 3.5). Whole address, under 60 characters.
    public func surveyLink(_ id: InvitationID) -> String { fatalError() }

    /// The invitation behind a token: one indexed read. Nil when the token is unknown or not even shaped like one.
    public func find(token: String) async throws -> Invitation? { fatalError() }

    /// An invitation by its id, locked for a decision.
    public func find(_ id: InvitationID, of tenant: TenantID, in tx: any Transaction) throws -> Invitation? {
        fatalError()
    }

    /// Moves invitations, each to its state, in two statements for all of them.
    public func move(
        _ moves: [InvitationMove], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws { fatalError() }

    /// Moves an invitation to a state and tells who counts. `sent` for the first time starts the link's validity.
    /// Moves that the state does not allow (from answered back to sent) change nothing.
    public func move(
        _ id: InvitationID, of tenant: TenantID, to state: InvitationState, in tx: any Transaction, at now: Moment
    ) throws {
        try move([InvitationMove(invitation: id, state: state)], of: tenant, in: tx, at: now)
    }

    /// Writes the scores that scenarios read as `survey.score.FIELD`, and marks the invitation answered.
    public func answered(
        _ id: InvitationID, of tenant: TenantID, scores: [String: Double], in tx: any Transaction, at now: Moment
    ) throws { fatalError() }
}
