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
    public func surveyLink(_ id: InvitationID) -> String {
        installation.baseURL + "/s/" + InvitationToken(of: id, secret: installation.secret).text
    }

    /// The invitation behind a token, and its form: one read. Nil when the token is unknown, or not shaped like one.
    public func link(token: String) async throws -> (invitation: Invitation, form: SurveyForm)? {
        guard let token = InvitationToken(shown: token) else { return nil }
        let rows = try await installation.database.query(InvitationStore.byToken(token))
        return try rows.first.map(InvitationStore.link)
    }

    /// An invitation by its id, locked for a decision.
    public func find(_ id: InvitationID, of tenant: TenantID, in tx: any Transaction) throws -> Invitation? {
        try InvitationStore(tenant: tenant, tx: tx).locked([id]).first?.invitation
    }

    /// Makes the invitations that the gates allow and tells who counts; replies in the order of the wishes.
    ///
    /// The unique index decides between runs that want the same customer asked about the same interaction.
    /// - Parameter others: See ``Transaction/query(_:lookingUp:)``.
    public func invite(
        _ wishes: [InvitationWish], of tenant: TenantID, in tx: any Transaction, at now: Moment,
        lookingUp others: @autoclosure () -> [SQL] = []
    ) throws -> [InvitationReply] {
        guard !wishes.isEmpty else { return [] }
        let store = InvitationStore(tenant: tenant, tx: tx)
        let rules = try store.rules(lookingUp: others())
        let asking = Asking(store: store, rules: rules, secret: installation.secret, now: now)
        let (replies, made) = try asking.answer(wishes)
        if !made.isEmpty {
            try changed(made.map { InvitationChanged(invitation: $0, from: nil, to: .queued) }, tx, now)
        }
        return replies
    }

    /// Asks the gates of this room again for mails that are about to leave. Only the noes are returned.
    public func gates(
        _ mails: [LeavingMail], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [LeavingMail: GateNo] {
        guard !mails.isEmpty else { return [:] }
        let store = InvitationStore(tenant: tenant, tx: tx)
        let rules = try store.rules()
        var noes: [LeavingMail: GateNo] = [:]
        for found in try store.leaving(mails) where !found.isTest {
            noes[found.mail] = found.no(rules: rules, at: now)
        }
        return noes
    }

    /// Moves invitations, each to its state, in two statements for all of them, and tells who counts.
    ///
    /// The first delivery starts the link's validity. Moves that the state does not allow (from answered back to sent)
    /// change nothing.
    public func move(
        _ moves: [InvitationMove], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        guard !moves.isEmpty else { return }
        let store = InvitationStore(tenant: tenant, tx: tx)
        let locked = try store.locked(moves.map(\.invitation))
        var current = Dictionary(uniqueKeysWithValues: locked.map { ($0.invitation.id, $0.invitation) })
        let validDays = Dictionary(uniqueKeysWithValues: locked.map { ($0.invitation.id, $0.validDays) })
        var changes: [InvitationChanged] = []
        for move in moves {
            guard var invitation = current[move.invitation], invitation.state.mayBecome(move.state) else { continue }
            let from = invitation.state
            invitation.become(move.state, validDays: validDays[move.invitation] ?? 0, at: now)
            current[move.invitation] = invitation
            changes.append(InvitationChanged(invitation: invitation, from: from, to: move.state))
        }
        guard !changes.isEmpty else { return }
        let moved = Set(changes.map(\.invitation.id))
        try store.save(moved.sorted().compactMap { current[$0] }, at: now)
        try changed(changes, tx, now)
    }

    /// What ``move(_:of:in:at:)`` looks up, for ``Transaction/query(_:lookingUp:)``.
    func lookUps(about moves: [InvitationMove], of tenant: TenantID) -> [SQL] {
        moves.isEmpty ? [] : [InvitationStore.locked(moves.map(\.invitation), of: tenant)]
    }

    /// Moves an invitation to a state and tells who counts. `sent` for the first time starts the link's validity.
    /// Moves that the state does not allow (from answered back to sent) change nothing.
    public func move(
        _ id: InvitationID, of tenant: TenantID, to state: InvitationState, in tx: any Transaction, at now: Moment
    ) throws {
        try move([InvitationMove(invitation: id, state: state)], of: tenant, in: tx, at: now)
    }

    /// Writes the scores that scenarios read as `survey.score.FIELD`, and marks the invitation answered.
    ///
    /// The transaction has locked the invitation. What changed is for the caller to tell, together with the answers;
    /// nil when it was answered before.
    public func answered(
        _ invitation: Invitation, validDays: Int, scores: [String: Double], in tx: any Transaction, at now: Moment
    ) throws -> InvitationChanged? {
        var invitation = invitation
        let from = invitation.state
        if from.mayBecome(.answered) { invitation.become(.answered, validDays: validDays, at: now) }
        invitation.scores = scores
        try InvitationStore(tenant: invitation.tenant, tx: tx).saveAnswered(invitation, at: now)
        guard from != invitation.state else { return nil }
        return InvitationChanged(invitation: invitation, from: from, to: .answered)
    }
}
