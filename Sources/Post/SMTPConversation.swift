// SPDX-License-Identifier: Apache-2.0
// The client's side of SMTP (RFC 5321, 2920, 3207, 4954) as a pure state machine: no sockets, no time, no tasks.
import NIOCore

/// One connection's conversation. It is told what happened and says what to do.
///
///     var conversation = SMTPConversation(account: account, helloName: "otklik.example")
///     let actions = conversation.received(bytes)     // the channel carries them out in order
///
/// Invariants: `accepted` is said only for a 2xx after the final dot; `unknown` only when the final dot had left;
/// nothing is sent in clear text where TLS was asked for; what came before TLS is forgotten.
///
/// Its messages are in ``SMTPConversation+Messages.swift``.
struct SMTPConversation {
    /// What the channel has to do.
    enum Action: Equatable {
        case send(ByteBuffer)
        /// Begin TLS on this connection, then say ``secured()``.
        case startTLS
        /// The connection stands and takes messages.
        case ready
        /// Ask the caller whether the message may still go, then ``writeContent()`` or ``withdraw()``.
        case content
        /// The message at hand is done with.
        case finish(SMTPOutcome)
        /// The message at hand is done with here, but through no fault of its own, and the server does not have it:
        /// a kept connection had gone stale, or what was sent ahead was lost. Another connection may try it at once.
        case abandon(SMTPOutcome)
        /// The connection is no use.
        case failed(SMTPFault)
        case close

        static func say(_ line: String) -> Action { .send(ByteBuffer(string: line + "\r\n")) }
    }

    /// What the conversation waits for.
    enum Phase: Equatable {
        case greeting, hello, oldHello, startTLS, handshake
        case authentication(SMTPAuthentication)
        case idle
        case envelope
        case content
        /// The final dot is written; `true` once it has left.
        case end(hasLeft: Bool)
        /// The server asked for content although it refused the envelope: an empty one is on its way.
        case emptyEnd(SMTPOutcome)
        case quitting
        case closed
    }

    /// One command of an envelope.
    enum Command { case reset, mail, recipient, data }

    let account: SMTPAccount
    let helloName: String
    var phase = Phase.greeting
    var reader = SMTPReplyReader()
    var offers = SMTPOffers()
    var isSecure: Bool
    private(set) var greeting: SMTPReply?
    var mechanism: String?

    /// The message at hand.
    var current: SMTPEnvelope?
    /// The message whose envelope was sent behind the end of the one at hand.
    var follower: SMTPEnvelope?
    /// The command of the envelope whose reply comes next.
    var awaited = Command.mail
    /// Why the message at hand will not be taken, once that is clear and its other replies are still to come.
    var failure: SMTPOutcome?
    /// Whether the server has said anything to the message at hand.
    var isAnswered = false
    /// Whether the envelope at hand was sent before the message before it was answered.
    var isAhead = false
    /// The server does not hold to what it offers: nothing should be sent ahead to it any more.
    var isOverlapBroken = false
    /// The server does not hold to PIPELINING, which it offers: the next connection should say one thing at a time.
    var isPipeliningBroken = false
    /// The last transaction was not completed: the next one begins with RSET.
    var needsReset = false
    /// How many messages were begun.
    var messages = 0

    init(account: SMTPAccount, helloName: String) {
        self.account = account
        self.helloName = helloName
        isSecure = account.security == .tls
        if isSecure { phase = .handshake }
    }

    /// The step whose time limit runs.
    var step: SMTPStep {
        switch phase {
        case .greeting: .greeting
        case .hello, .oldHello: .hello
        case .startTLS: .startTLS
        case .handshake: .handshake
        case .authentication: .authentication
        case .idle, .closed: .idle
        case .envelope:
            switch awaited {
            case .recipient: .recipient
            case .data: .data
            case .reset: .reset
            case .mail: .mail
            }
        case .content: .content
        case .end(let hasLeft): hasLeft ? .end : .content
        case .emptyEnd: .reset
        case .quitting: .quit
        }
    }

    /// How long that step may take.
    var stepSeconds: Int {
        let limits = account.limits
        return isAhead && !isAnswered ? min(limits.overlapSeconds, limits.mailSeconds) : limits.seconds(step)
    }

    /// Whether a message may be begun.
    var isIdle: Bool { phase == .idle }

    // MARK: - What the channel tells

    /// Bytes have come.
    mutating func received(_ bytes: ByteBuffer) -> [Action] {
        if phase == .closed || phase == .handshake { return [] }
        reader.append(bytes)
        var actions: [Action] = []
        do {
            while phase != .closed, phase != .handshake {
                if phase == .envelope, let reply = reader.takeUsual(awaited == .data ? .goOn : .ok) {
                    actions += envelopeAnswered(reply)
                } else if let reply = try reader.next() {
                    actions += handle(reply)
                } else {
                    break
                }
            }
        } catch {
            actions += lost(SMTPReason(.notSMTP, error.line))
        }
        return actions
    }

