// SPDX-License-Identifier: Apache-2.0
// One connection to a server: opened, greeted, secured and authenticated, then used for one message after another.
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
    /// What carries the conversation out; for the channel's event loop.
    let handler: NIOLoopBound<SMTPChannelHandler>
    let openedAt = NIODeadline.now()

    private init(channel: any Channel, handler: NIOLoopBound<SMTPChannelHandler>) {
        self.channel = channel
        self.handler = handler
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
            throw SMTPFault(step: .connect, reason: SMTPReason(error))
        }
    }

    /// ``open(_:trust:on:)`` for those who go on whatever came of it.
    static func attempt(
        _ account: SMTPAccount, trust: SMTPTrust, on loop: any EventLoop
    ) async -> Result<SMTPConnection, SMTPFault> {
        do {
            return .success(try await open(account, trust: trust, on: loop))
        } catch {
            return .failure(error)
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
            throw SMTPFault(step: .connect, reason: SMTPReason(.privateHost))
        }
        return channel
    }

    private static func connectReason(_ error: any Error) -> SMTPReason {
        guard let error = error as? NIOConnectionError else { return SMTPReason(error) }
        guard let failure = error.connectionErrors.first else { return SMTPReason(.unknownHost, error.host) }
        return SMTPReason(.unreachable, "\(error.host):\(error.port), \(SMTPReason.words(failure.error))")
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
                guard let tls else { throw SMTPFault(step: .handshake, reason: SMTPReason(.noTLS)) }
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
        return SMTPConnection(channel: channel, handler: handler)
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

    /// Sends one message on a connection that nobody else uses.
    func deliver(_ envelope: SMTPEnvelope) async -> SMTPOutcome {
        await withCheckedContinuation { continuation in
            channel.eventLoop.execute { [handler] in
                guard handler.value.isIdle else {
                    return continuation.resume(returning: .postponed(.mail, nil, reason: SMTPReason(.closed)))
                }
                handler.value.carrier = SMTPSingleCarrier { continuation.resume(returning: $0) }
                handler.value.begin(envelope)
            }
        }
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

/// Carries one message and nothing else.
private final class SMTPSingleCarrier: SMTPCarrier {
    private var finish: ((SMTPOutcome) -> Void)?

    init(_ finish: @escaping (SMTPOutcome) -> Void) { self.finish = finish }

    func mayEnd() -> Bool { true }
    func nextAhead() -> SMTPEnvelope? { nil }
    func abandoned(_ outcome: SMTPOutcome) { finished(outcome) }
    func isFree() {}
    func ended() {}

    func finished(_ outcome: SMTPOutcome) {
        finish?(outcome)
        finish = nil
    }
}
