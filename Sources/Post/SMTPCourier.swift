// SPDX-License-Identifier: Apache-2.0
// One kept connection of a queue, with what it carries.
import NIOCore

/// One message on its way through a queue.
final class SMTPJob {
    /// What its sender has said to its first byte.
    enum Consent {
        case open, asked
        /// Its intent is committed.
        case given
    }

    let task: SMTPTask
    var consent = Consent.open
    /// The connection that waits for the answer. Held: it may have ended by then, and nobody else knows the message.
    var courier: SMTPCourier?
    /// How it ends as soon as its sender has answered. Not before: the answer may be a commit that must be the first.
    var ending: (() -> Void)?
    /// It was abandoned once by a connection that was no good.
    var isSecondTry = false

    init(_ task: SMTPTask) { self.task = task }

    /// How its sender is asked, if it is to be before the first byte and has not been.
    var asks: (@Sendable () async -> Bool)? {
        guard consent == .open, case .message(let delivery) = task else { return nil }
        return delivery.hooks.willBegin
    }

    /// Whether somebody wants to be asked before its first byte.
    var asksSender: Bool { delivery?.hooks.willBegin != nil }

    /// Whether nobody is to be asked any more.
    var hasConsent: Bool { consent == .given || !asksSender }

    var delivery: SMTPDelivery? {
        guard case .message(let delivery) = task else { return nil }
        return delivery
    }

    func finish(_ outcome: SMTPOutcome) { delivery?.finished(outcome) }

    /// Ends before a connection has taken it.
    func end(_ ending: @escaping (SMTPTask) -> Void) {
        if consent == .asked {
            self.ending = { [task] in ending(task) }
        } else {
            ending(task)
        }
    }
}

/// A connection of a queue. Carries one message at a time, and with overlap the next one's envelope.
final class SMTPCourier: SMTPCarrier {
    private let connection: SMTPConnection
    private let handler: SMTPChannelHandler
    private let queue: SMTPQueue
    /// The message at hand.
    private var current: SMTPJob?
    private var begunAt = NIODeadline.now()
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
        if job.hasConsent { begin(job) } else { wait(for: job) }
        queue.askAhead()
    }

    private func begin(_ job: SMTPJob) {
        guard let delivery = job.delivery else { return }
        guard delivery.hooks.mayBegin() else { return job.finish(.withdrawn) }
        current = job
        begunAt = .now()
        handler.begin(delivery.envelope)
        if current != nil, queue.overlaps { askAhead() }
    }

    /// Has the sender asked, unless it is being asked already.
    private func wait(for job: SMTPJob) {
        asked = job
        job.courier = self
        queue.ask(job)
    }

    /// What the sender of the message that was waited for has said.
    func answered(_ yes: Bool) {
        guard let job = asked else { return }
        asked = nil
        if !yes {
            job.finish(.withdrawn)
        } else {
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
        if job.hasConsent { next = job } else { wait(for: job) }
    }

    func nextAhead() -> SMTPEnvelope? {
        guard queue.overlaps else { return nil }
        askAhead()
        guard let job = next, let delivery = job.delivery, handler.mayFollow(delivery.envelope) else { return nil }
        next = nil
        guard delivery.hooks.mayBegin() else {
            job.finish(.withdrawn)
            return nil
        }
        follower = job
        return delivery.envelope
    }

    // MARK: - What the connection tells

    func mayEnd() -> Bool { current?.delivery?.hooks.mayEnd() ?? false }

    func finished(_ outcome: SMTPOutcome) {
        queue.took(NIODeadline.now() - begunAt)
        noteOverlap()
        advance()?.finish(outcome)
    }

    func abandoned(_ outcome: SMTPOutcome) {
        noteOverlap()
        guard let job = advance() else { return }
        guard !job.isSecondTry else { return job.finish(outcome) }
        job.isSecondTry = true
        job.consent = .given
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
        if handler.conversation.isPipeliningBroken { queue.pipeliningBroke() }
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
