// SPDX-License-Identifier: Apache-2.0
// One kind's loop: claim a batch, hand it over, sleep until the next is due.
import Logging
import NIOConcurrencyHelpers
import Storage

/// Claims and hands over the work of one kind.
final class Pump: Sendable {
    /// How long it sleeps at most: hints may be lost.
    static let patience = Duration.seconds(5)
    /// How long it waits when something is due that another node is just claiming.
    static let politeness = Duration.milliseconds(10)

    let handler: WorkHandler
    let alarm = Alarm()
    private let claims: Claims
    private let database: Database
    private let node: Node
    private let stopping: Stopping
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    /// How often it looks for others' work while some tenants have as much under way as they may.
    static let curiosity = Duration.milliseconds(250)

    private struct State {
        /// Who has how much under way, where that is limited by tenant.
        var shares: Shares
        /// Batches that are being handled.
        var running = 0
        /// Whether the pump waits for a handler to finish.
        var awaitsRoom = false

        /// The clock while it runs.
        var clock: (@Sendable () -> Int64)?
        /// Work that was made as claimed, in its order, and how many items that are.
        var offers: [Offer] = []
        var offered = 0
        /// When the table is to be looked at.
        var looksAt = Int64.min
    }

    init(_ handler: WorkHandler, database: Database, node: Node, stopping: Stopping, logger: Logger) {
        self.handler = handler
        state = NIOLockedValueBox(State(shares: Shares(room: handler.batch * handler.concurrency)))
        self.database = database
        self.node = node
        self.stopping = stopping
        var logger = logger
        logger[metadataKey: "work.kind"] = "\(handler.kind)"
        self.logger = logger
        claims = Claims(kind: handler.kind, database: database)
    }

    var kind: WorkKind { handler.kind }
    var origin: DatabaseOrigin { database.origin }

    /// How many items may wait in memory.
    private var room: Int { handler.batch * 2 }

    /// Something in the table is due at this time.
    func ring(at dueAt: Int64 = .min) {
        state.withLockedValue { $0.looksAt = min($0.looksAt, dueAt) }
        alarm.ring(at: dueAt)
    }

    /// Work that is about to be made, as claimed by this node; nil when it does not run, has enough, or others wait.
    func offer(
        _ subjects: [(tenant: Int64, subject: Int64)], carrying parcels: [any AnyObject & Sendable], at now: Int64,
        lease id: Int64
    ) -> Offer? {
        guard !stopping.isOn, !claims.isCrowded, node.isLeaseSafe() else { return nil }
        let clock = state.withLockedValue { state in
            let isOver = handler.isByTenant && !Set(subjects.map(\.tenant)).allSatisfy(state.shares.mayBegin)
            return isOver || state.offered + subjects.count > room ? nil : state.clock
        }
        guard let clock else { return nil }
        let lease = Lease(id: id, now: clock)
        let items = subjects.enumerated().map { position, one in
            WorkItem(
                kind: kind, tenant: one.tenant, subject: one.subject, dueAt: now, attempt: 1, revision: 1, lease: lease,
                parcel: parcels.isEmpty ? nil : parcels[position])
        }
        return Offer(items, pump: self, node: node)
    }

    /// Takes in work that has been committed as claimed.
    func take(_ offer: Offer) {
        state.withLockedValue { state in
            guard state.clock != nil else { return }
            state.offers.append(offer)
            state.offered += offer.items.count
            if handler.isByTenant { state.shares.begin(offer.items) }
        }
        alarm.ring()
    }

    /// Up to a batch of what waits in memory.
    private func nextOffered() -> [WorkItem] {
        guard node.isLeaseSafe() else { return [] }
        let id = node.id
        return state.withLockedValue { state in
            // A node that was taken for dead comes back as another; what it was offered before is others' by now.
            for offer in state.offers where offer.node != id {
                offer.items.leases.forEach(node.forget)
                if handler.isByTenant { state.shares.end(offer.items) }
            }
            state.offers.removeAll { $0.node != id }
            var items: [WorkItem] = []
            var count = 0
            for offer in state.offers {
                guard items.isEmpty || items.count + offer.items.count <= handler.batch else { break }
                items += offer.items
                count += 1
            }
            state.offers.removeFirst(count)
            state.offered = state.offers.reduce(0) { $0 + $1.items.count }
            return items
        }
    }

