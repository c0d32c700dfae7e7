// SPDX-License-Identifier: Apache-2.0
// A TCP client without manners: sends what it is told, reads only when it is told.
import NIOCore
import NIOPosix

/// One connection to a server on this machine.
public final class RawConnection: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    /// Collects what comes. Lives on the connection's event loop.
    private final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        /// The bytes so far and who waits for a text among them, all on the event loop.
        struct State {
            var text = ""
            var waiting: [(text: String, promise: EventLoopPromise<String>)] = []
        }
        let state: NIOLoopBound<Box>

        final class Box { var state = State() }

        init(_ loop: any EventLoop) { state = NIOLoopBound(Box(), eventLoop: loop) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let box = state.value
            box.state.text += String(buffer: unwrapInboundIn(data))
            let text = box.state.text
            for waiter in box.state.waiting where text.contains(waiter.text) { waiter.promise.succeed(text) }
            box.state.waiting.removeAll { text.contains($0.text) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            let box = state.value
            for waiter in box.state.waiting { waiter.promise.succeed(box.state.text) }
            box.state.waiting = []
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    public static func open(port: Int, isReading: Bool = true) async throws -> RawConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let inbox = Inbox(loop)
        let channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: isReading)
            .channelInitializer { $0.pipeline.addHandler(inbox) }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, inbox: inbox)
    }

    /// False when the peer has gone.
    @discardableResult public func send(_ text: String) async -> Bool {
        do {
            try await channel.writeAndFlush(ByteBuffer(string: text)).get()
            return true
        } catch { return false }
    }

    /// Everything that came, as soon as the text is in it or the connection is closed.
    public func receive(until text: String) async throws -> String {
        let inbox = inbox
        return try await channel.eventLoop.flatSubmit {
            let box = inbox.state.value
            let promise = inbox.state.eventLoop.makePromise(of: String.self)
            if box.state.text.contains(text) || !self.channel.isActive {
                promise.succeed(box.state.text)
            } else {
                box.state.waiting.append((text, promise))
            }
            return promise.futureResult
        }.get()
    }

    /// Returns when the peer has closed; a client that does not read begins to read what is left.
    public func closed() async throws { try await channel.closeFuture.get() }

    public func close() async { try? await channel.close().get() }
}
