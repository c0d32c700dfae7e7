// SPDX-License-Identifier: Apache-2.0
// Which state may follow which (spec 7.1). An answer is the last word; a late delivery report changes no answer.

extension InvitationState {
    /// Whether an invitation in this state may come into another one. Never into its own: that is no change.
    func mayBecome(_ next: InvitationState) -> Bool {
        switch self {
        case .queued: next != .queued
        case .captured: [.sent, .unknown, .notSent, .bounced, .answered, .expired, .optedOut].contains(next)
        case .unknown: [.sent, .notSent, .bounced, .answered, .expired, .optedOut].contains(next)
        case .sent: [.bounced, .answered, .expired, .optedOut].contains(next)
        case .notSent: [.queued, .captured, .sent, .unknown, .answered, .optedOut].contains(next)
        case .bounced: [.captured, .sent, .unknown, .answered, .optedOut].contains(next)
        case .optedOut: next == .answered
        case .answered, .expired: false
        }
    }

    /// Whether the customer has the link from now on.
    var startsValidity: Bool { self == .captured || self == .sent || self == .unknown || self == .answered }
}

extension Invitation {
    /// Comes into a state; the first one in which the customer has the link starts its validity.
    mutating func become(_ next: InvitationState, validDays: Int, at now: Moment) {
        state = next
        if next.startsValidity, firstSentAt == nil {
            firstSentAt = now
            expiresAt = now.adding(days: Int64(validDays))
        }
        if next == .answered { answeredAt = now }
    }

    /// The state as it reads at a moment: a link whose time is over is expired, whether or not anybody wrote it down.
    public func state(at now: Moment) -> InvitationState {
        guard let expiresAt, expiresAt <= now else { return state }
        return state == .answered || !state.mayBecome(.expired) ? state : .expired
    }
}
