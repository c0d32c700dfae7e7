// SPDX-License-Identifier: Apache-2.0
// What follows from verdicts, in one transaction: the ledger, the invitation, the run and the work go together.
import Durable
import Storage

/// A message, the attempt that was made, and what became of it.
struct Concluded: Sendable {
    /// Nil when no worker holds it: somebody ended it by hand.
    let item: WorkItem?
    let message: LedgerMessage
    let attempt: Int
    let verdict: Verdict
    /// Whether a server was asked, or somebody tried to.
    var isTried = false
    /// Whether its row was made as being sent, and none of its bytes has left.
    var takesBack = false

    /// What is written into the message's history, since its row will say something else: all but what it ends with.
    /// That it is still held for the same reason is no news.
    var event: (message: MessageID, state: MessageState, reply: String?)? {
        switch verdict {
        case .again(_, let reply): (message.id, .retrying, reply)
        case .unknown(_, let reason): (message.id, .unknown, reason)
        case .held(let reason) where isTried && (message.state != .held || message.reply != reason):
            (message.id, .held, reason)
        case .held, .sent, .captured, .failed, .cancelled, .postponed: nil
        }
    }
}

extension Mailings {
    /// Writes outcomes of one centre. What is said twice, or by somebody who no longer holds the message, changes
    /// nothing but the work.
    /// - Parameter wakesRuns: Runs are woken instead of being taken on in this transaction.
    func conclude(
        _ concluded: [Concluded], of tenant: TenantID, wakesRuns: Bool = false, in tx: any Transaction, at now: Moment
    ) throws {
        let ledger = LedgerStore(tx: tx, tenant: tenant)
        try ledger.takeBack(concluded.filter(\.takesBack).map(\.message.id))
        let matched = try ledger.record(
            concluded.map(Self.change), at: now,
            lookingUp: lookUps(about: concluded, of: tenant, wakesRuns: wakesRuns))
        defer { tx.forgetLookUps() }
        let kept = concluded.filter { matched.contains($0.message.id) }
        try EventStore(tx: tx, tenant: tenant).insert(kept.compactMap(\.event), at: now)
        try invitations.move(kept.compactMap(Self.move), of: tenant, in: tx, at: now)
        let signals = try Self.signals(kept, ledger: ledger)
        if !signals.isEmpty { try workflows.signal(signals, of: tenant, isLater: wakesRuns, in: tx, at: now) }
        for one in kept { try hold(after: one, of: tenant, in: tx, at: now) }
        // Only a probed message leaves while it is held; its attempt grew when its intent was committed.
        let probes = kept.filter { $0.message.state == .held && $0.attempt > $0.message.attempt }
        if !probes.isEmpty { try lift(after: probes, of: tenant, in: tx, at: now) }
        let settled = concluded.compactMap { one in
            one.item.map { (item: $0, outcome: Self.outcome(one, at: now)) }
        }
        if !settled.isEmpty { try Work.settle(settled, in: tx) }
    }

    /// What is looked up where all of them still matched, which is the rule. Runs are locked in one order by all, so
    /// they are not looked up ahead where some of them come later, after the other mails of their block.
    private func lookUps(about concluded: [Concluded], of tenant: TenantID, wakesRuns: Bool) -> [SQL] {
        let signals = concluded.compactMap { one in Self.signal(one.verdict).map { (one.message, $0) } }
        let ofInvitations = invitations.lookUps(about: concluded.compactMap(Self.move), of: tenant)
        guard !wakesRuns, signals.allSatisfy({ Self.isHeardAlone($1, of: $0) }) else { return ofInvitations }
        return ofInvitations + workflows.lookUps(aboutSignalled: signals.compactMap(\.0.run), of: tenant)
    }

    private static func change(_ one: Concluded) -> LedgerStore.Change {
        let (state, reply): (MessageState, String?) =
            switch one.verdict {
            case .sent(let reply): (.sent, reply)
            case .captured: (.captured, nil)
            case .failed(let reason): (.failed, reason)
            case .again(_, let reply): (.retrying, reply)
            case .held(let reason): (.held, reason)
            case .unknown(_, let reason): (.unknown, reason)
            case .cancelled(let gate): (.cancelled, gate)
            case .postponed: (.queued, nil)
            }
        var addsUnknown = false
        if case .unknown = one.verdict { addsUnknown = true }
        return LedgerStore.Change(
            id: one.message.id, attempt: one.attempt, state: state, reply: reply, addsUnknown: addsUnknown)
    }

