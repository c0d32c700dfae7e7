// SPDX-License-Identifier: Apache-2.0
// The part of a conversation that is about messages: envelope, content, end, and the next envelope sent ahead.
import NIOCore

extension SMTPConversation {
    // MARK: - What the channel asks and tells

    /// Why the server would not take a message, by what it has said already; nothing needs to be sent for that.
    func refusal(of envelope: SMTPEnvelope) -> SMTPOutcome? {
        if let limit = offers.sizeLimit, envelope.sizeBytes > limit { return .tooLarge(limit: limit) }
        if envelope.needsSMTPUTF8, !offers.hasSMTPUTF8 { return .needsSMTPUTF8 }
        return nil
    }

    /// Begins a message.
    mutating func begin(_ envelope: SMTPEnvelope) -> [Action] {
        precondition(isIdle, "A message begins on an idle connection.")
        if let outcome = refusal(of: envelope) { return [.finish(outcome)] }
        take(envelope, ahead: false)
        awaited = needsReset ? .reset : .mail
        needsReset = false
        return [.send(offers.hasPipelining ? lines(from: awaited, envelope) : lines(awaited, envelope))]
    }

    /// Whether a message may be sent ahead of the reply to the one at hand.
    func mayFollow(_ envelope: SMTPEnvelope) -> Bool {
        guard case .end = phase, follower == nil, offers.hasPipelining, !isOverlapBroken else { return false }
        return account.overlaps && refusal(of: envelope) == nil
    }

    /// Begins a message behind the end of the one at hand (RFC 2920, 3.1). Only one message's content is ever under
    /// way: its own content waits for the replies to both.
    mutating func follow(_ envelope: SMTPEnvelope) -> ByteBuffer {
        precondition(mayFollow(envelope), "A message follows when it may.")
        follower = envelope
        return lines(from: .mail, envelope)
    }

    /// The caller lets the message go: its content is to be written, with the final dot.
    mutating func writeContent() -> ByteBuffer? {
        guard phase == .content else { return nil }
        phase = .end(hasLeft: false)
        return current?.wire
    }

    /// The final dot, and all before it, have been given to the network.
    mutating func contentHasLeft() {
        if case .end = phase { phase = .end(hasLeft: true) }
    }

    /// The caller takes the message back before its final dot: only closing undoes a DATA.
    mutating func withdraw() -> [Action] {
        guard phase == .content else { return [] }
        return finish(.withdrawn, then: .closed) + [.close]
    }

    // MARK: - Replies

    mutating func envelopeAnswered(_ reply: SMTPReply) -> [Action] {
        if isAhead, !isAnswered, Self.isOutOfTurn(reply) { return overlapRefused(reply) }
        if isAnswered, offers.hasPipelining, failure == nil, Self.isOutOfTurn(reply) {
            return pipeliningRefused(reply)
        }
        isAnswered = true
        switch awaited {
        case .reset:
            guard reply.isPositive else { return lost(SMTPReason(.resetRefused, reply.description)) }
            awaited = .mail
        case .mail, .recipient:
            let step: SMTPStep = awaited == .mail ? .mail : .recipient
            if !reply.isPositive, failure == nil { failure = Self.outcome(of: reply, at: step) }
            awaited = awaited == .mail ? .recipient : .data
        case .data:
            return dataAnswered(reply)
        }
        guard !offers.hasPipelining, let current else { return [] }
        if let failure { return finishUncompleted(failure) }
        return [.send(lines(awaited, current))]
    }

    private mutating func dataAnswered(_ reply: SMTPReply) -> [Action] {
        guard reply.code == 354 else { return finishUncompleted(failure ?? Self.outcome(of: reply, at: .data)) }
        guard let failure else {
            phase = .content
            return [.content]
        }
        phase = .emptyEnd(failure)
        return [.say(".")]
    }

    mutating func endAnswered(_ reply: SMTPReply) -> [Action] {
        if phase == .end(hasLeft: false) {
            // No reply to our dot, since that has not left: the server has stopped listening.
            if reply.isPositive { return lost(SMTPReason(.outOfTurn, reply.description)) }
            return finish(Self.outcome(of: reply, at: .end), then: .closed) + dropFollower(.closed) + [.close]
        }
        if follower != nil, !reply.isPositive, Self.isOutOfTurn(reply) { return overlapRefused(reply) }
        let finished = finish(reply.isPositive ? .accepted(reply) : Self.outcome(of: reply, at: .end))
        if let next = follower {
            follower = nil
            awaited = .mail
            take(next, ahead: true)
        }
        return finished
    }

    /// The server takes offence at what was sent ahead. It has refused what it answered and does not have the other.
    private mutating func overlapRefused(_ reply: SMTPReply) -> [Action] {
        isOverlapBroken = true
        let outcome = SMTPOutcome.postponed(step, reply, reason: SMTPReason(.noOverlap))
        phase = .closed
        current = nil
        return [.abandon(outcome)] + dropFollower(.noOverlap) + [.close]
    }

    /// The server takes offence at commands that came in one piece, though it offered that: another connection says
    /// them one by one.
    private mutating func pipeliningRefused(_ reply: SMTPReply) -> [Action] {
        isPipeliningBroken = true
        let outcome = SMTPOutcome.postponed(step, reply, reason: SMTPReason(.noPipelining))
        phase = .closed
        current = nil
        return [.abandon(outcome), .close]
    }

