// SPDX-License-Identifier: Apache-2.0
// Takes claimed messages to their servers, or into the capture folder.
import Durable
import NIOConcurrencyHelpers
import NIOPosix
import Post
import Storage

/// Delivers messages of this node over kept connections.
final class MailDeliveryService: Sendable {
    /// Messages of one claimed batch that are encoded and wait for a connection, or are on one.
    private static let underWay = 24

    private let mailings: Mailings
    private let pool: SMTPPool
    private let pace = MailPace()
    /// What is written of messages under way: their number of attempts when they begin, nil when they may not.
    private let steps: Gathering<LedgerStep, Int?>
    /// Messages refused at MAIL FROM in a row, by centre and sender.
    private let refusals = NIOLockedValueBox<[String: Set<MessageID>]>([:])

    init(mailings: Mailings, pool: SMTPPool) {
        self.mailings = mailings
        self.pool = pool
        let database = mailings.installation.database
        steps = Gathering(in: database) { batch in
            do {
                return try await database.write { try mailings.write(batch.elements, in: $0) }
            } catch let error where batch.elements.count == 1 && !(error is LeaseLost) {
                // A run that cannot go on must not leave its mail without an outcome.
                return try await database.write { try mailings.write(batch.elements, wakesRuns: true, in: $0) }
            }
        }
    }

    /// What is to be done with one centre's claimed messages.
    struct Plan: Sendable {
        var settings: SMTPSettings?
        var limits = TenantLimits()
        /// What signs the mail of the centre's domains.
        var keys: [SigningKey] = []
        var sending: [(item: WorkItem, message: LedgerMessage)] = []
    }

