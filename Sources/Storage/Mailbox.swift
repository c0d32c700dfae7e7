// SPDX-License-Identifier: Apache-2.0
// A queue that a thread may block on. Connections live on threads of their own; tasks never block.
import Foundation

/// Jobs on their way from tasks to threads.
final class Mailbox: @unchecked Sendable {
    /// More waiting jobs than this mean that the database has stopped; failing says so sooner than memory would.
    static let waitingLimit = 50_000

    private let condition = NSCondition()
    private var waiting: [Job] = []
    private var isClosed = false
    private var idle = 0
    private var isNudged = false

    /// Adds a job, or fails it at once. Says whether a thread is free to take it.
    @discardableResult
    func put(_ job: Job) -> Bool {
        condition.lock()
        if isClosed || waiting.count >= Self.waitingLimit {
            let error = isClosed ? StorageError.closed : .unavailable("Too many transactions are waiting.")
            condition.unlock()
            job.fail(error)
            return true
        }
        waiting.append(job)
        let isServed = idle >= waiting.count
        let isAwaited = idle > 0
        condition.unlock()
        // Behind the lock: a thread that is woken inside it would go to sleep again at once, at the lock.
        if isAwaited { condition.signal() }
        return isServed
    }

    /// Waits for jobs and takes up to `limit` of them. An empty answer means that `timeoutSeconds` have passed or that
    /// somebody nudged; nil means that the mailbox is closed and empty.
    func take(upTo limit: Int, timeoutSeconds: Double? = nil) -> [Job]? {
        condition.lock()
        defer { condition.unlock() }
        idle += 1
        defer { idle -= 1 }
        let end = timeoutSeconds.map { Date(timeIntervalSinceNow: $0) }
        while waiting.isEmpty {
            if isClosed { return nil }
            if isNudged {
                isNudged = false
                return []
            }
            if let end {
                if !condition.wait(until: end) { return waiting.isEmpty ? [] : takeWaiting(limit) }
            } else {
                condition.wait()
            }
        }
        return takeWaiting(limit)
    }

    /// Wakes a waiting thread so that it looks at what else it was asked for.
    func nudge() {
        condition.lock()
        isNudged = true
        condition.broadcast()
        condition.unlock()
    }

    /// Refuses new jobs; those that wait are still served.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    private func takeWaiting(_ limit: Int) -> [Job] {
        let taken = Array(waiting.prefix(limit))
        waiting.removeFirst(taken.count)
        return taken
    }
}
