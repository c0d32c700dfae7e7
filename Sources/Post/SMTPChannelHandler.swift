// SPDX-License-Identifier: Apache-2.0
// Carries out what the conversation wants on a channel, and keeps the time of every step.
import NIOCore
import NIOSSL
import NIOTLS

/// Who gives a connection its messages. Everything is called on the channel's event loop.
protocol SMTPCarrier: AnyObject {
    /// Whether the message at hand may still go, now that everything but its content has been said.
    func mayEnd() -> Bool
    /// The message to be sent ahead of the reply to the one at hand, if there is one that may be.
    func nextAhead() -> SMTPEnvelope?
    /// The oldest message that was begun is done with.
    func finished(_ outcome: SMTPOutcome)
    /// The oldest message that was begun may be tried on another connection: this one was no good.
    func abandoned(_ outcome: SMTPOutcome)
    /// The connection takes a message.
    func isFree()
    /// The connection is no use any more.
    func ended()
}

/// The last handler of a connection; lives on the channel's event loop and nowhere else.
final class SMTPChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var conversation: SMTPConversation
    var carrier: (any SMTPCarrier)?
    private let secure: (any Channel) throws -> any ChannelHandler
    private let opened: EventLoopPromise<Void>
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerFiresAt = NIODeadline.distantFuture
    private var timedStep: (SMTPStep, Int)?
    private var context: ChannelHandlerContext?
    private var lastError: (any Error)?

    init(
        conversation: SMTPConversation, opened: EventLoopPromise<Void>,
        secure: @escaping (any Channel) throws -> any ChannelHandler
    ) {
        self.conversation = conversation
        self.opened = opened
        self.secure = secure
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// The channel is active already when the handler comes to it.
    func start() { armTimer() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(conversation.received(unwrapInboundIn(data)))
        if conversation.isIdle { carrier?.isFree() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            if conversation.phase == .handshake { perform(conversation.secured()) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(conversation.lost(lastError.map { SMTPReason($0) } ?? SMTPReason(.closed)))
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server that closes without TLS's good-bye is common, and nothing is decided by its end alone.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        lastError = error
        perform(conversation.lost(SMTPReason(error)))
        context.close(promise: nil)
    }

    // MARK: - What the carrier asks

    /// Whether a message may be begun.
    var isIdle: Bool { conversation.isIdle && context != nil }

    /// Begins a message; only while ``isIdle``.
    func begin(_ envelope: SMTPEnvelope) { perform(conversation.begin(envelope)) }

    /// Whether a message may be sent ahead now; what ``SMTPCarrier/nextAhead()`` gives must be one.
    func mayFollow(_ envelope: SMTPEnvelope) -> Bool { conversation.mayFollow(envelope) }

    /// There is a message now that could be sent ahead.
    func lookForFollower() {
        guard let context, isClearToFollow else { return }
        if sendFollower(context) { context.flush() }
    }

    func quit() { perform(conversation.quit()) }

    // MARK: - Carrying out

    private func perform(_ actions: [SMTPConversation.Action]) {
        for action in actions { perform(action) }
        armTimer()
    }

    private func perform(_ action: SMTPConversation.Action) {
        guard let context else { return }
        switch action {
        case .send(let bytes): context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        case .startTLS:
            do {
                let handler = try secure(context.channel)
                try context.pipeline.syncOperations.addHandler(handler, position: .first)
            } catch {
                perform(conversation.lost(SMTPReason(error)))
            }
        case .ready: opened.succeed(())
        case .content: sendContent(context)
        case .finish(let outcome): carrier?.finished(outcome)
        case .abandon(let outcome): carrier?.abandoned(outcome)
        case .failed(let fault): opened.fail(fault)
        case .close: context.close(promise: nil)
        }
    }

    private func sendContent(_ context: ChannelHandlerContext) {
        guard carrier?.mayEnd() ?? false, let wire = conversation.writeContent() else {
            perform(conversation.withdraw())
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenSuccess { handler.value.contentHasLeft() }
        context.write(wrapOutboundOut(wire), promise: promise)
        if isClearToFollow { _ = sendFollower(context) }
        context.flush()
    }

    private func contentHasLeft() {
        conversation.contentHasLeft()
        armTimer()
        lookForFollower()
    }

    /// TLS tells that a content has left only when all that was written with it has: nothing follows before.
    private var isClearToFollow: Bool { conversation.phase == .end(hasLeft: true) || !conversation.isSecure }

    private func sendFollower(_ context: ChannelHandlerContext) -> Bool {
        guard conversation.account.overlaps, case .end = conversation.phase, conversation.follower == nil,
            let envelope = carrier?.nextAhead()
        else { return false }
        context.write(wrapOutboundOut(conversation.follow(envelope)), promise: nil)
        return true
    }

    private func end() {
        timer?.cancel()
        timer = nil
        opened.fail(SMTPFault(step: .connect, reason: SMTPReason(.closed)))
        let carrier = carrier
        self.carrier = nil
        context = nil
        carrier?.ended()
    }

    // MARK: - Time

    /// One timer serves all steps: it is only set anew when it fires too early, or when a shorter step begins.
    private func armTimer() {
        guard let context, conversation.phase != .closed else { return }
        // A step's time is counted from its beginning, not from each byte: a dripping server gains nothing.
        let mark = (conversation.step, conversation.messages)
        if let timedStep, timedStep == mark { return }
        timedStep = mark
        deadline = .now() + .seconds(Int64(conversation.stepSeconds))
        if timer == nil || deadline < timerFiresAt { startTimer(context) }
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timerFiresAt = deadline
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) { handler.value.timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard let context, conversation.phase != .closed else { return }
        if NIODeadline.now() < deadline {
            startTimer(context)
        } else if conversation.phase == .idle {
            quit()
        } else {
            perform(conversation.lost(.timeout(conversation.step)))
            context.close(promise: nil)
        }
    }
}