    /// Handles a claimed batch: centre by centre, so that a slow server delays no other centre's mail.
    func handle(_ items: [WorkItem], _ context: WorkContext) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (tenant, items) in Dictionary(grouping: items, by: { TenantID(raw: $0.tenant) }) {
                group.addTask { try await self.deliver(items, of: tenant, context) }
            }
            try await group.waitForAll()
        }
    }

    private func deliver(_ items: [WorkItem], of tenant: TenantID, _ context: WorkContext) async throws {
        let mailings = mailings
        let now = Moment(milliseconds: context.now())
        var plan: Plan
        do {
            plan = try await mailings.installation.database.write { tx in
                try mailings.plan(items, of: tenant, in: tx, at: now)
            }
        } catch let error where items.count == 1 && !(error is LeaseLost) {
            // As with outcomes: a run that cannot go on must not keep its mail.
            plan = try await mailings.installation.database.write { tx in
                try mailings.plan(items, of: tenant, wakesRuns: true, in: tx, at: now)
            }
        }
        plan.sending = try await paced(plan, of: tenant, at: now)
        let mail = OutgoingMail(tenant: tenant, installation: mailings.installation, invitations: mailings.invitations)
        let paced = plan
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, (item, message)) in paced.sending.enumerated() {
                // A message on its way is a task, its text and its encoded text: a batch of them would lie in memory
                // while a few connections take them.
                if position >= Self.underWay { try await group.next() }
                group.addTask {
                    let (attempt, verdict) = try await self.attempt(message, mail: mail, plan: paced, context)
                    let one = Concluded(
                        item: item, message: message, attempt: attempt, verdict: verdict, isTried: true)
                    _ = try await self.steps.add(.conclude(tenant, one))
                }
            }
            try await group.waitForAll()
        }
    }

    /// What leaves in this second; the others come again in theirs.
    private func paced(
        _ plan: Plan, of tenant: TenantID, at now: Moment
    ) async throws -> [(item: WorkItem, message: LedgerMessage)] {
        let paces = [plan.limits.messagesPerSecond, plan.settings?.messagesPerSecond].compactMap { $0 }
        guard let perSecond = paces.min(), plan.settings?.host != nil else { return plan.sending }
        var leaving: [(item: WorkItem, message: LedgerMessage)] = []
        var later: [(item: WorkItem, outcome: WorkOutcome)] = []
        for one in plan.sending {
            let place = pace.place(for: one.message.id, of: tenant, perSecond: perSecond, at: now)
            if place > now { later.append((one.item, .again(at: place.milliseconds))) } else { leaving.append(one) }
        }
        let waiting = later
        if !waiting.isEmpty { try await mailings.installation.database.write { try Work.settle(waiting, in: $0) } }
        return leaving
    }

    /// One attempt: its number, and what became of the message.
    private func attempt(
        _ row: LedgerMessage, mail: OutgoingMail, plan: Plan, _ context: WorkContext
    ) async throws -> (Int, Verdict) {
        let now = Moment(milliseconds: context.now())
        guard let message = mail.message(row, bounceEmail: plan.settings?.bounceEmail, at: now) else {
            return (row.attempt, .failed(reason: "mailings.reason.unsendable"))
        }
        let keys = try mailings.settings.signingKeys(for: message.from, among: plan.keys)
        let bytes = try message.encoded(signedBy: keys)
        let megabytes = [plan.settings?.sizeLimitMegabytes, plan.limits.messageMegabytes].compactMap { $0 }.min()
        let limit = min(MailLimits.messageBytes, megabytes.map { $0 << 20 } ?? .max)
        guard bytes.count <= limit else {
            return (row.attempt, .failed(reason: "mailings.reason.overLimit \(limit)"))
        }
        guard let settings = plan.settings, let account = mailings.account(settings, limits: plan.limits) else {
            return (row.attempt, try await capture(bytes, row, mail.tenant))
        }
        guard let recipient = message.to.first else {
            return (row.attempt, .failed(reason: "mailings.reason.unsendable"))
        }
        let returnPath = settings.bounceEmail.flatMap { mailbox in
            ReturnPath(tenant: mail.tenant, message: row.id)
                .address(below: mailbox, secret: mailings.installation.secret)
        }
        let envelope = SMTPEnvelope(
            sender: returnPath ?? message.from, recipient: recipient, content: bytes,
            needsSMTPUTF8: message.needsSMTPUTF8)
        let attempt = NIOLockedValueBox<Int?>(nil)
        let hooks = SMTPHooks(
            willBegin: { [steps] in
                if context.isStopping() { return false }
                guard let number = try? await steps.add(.begin(mail.tenant, row.id)) else { return false }
                attempt.withLockedValue { $0 = number }
                return true
            },
            mayEnd: { context.isLeaseSafe() })
        let outcome = await pool.send(envelope, through: account, hooks: hooks)
        let verdict = Verdict.of(
            outcome, message: row, policy: settings.unknownPolicy, at: Moment(milliseconds: context.now()),
            jitter: Double.random(in: 0...1))
        try await count(outcome, of: row, tenant: mail.tenant)
        return (attempt.withLockedValue { $0 } ?? row.attempt, verdict)
    }

    private func capture(_ bytes: [UInt8], _ row: LedgerMessage, _ tenant: TenantID) async throws -> Verdict {
        let folder = CaptureFolder(installation: mailings.installation, tenant: tenant)
        try await NIOThreadPool.singleton.runIfActive { try folder.keep(bytes, of: row.messageID) }
        return .captured
    }

    /// Three different messages in a row that the server refuses for their sender hold that sender (spec 2.2).
    private func count(_ outcome: SMTPOutcome, of row: LedgerMessage, tenant: TenantID) async throws {
        let key = "\(tenant) \(row.senderEmail)"
        switch outcome {
        case .accepted:
            refusals.withLockedValue { $0[key] = nil }
        case .refused(.mail, let reply) where reply.code != 552:
            let count = refusals.withLockedValue { refusals -> Int in
                refusals[key, default: []].insert(row.id)
                return refusals[key, default: []].count
            }
            guard count >= MailLimits.refusalsThatHold else { return }
            refusals.withLockedValue { $0[key] = nil }
            let mailings = mailings
            let now = mailings.installation.clock.now()
            try await mailings.installation.database.write { tx in
                try mailings.hold(
                    senderEmail: row.senderEmail, because: reply.description, of: tenant, in: tx, at: now)
            }
        default:
            break
        }
    }
}
