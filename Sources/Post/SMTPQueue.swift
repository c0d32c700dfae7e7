// SPDX-License-Identifier: Apache-2.0
// The messages of one account and its connections. Lives on one event loop, so that nothing in it needs a lock.
import NIOCore

/// Gives an account's messages to its connections, opens as many as are needed, and keeps them for the next.
final class SMTPQueue {
    let account: SMTPAccount
    private let door: SMTPDoor
    private let pool: SMTPPool
    private var waiting = CircularBuffer<SMTPJob>()
    /// Connections that wait for messages; the one used last is used first.
    private var kept: [SMTPCourier] = []
    /// Connections that stand or are being made.
    private var open = 0
    /// Those of them that are being made.
    private var opening = 0
    /// A server may allow fewer connections than the account: until then no further one is tried beside those that
    /// stand.
    private var ceilingUntil: NIODeadline?
    /// The server broke overlap: until then it is not tried.
    private var withoutOverlapUntil: NIODeadline?
    /// The server broke PIPELINING: until then it is told one thing at a time.
    private var withoutPipeliningUntil: NIODeadline?
    private var isClosed = false
    /// How long a message is under way, lately; nil before the first.
    private var pace: TimeAmount?

    /// How long before its first byte a sender may be asked.
    private static let horizon = TimeAmount.milliseconds(50)
    /// How long no further connection is tried after one that the server would not take.
    private static let ceilingTime = TimeAmount.seconds(60)
    /// How long a server that broke overlap or PIPELINING is spared.
    private static let overlapTime = TimeAmount.hours(1)

    /// On the door's event loop.
    init(door: SMTPDoor, pool: SMTPPool) {
        self.door = door
        self.pool = pool
        account = door.account
    }

    // MARK: - Messages

    /// Takes in what was left at the door.
    func take(_ tasks: [SMTPTask]) {
        if isClosed {
            for task in tasks { task.stop() }
            return
        }
        for task in tasks { waiting.append(SMTPJob(task)) }
        serve()
    }

    /// Gives waiting messages to kept connections, and opens others for the rest.
    func serve() {
        while !waiting.isEmpty, let courier = kept.popLast() {
            courier.isKept = false
            serve(courier)
        }
        openMore()
        rest()
    }

    /// Gives messages to a connection as long as it takes them, and keeps it when there are none.
    func serve(_ courier: SMTPCourier) {
        while courier.isReady {
            guard !isClosed, courier.isFresh, open == 1 || !pool.isWanted(by: door) else { return courier.dismiss() }
            guard let job = waiting.popFirst() else {
                if pool.isWanted(by: door) { return courier.dismiss() }
                courier.isKept = true
                kept.append(courier)
                return rest()
            }
            switch job.task {
            case .check(let finished): finished(nil)
            case .message: courier.take(job)
            }
        }
        if !courier.isBusy { courier.dismiss() }
    }

    /// Asks a message's sender in its own time and comes back to the event loop with the answer.
    func ask(_ job: SMTPJob) {
        guard let asks = job.asks else { return }
        job.consent = .asked
        let loop = door.loop
        let bound = NIOLoopBound((queue: self, job: job), eventLoop: loop)
        Task {
            let yes = await asks()
            loop.execute { bound.value.queue.answered(yes, for: bound.value.job) }
        }
    }

    /// Asks the senders of the next messages as well, so that no connection waits for one after the other. Many at a
    /// time: not before half of those that were asked are under way.
    func askAhead() {
        guard account.asksAhead > 0, let pace else { return }
        let within = open * Int(Self.horizon.nanoseconds / max(1, pace.nanoseconds))
        let next = waiting.prefix(min(account.asksAhead, within)).lazy.filter(\.asksSender)
        guard next.count(where: { $0.consent != .open }) <= next.count / 2 else { return }
        for job in next { ask(job) }
    }

    private func answered(_ yes: Bool, for job: SMTPJob) {
        job.consent = yes ? .given : .open
        if let ending = job.ending {
            ending()
        } else if let courier = job.courier {
            job.courier = nil
            courier.answered(yes)
        } else if !yes, let position = waiting.firstIndex(where: { $0 === job }) {
            waiting.remove(at: position)
            job.finish(.withdrawn)
        }
    }

    /// How long a message was under way.
    func took(_ time: TimeAmount) {
        pace = pace.map { .nanoseconds(($0.nanoseconds * 7 + time.nanoseconds) / 8) } ?? time
    }

