// SPDX-License-Identifier: Apache-2.0
// Decides wishes for invitations: gates first, then the unique index.

/// The centre's rules for asking.
struct AskingRules: Sendable {
    var surveysEnabled: Bool
    var onePerInteraction: Bool
    var limits: AskingLimits

    /// What the unique index compares beside the interaction: nothing more, or the form.
    func scope(_ form: FormID) -> FormID { onePerInteraction ? FormID(raw: 0) : form }
}

/// What is known about a wish before it is decided: one row of ``InvitationStore/standing(_:)``.
struct Standing: Sendable {
    var isFormOpen: Bool
    var endedAt: Moment?
    var reopenedAt: Moment?
    var isSuppressed: Bool
    var isPerson: Bool
    var lastAsked: Moment?
    var askedInYear: Int
    var existing: Existing?

    /// The invitation that there is already for the interaction.
    struct Existing: Sendable {
        var id: InvitationID
        var run: RunID
        var state: InvitationState
    }

    /// The first gate that says no, in the order of spec 5.5, apart from those about earlier invitations.
    func no(rules: AskingRules, withinHours: Int?, runBegan: Moment) -> GateNo? {
        if !rules.surveysEnabled { return GateNo(.surveysOff) }
        if !isFormOpen { return GateNo(.formClosed) }
        if let reopenedAt, reopenedAt >= runBegan { return GateNo(.reopened) }
        if let endedAt, let withinHours, endedAt.adding(hours: Int64(withinHours)) < runBegan {
            return GateNo(.tooOld, Int64(withinHours))
        }
        if isSuppressed { return GateNo(.suppressed) }
        if isPerson { return GateNo(.personOfTenant) }
        return nil
    }
}

/// One transaction's decisions about wishes of one centre.
struct Asking {
    let store: InvitationStore
    let rules: AskingRules
    let secret: ServerSecret
    let now: Moment

    /// The answers in the order of the wishes, and the invitations that were made.
    func answer(_ wishes: [InvitationWish]) throws -> (answers: [InvitationAnswer], made: [Invitation]) {
        let limits = wishes.map { $0.limits.over(rules.limits) }
        if limits.contains(where: \.countsEarlier) { try store.lockAddresses(Set(wishes.map(\.address.folded))) }
        let standings = try store.standing(wishes.map { StandingQuestion($0, rules: rules, now: now) })
        var answers = [InvitationAnswer?](repeating: nil, count: wishes.count)
        var granted: [String: Int] = [:]
        var wanted: [(position: Int, invitation: Invitation)] = []
        for (position, wish) in wishes.enumerated() {
            let standing = standings[position]
            if let answer = decide(wish, standing, limits[position], granted: granted[wish.address.folded] ?? 0) {
                answers[position] = answer
            } else {
                wanted.append((position, invitation(wish)))
                granted[wish.address.folded, default: 0] += wish.isTest ? 0 : 1
            }
        }
        let made = try make(wanted.map { ($0.invitation, wishes[$0.position]) })
        for (position, invitation) in wanted where made.contains(invitation.id) {
            answers[position] = .made(invitation.id)
        }
        try settleLosers(wishes, &answers)
        let all = wanted.map(\.invitation).filter { made.contains($0.id) }
        return (answers.map { $0 ?? .no(GateNo(.askedByRun)) }, all)
    }

    /// Nil when nothing speaks against making the invitation.
    private func decide(
        _ wish: InvitationWish, _ standing: Standing, _ limits: AskingLimits, granted: Int
    ) -> InvitationAnswer? {
        if !wish.isTest, let no = standing.no(rules: rules, withinHours: limits.withinHours, runBegan: wish.runBegan) {
            // A reminder of an answered survey is skipped whatever else holds.
            if standing.existing?.run == wish.run, standing.existing?.state == .answered {
                return standing.existing.map { .answered($0.id) }
            }
            return .no(no)
        }
        if let existing = standing.existing { return answer(wish, existing) }
        if wish.isTest { return nil }
        if let percent = limits.sharePercent, !AskingLimits.isInShare(wish.interaction, percent: percent) {
            return .no(GateNo(.notInShare, Int64(percent)))
        }
        if let days = limits.onceInDays, days > 0 {
            let since = now.adding(days: -Int64(days))
            if granted > 0 || (standing.lastAsked.map { $0 > since } ?? false) {
                return .no(GateNo(.askedRecently, Int64(days)))
            }
        }
        if let most = limits.perYear, most > 0, standing.askedInYear + granted >= most {
            return .no(GateNo(.askedThisYear, Int64(most)))
        }
        return nil
    }

    /// Only the run that made an invitation may use it again.
    private func answer(_ wish: InvitationWish, _ existing: Standing.Existing) -> InvitationAnswer {
        guard existing.run == wish.run else { return .no(GateNo(.askedByRun, existing.run.raw)) }
        switch existing.state {
        case .answered: return .answered(existing.id)
        case .expired: return .no(GateNo(.linkExpired))
        case .optedOut: return .no(GateNo(.suppressed))
        case .queued, .captured, .sent, .unknown, .notSent, .bounced: return .again(existing.id)
        }
    }

    private func invitation(_ wish: InvitationWish) -> Invitation {
        Invitation(
            id: store.tx.new(), tenant: store.tenant, interaction: wish.interaction, form: wish.form, run: wish.run,
            belonging: wish.belonging, addressFolded: wish.address.folded, language: wish.language, state: .queued,
            createdAt: now, firstSentAt: nil, expiresAt: nil, answeredAt: nil, scores: [:], isTest: wish.isTest)
    }

    /// Inserts what the unique index allows, and the links of what was inserted.
    private func make(_ wanted: [(invitation: Invitation, wish: InvitationWish)]) throws -> Set<InvitationID> {
        guard !wanted.isEmpty else { return [] }
        // One order for all transactions, so that two batches wait for each other instead of both giving up.
        let sorted = wanted.sorted { $0.invitation.interaction < $1.invitation.interaction }
        let made = Set(
            try store.insert(
                sorted.map {
                    ($0.invitation, rules.scope($0.invitation.form), $0.wish.configuration, $0.wish.contact)
                }))
        let links = sorted.map(\.invitation.id).filter(made.contains).map {
            (ServerSecret.tokenHash(InvitationToken.token(of: $0, secret: secret)), $0)
        }
        try store.insertLinks(links, key: secret.keyID)
        return made
    }

    /// Wishes whose insert met another run's invitation: somebody was quicker, or the same batch held both.
    private func settleLosers(_ wishes: [InvitationWish], _ answers: inout [InvitationAnswer?]) throws {
        let losers = wishes.indices.filter { answers[$0] == nil }
        guard !losers.isEmpty else { return }
        let standings = try store.standing(losers.map { StandingQuestion(wishes[$0], rules: rules, now: now) })
        for (position, standing) in zip(losers, standings) {
            answers[position] = standing.existing.map { answer(wishes[position], $0) }
        }
    }
}
