// SPDX-License-Identifier: Apache-2.0
// One connection to a server: opened, greeted, secured and authenticated, then used for one message after another.
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A connection that takes messages.
final class SMTPConnection: Sendable {
    /// What "check settings" tells of a connection.
    struct Description: Sendable {
        var peer: String?
        var greeting: String?
        var tlsVersion: String?
        var certificate: String?
        var mechanism: String?
    }

    let channel: any Channel
    private let handler: NIOLoopBound<SMTPChannelHandler>
    private let openedAt = NIODeadline.now()
    private let count = NIOLockedValueBox(0)
    private let limits: SMTPLimits

    private init(channel: any Channel, handler: NIOLoopBound<SMTPChannelHandler>, limits: SMTPLimits) {
        self.channel = channel
        self.handler = handler
        self.limits = limits
    }

    /// Connects and goes as far as a conversation goes before its first message.
    static func open(
        _ account: SMTPAccount, trust: SMTPTrust, on loop: any EventLoop
    ) async throws(SMTPFault) -> SMTPConnection {
        do {
            let tls = account.security == .none ? nil : try trust.context(authorityFile: account.authorityFile)
            let opened = loop.makePromise(of: Void.self)
            let channel: any Channel
            do {
                channel = try await connect(account, loop: loop)
            } catch {
                opened.fail(error)
                throw error
            }
            return try await converse(on: channel, account: account, tls: tls, opened: opened)
        } catch let fault as SMTPFault {
            throw fault
        } catch {
            throw SMTPFault(step: .connect, reason: SMTPChannelHandler.reason(error))
        }
    }

    private static func connect(_ account: SMTPAccount, loop: any EventLoop) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(Int64(account.limits.connectSeconds)))
            .channelOption(ChannelOptions.socketOption(.so_keepalive), value: 1)
            .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            // Nothing is read, not even the greeting, before the handlers stand.
            .channelOption(ChannelOptions.autoRead, value: false)
        let host = MailAddress.asciiDomain(account.host) ?? account.host
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(host: host, port: account.port).get()
        } catch {
            throw SMTPFault(step: .connect, reason: connectReason(error))
        }
        if !account.allowsPrivateHosts, channel.remoteAddress.map({ PrivateNetwork.contains($0) }) ?? true {
            channel.close(promise: nil)
            throw SMTPFault(step: .connect, reason: "the host is on a private network")
        }
        return channel
    }

    private static func connectReason(_ error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return SMTPChannelHandler.reason(error) }
        if let failure = error.connectionErrors.first {
            return "no connection to \(error.host), port \(error.port): \(failure.error)"
        }
        return "the host \(error.host) is not known"
    }

    private static func converse(
        on channel: any Channel, account: SMTPAccount, tls: NIOSSLContext?, opened: EventLoopPromise<Void>
    ) async throws -> SMTPConnection {
        let helloName = account.helloName ?? literal(channel.localAddress)
        let host = account.host
        let made = channel.eventLoop.submit {
            let handler = SMTPChannelHandler(
                conversation: SMTPConversation(account: account, helloName: helloName), opened: opened
            ) { _ in
                guard let tls else { throw SMTPFault(step: .handshake, reason: "TLS is not set up") }
                return try clientHandler(tls, host: host)
            }
            if account.security == .tls, let tls {
                try channel.pipeline.syncOperations.addHandler(clientHandler(tls, host: host))
            }
            try channel.pipeline.syncOperations.addHandler(handler)
            handler.start()
            return NIOLoopBound(handler, eventLoop: channel.eventLoop)
        }
        let handler: NIOLoopBound<SMTPChannelHandler>
        do {
            handler = try await made.get()
            try await channel.setOption(ChannelOptions.autoRead, value: true).get()
            try await opened.futureResult.get()
        } catch {
            opened.fail(error)
            channel.close(promise: nil)
            throw error
        }
        return SMTPConnection(channel: channel, handler: handler, limits: account.limits)
    }

    /// An IP address cannot be asked for by name (RFC 6066), but is verified all the same.
    private static func clientHandler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(
            context: context, serverHostname: isAddress ? nil : MailAddress.asciiDomain(host) ?? host)
    }

    /// RFC 5321, 4.1.3: who has no name says its address.
    private static func literal(_ address: SocketAddress?) -> String {
        switch address {
        case .v4: "[\(address?.ipAddress ?? "127.0.0.1")]"
        case .v6: "[IPv6:\(address?.ipAddress ?? "::1")]"
        default: "[127.0.0.1]"
        }
    }

    // MARK: - Use

    /// Sends one message. `mayEnd` is asked on the event loop when everything but the content has been said.
    ///
    /// - Returns: the outcome, and whether the server had said anything at all since this message began: if not, and
    ///   the connection had been kept, it may simply have gone stale.
    func deliver(
        _ envelope: SMTPEnvelope, mayEnd: @escaping @Sendable () -> Bool
    ) async -> (outcome: SMTPOutcome, wasAnswered: Bool) {
        count.withLockedValue { $0 += 1 }
        return await withCheckedContinuation { continuation in
            channel.eventLoop.execute { [handler] in
                let inner = handler.value
                inner.begin(
                    .init(envelope: envelope, mayEnd: mayEnd) { outcome in
                        continuation.resume(returning: (outcome, inner.hasAnswered))
                    })
            }
        }
    }

    /// Whether it can take another message, by what is known without asking the server.
    var isReusable: Bool {
        channel.isActive && count.withLockedValue { $0 } < limits.messagesPerConnection
            && NIODeadline.now() - openedAt < .seconds(Int64(limits.connectionSeconds))
    }

    /// Calls once when the connection ends; at once if it has.
    func whenClosed(_ action: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in action() }
    }

    /// Says good-bye and closes; does not wait.
    func quit() {
        channel.eventLoop.execute { [handler] in handler.value.quit() }
    }

    /// What is known of the other side.
    func describe() async -> Description {
        let described = try? await channel.eventLoop.submit { [channel, handler] in
            let conversation = handler.value.conversation
            let pipeline = channel.pipeline.syncOperations
            var description = Description(peer: channel.remoteAddress.map { Self.text($0) })
            description.greeting = conversation.greeting?.description
            description.mechanism = conversation.mechanism
            if let tls = try? pipeline.handler(type: NIOSSLClientHandler.self) {
                description.tlsVersion = tls.tlsVersion.map { Self.name($0) }
                description.certificate = tls.peerCertificate.map { SMTPTrust.subject(of: $0) }
            }
            return description
        }.get()
        return described ?? Description()
    }

    private static func text(_ address: SocketAddress) -> String {
        "\(address.ipAddress ?? "?"):\(address.port ?? 0)"
    }

    private static func name(_ version: TLSVersion) -> String {
        switch version {
        case .tlsv13: "TLS 1.3"
        case .tlsv12: "TLS 1.2"
        default: "TLS"
        }
    }
}