    /// A message whose intent is committed and none of whose bytes has left: it is the next.
    func putBack(_ job: SMTPJob) {
        if isClosed { return job.finish(.withdrawn) }
        waiting.prepend(job)
        serve()
    }

    /// A message that a connection was no good for: a new one is made for it in the other's place.
    func replace(_ courier: SMTPCourier, for job: SMTPJob) {
        open -= 1
        if isClosed {
            pool.giveBack()
            return job.finish(.withdrawn)
        }
        connect(for: job)
    }

    /// Whether messages may be sent ahead now.
    var overlaps: Bool { account.overlaps && !isClosed && !isInForce(&withoutOverlapUntil) }

    func overlapBroke() { withoutOverlapUntil = .now() + Self.overlapTime }

    func pipeliningBroke() { withoutPipeliningUntil = .now() + Self.overlapTime }

    /// The message that may be sent ahead, taken out of the queue; nil when there is none.
    func nextForOverlap() -> SMTPJob? {
        // Another connection would begin it at once.
        guard kept.isEmpty, waiting.count > opening, let job = waiting.first, job.delivery != nil else { return nil }
        return waiting.popFirst()
    }

    // MARK: - Connections

    private func openMore() {
        while !isClosed, opening < waiting.count, open < limit {
            guard pool.reserve(for: door, hasNone: open == 0) else { return }
            connect(for: nil)
        }
    }

    private var limit: Int {
        let limit = max(1, account.connections)
        return isInForce(&ceilingUntil) ? min(limit, max(1, open)) : limit
    }

    /// Makes a connection, for one message or for any.
    private func connect(for job: SMTPJob?) {
        open += 1
        opening += 1
        var way = account
        if isInForce(&withoutPipeliningUntil) { way.pipelines = false }
        let (account, trust, loop) = (way, pool.trust, door.loop)
        let bound = NIOLoopBound((queue: self, job: job), eventLoop: loop)
        Task {
            let result = await SMTPConnection.attempt(account, trust: trust, on: loop)
            loop.execute { bound.value.queue.connected(result, for: bound.value.job) }
        }
    }

    private func connected(_ result: Result<SMTPConnection, SMTPFault>, for job: SMTPJob?) {
        opening -= 1
        switch result {
        case .success(let connection):
            let courier = SMTPCourier(connection, queue: self)
            // It may have ended since it was opened.
            guard courier.isReady else {
                courier.discard()
                failed(SMTPFault(step: .connect, reason: SMTPReason(.closed)), for: job)
                break
            }
            if let job { courier.take(job) }
            serve(courier)
        case .failure(let fault):
            failed(fault, for: job)
        }
        serve()
    }

    /// Everybody who waits hears the same, unless another connection stands or is being made: then it is no fault.
    private func failed(_ fault: SMTPFault, for job: SMTPJob?) {
        giveBack()
        if let job { waiting.prepend(job) }
        if open > 0 {
            ceilingUntil = .now() + Self.ceilingTime
            return
        }
        let failed = waiting
        waiting = []
        for job in failed { job.end { $0.fail(fault) } }
    }

    /// A connection has ended or is given up.
    func lost(_ courier: SMTPCourier) {
        if courier.isKept {
            courier.isKept = false
            kept.removeAll { $0 === courier }
        }
        giveBack()
        serve()
    }

    /// Another account needs a connection: one that waits for messages is closed.
    func yieldOne() {
        guard let courier = kept.first else { return }
        courier.dismiss()
    }

    /// This account's turn has come to open a connection.
    func granted() {
        guard !isClosed, opening < waiting.count, open < limit else { return pool.giveBack() }
        connect(for: nil)
    }

    private func giveBack() {
        open -= 1
        pool.giveBack()
    }

    /// Nothing is sent any more; what is under way comes to its end.
    func close() {
        isClosed = true
        let waiting = waiting
        self.waiting = []
        for job in waiting { job.end { $0.stop() } }
        for courier in kept { courier.dismiss() }
    }

    /// A queue without messages and connections is forgotten, unless it has learnt something of its server.
    private func rest() {
        guard open == 0, waiting.isEmpty, !isInForce(&ceilingUntil), !isInForce(&withoutOverlapUntil),
            !isInForce(&withoutPipeliningUntil)
        else { return }
        pool.forget(door)
    }

    /// Whether a time has not come yet; one that has is cleared.
    private func isInForce(_ until: inout NIODeadline?) -> Bool {
        guard let time = until else { return false }
        if NIODeadline.now() < time { return true }
        until = nil
        return false
    }
}
