// SPDX-License-Identifier: Apache-2.0
// B1 over a distance: passes bytes on after a while, in both directions, so that a server on this machine answers as if
// it were far away.
import Foundation
import NIOCore
import NIOPosix

@main
struct DelayProxy {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 3 else {
            print("usage: delay-proxy PORT TARGET-PORT ROUND-TRIP-MILLISECONDS")
            exit(2)
        }
        let delay = TimeAmount.microseconds(Int64(numbers[2]) * 500)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelInitializer { channel in connect(channel, to: numbers[1], delay: delay) }
            .bind(host: "127.0.0.1", port: numbers[0]).get()
        try await listener.closeFuture.get()
    }

    /// Joins an incoming connection to one of its own to the server, on the same event loop.
    private static func connect(_ near: any Channel, to port: Int, delay: TimeAmount) -> EventLoopFuture<Void> {
        ClientBootstrap(group: near.eventLoop)
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(ChannelOptions.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port)
            .flatMapThrowing { far in
                try near.pipeline.syncOperations.addHandler(LaterHandler(peer: far, delay: delay))
                try far.pipeline.syncOperations.addHandler(LaterHandler(peer: near, delay: delay))
                for channel in [near, far] { _ = channel.setOption(ChannelOptions.autoRead, value: true) }
            }
    }
}

/// Writes to the other side, after the delay, what comes on this one; its end too.
private final class LaterHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let peer: any Channel
    private let delay: TimeAmount

    init(peer: any Channel, delay: TimeAmount) {
        self.peer = peer
        self.delay = delay
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        context.eventLoop.scheduleTask(in: delay) { [peer] in peer.writeAndFlush(bytes, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        context.eventLoop.scheduleTask(in: delay) { [peer] in peer.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
