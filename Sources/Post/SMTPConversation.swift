// SPDX-License-Identifier: Apache-2.0
// The client's side of SMTP (RFC 5321, 2920, 3207, 4954) as a pure state machine: no sockets, no time, no tasks.

/// One connection's conversation. It is told what happened and says what to do.
///
///     var conversation = SMTPConversation(account: account, helloName: "otklik.example")
///     let actions = conversation.received(bytes)     // the channel carries them out in order
///
/// Invariants: `accepted` is said only for a 2xx after the final dot; `unknown` only when the final dot had left;
/// nothing is sent in clear text where TLS was asked for; what came before TLS is forgotten.
struct SMTPConversation {
    /// What the channel has to do.
    enum Action: Equatable {
        case send([UInt8])
        /// Begin TLS on this connection, then say ``secured()``.
        case startTLS
        /// The connection stands and takes messages.
        case ready
        /// Ask the caller whether the message may still go, then ``writeContent()`` or ``withdraw()``.
        case content
        /// The message at hand is done with.
        case finish(SMTPOutcome)
        /// The connection is no use.
        case failed(SMTPFault)
        case close
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
    enum Command: Equatable { case reset, mail, recipient, data }

    let account: SMTPAccount
    let helloName: String
    var phase = Phase.greeting
    var reader = SMTPReplyReader()
    var offers = SMTPOffers()
    var isSecure: Bool
    /// The commands of the envelope at hand; the first is the one whose reply comes next.
    var commands: [Command] = []
    var unsent: ArraySlice<[UInt8]> = []
    var failure: SMTPOutcome?
    /// The last transaction was not completed: the next one begins with RSET.
    var needsReset = false
    private(set) var messages = 0
    private(set) var greeting: SMTPReply?
    var mechanism: String?

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
            switch commands.first {
            case .recipient: .recipient
            case .data: .data
            case .reset: .reset
            default: .mail
            }
        case .content: .content
        case .end(let hasLeft): hasLeft ? .end : .content
        case .emptyEnd: .reset
        case .quitting: .quit
        }
    }

    /// Whether a message may be begun.
    var isIdle: Bool { phase == .idle }

    // MARK: - What the channel tells

    /// Bytes have come.
    mutating func received(_ bytes: some Sequence<UInt8>) -> [Action] {
        if phase == .closed || phase == .handshake { return [] }
        reader.append(bytes)
        var actions: [Action] = []
        do {
            while phase != .closed, phase != .handshake, let reply = try reader.next() {
                actions += handle(reply)
            }
        } catch {
            actions += lost("the server does not speak SMTP: \(error.reason)")
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
    mutating func lost(_ reason: String) -> [Action] {
        let old = phase
        let step = step
        phase = .closed
        switch old {
        case .closed: return []
        case .idle, .quitting: return [.close]
        case .greeting, .hello, .oldHello, .startTLS, .handshake, .authentication:
            return [.failed(SMTPFault(step: step, reason: reason)), .close]
        case .envelope, .content:
            return [.finish(failure ?? .postponed(step, nil, reason: reason)), .close]
        case .end(let hasLeft):
            let outcome = hasLeft ? SMTPOutcome.unknown(reason: reason) : .postponed(.content, nil, reason: reason)
            return [.finish(outcome), .close]
        case .emptyEnd(let outcome): return [.finish(outcome), .close]
        }
    }

    /// The final dot, and all before it, have been given to the network.
    mutating func contentHasLeft() {
        if case .end = phase { phase = .end(hasLeft: true) }
    }

    /// The caller lets the message go: its content is being written, with the final dot.
    mutating func writeContent() {
        if phase == .content { phase = .end(hasLeft: false) }
    }

    /// The caller takes the message back before its final dot: only closing undoes a DATA.
    mutating func withdraw() -> [Action] {
        guard phase == .content else { return [] }
        phase = .closed
        return [.finish(.withdrawn), .close]
    }

    /// Begins a message.
    mutating func begin(_ envelope: SMTPEnvelope) -> [Action] {
        precondition(isIdle, "A message begins on an idle connection.")
        if let limit = offers.sizeLimit, envelope.content.count > limit { return [.finish(.tooLarge(limit: limit))] }
        if envelope.needsSMTPUTF8, !offers.hasSMTPUTF8 { return [.finish(.needsSMTPUTF8)] }
        messages += 1
        failure = nil
        phase = .envelope
        commands = (needsReset ? [.reset] : []) + [.mail, .recipient, .data]
        needsReset = false
        let lines = commands.map { line($0, envelope) }
        if offers.hasPipelining {
            unsent = []
            return [.send(Array(lines.joined()))]
        }
        unsent = lines.dropFirst()
        return [.send(lines[0])]
    }

    /// Says good-bye.
    mutating func quit() -> [Action] {
        guard isIdle else {
            phase = .closed
            return [.close]
        }
        phase = .quitting
        return [.send(Array("QUIT\r\n".utf8))]
    }

    // MARK: - Replies

    private mutating func handle(_ reply: SMTPReply) -> [Action] {
        if reply.code == 421, phase != .quitting { return closing(reply) }
        switch phase {
        case .greeting: return greeted(reply)
        case .hello: return helloed(reply)
        case .oldHello: return oldHelloed(reply)
        case .startTLS: return startTLSAnswered(reply)
        case .authentication(let authentication): return authenticationAnswered(reply, authentication)
        case .envelope: return envelopeAnswered(reply)
        case .end: return endAnswered(reply)
        case .emptyEnd(let outcome):
            phase = .idle
            needsReset = true
            return [.finish(outcome)]
        case .quitting:
            phase = .closed
            return [.close]
        // A reply to nothing: what follows could no longer be matched to what we say.
        case .idle: return lost("a reply to nothing: \(reply)")
        case .content: return lost("a reply before the end of the message: \(reply)")
        case .handshake, .closed: return []
        }
    }

    /// 421: the server goes away, whatever it was asked.
    private mutating func closing(_ reply: SMTPReply) -> [Action] {
        let fault = SMTPFault(step: step, reply: reply, reason: "the server closes the connection")
        let old = phase
        phase = .closed
        switch old {
        case .idle: return [.close]
        case .envelope, .content, .end: return [.finish(failure ?? .fault(fault)), .close]
        case .emptyEnd(let outcome): return [.finish(outcome), .close]
        default: return [.failed(fault), .close]
        }
    }

    private mutating func greeted(_ reply: SMTPReply) -> [Action] {
        greeting = reply
        guard reply.code == 220 else { return fail(.greeting, reply, "the server does not take connections") }
        return sayHello()
    }

    private mutating func sayHello() -> [Action] {
        phase = .hello
        offers = SMTPOffers()
        return [.send(Array("EHLO \(helloName)\r\n".utf8))]
    }

    private mutating func helloed(_ reply: SMTPReply) -> [Action] {
        if reply.isPositive {
            offers = SMTPOffers(reply)
            return proceed()
        }
        let canFallBack = reply.isPermanent && account.security != .startTLS && account.credentials == nil
        guard canFallBack else { return fail(.hello, reply, "EHLO is refused") }
        phase = .oldHello
        return [.send(Array("HELO \(helloName)\r\n".utf8))]
    }

    private mutating func oldHelloed(_ reply: SMTPReply) -> [Action] {
        guard reply.isPositive else { return fail(.hello, reply, "HELO is refused") }
        return proceed()
    }

    /// After EHLO: TLS if it is owed, then AUTH if it is owed, then messages.
    private mutating func proceed() -> [Action] {
        if account.security == .startTLS, !isSecure {
            guard offers.hasStartTLS else { return fail(.startTLS, nil, "the server does not offer STARTTLS") }
            phase = .startTLS
            return [.send(Array("STARTTLS\r\n".utf8))]
        }
        if let credentials = account.credentials { return authenticate(credentials) }
        phase = .idle
        return [.ready]
    }

    private mutating func startTLSAnswered(_ reply: SMTPReply) -> [Action] {
        guard reply.code == 220 else { return fail(.startTLS, reply, "STARTTLS is refused") }
        reader.discard()
        phase = .handshake
        return [.startTLS]
    }

    private mutating func envelopeAnswered(_ reply: SMTPReply) -> [Action] {
        let command = commands.removeFirst()
        switch command {
        case .reset:
            if !reply.isPositive { return lost("RSET is refused: \(reply)") }
        case .mail, .recipient:
            if !reply.isPositive, failure == nil {
                failure = Self.outcome(of: reply, at: command == .mail ? .mail : .recipient)
            }
        case .data:
            return dataAnswered(reply)
        }
        if failure != nil, !unsent.isEmpty { return finish(failure ?? .withdrawn) }
        guard let next = unsent.popFirst() else { return [] }
        return [.send(next)]
    }

    private mutating func dataAnswered(_ reply: SMTPReply) -> [Action] {
        if reply.code == 354 {
            guard let failure else {
                phase = .content
                return [.content]
            }
            phase = .emptyEnd(failure)
            return [.send(Array(".\r\n".utf8))]
        }
        return finish(failure ?? Self.outcome(of: reply, at: .data))
    }

    private mutating func endAnswered(_ reply: SMTPReply) -> [Action] {
        // A reply that cannot be one to our dot, since that has not left: the server has stopped listening.
        if phase == .end(hasLeft: false), reply.isPositive { return lost("a reply before the end of the message") }
        if phase == .end(hasLeft: false) {
            phase = .closed
            return [.finish(Self.outcome(of: reply, at: .end)), .close]
        }
        phase = .idle
        return [.finish(reply.isPositive ? .accepted(reply) : Self.outcome(of: reply, at: .end))]
    }

    private mutating func finish(_ outcome: SMTPOutcome) -> [Action] {
        phase = .idle
        needsReset = true
        unsent = []
        commands = []
        return [.finish(outcome)]
    }

    mutating func fail(_ step: SMTPStep, _ reply: SMTPReply?, _ reason: String) -> [Action] {
        phase = .closed
        return [.failed(SMTPFault(step: step, reply: reply, reason: reason)), .close]
    }

    /// What a reply that is not positive means. A server that wants AUTH or TLS first is a matter of the settings.
    static func outcome(of reply: SMTPReply, at step: SMTPStep) -> SMTPOutcome {
        switch reply.code {
        case 530, 534, 535, 538:
            .fault(SMTPFault(step: step, reply: reply, reason: "the server asks for authentication or TLS"))
        case 500...599: .refused(step, reply)
        default: .postponed(step, reply, reason: reply.description)
        }
    }

    private func line(_ command: Command, _ envelope: SMTPEnvelope) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(128)
        switch command {
        case .reset: line += Array("RSET".utf8)
        case .data: line += Array("DATA".utf8)
        case .recipient: line += Array("RCPT TO:<\(envelope.recipient.envelope)>".utf8)
        case .mail:
            line += Array("MAIL FROM:<\(envelope.sender.envelope)>".utf8)
            if offers.hasSize { line += Array(" SIZE=\(envelope.content.count)".utf8) }
            if envelope.needsSMTPUTF8 { line += Array(" BODY=8BITMIME SMTPUTF8".utf8) }
        }
        line.append(13)
        line.append(10)
        return line
    }
}
