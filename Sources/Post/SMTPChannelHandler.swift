// SPDX-License-Identifier: Apache-2.0
// Carries out what the conversation wants on a channel, and keeps the time of every step.
import NIOCore
import NIOSSL
import NIOTLS

/// The last handler of a connection; lives on the channel's event loop and nowhere else.
final class SMTPChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A message that is on its way.
    struct Delivery {
        let envelope: SMTPEnvelope
        let mayEnd: @Sendable () -> Bool
        let finish: (SMTPOutcome) -> Void
    }

    private(set) var conversation: SMTPConversation
    private let secure: (any Channel) throws -> any ChannelHandler
    private let opened: EventLoopPromise<Void>
    private var delivery: Delivery?
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timedStep: (SMTPStep, Int)?
    private var context: ChannelHandlerContext?
    /// Called once when the connection is no use any more.
    var ended: (() -> Void)?
    /// Whether the server has said anything since the message at hand began.
    private(set) var hasAnswered = false
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
        let buffer = unwrapInboundIn(data)
        if delivery != nil { hasAnswered = true }
        perform(conversation.received(buffer.readableBytesView))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent {
            if conversation.phase == .handshake { perform(conversation.secured()) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let reason = lastError.map { Self.reason($0) } ?? "the connection was closed by the server"
        perform(conversation.lost(reason))
        end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A server that closes without TLS's good-bye is common, and nothing is decided by its end alone.
        if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
        lastError = error
        perform(conversation.lost(Self.reason(error)))
        context.close(promise: nil)
    }

    // MARK: - What the connection asks

    func begin(_ delivery: Delivery) {
        hasAnswered = false
        guard conversation.isIdle, self.delivery == nil else {
            delivery.finish(.postponed(.mail, nil, reason: "the connection is gone"))
            return
        }
        self.delivery = delivery
        perform(conversation.begin(delivery.envelope))
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
        case .send(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .startTLS:
            do {
                let handler = try secure(context.channel)
                try context.pipeline.syncOperations.addHandler(handler, position: .first)
            } catch {
                perform(conversation.lost(Self.reason(error)))
            }
        case .ready: opened.succeed(())
        case .content: sendContent(context)
        case .finish(let outcome):
            let finished = delivery
            delivery = nil
            finished?.finish(outcome)
        case .failed(let fault): opened.fail(fault)
        case .close: context.close(promise: nil)
        }
    }

    private func sendContent(_ context: ChannelHandlerContext) {
        guard let delivery, delivery.mayEnd() else {
            perform(conversation.withdraw())
            return
        }
        conversation.writeContent()
        var buffer = context.channel.allocator.buffer(capacity: delivery.envelope.content.count + 64)
        SMTPContent.append(delivery.envelope.content, to: &buffer)
        let promise = context.eventLoop.makePromise(of: Void.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenSuccess { handler.value.contentHasLeft() }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: promise)
    }

    private func contentHasLeft() {
        conversation.contentHasLeft()
        armTimer()
    }

    private func end() {
        timer?.cancel()
        timer = nil
        opened.fail(SMTPFault(step: .connect, reason: "the connection was closed"))
        let ended = ended
        self.ended = nil
        ended?()
        context = nil
    }

    // MARK: - Time

    /// One timer serves all steps: it is only set anew when it fires too early, or when a shorter step begins.
    private func armTimer() {
        guard let context, conversation.phase != .closed else { return }
        let step = conversation.step
        // A step's time is counted from its beginning, not from each byte: a dripping server gains nothing.
        let mark = (step, conversation.messages)
        if let timedStep, timedStep == mark { return }
        timedStep = mark
        deadline = .now() + .seconds(Int64(conversation.account.limits.seconds(step)))
        if timer == nil || deadline < timerFiresAt { startTimer(context) }
    }

    private var timerFiresAt = NIODeadline.distantFuture

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
            let step = conversation.step
            perform(conversation.lost("the server did not answer in time (\(step.rawValue))"))
            context.close(promise: nil)
        }
    }

    /// An error of the network or of TLS in words that a log can hold.
    static func reason(_ error: any Error) -> String {
        if let error = error as? SMTPFault { return error.reason }
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "the server's certificate is not trusted" }
        if text.contains("unableToValidateCertificate") { return "the server's certificate is not for this host" }
        if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS here" }
        return String(text.prefix(300))
    }
}
