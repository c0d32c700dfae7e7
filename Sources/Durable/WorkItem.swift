// SPDX-License-Identifier: Apache-2.0
// What is claimed, what it is called and how it can end.
import NIOConcurrencyHelpers
import Storage

/// A kind of work, which one handler does: "run", "message", "fold".
public struct WorkKind: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    public init(_ name: String) { self.name = name }
    public var description: String { name }
}

/// One subject's due work, held by this node until it is settled.
public struct WorkItem: Sendable {
    public let kind: WorkKind
    public let tenant: Int64
    public let subject: Int64
    /// When it was due, in milliseconds.
    public let dueAt: Int64
    /// 1 for the first try since it was scheduled.
    public let attempt: Int
    /// Grows with every ``Work/schedule(_:tenant:subject:at:in:)``, so that one made during the handling is noticed.
    let revision: Int64
    let lease: Lease
    /// What the transaction that made it handed over with it in memory (``Work/start(_:_:at:in:carrying:)``). Nil when
    /// it was claimed in any other way.
    public internal(set) var parcel: (any AnyObject & Sendable)?

    var key: WorkKey { WorkKey(kind: kind, tenant: tenant, subject: subject) }
}

/// What a row of `work` is about.
struct WorkKey: Hashable, Sendable {
    let kind: WorkKind
    let tenant: Int64
    let subject: Int64
}

/// How a piece of work ended.
public enum WorkOutcome: Sendable, Equatable {
    /// Nothing is left to do, unless it was scheduled again meanwhile.
    case done
    /// It went well and is due again at a time in milliseconds.
    case again(at: Int64)
    /// It could not be done: again after a while, or after a time that grows with the attempts when nil.
    case retry(after: Duration?)
}

/// The lease is gone: another node took over, or the work was cancelled. The transaction must not commit.
public struct LeaseLost: Error, Sendable, Equatable {
    public init() {}
}

/// One claim's hold on its items: what was settled is noted after the commit that settled it.
final class Lease: Sendable {
    /// Unique over all nodes.
    let id: Int64
    /// The worker's time, in milliseconds.
    let now: @Sendable () -> Int64
    private let settled = NIOLockedValueBox<Set<WorkKey>>([])

    init(id: Int64, now: @escaping @Sendable () -> Int64) {
        self.id = id
        self.now = now
    }

    func note(settled keys: [WorkKey]) {
        settled.withLockedValue { $0.formUnion(keys) }
    }

    func hasSettled(_ key: WorkKey) -> Bool { settled.withLockedValue { $0.contains(key) } }
}

extension [WorkItem] {
    /// Those whose settlement has not been committed.
    var unsettled: [WorkItem] { filter { !$0.lease.hasSettled($0.key) } }

    /// The leases that they are held by.
    var leases: Set<Int64> { Set<Int64>(map(\.lease.id)) }
}
