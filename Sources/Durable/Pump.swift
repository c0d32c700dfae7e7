// SPDX-License-Identifier: Apache-2.0
// One kind's loop: claim a batch, hand it over, sleep until the next is due.
import Logging
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
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            var failures = 0
            while !stopping.isOn, !Task.isCancelled {
                if running == handler.concurrency {
                    await group.next()
                    running -= 1
                    continue
                }
                do {
                    // A node that may be taken for dead claims nothing: its leases would mean nothing.
                    let claimed = node.isLeaseSafe() ? try await claim(now: now) : []
                    if claimed.isEmpty {
                        try await rest(now: now)
                    } else {
                        running += 1
                        group.addTask { _ = await self.handle(claimed, now: now) }
                    }
                    failures = 0
                } catch {
                    failures = min(failures + 1, 6)
                    logger.warning("Work could not be claimed.", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(100 << failures))
                }
            }
        }
    }

    private func rest(now: @Sendable () -> Int64) async throws {
        let nextDue = try await claims.nextDue() ?? .max
        let moment = now()
        let earliest = moment + Self.politeness.milliseconds
        let latest = moment + Self.patience.milliseconds
        await alarm.sleep(until: nextDue <= moment ? earliest : min(nextDue, latest), now: moment)
    }

    /// Hands a batch over and sees to what it left; returns what went wrong.
    func handle(_ items: [WorkItem], now: @escaping @Sendable () -> Int64) async -> [String] {
        guard let lease = items.first?.lease else { return [] }
        defer { node.forget(lease.id) }
        if lease.unsettled(of: items).isEmpty { return [] }
        var errors: [String] = []
        do {
            try await handler.handle(items, context(now))
        } catch {
            errors = await handleSingly(items, after: error, now: now)
        }
        // What a stopping program leaves is returned when the node leaves.
        let left = lease.unsettled(of: items)
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
