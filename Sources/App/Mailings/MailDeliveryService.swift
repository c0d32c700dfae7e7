// SPDX-License-Identifier: Apache-2.0
// Takes claimed messages to their servers, or into the capture folder.
import Durable
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Post
import Storage

/// Delivers messages of this node over kept connections.
final class MailDeliveryService: Sendable {
    /// Messages of one claimed batch that are encoded and wait for a connection, or are on one.
    private static let underWay = 24
    /// How long the outcomes of mail may gather. Nobody waits for them, and each transaction costs about as much.
    private static let gathering = Duration.milliseconds(25)

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
        steps = Gathering(in: database, patience: Self.gathering) { batch in
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
        var terms = MailTerms()
        var departures: [Departure] = []
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

    /// Delivers one centre's messages: those that were made as being sent, and those that the ledger is asked about.
    private func deliver(_ items: [WorkItem], of tenant: TenantID, _ context: WorkContext) async throws {
        var fresh: [Departure] = []
        var rest: [WorkItem] = []
        for item in items {
            if let departure = Departure(item) { fresh.append(departure) } else { rest.append(item) }
        }
        let leaving = fresh
        try await withThrowingTaskGroup(of: Void.self) { group in
            if !leaving.isEmpty { group.addTask { try await self.send(leaving, of: tenant, context) } }
            if !rest.isEmpty { try await send(plan(rest, of: tenant, context), of: tenant, context) }
            try await group.waitForAll()
        }
    }

    /// What the ledger says is to be sent now.
    private func plan(_ items: [WorkItem], of tenant: TenantID, _ context: WorkContext) async throws -> [Departure] {
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
        return try await paced(plan, of: tenant, at: now)
    }

    private func send(_ messages: [Departure], of tenant: TenantID, _ context: WorkContext) async throws {
        let mail = OutgoingMail(tenant: tenant, installation: mailings.installation, invitations: mailings.invitations)
        let (places, free) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            var place = places.makeAsyncIterator()
            for (position, one) in messages.enumerated() {
                // A message on its way is a task, its text and its encoded text: a batch of them would lie in memory
                // while a few connections take them.
                if position >= Self.underWay, await place.next() == nil { throw CancellationError() }
                group.addTask {
                    let concluded = try await self.end(of: one, mail: mail, context) { free.yield() }
                    // It holds no place any more. In the same task all the same: what has left is told the ledger
                    // whatever becomes of the others.
                    _ = try await self.steps.add(.conclude(tenant, concluded), isPatient: true)
                }
            }
            try await group.waitForAll()
        }
    }

    /// One attempt and what is to be written of it.
    private func end(
        of one: Departure, mail: OutgoingMail, _ context: WorkContext, leaving: () -> Void
    ) async throws -> Concluded {
        defer { leaving() }
        let (attempt, verdict) = try await attemptOrPutBack(one, mail: mail, context)
        return Concluded(
            item: one.item, message: one.message, attempt: attempt, verdict: verdict, isTried: true,
            takesBack: one.fresh?.hasBegun == false)
    }

    /// What leaves in this second; the others come again in theirs.
    private func paced(
        _ plan: Plan, of tenant: TenantID, at now: Moment
    ) async throws -> [Departure] {
        guard let perSecond = plan.terms.perSecond, plan.terms.settings?.host != nil else { return plan.departures }
        var leaving: [Departure] = []
        var later: [(item: WorkItem, outcome: WorkOutcome)] = []
        for one in plan.departures {
            let place = pace.place(for: one.message.id, of: tenant, perSecond: perSecond, at: now)
            if place > now { later.append((one.item, .again(at: place.milliseconds))) } else { leaving.append(one) }
        }
        let waiting = later
        if !waiting.isEmpty { try await mailings.installation.database.write { try Work.settle(waiting, in: $0) } }
        return leaving
    }

