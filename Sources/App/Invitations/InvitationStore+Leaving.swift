// SPDX-License-Identifier: Apache-2.0
// What is read again when a survey mail is about to leave.
import Storage

/// A survey mail that is about to leave.
public struct LeavingMail: Sendable, Hashable {
    public let run: RunID
    public let invitation: InvitationID
    /// The recipient of this one.
    public let addressFolded: String

    public init(run: RunID, invitation: InvitationID, addressFolded: String) {
        self.run = run
        self.invitation = invitation
        self.addressFolded = addressFolded
    }
}

/// A mail's invitation, and what may speak against it now.
struct LeavingInvitation {
    let mail: LeavingMail
    let state: InvitationState
    let runBegan: Moment
    let isTest: Bool
    let expiresAt: Moment?
    let standing: Standing

    /// The first gate that says no. How late and how often was decided for good when the invitation was made.
    func no(rules: AskingRules, at now: Moment) -> GateNo? {
        if let no = standing.no(rules: rules, withinHours: nil, runBegan: runBegan) { return no }
        if let no = standing.noToAddress { return no }
        switch state {
        case .answered: return GateNo(.answered)
        case .optedOut: return GateNo(.suppressed)
        case .expired: return GateNo(.linkExpired)
        case .queued, .captured, .sent, .unknown, .notSent, .bounced: break
        }
        if let expiresAt, expiresAt <= now { return GateNo(.linkExpired) }
        return nil
    }
}

extension InvitationStore {
    /// The invitations of mails that are about to leave; every row is found by an index.
    func leaving(_ mails: [LeavingMail]) throws -> [LeavingInvitation] {
        try tx.query(Self.leaving(mails, of: tenant)).map { row in
            LeavingInvitation(
                mail: mails[try row.get("n", as: Int.self)], state: try row.get("state"),
                runBegan: try row.get("created_at"),
                isTest: try row.get("is_test"), expiresAt: try row.get("expires_at"),
                standing: Standing(
                    isFormOpen: try row.get("form_open"), endedAt: nil, reopenedAt: try row.get("reopened_at"),
                    isSuppressed: try row.get("suppressed"), isPerson: try row.get("persons"), lastAsked: nil,
                    askedInYear: 0, existing: nil))
        }
    }

    static func leaving(_ mails: [LeavingMail], of tenant: TenantID) -> SQL {
        let values = Array(mails.enumerated()).paddedForStatement
            .map { "(\($0), \($1.invitation), \($1.addressFolded))" as SQL }.joined(separator: ", ")
        return """
            WITH w(n, invitation_id, address) AS (VALUES \(values))
            SELECT w.n, v.state, v.created_at, v.is_test, v.expires_at, i.reopened_at,
                CASE WHEN f.id IS NOT NULL AND f.closed_at IS NULL AND f.archived_at IS NULL
                    THEN 1 ELSE 0 END AS form_open,
                (SELECT COUNT(*) FROM suppression s
                    WHERE s.tenant_id = v.tenant_id AND s.address_folded = w.address) AS suppressed,
                (SELECT COUNT(*) FROM person p
                    WHERE p.tenant_id = v.tenant_id AND p.email_folded = w.address) AS persons
            FROM w JOIN invitation v ON v.tenant_id = \(tenant) AND v.id = w.invitation_id
            LEFT JOIN survey_form f ON f.tenant_id = v.tenant_id AND f.id = v.form_id
            LEFT JOIN interaction i ON i.tenant_id = v.tenant_id AND i.id = v.interaction_id
            """
    }
}
