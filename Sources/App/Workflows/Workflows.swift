// SPDX-License-Identifier: Apache-2.0
// The room's face: what other rooms may ask of scenarios and runs.
import Durable
import Storage

/// Workflows, their configurations and their runs.
public struct Workflows: Sendable {
    let installation: Installation
    let surveys: Surveys
    let invitations: Invitations
    let inbox: Inbox
    /// Who writes the mails (Mailings).
    let messagesDue: @Sendable ([MessageDue], any Transaction, Moment) throws -> Void
    /// What writing them looks up of a centre, for ``Transaction/query(_:lookingUp:)``.
    let mailLookUps: @Sendable (TenantID) -> [SQL]
    let shelf = ScenarioShelf()

    public init(
        installation: Installation, surveys: Surveys, invitations: Invitations, inbox: Inbox,
        messagesDue: @escaping @Sendable ([MessageDue], any Transaction, Moment) throws -> Void,
        mailLookUps: @escaping @Sendable (TenantID) -> [SQL] = { _ in [] }
    ) {
        self.installation = installation
        self.surveys = surveys
        self.invitations = invitations
        self.inbox = inbox
        self.messagesDue = messagesDue
        self.mailLookUps = mailLookUps
    }

    /// The interaction goes on: its waiting runs are cancelled. A mail that is on its way meets the gate.
    public func reopened(
        _ interaction: InteractionID, of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws {
        let store = RunStore(tenant: tenant, tx: tx)
        let reason = GateNo(.reopened).description
        let cancelled = try store.cancel(of: interaction, reason: reason, at: now)
        for (run, _) in cancelled { try Work.cancel(Self.work, tenant: tenant.raw, subject: run.raw, in: tx) }
        try store.insertLines(
            cancelled.map { run, block in
                (run, RunLine(at: now, block: block, outcome: .cancelled, arguments: ["reason": reason]))
            })
    }

    /// Tells waiting runs how their mails went, in as many statements as for one. A run that is over or stands at
    /// another block by now is left alone.
    ///
    /// They are taken on in this same transaction: most have nothing left but to finish, and being woken for that
    /// would cost more than all the rest.
    /// - Parameter isLater: The runs are woken to go on in a transaction of their own, so that one that cannot go on
    ///   does not keep the outcome of its mail from being written down.
    public func signal(
        _ signals: [MailSignal], of tenant: TenantID, isLater: Bool = false, in tx: any Transaction, at now: Moment
    ) throws {
        let store = RunStore(tenant: tenant, tx: tx)
        guard !isLater else {
            let taken = Set(try store.signal(signals))
            let outcomes = taken.map { ($0, WorkOutcome.again(at: now.milliseconds)) }
            return try wakeLater(Dictionary(uniqueKeysWithValues: outcomes), of: tenant, in: tx)
        }
        let byRun = Dictionary(grouping: signals, by: \.run)
        let taken = try store.lockedForSignal(byRun.keys.sorted()).compactMap { run -> Run? in
            var run = run
            run.signal = byRun[run.id]?.first { $0.block == nil || $0.block == run.block }?.signal
            return run.signal == nil ? nil : run
        }
        try wakeLater(try advance(taken, of: tenant, in: tx, at: now), of: tenant, in: tx)
    }

    /// What ``signal(_:of:isLater:in:at:)`` looks up of these runs, for ``Transaction/query(_:lookingUp:)``.
    func lookUps(aboutSignalled runs: [RunID], of tenant: TenantID) -> [SQL] {
        runs.isEmpty ? [] : [RunStore.lockedForSignal(Set(runs).sorted(), of: tenant)]
    }

    /// A mail of a run came back after all. Where nobody else has got the block's mail, the run walks the block's
    /// branch *Mail not sent*, once, even when it has gone on or is over; else the return only stands in its record.
    public func mailBounced(
        _ run: RunID, block: String, reason: String, hasArrivedElsewhere: Bool, of tenant: TenantID,
        in tx: any Transaction, at now: Moment
    ) throws {
        if !hasArrivedElsewhere, try comeBack(run, to: block, reason: reason, of: tenant, in: tx, at: now) { return }
        let line = RunLine(at: now, block: block, outcome: .mailBounced, arguments: ["reason": reason])
        try RunStore(tenant: tenant, tx: tx).insertLines([(run, line)])
    }

    /// Asks the gates again when survey mails are about to leave (spec 5.5), for all of them in as many statements as
    /// for one: the mails whose gate says no, with the gate as it stands in `run.reason`.
    public func gates(
        _ leaving: [LeavingMail], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [LeavingMail: String] {
        guard !leaving.isEmpty else { return [:] }
        let disabled = try RunStore(tenant: tenant, tx: tx).disabled(Set(leaving.map(\.run)).sorted())
        let noes = try invitations.gates(leaving, of: tenant, in: tx, at: now)
        var answers: [LeavingMail: String] = [:]
        for mail in leaving {
            if let no = noes[mail], no.gate == .surveysOff || !disabled.contains(mail.run) {
                answers[mail] = no.description
            } else if disabled.contains(mail.run) {
                answers[mail] = GateNo(.configurationDisabled).description
            }
        }
        return answers
    }
}
