// SPDX-License-Identifier: Apache-2.0
// What a room gives the workers: how one kind of work is done.
import Logging
import Storage

/// Does one kind of work.
///
/// A handler settles its items with ``Work/settle(_:as:in:)`` inside the transaction that holds their effect. Items
/// that it neither settled nor threw for are retried with growing delay. When it throws for a batch, what the batch
/// still holds is handed over again one by one, so that one bad item does not hold up the others.
///
/// An item may come to a handler more than once (its node died after an outside effect and before the commit), and
/// never to two handlers whose transactions both commit. Outside effects therefore note their intent first; an item
/// that arrives with such a note of an earlier attempt tells that nobody knows how that attempt ended.
public struct WorkHandler: Sendable {
    public let kind: WorkKind
    /// How many items are claimed and handed over at most at once.
    public let batch: Int
    /// How many batches are handled at the same time.
    public let concurrency: Int
    /// Whether each tenant's items are handed over by themselves, none waiting for another's, and a tenant may have
    /// only so many under way that room is left for others (``Shares``). For work that others may make slow.
    public let isByTenant: Bool
    public let handle: @Sendable ([WorkItem], WorkContext) async throws -> Void
    /// Does the work inside the transaction that claims it; see ``init(kind:batch:database:inTransaction:)``.
    let inTransaction: (@Sendable ([WorkItem], WorkContext, any Transaction) throws -> Void)?

    /// Work with effects outside the database: claimed in one transaction, settled by the handler in another.
    public init(
        kind: WorkKind, batch: Int = 100, concurrency: Int = 2, isByTenant: Bool = false,
        handle: @escaping @Sendable ([WorkItem], WorkContext) async throws -> Void
    ) {
        precondition((1...500).contains(batch), "A batch has 1…500 items.")
        precondition(concurrency > 0, "One batch at least is handled at a time.")
        self.kind = kind
        self.batch = batch
        self.concurrency = concurrency
        self.isByTenant = isByTenant
        self.handle = handle
        inTransaction = nil
    }

    /// Work whose whole effect is in the database: claimed, done and settled in one transaction, one batch after the
    /// other. A batch that fails is claimed again in the ordinary way, so that the bad item is found.
    /// - Parameter body: settles every item that it is given.
    public init(
        kind: WorkKind, batch: Int = 100, database: Database,
        inTransaction body: @escaping @Sendable ([WorkItem], WorkContext, any Transaction) throws -> Void
    ) {
        precondition((1...500).contains(batch), "A batch has 1…500 items.")
        self.kind = kind
        self.batch = batch
        concurrency = 1
        isByTenant = false
        handle = { items, context in try await database.write { tx in try body(items, context, tx) } }
        inTransaction = body
    }
}

/// What a handler may ask while it works.
public struct WorkContext: Sendable {
    /// The worker's time in milliseconds.
    public let now: @Sendable () -> Int64
    /// True when the program is stopping: finish what has begun, begin nothing.
    public let isStopping: @Sendable () -> Bool
    /// True while this node's leases are valid for five more seconds by the monotonic clock. To be asked just before
    /// an outside effect that cannot be taken back.
    public let isLeaseSafe: @Sendable () -> Bool
    public let logger: Logger
}