    /// Claims a batch; what can be done in the claim's transaction is done and settled when it returns.
    func claim(now: @escaping @Sendable () -> Int64) async throws -> [WorkItem] {
        if let body = handler.inTransaction {
            do {
                let context = context(now)
                return try await claims.claim(for: node, limit: handler.batch, now: now) { items, tx in
                    try body(items, context, tx)
                }
            } catch let error where !Self.isOutage(error) {
                logger.debug("A batch failed and is tried item by item.", metadata: ["error": "\(error)"])
            }
        }
        let (limit, sated) = state.withLockedValue { state in
            handler.isByTenant
                ? (min(handler.batch, max(1, state.shares.free)), state.shares.sated) : (handler.batch, [])
        }
        return try await claims.claim(for: node, limit: limit, without: sated, now: now)
    }

    /// Works until told to stop, and returns when the last handler has finished.
    func run(now: @escaping @Sendable () -> Int64) async {
        state.withLockedValue { $0.clock = now }
        Bell.shared.open(self)
        defer {
            Bell.shared.shut(self)
            state.withLockedValue { $0 = State(shares: Shares(room: handler.batch * handler.concurrency)) }
        }
        await withDiscardingTaskGroup { group in
            var failures = 0
            while !stopping.isOn, !Task.isCancelled {
                if isFull {
                    await alarm.sleep(until: now() + Self.patience.milliseconds, now: now())
                    continue
                }
                let offered = nextOffered()
                if !offered.isEmpty {
                    for part in begin(offered, areOffered: true) { group.addTask { await self.work(part, now: now) } }
                    // What is due in the table has its turn as well.
                    guard !isFull, isLookDue(now()) else { continue }
                }
                do {
                    let claimed = try await look(now: now)
                    if !claimed.isEmpty {
                        for part in begin(claimed) { group.addTask { await self.work(part, now: now) } }
                    } else if offered.isEmpty {
                        await rest(now: now)
                    }
                    failures = 0
                } catch {
                    ring()
                    failures = min(failures + 1, 6)
                    logger.warning("Work could not be claimed.", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(100 << failures))
                }
            }
            // What carries something is not begun any more, and says so; the rest is returned as it is.
            while case let left = nextOffered(), !left.isEmpty {
                let carrying = left.filter { $0.parcel != nil }
                if carrying.isEmpty { continue }
                for part in begin(carrying, areOffered: true) { group.addTask { await self.work(part, now: now) } }
            }
        }
    }

    /// Whether nothing more may be begun before a handler has finished, which then rings.
    private var isFull: Bool {
        state.withLockedValue { state in
            let isFull = handler.isByTenant ? state.shares.free == 0 : state.running >= handler.concurrency
            if isFull { state.awaitsRoom = true }
            return isFull
        }
    }

    /// What is handed over together: the batch, or each tenant's part of it.
    private func begin(_ items: [WorkItem], areOffered: Bool = false) -> [[WorkItem]] {
        guard handler.isByTenant else {
            state.withLockedValue { $0.running += 1 }
            return [items]
        }
        let parts = Array(Dictionary(grouping: items, by: \.tenant).values)
        // Each part forgets its leases by itself.
        for part in parts { part.leases.forEach(node.remember) }
        items.leases.forEach(node.forget)
        if !areOffered { state.withLockedValue { $0.shares.begin(items) } }
        return parts
    }

    private func work(_ items: [WorkItem], now: @escaping @Sendable () -> Int64) async {
        _ = await handle(items, now: now)
        let isAwaited = state.withLockedValue { state in
            if handler.isByTenant { state.shares.end(items) } else { state.running -= 1 }
            defer { state.awaitsRoom = false }
            return state.awaitsRoom
        }
        if isAwaited { ring() }
    }

    private func isLookDue(_ moment: Int64) -> Bool { state.withLockedValue { $0.looksAt <= moment } }