    /// The same, where a message that was made as being sent and cannot begin is queued again, as any other would be.
    private func attemptOrPutBack(
        _ departure: Departure, mail: OutgoingMail, _ context: WorkContext
    ) async throws -> (Int, Verdict) {
        guard let fresh = departure.fresh else { return try await attempt(departure, mail: mail, context) }
        if context.isStopping() { return (departure.message.attempt, .postponed) }
        do {
            return try await attempt(departure, mail: mail, context)
        } catch let error where !fresh.hasBegun {
            context.logger.warning("A mail could not be sent at once and is queued.", metadata: ["error": "\(error)"])
            return (departure.message.attempt, .postponed)
        }
    }

    /// One attempt: its number, and what became of the message.
    private func attempt(
        _ departure: Departure, mail: OutgoingMail, _ context: WorkContext
    ) async throws -> (Int, Verdict) {
        let (row, terms) = (departure.message, departure.terms)
        let now = Moment(milliseconds: context.now())
        guard let message = mail.message(row, bounceEmail: terms.settings?.bounceEmail, at: now) else {
            return (row.attempt, .failed(reason: "mailings.reason.unsendable"))
        }
        let keys = try mailings.settings.signingKeys(for: message.from, among: terms.keys)
        let bytes = try message.encoded(signedBy: keys)
        let megabytes = [terms.settings?.sizeLimitMegabytes, terms.limits.messageMegabytes].compactMap { $0 }.min()
        let limit = min(MailLimits.messageBytes, megabytes.map { $0 << 20 } ?? .max)
        guard bytes.count <= limit else {
            return (row.attempt, .failed(reason: "mailings.reason.overLimit \(limit)"))
        }
        guard let settings = terms.settings, let account = mailings.account(settings, limits: terms.limits) else {
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
        let begunAs = NIOLockedValueBox<Int?>(nil)
        let outcome = await pool.send(
            envelope, through: account, hooks: hooks(departure, of: mail.tenant, noting: begunAs, context))
        let verdict = Verdict.of(
            outcome, message: row, policy: settings.unknownPolicy, at: Moment(milliseconds: context.now()),
            jitter: Double.random(in: 0...1))
        try await count(outcome, of: row, tenant: mail.tenant)
        return (begunAs.withLockedValue { $0 } ?? row.attempt, verdict)
    }

    /// What is asked before a message's first byte and before its last.
    /// - Parameter begunAs: Is given the number of the attempt when it begins.
    private func hooks(
        _ departure: Departure, of tenant: TenantID, noting begunAs: NIOLockedValueBox<Int?>, _ context: WorkContext
    ) -> SMTPHooks {
        let mayEnd: @Sendable () -> Bool = { context.isLeaseSafe() }
        if let fresh = departure.fresh {
            return SMTPHooks(
                mayBegin: {
                    // One that has begun on a connection that was no good goes on.
                    if !fresh.hasBegun, context.isStopping() || !context.isLeaseSafe() { return false }
                    fresh.begin()
                    begunAs.withLockedValue { $0 = FreshMessage.attempt }
                    return true
                }, mayEnd: mayEnd)
        }
        return SMTPHooks(
            willBegin: { [steps, message = departure.message.id] in
                if context.isStopping() { return false }
                guard let number = try? await steps.add(.begin(tenant, message)) else { return false }
                begunAs.withLockedValue { $0 = number }
                return true
            }, mayEnd: mayEnd)
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

/// A message that is to be sent now.
struct Departure: Sendable {
    let item: WorkItem
    let message: LedgerMessage
    let terms: MailTerms
    /// Set when its row says already that it is being sent.
    var fresh: FreshMessage?

    init(item: WorkItem, message: LedgerMessage, terms: MailTerms) {
        self.item = item
        self.message = message
        self.terms = terms
    }

    /// A message that was handed over in memory; nil for others, and for one that has begun before.
    init?(_ item: WorkItem) {
        guard let fresh = item.parcel as? FreshMessage, !fresh.hasBegun else { return nil }
        self.init(item: item, message: fresh.message, terms: fresh.terms)
        self.fresh = fresh
    }
}
