// SPDX-License-Identifier: Apache-2.0
// Decides wishes for invitations: gates first, then the unique index.

/// The centre's rules for asking.
struct AskingRules: Sendable {
    var surveysEnabled: Bool
    var onePerInteraction: Bool
    /// The centre keeps more than the provider allows.
    var isStorageFull = false
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
    /// Nil and 0 where nobody's limits count earlier invitations.
    var lastAsked: Moment?
    var askedInYear: Int
    var existing: Existing?

    /// The invitation that there is already for the interaction.
    struct Existing: Sendable {
        var id: InvitationID
        var run: RunID
        var state: InvitationState
    }

    /// The first gate that says no to asking at all, in the order of spec 5.5, whoever the recipients are.
    func no(rules: AskingRules, withinHours: Int?, runBegan: Moment) -> GateNo? {
        if !rules.surveysEnabled { return GateNo(.surveysOff) }
        if !isFormOpen { return GateNo(.formClosed) }
        if let reopenedAt, reopenedAt >= runBegan { return GateNo(.reopened) }
        if let endedAt, let withinHours, endedAt.adding(hours: Int64(withinHours)) < runBegan {
            return GateNo(.tooOld, Int64(withinHours))
        }
        return nil
    }

    /// The first gate that says no to this address, apart from those about earlier invitations.
    var noToAddress: GateNo? {
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

    /// The replies in the order of the wishes, and the invitations that were made.
    func answer(_ wishes: [InvitationWish]) throws -> (replies: [InvitationReply], made: [Invitation]) {
        let limits = wishes.map { $0.limits.over(rules.limits) }
        let countsEarlier = limits.contains(where: \.countsEarlier)
        if countsEarlier { try store.lockAddresses(Set(wishes.flatMap(\.addresses).map(\.folded))) }
        let standings = try standings(of: wishes, countsEarlier: countsEarlier)
        var judgements: [Judgement] = []
        var granted: [String: Int] = [:]
        var wanted: [(position: Int, invitation: Invitation)] = []
        for (position, wish) in wishes.enumerated() {
            let judgement = judge(wish, standings[position], limits[position], granted: granted)
            judgements.append(judgement)
            guard judgement.answer == nil, let first = judgement.addresses.first else { continue }
            wanted.append((position, invitation(wish, to: first)))
            for address in judgement.addresses where !wish.isTest { granted[address.folded, default: 0] += 1 }
        }
        let made = try make(wanted.map { ($0.invitation, wishes[$0.position], judgements[$0.position].addresses) })
        for (position, invitation) in wanted where made.contains(invitation.id) {
            judgements[position].answer = .made(invitation.id)
        }
        try settleLosers(wishes, &judgements)
        return (judgements.map(\.reply), wanted.map(\.invitation).filter { made.contains($0.id) })
    }

    /// What speaks for or against each address of each wish, in one statement.
    private func standings(of wishes: [InvitationWish], countsEarlier: Bool) throws -> [[Standing]] {
        let questions = wishes.flatMap { wish in
            wish.addresses.map { StandingQuestion(wish, $0, rules: rules, now: now) }
        }
        var left = try store.standing(questions, countsEarlier: countsEarlier)[...]
        return wishes.map { wish in
            defer { left = left.dropFirst(wish.addresses.count) }
            return Array(left.prefix(wish.addresses.count))
        }
    }

    /// What became of a wish so far.
    private struct Judgement {
        /// Nil when nothing speaks against making the invitation.
        var answer: InvitationAnswer?
        var addresses: [EmailAddress]
        var leftOut: [LeftOut] = []

        var reply: InvitationReply {
            InvitationReply(answer: answer ?? .no(GateNo(.askedByRun)), addresses: addresses, leftOut: leftOut)
        }

        /// Leaves out whom a gate refuses; the first one's no is the wish's when nobody is left.
        mutating func leaveOut(_ no: (EmailAddress) -> GateNo?) -> GateNo? {
            for address in addresses {
                guard let no = no(address) else { continue }
                leftOut.append(LeftOut(address: address, no: no))
            }
            addresses.removeAll { address in leftOut.contains { $0.address == address } }
            return addresses.isEmpty ? leftOut.first?.no ?? GateNo(.suppressed) : nil
        }
    }

    private func judge(
        _ wish: InvitationWish, _ standings: [Standing], _ limits: AskingLimits, granted: [String: Int]
    ) -> Judgement {
        var judgement = Judgement(addresses: wish.addresses)
        guard let any = standings.first else { return judgement }
        let known = Dictionary(zip(wish.addresses.map(\.folded), standings), uniquingKeysWith: { first, _ in first })
        if !wish.isTest {
            let no =
                any.no(rules: rules, withinHours: limits.withinHours, runBegan: wish.runBegan)
                ?? noToMore(any)
                ?? judgement.leaveOut { known[$0.folded]?.noToAddress }
            if let no {
                // A reminder of an answered survey is skipped whatever else holds.
                let isAnswered = any.existing?.run == wish.run && any.existing?.state == .answered
                judgement.answer = isAnswered ? any.existing.map { .answered($0.id) } : .no(no)
                return judgement
            }
        }
        if let existing = any.existing {
            judgement.answer = answer(wish, existing)
        } else if !wish.isTest {
            if let percent = limits.sharePercent, !AskingLimits.isInShare(wish.interaction, percent: percent) {
                judgement.answer = .no(GateNo(.notInShare, Int64(percent)))
            } else {
                let no = judgement.leaveOut { askedTooOften($0, known[$0.folded], limits, granted) }
                judgement.answer = no.map { .no($0) }
            }
        }
        return judgement
    }

    /// A full storage stops new questions; what was asked already may go on.
    private func noToMore(_ standing: Standing) -> GateNo? {
        rules.isStorageFull && standing.existing == nil ? GateNo(.storageFull) : nil
    }

    private func askedTooOften(
        _ address: EmailAddress, _ standing: Standing?, _ limits: AskingLimits, _ granted: [String: Int]
    ) -> GateNo? {
        let granted = granted[address.folded] ?? 0
        if let days = limits.onceInDays, days > 0 {
            let since = now.adding(days: -Int64(days))
            if granted > 0 || (standing?.lastAsked.map { $0 > since } ?? false) {
                return GateNo(.askedRecently, Int64(days))
            }
        }
        if let most = limits.perYear, most > 0, (standing?.askedInYear ?? 0) + granted >= most {
            return GateNo(.askedThisYear, Int64(most))
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

    private func invitation(_ wish: InvitationWish, to address: EmailAddress) -> Invitation {
        Invitation(
            id: store.tx.new(), tenant: store.tenant, interaction: wish.interaction, form: wish.form, run: wish.run,
            belonging: wish.belonging, addressFolded: address.folded, language: wish.language, state: .queued,
            createdAt: now, firstSentAt: nil, expiresAt: nil, answeredAt: nil, scores: [:], isTest: wish.isTest)
    }

    /// Inserts what the unique index allows, and the links and further recipients of what was inserted.
    private func make(
        _ wanted: [(invitation: Invitation, wish: InvitationWish, addresses: [EmailAddress])]
    ) throws -> Set<InvitationID> {
        guard !wanted.isEmpty else { return [] }
        // One order for all transactions, so that two batches wait for each other instead of both giving up.
        let sorted = wanted.sorted { $0.invitation.interaction < $1.invitation.interaction }
        let made = Set(
            try store.insert(
                sorted.map {
                    ($0.invitation, rules.scope($0.invitation.form), $0.wish.configuration, $0.wish.contact)
                }))
        let links = sorted.map(\.invitation.id).filter(made.contains).map {
            (InvitationToken(of: $0, secret: secret), $0)
        }
        try store.insertLinks(links, key: secret.keyID)
        try store.insertRecipients(
            sorted.filter { made.contains($0.invitation.id) }.flatMap { one in
                one.addresses.dropFirst().map { (one.invitation.id, $0.folded) }
            })
        return made
    }

    /// Wishes whose insert met another run's invitation: somebody was quicker, or the same batch held both.
    private func settleLosers(_ wishes: [InvitationWish], _ judgements: inout [Judgement]) throws {
        let losers = wishes.indices.filter { judgements[$0].answer == nil }
        guard !losers.isEmpty else { return }
        let standings = try standings(of: losers.map { wishes[$0] }, countsEarlier: false)
        for (position, standing) in zip(losers, standings) {
            judgements[position].answer = standing.first?.existing.map { answer(wishes[position], $0) }
        }
    }
}
