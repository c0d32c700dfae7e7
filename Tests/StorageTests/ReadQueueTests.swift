// SPDX-License-Identifier: Apache-2.0
// How many threads serve the reads of the embedded database: few, and enough.
import NIOConcurrencyHelpers
import Testing

@testable import Storage

@Suite struct ReadQueueTests {
    private func job(isTransaction: Bool = false, _ failed: @escaping @Sendable (any Error) -> Void = { _ in }) -> Job {
        Job(attempt: { _ in {} }, fail: failed, isTransaction: isTransaction, interruption: nil)
    }

    /// One whose reads always move fast enough.
    private let queue = ReadQueue(patience: .seconds(100_000))

    @Test func `one thread serves short reads while it keeps up`() {
        #expect(queue.put(job()))
        #expect(queue.take(afterBrief: false)?.needsThread == false)
        for _ in 0..<ReadQueue.waitingPerThread { #expect(!queue.put(job())) }
        #expect(queue.put(job()))
        #expect(queue.take(afterBrief: true)?.needsThread == false)
    }

    @Test func `nothing waits behind a transaction`() {
        #expect(queue.put(job(isTransaction: true)))
        #expect(queue.take(afterBrief: false)?.job.isTransaction == true)
        #expect(queue.put(job()))
        // Nor when it came first and the others were there already.
        let other = ReadQueue(patience: .seconds(100_000))
        _ = other.put(job())
        _ = other.take(afterBrief: false)
        #expect(!other.put(job(isTransaction: true)) && !other.put(job()))
        #expect(other.take(afterBrief: true)?.needsThread == true)
    }

    @Test func `nothing waits behind a read that turns out to be long, or that stands still`() {
        _ = queue.put(job())
        _ = queue.take(afterBrief: false)
        #expect(!queue.put(job()))
        #expect(queue.isLong())
        let impatient = ReadQueue(patience: .seconds(-1))
        _ = impatient.put(job())
        _ = impatient.take(afterBrief: false)
        #expect(impatient.put(job()))
    }

    @Test func `a closed queue serves what waits and refuses what comes`() {
        let refused = NIOLockedValueBox(0)
        _ = queue.put(job())
        queue.close()
        #expect(!queue.put(job { _ in refused.withLockedValue { $0 += 1 } }))
        #expect(refused.withLockedValue { $0 } == 1)
        #expect(queue.take(afterBrief: false) != nil)
        #expect(queue.take(afterBrief: true) == nil)
    }

    @Test func `reads are served in the order in which they came`() {
        let order = [true, false, true, true, false, false, true]
        var taken: [Bool] = []
        for isTransaction in order.prefix(3) { _ = queue.put(job(isTransaction: isTransaction)) }
        if let next = queue.take(afterBrief: false) { taken.append(next.job.isTransaction) }
        for isTransaction in order.dropFirst(3) { _ = queue.put(job(isTransaction: isTransaction)) }
        while taken.count < order.count, let next = queue.take(afterBrief: false) {
            taken.append(next.job.isTransaction)
        }
        #expect(taken == order)
    }
}
