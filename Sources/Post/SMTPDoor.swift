// SPDX-License-Identifier: Apache-2.0
// How messages come from any thread to the event loop of their account's queue.
import NIOConcurrencyHelpers
import NIOCore

/// What a queue is to do.
enum SMTPTask: Sendable {
    case message(SMTPDelivery)
    /// Says whether a connection could be had.
    case check(@Sendable (SMTPFault?) -> Void)

    /// The sender is stopping before it came to this.
    func stop() {
        switch self {
        case .message(let delivery): delivery.finished(.withdrawn)
        case .check(let finished): finished(SMTPFault(step: .connect, reason: SMTPReason(.stopping)))
        }
    }

    /// No connection could be had.
    func fail(_ fault: SMTPFault) {
        switch self {
        case .message(let delivery): delivery.finished(.fault(fault))
        case .check(let finished): finished(fault)
        }
    }
}

/// The entrance of one account's queue. What is left there is taken in all at once.
final class SMTPDoor: Sendable {
    let account: SMTPAccount
    let loop: any EventLoop
    private let pool: SMTPPool
    private let left = NIOLockedValueBox<[SMTPTask]>([])
    private let queue: NIOLoopBoundBox<SMTPQueue?>

    init(account: SMTPAccount, pool: SMTPPool, loop: any EventLoop) {
        self.account = account
        self.pool = pool
        self.loop = loop
        queue = .makeEmptyBox(valueType: SMTPQueue.self, eventLoop: loop)
    }

    /// Leaves tasks; true when nobody has rung for others that are still there.
    func leave(_ tasks: [SMTPTask]) -> Bool {
        left.withLockedValue { left in
            defer { left += tasks }
            return left.isEmpty
        }
    }

    /// Whether nothing was left.
    var isEmpty: Bool { left.withLockedValue { $0.isEmpty } }

    /// Has the queue take in what was left.
    func ring() {
        enter { [left] queue in
            queue.take(
                left.withLockedValue { left in
                    defer { left = [] }
                    return left
                })
        }
    }

    /// Does something with the queue, on its event loop.
    func enter(_ action: @escaping @Sendable (SMTPQueue) -> Void) {
        loop.execute { [self] in
            let queue = queue.value ?? SMTPQueue(door: self, pool: pool)
            self.queue.value = queue
            action(queue)
        }
    }
}
