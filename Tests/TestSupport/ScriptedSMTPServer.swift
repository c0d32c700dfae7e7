// SPDX-License-Identifier: Apache-2.0
// An SMTP server on a real socket that behaves as a test says: slow, hostile, or dead at a given byte.
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A server for one test; stops when the test says so.
public final class ScriptedSMTPServer: Sendable {
    /// What a server makes of commands that were sent ahead.
    public enum Ahead: String, Sendable, CaseIterable {
        /// It answers them in their turn.
        case reads
        /// It answers the message and has forgotten them.
        case loses
        /// It refuses the message for them and ends the connection.
        case refuses
        /// It takes the message and ends the connection without a word.
        case closes
    }

    /// How the server behaves; may be changed while it runs.
    public struct Behaviour: Sendable {
        public var greeting = "220 test.example ESMTP"
        public var offers = ["PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8"]
        /// Whole replies by the beginning of a command, in capitals: `"RCPT TO:<BAD@": "550 5.1.1 no"`.
        public var replies: [String: String] = [:]
        /// The reply to a message's final dot.
        public var endReply = "250 2.0.0 queued"
        /// User names and passwords; others are refused.
        public var passwords: [String: String] = [:]
        /// Ends a connection without a word when it has received so many bytes.
        public var killAfterBytes: Int?
        /// Never answers commands that begin so; "DOT" is the final dot, "CONNECT" the greeting.
        public var silentAt: String?
        /// Ends the connection when a command begins so, before answering.
        public var killAt: String?
        /// Does so only once.
        public var killsOnce = false
        /// What becomes of commands that arrive together with a final dot.
        public var ahead = Ahead.reads
        /// What it does wrong, and where.
        public var fault: Fault?
        /// Forgets commands that arrive together with one before its answer, though it may offer PIPELINING.
        public var losesPipelined = false
        /// Takes so many messages on a connection and closes it at the next one.
        public var killAfterMessages: Int?
        /// Refuses them, as servers do that find themselves talked over.
        public var refusesPipelined = false
        /// STARTTLS is offered with this certificate.
        public var certificate: TestCertificate?
        /// Whether it speaks no TLS beyond 1.1.
        public var hasOldTLS = false
        /// What comes in clear text behind the 220 to STARTTLS, as from somebody between.
        public var injected = ""

        public init() {}
    }

    /// A step at which it goes wrong, and how.
    public struct Fault: Sendable {
        /// How it goes wrong.
        public enum Kind: Sendable, Hashable {
            case closes, stalls
            /// Answers so instead.
            case answers(String)
            /// A line without an end.
            case endlessLine
            /// A reply without an end.
            case endlessReply
            /// Bytes that are no text.
            case nulls
        }

        /// The beginning of a command, in capitals; "DOT" is the final dot, "CONNECT" the greeting, "TLS" the
        /// handshake.
        public var step: String
        /// Whether only inside TLS.
        public var isInsideTLS: Bool
        public var kind: Kind

        public init(_ kind: Kind, at step: String, isInsideTLS: Bool = false) {
            (self.kind, self.step, self.isInsideTLS) = (kind, step, isInsideTLS)
        }
    }

    /// A message that the server took.
    public struct Received: Sendable {
        public let sender: String
        public let recipient: String
        /// Without the doubled dots.
        public let content: [UInt8]
        /// Counts the server's connections from 1.
        public let connection: Int
        public var text: String { String(decoding: content, as: UTF8.self) }
    }

    struct State {
        var behaviour: Behaviour
        var received: [Received] = []
        var commands: [String] = []
        var connections = 0
        var open = 0
        var openAtOnce = 0
        var aheads = 0
        var openlySaid: [String] = []
    }

    let state: NIOLockedValueBox<State>
    private let channel: NIOLockedValueBox<(any Channel)?> = NIOLockedValueBox(nil)
    private let portBox = NIOLockedValueBox(0)

    private init(_ behaviour: Behaviour) { state = NIOLockedValueBox(State(behaviour: behaviour)) }

    /// Starts on a free port of the loopback, or on the given one.
    public static func start(_ behaviour: Behaviour = Behaviour(), port: Int = 0) async throws -> ScriptedSMTPServer {
        let server = ScriptedSMTPServer(behaviour)
        try await server.listen(port: port)
        return server
    }

    private func listen(port: Int) async throws {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScriptedSMTPHandler(server: self))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        self.channel.withLockedValue { $0 = channel }
        portBox.withLockedValue { $0 = channel.localAddress?.port ?? 0 }
    }

    public var port: Int { portBox.withLockedValue { $0 } }
    public var received: [Received] { state.withLockedValue { $0.received } }
    public var commands: [String] { state.withLockedValue { $0.commands } }
    /// The commands that came outside TLS.
    public var openlySaid: [String] { state.withLockedValue { $0.openlySaid } }
    public var connections: Int { state.withLockedValue { $0.connections } }
    /// How many final dots came together with further commands.
    public var aheads: Int { state.withLockedValue { $0.aheads } }
    /// The most connections that stood at the same time.
    public var openAtOnce: Int { state.withLockedValue { $0.openAtOnce } }
    public var behaviour: Behaviour {
        get { state.withLockedValue { $0.behaviour } }
        set { state.withLockedValue { $0.behaviour = newValue } }
    }

    /// Stops listening; connections that stand go on. Twice is as good as once.
    public func stop() async throws {
        let channel = channel.withLockedValue { channel in
            defer { channel = nil }
            return channel
        }
        try await channel?.close().get()
    }
}
