// SPDX-License-Identifier: Apache-2.0
// A TCP client without manners: sends what it is told, reads only when it is told.
import NIOCore
import NIOPosix
import Synchronization

/// One connection to a server on this machine.
public final class RawConnection: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    /// Collects what comes, and tells who waits for a text in it.
    private final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        /// The bytes so far, and who waits.
        struct State {
            var text = ""
            var isClosed = false
            var waiting: [(text: String, promise: EventLoopPromise<String>)] = []
        }
        private let state = Mutex(State())

        func wait(for text: String, _ promise: EventLoopPromise<String>) {
            let known = state.withLock { state -> String? in
                if state.isClosed || state.text.contains(text) { return state.text }
                state.waiting.append((text, promise))
                return nil
            }
            if let known { promise.succeed(known) }
        }

        private func tell(_ change: (inout State) -> Void) {
            let (text, told) = state.withLock { state in
                change(&state)
                let (text, isClosed) = (state.text, state.isClosed)
                let told = state.waiting.filter { isClosed || text.contains($0.text) }.map(\.promise)
                state.waiting.removeAll { isClosed || text.contains($0.text) }
                return (text, told)
            }
            for promise in told { promise.succeed(text) }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            tell { $0.text += text }
        }
        func channelInactive(context: ChannelHandlerContext) { tell { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private init(channel: any Channel, inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    public static func open(port: Int, isReading: Bool = true) async throws -> RawConnection {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let inbox = Inbox()
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
        let promise = channel.eventLoop.makePromise(of: String.self)
        inbox.wait(for: text, promise)
        return try await promise.futureResult.get()
    }

    /// Returns when the peer has closed; a client that does not read begins to read what is left.
    public func closed() async throws { try await channel.closeFuture.get() }

    public func close() async { try? await channel.close().get() }
}
