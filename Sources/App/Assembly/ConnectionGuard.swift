// SPDX-License-Identifier: Apache-2.0
// Ends connections that cost more than they bring: too many of one address, requests that never finish, peers that
// never read, bodies that go on after their request was refused.
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Holds one connection to the ``HTTPLimits``. Lives on the connection's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: HTTPLimits
    private let count: ConnectionCount
    private var countedAs: String?
    /// When the request that is arriving has to be whole; nil when none is.
    private var requestDeadline: NIODeadline?
    /// When the peer has to have taken something of what was written; nil when everything was taken.
    private var writeDeadline: NIODeadline?
    private var unfinishedWrites = 0
    /// What was written since the last write that somebody waits for: an answer's end, or a good piece of a long one.
    private var bytesUnwatched = 0
    private static let watchedBytes = 16 * 1024
    /// Requests that have begun to arrive, and answers that have been written: an answer before the end of its
    /// request means that the rest of the body is of no use.
    private var requestsBegun = 0
    private var answersEnded = 0
    private var bytesAfterAnswer = 0
    private var isLeaving = false
    private var alarm: Scheduled<Void>?

    init(limits: HTTPLimits, count: ConnectionCount) {
        self.limits = limits
        self.count = count
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func enter(_ context: ChannelHandlerContext) {
        guard countedAs == nil, !isLeaving else { return }
        let address = context.channel.remoteAddress?.ipAddress ?? "unknown"
        guard count.enter(address, limits: limits) else {
            isLeaving = true
            return context.close(promise: nil)
        }
        countedAs = address
    }

    private func leave() {
        alarm?.cancel()
        alarm = nil
        if let countedAs { count.leave(countedAs) }
        countedAs = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLeaving else { return }
        switch unwrapInboundIn(data) {
        case .head:
            requestsBegun += 1
            requestDeadline = .now() + limits.request
            setAlarm(context)
        case .body(let buffer):
            if answersEnded >= requestsBegun { bytesAfterAnswer += buffer.readableBytes }
            if bytesAfterAnswer > limits.drainBytes { return part(context) }
        case .end:
            requestDeadline = nil
            bytesAfterAnswer = 0
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head: return context.write(data, promise: promise)
        case .body(let buffer):
            bytesUnwatched += buffer.readableBytes
            guard bytesUnwatched >= Self.watchedBytes else { return context.write(data, promise: promise) }
        case .end: answersEnded += 1
        }
        bytesUnwatched = 0
        unfinishedWrites += 1
        if writeDeadline == nil {
            writeDeadline = .now() + limits.write
            setAlarm(context)
        }
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.unfinishedWrites -= 1
            self.writeDeadline = self.unfinishedWrites == 0 ? nil : .now() + self.limits.write
        }
        context.write(data, promise: written)
    }

    /// One alarm at a time, for the nearest deadline; it is set again when the deadline has moved meanwhile.
    private func setAlarm(_ context: ChannelHandlerContext) {
        guard alarm == nil, let some = requestDeadline ?? writeDeadline else { return }
        let next = min(some, writeDeadline ?? some)
        alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
            self.alarm = nil
            let now = NIODeadline.now()
            let isOver = [self.requestDeadline, self.writeDeadline].contains { $0.map { $0 <= now } ?? false }
            if isOver { context.close(promise: nil) } else { self.setAlarm(context) }
        }
    }

    /// Stops reading and says so, and gives the peer a moment to read the answer: cutting a connection with unread
    /// input at once would take the answer away with it.
    private func part(_ context: ChannelHandlerContext) {
        isLeaving = true
        context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: limits.linger) { context.close(promise: nil) }
    }
}
