// SPDX-License-Identifier: Apache-2.0
// Reads on their way to the threads that own reading connections. Waking a thread costs more than a short read, so that
// one thread serves them while it keeps up: with a thread for every waiting read a survey page cost a third more.
import Foundation

/// A queue of reads that wakes as few threads as it can, and never lets a short read wait behind a long one.
///
/// A read of one statement is taken for short until it has shown that it is not; a transaction is not taken for short.
final class ReadQueue: @unchecked Sendable {
    /// How many short reads may wait for each thread that is busy with another short one.
    static let waitingPerThread = 32

    private let condition = NSCondition()
    /// How long none of them may move before another thread is woken: disks may take their time.
    private let patience: Duration
    private var waiting = WaitingJobs()
    private var isClosed = false
    /// Threads that sleep, and those of them that were woken and have not come yet.
    private var idle = 0
    private var woken = 0
    /// Threads that are busy with a read that is short as far as anybody knows.
    private var brief = 0
    /// When a thread has last taken a read.
    private var takenAt = ContinuousClock.now

    init(patience: Duration = .milliseconds(2)) { self.patience = patience }

    /// Adds a read, or fails it at once. Says whether one more thread is needed, and none sleeps.
    func put(_ job: Job) -> Bool {
        condition.lock()
        if isClosed || waiting.count >= Mailbox.waitingLimit {
            let error = isClosed ? StorageError.closed : .unavailable("Too many reads are waiting.")
            condition.unlock()
            job.fail(error)
            return false
        }
        waiting.append(job)
        return unlockAndHelp()
    }

    /// Waits for the next read; nil when the queue is closed and empty. Says as well whether one more thread is needed.
    /// - Parameter afterBrief: whether the thread comes from a read that was short to the end.
    func take(afterBrief: Bool) -> (job: Job, needsThread: Bool)? {
        condition.lock()
        if afterBrief { brief -= 1 }
        while waiting.count == 0 {
            if isClosed {
                condition.unlock()
                return nil
            }
            idle += 1
            condition.wait()
            idle -= 1
            woken = max(0, woken - 1)
        }
        let job = waiting.removeFirst()
        takenAt = .now
        if !job.isTransaction { brief += 1 }
        return (job, unlockAndHelp())
    }

    /// A read that was taken for short is not: those behind it are for another thread. Says whether one is needed.
    func isLong() -> Bool {
        condition.lock()
        brief -= 1
        return unlockAndHelp()
    }

    /// Refuses new reads; those that wait are still served.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Lets go of the lock and wakes a thread when those that are busy or coming are not enough for what waits. One
    /// that is woken inside the lock would go to sleep again at once. True when there is none to wake.
    private func unlockAndHelp() -> Bool {
        let isStanding = waiting.count > 0 && woken == 0 && .now - takenAt > patience
        let needsHelp = isStanding || waiting.count > (brief + woken) * Self.waitingPerThread
        let isAsleep = idle > woken
        if needsHelp, isAsleep { woken += 1 }
        condition.unlock()
        if needsHelp, isAsleep { condition.signal() }
        return needsHelp && !isAsleep
    }
}

/// Jobs in the order in which they came; taking one moves no others.
private struct WaitingJobs {
    private var arriving: [Job] = []
    private var leaving: [Job] = []

    var count: Int { arriving.count + leaving.count }

    mutating func append(_ job: Job) { arriving.append(job) }

    /// The oldest one. There must be one.
    mutating func removeFirst() -> Job {
        if leaving.isEmpty {
            leaving = arriving.reversed()
            arriving.removeAll(keepingCapacity: true)
        }
        return leaving.removeLast()
    }
}