    /// TLS stands.
    mutating func secured() -> [Action] {
        guard phase == .handshake else { return [] }
        if account.security == .tls {
            phase = .greeting
            return []
        }
        isSecure = true
        return sayHello()
    }

    /// The connection has ended, or broke, or a step took too long.
    mutating func lost(_ reason: SMTPReason) -> [Action] {
        let old = phase
        let step = step
        phase = .closed
        switch old {
        case .closed: return []
        case .idle, .quitting: return [.close]
        case .greeting, .hello, .oldHello, .startTLS, .handshake, .authentication:
            return [.failed(SMTPFault(step: step, reason: reason)), .close]
        case .envelope, .content, .end, .emptyEnd:
            return messagesLost(in: old, at: step, reason) + [.close]
        }
    }

    /// Says good-bye.
    mutating func quit() -> [Action] {
        guard isIdle else {
            phase = .closed
            return [.close]
        }
        phase = .quitting
        return [.say("QUIT")]
    }

    // MARK: - Replies

    private mutating func handle(_ reply: SMTPReply) -> [Action] {
        if reply.code == 421, phase != .quitting { return goingAway(reply) }
        switch phase {
        case .greeting: return greeted(reply)
        case .hello: return helloed(reply)
        case .oldHello: return oldHelloed(reply)
        case .startTLS: return startTLSAnswered(reply)
        case .authentication(let authentication): return authenticationAnswered(reply, authentication)
        case .envelope: return envelopeAnswered(reply)
        case .end: return endAnswered(reply)
        case .emptyEnd(let outcome):
            needsReset = true
            return finish(outcome)
        case .quitting:
            phase = .closed
            return [.close]
        // A reply to nothing, or before the end of the message: what follows could no longer be matched to what we say.
        case .idle, .content: return lost(SMTPReason(.outOfTurn, reply.description))
        case .handshake, .closed: return []
        }
    }

    /// 421: the server goes away, whatever it was asked.
    private mutating func goingAway(_ reply: SMTPReply) -> [Action] {
        let fault = SMTPFault(step: step, reply: reply, reason: SMTPReason(.goingAway))
        let old = phase
        phase = .closed
        switch old {
        case .idle: return [.close]
        case .envelope, .content, .end, .emptyEnd: return messagesGone(in: old, fault) + [.close]
        default: return [.failed(fault), .close]
        }
    }

    private mutating func greeted(_ reply: SMTPReply) -> [Action] {
        greeting = reply
        guard reply.code == 220 else { return fail(.greeting, reply, .greetingRefused) }
        return sayHello()
    }

    private mutating func sayHello() -> [Action] {
        phase = .hello
        offers = SMTPOffers()
        return [.say("EHLO \(helloName)")]
    }

    private mutating func helloed(_ reply: SMTPReply) -> [Action] {
        if reply.isPositive {
            offers = SMTPOffers(reply)
            if !account.pipelines { offers.hasPipelining = false }
            return proceed()
        }
        let canFallBack = reply.isPermanent && account.security != .startTLS && account.credentials == nil
        guard canFallBack else { return fail(.hello, reply, .helloRefused) }
        phase = .oldHello
        return [.say("HELO \(helloName)")]
    }

    private mutating func oldHelloed(_ reply: SMTPReply) -> [Action] {
        guard reply.isPositive else { return fail(.hello, reply, .helloRefused) }
        return proceed()
    }

    /// After EHLO: TLS if it is owed, then AUTH if it is owed, then messages.
    private mutating func proceed() -> [Action] {
        if account.security == .startTLS, !isSecure {
            guard offers.hasStartTLS else { return fail(.startTLS, nil, .noStartTLS) }
            phase = .startTLS
            return [.say("STARTTLS")]
        }
        if let credentials = account.credentials { return authenticate(credentials) }
        phase = .idle
        return [.ready]
    }

    private mutating func startTLSAnswered(_ reply: SMTPReply) -> [Action] {
        guard reply.code == 220 else { return fail(.startTLS, reply, .startTLSRefused) }
        reader.discard()
        phase = .handshake
        return [.startTLS]
    }

    mutating func fail(_ step: SMTPStep, _ reply: SMTPReply?, _ code: SMTPReason.Code) -> [Action] {
        phase = .closed
        return [.failed(SMTPFault(step: step, reply: reply, reason: SMTPReason(code))), .close]
    }
}
