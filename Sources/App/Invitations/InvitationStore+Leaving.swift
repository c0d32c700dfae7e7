// SPDX-License-Identifier: Apache-2.0
// What is read again when a survey mail is about to leave.
import Storage

/// An invitation whose mail is about to leave, and what may speak against it now.
struct LeavingInvitation {
    let id: InvitationID
    let state: InvitationState
    let runBegan: Moment
    let isTest: Bool
    let expiresAt: Moment?
    let standing: Standing

    /// The first gate that says no. How late and how often was decided for good when the invitation was made.
    func no(rules: AskingRules, at now: Moment) -> GateNo? {
        if let no = standing.no(rules: rules, withinHours: nil, runBegan: runBegan) { return no }
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
    /// Invitations whose mails are about to leave; every row is found by an index.
    func leaving(_ ids: [InvitationID]) throws -> [LeavingInvitation] {
        try tx.query(Self.leaving(ids, of: tenant)).map { row in
            LeavingInvitation(
                id: try row.get("id"), state: try row.get("state"), runBegan: try row.get("created_at"),
                isTest: try row.get("is_test"), expiresAt: try row.get("expires_at"),
                standing: Standing(
                    isFormOpen: try row.get("form_open"), endedAt: nil, reopenedAt: try row.get("reopened_at"),
                    isSuppressed: try row.get("suppressed"), isPerson: try row.get("persons"), lastAsked: nil,
                    askedInYear: 0, existing: nil))
        }
    }

    static func leaving(_ ids: [InvitationID], of tenant: TenantID) -> SQL {
        let list = ids.map { "\($0)" as SQL }.joined(separator: ", ")
        return """
            SELECT v.id, v.state, v.created_at, v.is_test, v.expires_at, i.reopened_at,
                CASE WHEN f.id IS NOT NULL AND f.closed_at IS NULL AND f.archived_at IS NULL
                    THEN 1 ELSE 0 END AS form_open,
                (SELECT COUNT(*) FROM suppression s
                    WHERE s.tenant_id = v.tenant_id AND s.address_folded = v.address_folded) AS suppressed,
                (SELECT COUNT(*) FROM person p
                    WHERE p.tenant_id = v.tenant_id AND p.email_folded = v.address_folded) AS persons
            FROM invitation v
            LEFT JOIN survey_form f ON f.tenant_id = v.tenant_id AND f.id = v.form_id
            LEFT JOIN interaction i ON i.tenant_id = v.tenant_id AND i.id = v.interaction_id
            WHERE v.tenant_id = \(tenant) AND v.id IN (\(list))
            """
    }
}
