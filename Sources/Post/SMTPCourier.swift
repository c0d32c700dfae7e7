// SPDX-License-Identifier: Apache-2.0
// One kept connection of a queue, with what it carries.
import NIOCore

/// One message on its way through a queue.
final class SMTPJob {
    let task: SMTPTask
    /// Its sender has been asked and said yes: its intent is committed.
    var hasBegun = false
    /// It was abandoned once by a connection that was no good.
    var isSecondTry = false

    init(_ task: SMTPTask) { self.task = task }

    /// Whether its sender is to be asked before its first byte.
    var asks: (@Sendable () async -> Bool)? {
        guard !hasBegun, case .message(let delivery) = task else { return nil }
        return delivery.hooks.willBegin
    }

    var delivery: SMTPDelivery? {
        guard case .message(let delivery) = task else { return nil }
        return delivery
    }

    func finish(_ outcome: SMTPOutcome) { delivery?.finished(outcome) }
}

/// A connection of a queue. Carries one message at a time, and with overlap the next one's envelope.
final class SMTPCourier: SMTPCarrier {
    private let connection: SMTPConnection
    private let handler: SMTPChannelHandler
    private let queue: SMTPQueue
    /// The message at hand.
    private var current: SMTPJob?
    /// The message whose envelope was sent ahead.
    private var follower: SMTPJob?
    /// The message whose sender is being asked.
    private var asked: SMTPJob?
    /// The message that comes next: its sender said yes while another was under way.
    private var next: SMTPJob?
    /// Whether the queue has it among those that wait for messages.
    var isKept = false
    private(set) var hasEnded = false

    /// On the connection's event loop.
    init(_ connection: SMTPConnection, queue: SMTPQueue) {
        self.connection = connection
        self.queue = queue
        handler = connection.handler.value
        handler.carrier = self
    }

    /// Whether it can take a message at once.
    var isReady: Bool {
        handler.isIdle && current == nil && asked == nil && next == nil && !hasEnded
    }

    /// Whether it has something to do.
    var isBusy: Bool { current != nil || asked != nil || next != nil }

    /// Whether it may take another message, by its age and use.
    var isFresh: Bool {
        let limits = queue.account.limits
        let messages = handler.conversation.messages
        return messages == 0
            || messages < limits.messagesPerConnection
                && NIODeadline.now() - connection.openedAt < .seconds(Int64(limits.connectionSeconds))
    }

    /// Is given up: says good-bye.
    func dismiss() {
        leave()
        handler.quit()
    }

    /// Was never any use.
    func discard() {
        hasEnded = true
        handler.quit()
    }

    /// Takes a message on: asks its sender first, if that is wanted.
    func take(_ job: SMTPJob) {
        if let asks = job.asks { ask(job, asks) } else { begin(job) }
    }

    private func begin(_ job: SMTPJob) {
        guard let delivery = job.delivery else { return }
        current = job
        handler.begin(delivery.envelope)
        if current != nil, queue.overlaps { askAhead() }
    }

    /// Asks a sender in its own time and comes back to the event loop with the answer.
    private func ask(_ job: SMTPJob, _ asks: @escaping @Sendable () async -> Bool) {
        asked = job
        let loop = connection.channel.eventLoop
        let courier = NIOLoopBound(self, eventLoop: loop)
        Task {
            let yes = await asks()
            loop.execute { courier.value.answered(yes) }
        }
    }

    private func answered(_ yes: Bool) {
        guard let job = asked else { return }
        asked = nil
        if !yes {
            job.finish(.withdrawn)
        } else {
            job.hasBegun = true
            if hasEnded { return queue.putBack(job) }
            next = job
            handler.lookForFollower()
        }
        if handler.isIdle { isFree() }
    }

    // MARK: - Overlap

    /// While a message is under way the next one's sender is asked, so that it can follow without delay.
    private func askAhead() {
        guard asked == nil, next == nil, handler.conversation.offers.hasPipelining, isFresh,
            let job = queue.nextForOverlap()
        else { return }
        if let asks = job.asks { ask(job, asks) } else { next = job }
    }

    func nextAhead() -> SMTPEnvelope? {
        guard queue.overlaps else { return nil }
        askAhead()
        guard let job = next, let envelope = job.delivery?.envelope, handler.mayFollow(envelope) else {
            return nil
        }
        next = nil
        follower = job
        return envelope
    }

    // MARK: - What the connection tells

    func mayEnd() -> Bool { current?.delivery?.hooks.mayEnd() ?? false }

    func finished(_ outcome: SMTPOutcome) {
        noteOverlap()
        advance()?.finish(outcome)
    }

    func abandoned(_ outcome: SMTPOutcome) {
        noteOverlap()
        guard let job = advance() else { return }
        guard !job.isSecondTry else { return job.finish(outcome) }
        job.isSecondTry = true
        job.hasBegun = true
        if hasEnded {
            queue.putBack(job)
        } else {
            hasEnded = true
            queue.replace(self, for: job)
            putBackNext()
        }
    }

    func isFree() {
        guard !isKept, !hasEnded, asked == nil else { return }
        if let job = next {
            next = nil
            begin(job)
        }
        queue.serve(self)
    }

    func ended() {
        leave()
        // The conversation has said how each message fared; whoever it forgot must hear the safest thing.
        while let job = advance() { job.finish(.unknown(reason: SMTPReason(.closed))) }
    }

    private func advance() -> SMTPJob? {
        let job = current
        current = follower
        follower = nil
        return job
    }

    private func noteOverlap() {
        if handler.conversation.isOverlapBroken { queue.overlapBroke() }
    }

    /// The connection is no use any more.
    private func leave() {
        guard !hasEnded else { return }
        hasEnded = true
        queue.lost(self)
        putBackNext()
    }

    private func putBackNext() {
        guard let job = next else { return }
        next = nil
        queue.putBack(job)
    }
}