    /// Whether a reply is about the order of commands and not about the message: 500 to 504, or a 5xx that says so.
    private static func isOutOfTurn(_ reply: SMTPReply) -> Bool {
        guard reply.isPermanent else { return false }
        let text = reply.text.lowercased()
        return (500...504).contains(reply.code) || text.contains("pipelin") || text.contains("synchroni")
    }

    // MARK: - Ends

    /// What becomes of the messages when the connection is lost.
    mutating func messagesLost(in old: Phase, at step: SMTPStep, _ reason: SMTPReason) -> [Action] {
        switch old {
        case .end(let hasLeft):
            // A server that ends the connection on what was sent ahead must not make every second message unknown.
            if follower != nil { isOverlapBroken = true }
            current = nil
            let outcome: SMTPOutcome =
                hasLeft ? .unknown(reason: reason) : .postponed(.content, nil, reason: reason)
            return [.finish(outcome)] + dropFollower(reason.code)
        case .emptyEnd(let outcome):
            return finish(outcome, then: .closed)
        default:
            if let failure { return finish(failure, then: .closed) }
            let outcome = SMTPOutcome.postponed(step, nil, reason: reason)
            // A server may have lost what came in one piece: the next try says one thing at a time.
            if old == .envelope, offers.hasPipelining, isAnswered { isPipeliningBroken = true }
            if isAhead, !isAnswered { isOverlapBroken = true }
            // A kept connection may have gone stale: the server may well take the message on another.
            guard !isAnswered, messages > 1 else { return finish(outcome, then: .closed) }
            current = nil
            return [.abandon(outcome)]
        }
    }

    /// What becomes of the messages when the server says that it goes away.
    mutating func messagesGone(in old: Phase, _ fault: SMTPFault) -> [Action] {
        if case .emptyEnd(let outcome) = old { return finish(outcome, then: .closed) }
        if let failure { return finish(failure, then: .closed) }
        current = nil
        // A kept connection that the server gives up: others may be welcome.
        let outcome = SMTPOutcome.fault(fault)
        return [messages > 1 ? .abandon(outcome) : .finish(outcome)] + dropFollower(.goingAway)
    }

    /// The message that was sent ahead goes elsewhere: none of its content has left.
    private mutating func dropFollower(_ code: SMTPReason.Code) -> [Action] {
        guard follower != nil else { return [] }
        follower = nil
        return [.abandon(.postponed(.mail, nil, reason: SMTPReason(code)))]
    }

    /// The transaction ends before its end of data: the next one begins with RSET.
    private mutating func finishUncompleted(_ outcome: SMTPOutcome) -> [Action] {
        needsReset = true
        return finish(outcome)
    }

    mutating func finish(_ outcome: SMTPOutcome, then next: Phase = .idle) -> [Action] {
        phase = next
        current = nil
        return [.finish(outcome)]
    }

    /// What a reply that is not positive means. A server that wants AUTH or TLS first is a matter of the settings.
    static func outcome(of reply: SMTPReply, at step: SMTPStep) -> SMTPOutcome {
        switch reply.code {
        case 530, 534, 535, 538:
            .fault(SMTPFault(step: step, reply: reply, reason: SMTPReason(.authenticationRequired)))
        case 500...599: .refused(step, reply)
        default: .postponed(step, reply, reason: SMTPReason(.later))
        }
    }

    // MARK: - What is said

    private mutating func take(_ envelope: SMTPEnvelope, ahead: Bool) {
        messages += 1
        current = envelope
        failure = nil
        isAnswered = false
        isAhead = ahead
        phase = .envelope
    }

    /// The commands from one to DATA, in one piece.
    private func lines(from first: Command, _ envelope: SMTPEnvelope) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 256)
        if first == .reset { write(.reset, envelope, to: &buffer) }
        write(.mail, envelope, to: &buffer)
        write(.recipient, envelope, to: &buffer)
        write(.data, envelope, to: &buffer)
        return buffer
    }

    private func lines(_ command: Command, _ envelope: SMTPEnvelope) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 128)
        write(command, envelope, to: &buffer)
        return buffer
    }

    private func write(_ command: Command, _ envelope: SMTPEnvelope, to buffer: inout ByteBuffer) {
        switch command {
        case .reset: buffer.writeStaticString("RSET\r\n")
        case .data: buffer.writeStaticString("DATA\r\n")
        case .recipient:
            buffer.writeStaticString("RCPT TO:<")
            buffer.writeString(envelope.recipient.envelope)
            buffer.writeStaticString(">\r\n")
        case .mail:
            buffer.writeStaticString("MAIL FROM:<")
            buffer.writeString(envelope.sender.envelope)
            buffer.writeStaticString(">")
            if offers.hasSize {
                buffer.writeStaticString(" SIZE=")
                buffer.writeString(String(envelope.sizeBytes))
            }
            if envelope.needsSMTPUTF8 { buffer.writeStaticString(" BODY=8BITMIME SMTPUTF8") }
            buffer.writeStaticString("\r\n")
        }
    }
}
