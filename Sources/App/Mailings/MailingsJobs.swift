// SPDX-License-Identifier: Apache-2.0
// The room's durable work: due messages are planned and delivered, held queues are probed.
import Durable
import Post
import Storage

extension Mailings {
    /// The handlers of this room.
    public func handlers(pool: SMTPPool) -> [WorkHandler] {
        let delivery = MailDeliveryService(mailings: self, pool: pool)
        return [
            WorkHandler(kind: Self.messageWork, batch: 100, concurrency: 16, isByTenant: true) { items, context in
                try await delivery.handle(items, context)
            },
            WorkHandler(kind: Self.probeWork, batch: 10, concurrency: 2) { items, context in
                for item in items { try await probe(item, pool: pool, context) }
            },
        ]
    }

    /// Decides in one transaction what is to be done with one centre's claimed messages; what needs no server is
    /// concluded at once.
    func plan(
        _ items: [WorkItem], of tenant: TenantID, wakesRuns: Bool = false, in tx: any Transaction, at now: Moment
    ) throws -> MailDeliveryService.Plan {
        let ledger = LedgerStore(tx: tx, tenant: tenant)
        let rows = try ledger.load(items.map { MessageID(raw: $0.subject) })
        let messages = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
        var plan = MailDeliveryService.Plan(terms: try terms(settings.smtp(of: tenant, in: tx), of: tenant, in: tx))
        let holds = try HoldStore(tx: tx, tenant: tenant).all()
        let noes = try gates(rows, of: tenant, in: tx, at: now)
        var concluded: [Concluded] = []
        var superfluous: [WorkItem] = []
        for item in items {
            guard let message = messages[MessageID(raw: item.subject)],
                message.state.isPending || message.state == .unknown
            else {
                superfluous.append(item)
                continue
            }
            let no = Self.leaving(message).flatMap { noes[$0] }
            if let verdict = Self.beforehand(message, terms: plan.terms, holds: holds, gate: no, at: now) {
                concluded.append(
                    Concluded(item: item, message: message, attempt: message.attempt, verdict: verdict))
            } else {
                plan.departures.append(Departure(item: item, message: message, terms: plan.terms))
            }
        }
        if !concluded.isEmpty { try conclude(concluded, of: tenant, wakesRuns: wakesRuns, in: tx, at: now) }
        if !superfluous.isEmpty { try Work.settle(superfluous, as: .done, in: tx) }
        return plan
    }

    /// The gates that say no to survey mails that are about to leave. Trials are shown them but not stopped.
    private func gates(
        _ rows: [LedgerMessage], of tenant: TenantID, in tx: any Transaction, at now: Moment
    ) throws -> [LeavingMail: String] {
        let leaving = rows.compactMap(Self.leaving)
        return leaving.isEmpty ? [:] : try workflows.gates(leaving, of: tenant, in: tx, at: now)
    }

    /// What the gates are asked about; nil for mails that they do not concern, or that may have left.
    private static func leaving(_ row: LedgerMessage) -> LeavingMail? {
        guard row.kind == .survey, !row.isTest, row.state != .sending, row.state != .unknown, let run = row.run,
            let invitation = row.invitation
        else { return nil }
        return LeavingMail(run: run, invitation: invitation, addressFolded: row.recipientFolded)
    }

    /// What is clear before any server is asked; nil when the message is to be sent.
    private static func beforehand(
        _ message: LedgerMessage, terms: MailTerms, holds: [Hold], gate: String?, at now: Moment
    ) -> Verdict? {
        let isCaptured = terms.settings?.host == nil
        if message.state == .sending, !isCaptured {
            // Whoever held it died after it was taken to be sent. MAIL, RCPT and DATA leave as one group, so nobody
            // can know how far it came.
            let triesAgain =
                message.unknowns == 0 && terms.settings?.unknownPolicy != .leave && now < message.windowEndsAt
            return .unknown(again: triesAgain ? now : nil, reason: "mailings.reason.interrupted")
        }
        if let gate { return .cancelled(gate: gate) }
        let hold = holds.first { $0.holds(message) }
        if now >= message.windowEndsAt, message.state != .unknown {
            return .failed(reason: hold?.reason ?? message.reply ?? "mailings.reason.windowOver")
        }
        if message.state == .unknown, now >= message.windowEndsAt {
            return .unknown(again: nil, reason: message.reply ?? "mailings.reason.windowOver")
        }
        if let hold, !isCaptured { return .held(reason: hold.reason) }
        return nil
    }

    /// Asks a held centre's server whether it signs us in again. If so the newest held message of each hold is tried on
    /// the way that every message goes, and what becomes of it decides about the others (``lift(after:of:in:at:)``).
    private func probe(_ item: WorkItem, pool: SMTPPool, _ context: WorkContext) async throws {
        let tenant = TenantID(raw: item.tenant)
        let (smtp, limits, isHeld) = try await installation.database.read { tx in
            (
                try settings.smtp(of: tenant, in: tx), try settings.limits(of: tenant, in: tx),
                try !HoldStore(tx: tx, tenant: tenant).all().isEmpty
            )
        }
        var fault: SMTPFault?
        if isHeld, let smtp, let account = account(smtp, limits: limits) { fault = await pool.check(account) }
        let isWorking = fault == nil
        let now = Moment(milliseconds: context.now())
        try await installation.database.write { tx in
            let stay = try isWorking ? begin(probing: tenant, in: tx, at: now) : true
            let next = now.adding(seconds: MailLimits.probeSeconds).milliseconds
            try Work.settle([item], as: stay ? .again(at: next) : .done, in: tx)
        }
    }

    /// Lets the newest message of each hold go first; a hold that keeps nothing back is lifted at once.
    /// - Returns: whether holds are left.
    private func begin(probing tenant: TenantID, in tx: any Transaction, at now: Moment) throws -> Bool {
        let (store, ledger) = (HoldStore(tx: tx, tenant: tenant), LedgerStore(tx: tx, tenant: tenant))
        var stay = false
        for hold in try store.all() {
            if let newest = try ledger.newestHeld(of: hold.senderEmail, at: now) {
                stay = true
                try store.probe(hold, with: newest)
                try Work.schedule(
                    Self.messageWork, tenant: tenant.raw, subject: newest.raw, at: now.milliseconds, in: tx)
            } else {
                try store.release(hold)
            }
        }
        return stay
    }

    /// What an attempt at a held message means for the others: they are released, or wait for the next probe.
    func lift(after attempts: [Concluded], of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        let store = HoldStore(tx: tx, tenant: tenant)
        var isLifted = false
        for hold in try store.all() {
            guard let one = attempts.first(where: { $0.message.id == hold.probed }) else { continue }
            if hold.isLifted(by: one.verdict) {
                try store.release(hold)
                isLifted = true
            } else {
                try store.probe(hold, with: nil)
            }
        }
        if isLifted { try release(tenant, in: tx, at: now) }
    }

    /// Makes everything that is held due at once.
    func release(_ tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        let ledger = LedgerStore(tx: tx, tenant: tenant)
        var last: MessageID?
        while true {
            let held = try ledger.held(after: last, limit: 500)
            if held.isEmpty { return }
            try Work.schedule(held.map { (Self.messageWork, tenant.raw, $0.raw, now.milliseconds) }, in: tx)
            last = held.last
        }
    }

    /// Settings have changed: whatever is held is tried with the new ones at once.
    public func settingsChanged(of tenant: TenantID, in tx: any Transaction, at now: Moment) throws {
        try HoldStore(tx: tx, tenant: tenant).release()
        try release(tenant, in: tx, at: now)
    }
}
