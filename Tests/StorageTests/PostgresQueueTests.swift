// SPDX-License-Identifier: Apache-2.0
// Which of PostgreSQL's connections does what waits.
import Foundation
import NIOConcurrencyHelpers
import Testing

@testable import Storage

@Suite(.timeLimit(.minutes(1))) struct PostgresQueueTests {
    @Test func `who has worked last works next, and all end with the queue`() async {
        let queue = PostgresQueue(connections: 4)
        let served = NIOLockedValueBox<[Int]>([])
        let threads = ThreadCount()
        for number in 1...3 {
            threads.start(name: "queue", limit: 3) {
                while let turn = queue.next() {
                    served.withLockedValue { $0.append(number) }
                    queue.ended(turn)
                }
            }
            while queue.sleeping < number { await Task.yield() }
        }
        for count in 1...5 {
            let job = Job(attempt: { _ in {} }, fail: { _ in }, isTransaction: true, interruption: nil)
            #expect(queue.put(job, isWrite: count.isMultiple(of: 2)))
            while served.withLockedValue(\.count) < count || queue.sleeping < 3 { await Task.yield() }
        }
        #expect(served.withLockedValue(\.self) == [3, 3, 3, 3, 3])
        queue.close()
        await threads.allEnded()
    }
}
