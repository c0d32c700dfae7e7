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
    private let state = NIOLockedValueBox(State())

    private struct State {
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
    func offer(_ subjects: [(tenant: Int64, subject: Int64)], at now: Int64, lease id: Int64) -> Offer? {
        guard !stopping.isOn, !claims.isCrowded, node.isLeaseSafe() else { return nil }
        let clock = state.withLockedValue { $0.offered + subjects.count <= room ? $0.clock : nil }
        guard let clock else { return nil }
        let lease = Lease(id: id, now: clock)
        return Offer(
            subjects.map {
                WorkItem(
                    kind: kind, tenant: $0.tenant, subject: $0.subject, dueAt: now, attempt: 1, revision: 1,
                    lease: lease)
            }, pump: self, node: node)
    }

    /// Takes in work that has been committed as claimed.
    func take(_ offer: Offer) {
        state.withLockedValue { state in
            state.offers.append(offer)
            state.offered += offer.items.count
        }
        alarm.ring()
    }

    /// Up to a batch of what waits in memory.
    private func nextOffered() -> [WorkItem] {
        guard node.isLeaseSafe() else { return [] }
        let id = node.id
        return state.withLockedValue { state in
            // A node that was taken for dead comes back as another; what it was offered before is others' by now.
            for offer in state.offers where offer.node != id { offer.items.leases.forEach(node.forget) }
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
        return try await claims.claim(for: node, limit: handler.batch, now: now)
    }

    /// Works until told to stop, and returns when the last handler has finished.
    func run(now: @escaping @Sendable () -> Int64) async {
        state.withLockedValue { $0.clock = now }
        Bell.shared.open(self)
        defer {
            Bell.shared.shut(self)
            state.withLockedValue { $0 = State() }
        }
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            var failures = 0
            while !stopping.isOn, !Task.isCancelled {
                if running == handler.concurrency {
                    await group.next()
                    running -= 1
                    continue
                }
                let offered = nextOffered()
                if !offered.isEmpty {
                    running += 1
                    group.addTask { _ = await self.handle(offered, now: now) }
                    // What is due in the table has its turn as well.
                    guard running < handler.concurrency, isLookDue(now()) else { continue }
                }
                do {
                    let claimed = try await look(now: now)
                    if !claimed.isEmpty {
                        running += 1
                        group.addTask { _ = await self.handle(claimed, now: now) }
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
        }
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
        WorkContext(
            now: now, isStopping: { [stopping] in stopping.isOn }, isLeaseSafe: { [node] in node.isLeaseSafe() },
            logger: logger)
    }
}