    private static func move(_ one: Concluded) -> InvitationMove? {
        guard let invitation = one.message.invitation else { return nil }
        let state: InvitationState? =
            switch one.verdict {
            case .sent: .sent
            case .captured: .captured
            case .failed, .cancelled: .notSent
            case .unknown: .unknown
            case .again, .held, .postponed: nil
            }
        return state.map { InvitationMove(invitation: invitation, state: $0) }
    }

    /// What the runs hear. With several recipients a run goes on at the first that was delivered, and leaves by *Mail
    /// not sent*, or ends as not asked, when the last one has failed. Runs that have gone on meanwhile hear nothing.
    private static func signals(_ kept: [Concluded], ledger: LedgerStore) throws -> [MailSignal] {
        var signals: [MailSignal] = []
        var failures: [BlockOfRun: RunSignal] = [:]
        for one in kept {
            guard let run = one.message.run, let signal = signal(one.verdict) else { continue }
            let block = one.message.block
            if isHeardAlone(signal, of: one.message) {
                signals.append(MailSignal(run: run, block: block, signal))
            } else if let block {
                // A mail that was refused weighs more than one that a gate held back.
                let key = BlockOfRun(run: run, block: block)
                if case .mailNotSent = failures[key] { continue }
                failures[key] = signal
            }
        }
        if failures.isEmpty { return signals }
        let siblings = try ledger.siblings(of: Set(failures.keys.map(\.run)))
        for (key, signal) in failures {
            let messages = siblings[key] ?? []
            if messages.contains(where: { $0.state.isDelivered || $0.state.isPending }) { continue }
            let refused = messages.first { $0.state == .failed }
            let said: RunSignal
            if case .notAsked = signal, let refused {
                said = .mailNotSent(reason: refused.reply ?? "")
            } else {
                said = signal
            }
            signals.append(MailSignal(run: key.run, block: key.block, said))
        }
        return signals
    }

    /// Whether a run hears what became of one mail whatever became of the block's others.
    private static func isHeardAlone(_ signal: RunSignal, of message: LedgerMessage) -> Bool {
        signal == .mailSent || message.recipients < 2
    }

    private static func signal(_ verdict: Verdict) -> RunSignal? {
        switch verdict {
        case .sent, .captured, .unknown(again: nil, _): .mailSent
        case .failed(let reason): .mailNotSent(reason: reason)
        case .cancelled(let gate): .notAsked(gate: gate)
        case .again, .held, .postponed, .unknown: nil
        }
    }

    private static func outcome(_ one: Concluded, at now: Moment) -> WorkOutcome {
        switch one.verdict {
        case .sent, .captured, .failed, .cancelled, .unknown(again: nil, _): .done
        case .again(let next, _), .unknown(.some(let next), _): .again(at: next.milliseconds)
        case .held: .again(at: one.message.windowEndsAt.milliseconds)
        case .postponed: .again(at: now.adding(seconds: 1).milliseconds)
        }
    }

    /// Holds the centre's queue after a fault, tells administrators once, and has it probed.
    private func hold(
        after one: Concluded, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        guard case .held(let reason) = one.verdict else { return }
        try hold(senderEmail: "", because: reason, of: tenant, in: tx, at: now)
    }

    func hold(
        senderEmail: String, because reason: String, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        guard try HoldStore(tx: tx, tenant: tenant).hold(senderEmail: senderEmail, because: reason, at: now)
        else { return }
        try inbox.notifyAdministrators(
            AdministratorNotice(
                key: "mailings.held", arguments: ["reason": reason],
                // A server that takes connections and no mail is held anew every minute: said once an hour.
                once: "held-\(now.milliseconds / 3_600_000)-\(senderEmail)"),
            of: tenant, in: tx, at: now)
        try Work.schedule(
            Self.probeWork, tenant: tenant.raw, subject: tenant.raw,
            at: now.adding(seconds: MailLimits.probeSeconds).milliseconds, in: tx)
    }
}
