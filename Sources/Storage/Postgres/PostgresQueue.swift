// SPDX-License-Identifier: Apache-2.0
// Which waiting job a connection's thread takes next: neither long reports nor many writers may hold all connections.
import Foundation

/// The jobs of one pool. Threads block on it; tasks only add to it.
final class PostgresQueue: @unchecked Sendable {
    /// What a thread does next.
    enum Turn {
        case read(Job)
        case write([Job])
    }

    /// Members of one group: below 64, PostgreSQL keeps their savepoints in shared memory.
    static let memberLimit = 50

    private let lock = NSLock()
    private let connections: Int
    private var reads: [Job] = []
    private var writes: [Job] = []
    /// Threads that look for a turn or wait for one.
    private var idle = 0
    /// Who waits, the one that has done so longest first.
    private var sleepers: [DispatchSemaphore] = []
    private var reading = 0
    private var writing = 0
    private var isClosed = false

    init(connections: Int) { self.connections = connections }

    /// How many threads sleep until there is something to do.
    var sleeping: Int { lock.withLock { sleepers.count } }

    /// Adds a job, or fails it at once. Says whether a thread is free to take it.
    func put(_ job: Job, isWrite: Bool) -> Bool {
        lock.lock()
        if isClosed || reads.count + writes.count >= Mailbox.waitingLimit {
            let error = isClosed ? StorageError.closed : .unavailable("Too many transactions are waiting.")
            lock.unlock()
            job.fail(error)
            return true
        }
        if isWrite { writes.append(job) } else { reads.append(job) }
        let isServed = idle >= reads.count + writes.count
        wakeLast()
        lock.unlock()
        return isServed
    }

    /// Waits for something to do. Nil means that the queue is closed and empty.
    func next() -> Turn? {
        lock.lock()
        defer { lock.unlock() }
        idle += 1
        defer { idle -= 1 }
        while true {
            if let turn = turn() { return turn }
            if isClosed, reads.isEmpty, writes.isEmpty { return nil }
            let bell = DispatchSemaphore(value: 0)
            sleepers.append(bell)
            lock.unlock()
            bell.wait()
            lock.lock()
        }
    }

    /// Says that a turn has ended, so that another of its kind may begin. Its thread takes the next one itself, unless
    /// it has something else to do first; another is woken when more wait.
    func ended(_ turn: Turn, isBusy: Bool = false) {
        lock.lock()
        switch turn {
        case .read: reading -= 1
        case .write: writing -= 1
        }
        // Those that wait at the end have to see that nothing is left.
        if isClosed {
            wakeAll()
        } else if reads.count + writes.count > (isBusy ? 0 : 1) {
            wakeLast()
        }
        lock.unlock()
    }

    func close() {
        lock.lock()
        isClosed = true
        wakeAll()
        lock.unlock()
    }

    /// Wakes the thread that has worked last. Its connection knows the statements, which PostgreSQL plans for each
    /// connection by itself, and what it needs of memory is at hand.
    private func wakeLast() { sleepers.popLast()?.signal() }

    private func wakeAll() {
        for sleeper in sleepers { sleeper.signal() }
        sleepers = []
    }

    private func turn() -> Turn? {
        // At least one connection is left for writers, and half of them for readers.
        if !writes.isEmpty, writing < max(1, connections / 2) {
            writing += 1
            // What waits is shared among those that are free, so that groups grow with the load only.
            let share = min(Self.memberLimit, (writes.count + idle - 1) / max(idle, 1))
            let group = Array(writes.prefix(max(share, 1)))
            writes.removeFirst(group.count)
            return .write(group)
        }
        if !reads.isEmpty, reading < max(1, connections - 1) {
            reading += 1
            return .read(reads.removeFirst())
        }
        return nil
    }
}
