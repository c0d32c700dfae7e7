// SPDX-License-Identifier: Apache-2.0
// A DNS server of the test's own on loopback: it knows some texts, and may be silent or broken.
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Answers questions for TXT records over UDP.
public final class SmallDNSServer: Sendable {
    /// How it answers.
    public enum Manner: Sendable { case answers, silent, serverFailure, garbage }

    private let channel: any Channel
    private let state: NIOLockedValueBox<State>

    struct State {
        var texts: [String: [String]]
        var manner: Manner
        var asked: [String] = []
    }

    /// `127.0.0.1:5353`.
    public var address: String { "127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    /// The names that were asked for, in lower case.
    public var asked: [String] { state.withLockedValue { $0.asked } }

    public func set(_ texts: [String: [String]]) { state.withLockedValue { $0.texts = texts } }

    private init(_ channel: any Channel, _ state: NIOLockedValueBox<State>) {
        self.channel = channel
        self.state = state
    }

    /// - Parameter texts: By name in lower case.
    public static func start(
        _ texts: [String: [String]] = [:], manner: Manner = .answers
    ) async throws -> SmallDNSServer {
        let state = NIOLockedValueBox(State(texts: texts, manner: manner))
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DNSAnswers(state: state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SmallDNSServer(channel, state)
    }

    public func stop() async throws { try await channel.close().get() }
}

/// Reads a question and writes its answer.
private final class DNSAnswers: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let state: NIOLockedValueBox<SmallDNSServer.State>

    init(state: NIOLockedValueBox<SmallDNSServer.State>) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let query = Array(envelope.data.readableBytesView)
        guard query.count > 16, let (name, end) = Self.name(in: query) else { return }
        let (texts, manner) = state.withLockedValue { state in
            state.asked.append(name)
            return (state.texts[name] ?? [], state.manner)
        }
        let answer: [UInt8]
        switch manner {
        case .silent: return
        case .garbage:
            answer = Array(query.prefix(2)) + [0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0] + query[12..<end] + [0xC0]
        case .serverFailure: answer = Array(query.prefix(2)) + [0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0] + query[12..<end]
        case .answers:
            let code: UInt8 = texts.isEmpty ? 0x83 : 0x80
            var bytes = Array(query.prefix(2)) + [0x81, code, 0, 1, 0, UInt8(texts.count), 0, 0, 0, 0]
            bytes += query[12..<end]
            for text in texts { bytes += Self.record(text) }
            answer = bytes
        }
        context.writeAndFlush(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: answer))),
            promise: nil)
    }

    /// The name that is asked for, and where the question ends.
    private static func name(in query: [UInt8]) -> (String, Int)? {
        var (labels, place) = ([String](), 12)
        while place < query.count, query[place] != 0 {
            let end = place + 1 + Int(query[place])
            guard end < query.count else { return nil }
            labels.append(String(decoding: query[(place + 1)..<end], as: UTF8.self).lowercased())
            place = end
        }
        return (labels.joined(separator: "."), place + 5)
    }

    /// A TXT record of the name that was asked for, in pieces of at most 255 bytes.
    private static func record(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: max(1, bytes.count), by: 255).flatMap { start -> [UInt8] in
            let piece = bytes[start..<min(start + 255, bytes.count)]
            return [UInt8(piece.count)] + piece
        }
        return [0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, UInt8(pieces.count >> 8), UInt8(pieces.count & 255)] + pieces
    }
}