    /// A batch out of the table if anything may be due there; what it finds not due yet it comes back for.
    private func look(now: @escaping @Sendable () -> Int64) async throws -> [WorkItem] {
        let moment = now()
        let isDue = state.withLockedValue { state in
            guard state.looksAt <= moment else { return false }
            // Whoever rings from here on means another look.
            state.looksAt = .max
            return true
        }
        guard isDue else { return [] }
        // A node that may be taken for dead claims nothing: its leases would mean nothing.
        let claimed = node.isLeaseSafe() ? try await claim(now: now) : []
        var next = Int64.min
        if claimed.isEmpty {
            let nextDue = try await claims.nextDue() ?? .max
            let after = now()
            next = nextDue <= after ? after + Self.politeness.milliseconds : nextDue
            // What is due may be of those who have their share.
            let isSated = state.withLockedValue { state in
                state.awaitsRoom = handler.isByTenant && !state.shares.sated.isEmpty
                return state.awaitsRoom
            }
            if isSated, nextDue <= after { next = after + Self.curiosity.milliseconds }
            next = min(next, after + Self.patience.milliseconds)
        }
        let looksAt = next
        state.withLockedValue { $0.looksAt = min($0.looksAt, looksAt) }
        return claimed
    }

    private func rest(now: @Sendable () -> Int64) async {
        let until = state.withLockedValue { $0.looksAt }
        await alarm.sleep(until: until, now: now())
    }

    /// Hands a batch over and sees to what it left; returns what went wrong.
    func handle(_ items: [WorkItem], now: @escaping @Sendable () -> Int64) async -> [String] {
        defer { for lease in items.leases { node.forget(lease) } }
        if items.unsettled.isEmpty { return [] }
        var errors: [String] = []
        do {
            try await handler.handle(items, context(now))
        } catch {
            errors = await handleSingly(items, after: error, now: now)
        }
        // What a stopping program leaves is returned when the node leaves.
        let left = items.unsettled
        guard !left.isEmpty, !stopping.isOn, !Task.isCancelled else { return errors }
        do {
            try await database.write { tx in
                let retried = left.map { (item: $0, outcome: WorkOutcome.retry(after: nil)) }
                for settlement in Settlement.batches(of: retried) { try settlement.applyLeniently(in: tx) }
            }
        } catch {
            // The next beat frees what no handler of this node holds any more.
            logger.warning("Work could not be settled.", metadata: ["error": "\(error)"])
            errors.append("\(error)")
        }
        return errors
    }

    /// After a batch failed: what it still holds once more, each item alone, so that a bad one stops nobody else.
    private func handleSingly(
        _ items: [WorkItem], after error: any Error, now: @escaping @Sendable () -> Int64
    ) async -> [String] {
        guard items.count > 1, !stopping.isOn, !Self.isOutage(error) else { return report(error, items) }
        var errors: [String] = []
        do {
            for item in try await claims.held(of: items, by: node.id) {
                guard !stopping.isOn, !Task.isCancelled else { break }
                do {
                    try await handler.handle([item], context(now))
                } catch {
                    errors += report(error, [item])
                }
            }
        } catch {
            errors += report(error, items)
        }
        return errors
    }

    private func report(_ error: any Error, _ items: [WorkItem]) -> [String] {
        if error is CancellationError || error is LeaseLost {
            logger.debug("Work was let go.", metadata: ["error": "\(error)"])
            return []
        }
        logger.error(
            "Work failed and will be retried.",
            metadata: [
                "error": "\(error)", "work.count": "\(items.count)",
                "work.subject": "\(items.first?.subject ?? 0)", "work.attempt": "\(items.first?.attempt ?? 0)",
            ])
        return ["\(kind): \(error)"]
    }

    /// Whether the database is at fault, so that trying each item alone would only fail as often.
    private static func isOutage(_ error: any Error) -> Bool {
        error is CancellationError || (error as? StorageError)?.isOutage == true
    }

    private func context(_ now: @escaping @Sendable () -> Int64) -> WorkContext {
        // A node that comes back as another is alive, but not what its former self held.
        let id = node.id
        return WorkContext(
            now: now, isStopping: { [stopping] in stopping.isOn },
            isLeaseSafe: { [node] in node.id == id && node.isLeaseSafe() }, logger: logger)
    }
}
