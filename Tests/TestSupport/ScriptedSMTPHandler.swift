// SPDX-License-Identifier: Apache-2.0
// One conversation of the scripted server: what it answers to whom, and where it goes wrong.
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// One connection of the server.
final class ScriptedSMTPHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedSMTPServer
    private var number = 0
    private var line: [UInt8] = []
    private var content: [UInt8]?
    private var sender = ""
    private var recipient: String?
    private var count = 0
    private var lastCommand: String?
    private var messages = 0
    /// Whether it has refused the transaction at hand.
    private var isRefusing = false
    private var isDead = false
    /// Answers that wait for a challenge's reply: the user name once it is known.
    private var login: [String]?
    private var isPlainProof = false
    /// Whether TLS stands or is being made.
    private var isSecure = false
    private var begunTLS = false
    private var handshakeFault: ScriptedSMTPServer.Fault.Kind?
    /// Whether what comes is not even read any more.
    private var isDeaf = false
    /// Bytes that an endless answer may still have: the machine's memory is not endless.
    private var endlessBytes = 64 << 20

    init(server: ScriptedSMTPServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) {
        let behaviour = server.state.withLockedValue { state in
            state.connections += 1
            state.open += 1
            state.openAtOnce = max(state.openAtOnce, state.open)
            number = state.connections
            return state.behaviour
        }
        if behaviour.killAfterBytes == 0 || behaviour.killAt == "CONNECT" { return die(context) }
        if let fault = behaviour.fault, fault.step == "CONNECT" { return fail(fault.kind, context) }
        if behaviour.silentAt != "CONNECT" { say(behaviour.greeting, context) }
    }

    func channelInactive(context: ChannelHandlerContext) { server.state.withLockedValue { $0.open -= 1 } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let behaviour = server.behaviour
        if let fault = handshakeFault {
            handshakeFault = nil
            isDeaf = true
            return fail(fault, context)
        }
        if isDeaf { return }
        let bytes = unwrapInboundIn(data).readableBytesView
        for (index, byte) in zip(bytes.indices, bytes) where !isDead {
            count += 1
            let isLast = count == behaviour.killAfterBytes
            let wasContent = content != nil
            let hasMore = bytes.index(after: index) < bytes.endIndex
            let reply = wasContent ? readContent(byte, behaviour, hasMore) : read(byte, behaviour)
            if isLast { return die(context) }
            if let fault = fault(behaviour, wasContent: wasContent) {
                fail(fault, context)
                guard case .answers = fault else { return }
                // What it refused so it has not taken.
                (recipient, isRefusing, content) = (nil, true, nil)
                continue
            }
            if let reply { say(reply, context) }
            if isDead { return die(context) }
            if begunTLS { return beginTLS(behaviour, context) }
            if hasMore, !wasContent, line.isEmpty, isTalkedOver(behaviour, context) { return }
            if behaviour.ahead == .loses, wasContent, content == nil { return }
        }
    }

    /// What goes wrong at the line that has just ended; nil for nothing.
    private func fault(_ behaviour: ScriptedSMTPServer.Behaviour, wasContent: Bool) -> ScriptedSMTPServer.Fault.Kind? {
        guard let fault = behaviour.fault, !fault.isInsideTLS || isSecure else { return nil }
        if fault.step == "DOT" { return wasContent && content == nil ? fault.kind : nil }
        guard !wasContent, line.isEmpty, let command = lastCommand, command.hasPrefix(fault.step) else { return nil }
        lastCommand = nil
        return fault.kind
    }

    private func fail(_ kind: ScriptedSMTPServer.Fault.Kind, _ context: ChannelHandlerContext) {
        switch kind {
        case .closes: die(context)
        case .stalls: isDeaf = true
        case .answers(let reply): say(reply, context)
        case .nulls: say("\0\0\0\0", context)
        case .endlessLine: pour(String(repeating: "x", count: 8192), context)
        case .endlessReply: pour(String(repeating: "250-and on\r\n", count: 700), context)
        }
    }

    /// Writes the same for ever, as fast as it is read.
    private func pour(_ text: String, _ context: ChannelHandlerContext) {
        isDeaf = true
        endlessBytes -= text.utf8.count
        guard endlessBytes > 0 else { return die(context) }
        let handler = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenSuccess {
            // A write that is done at once must not lead deeper and deeper.
            handler.value.context.eventLoop.execute { handler.value.handler.pour(text, handler.value.context) }
        }
    }

    private func beginTLS(_ behaviour: ScriptedSMTPServer.Behaviour, _ context: ChannelHandlerContext) {
        begunTLS = false
        if let fault = behaviour.fault, fault.step == "TLS" {
            // Only once the client has begun: what comes in clear text before that is none of TLS.
            handshakeFault = fault.kind
            return
        }
        do {
            guard let files = behaviour.certificate else { return die(context) }
            let tls = try files.context(isOld: behaviour.hasOldTLS)
            try context.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls), position: .first)
            isSecure = true
        } catch {
            die(context)
        }
    }

    /// Whether commands that came together are not taken.
    private func isTalkedOver(_ behaviour: ScriptedSMTPServer.Behaviour, _ context: ChannelHandlerContext) -> Bool {
        if behaviour.refusesPipelined { say("503 5.5.0 improper use of command pipelining", context) }
        return behaviour.losesPipelined || behaviour.refusesPipelined
    }

    private func die(_ context: ChannelHandlerContext) {
        isDead = true
        context.close(promise: nil)
    }

    private func say(_ reply: String, _ context: ChannelHandlerContext) {
        guard !reply.isEmpty else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: reply + "\r\n")), promise: nil)
    }

    private func read(_ byte: UInt8, _ behaviour: ScriptedSMTPServer.Behaviour) -> String? {
        guard byte == 10 else {
            line.append(byte)
            return nil
        }
        let text = String(decoding: line.last == 13 ? line.dropLast() : line[...], as: UTF8.self)
        line = []
        server.state.withLockedValue { state in
            state.commands.append(text)
            if !isSecure { state.openlySaid.append(text) }
        }
        let command = text.uppercased()
        lastCommand = command
        if let killAt = behaviour.killAt, command.hasPrefix(killAt) {
            isDead = true
            if behaviour.killsOnce { server.behaviour.killAt = nil }
            return nil
        }
        if let limit = behaviour.killAfterMessages, messages >= limit, command.hasPrefix("MAIL") {
            isDead = true
            return nil
        }
        if let silentAt = behaviour.silentAt, command.hasPrefix(silentAt) { return nil }
        if let scripted = behaviour.replies.first(where: { command.hasPrefix($0.key) }) {
            return scripted.value.replacing("\n", with: "\r\n")
        }
        return answer(command, text, behaviour)
    }

    private func answer(_ command: String, _ text: String, _ behaviour: ScriptedSMTPServer.Behaviour) -> String {
        let words = command.split(separator: " ")
        switch words.first ?? "" {
        case "EHLO":
            let offers =
                behaviour.offers + (behaviour.passwords.isEmpty ? [] : ["AUTH PLAIN"])
                + (behaviour.certificate == nil || isSecure ? [] : ["STARTTLS"])
            let lines = ["test.example"] + offers
            return lines.enumerated().map { $0 + 1 < lines.count ? "250-\($1)" : "250 \($1)" }
                .joined(separator: "\r\n")
        case "STARTTLS":
            guard behaviour.certificate != nil, !isSecure else { return "502 5.5.1 no" }
            begunTLS = true
            return "220 go on" + (behaviour.injected.isEmpty ? "" : "\r\n" + behaviour.injected)
        case "HELO", "NOOP": return "250 ok"
        case "MAIL":
            isRefusing = false
            sender = Self.path(text)
            recipient = nil
            return "250 2.1.0 ok"
        case "RCPT":
            if isRefusing { return "503 5.5.1 what for?" }
            recipient = Self.path(text)
            return "250 2.1.5 ok"
        case "DATA":
            guard recipient != nil else { return "503 5.5.1 no recipient" }
            content = []
            return "354 go on"
        case "RSET":
            recipient = nil
            return "250 2.0.0 ok"
        case "AUTH": return authenticate(text.split(separator: " "), behaviour)
        case "QUIT":
            return "221 bye"
        default: return "500 what?"
        }
    }

    private func authenticate(_ words: [Substring], _ behaviour: ScriptedSMTPServer.Behaviour) -> String {
        guard words.count == 3, words[1].uppercased() == "PLAIN" else { return "504 not in this test" }
        let proofs = behaviour.passwords.map { user, password in
            ScriptedSMTPServer.base64(Array("\0\(user)\0\(password)".utf8))
        }
        return proofs.contains(String(words[2])) ? "235 2.7.0 welcome" : "535 5.7.8 wrong password"
    }

    private func readContent(
        _ byte: UInt8, _ behaviour: ScriptedSMTPServer.Behaviour, _ hasMore: Bool
    ) -> String? {
        content?.append(byte)
        guard byte == 10, let bytes = content else { return nil }
        let isEnd = bytes == Array(".\r\n".utf8) || bytes.suffix(5) == Array("\r\n.\r\n".utf8)[...]
        guard isEnd else { return nil }
        content = nil
        messages += 1
        if hasMore {
            server.state.withLockedValue { $0.aheads += 1 }
            isDead = behaviour.ahead == .refuses || behaviour.ahead == .closes
            if behaviour.ahead == .refuses { return "554 5.5.0 Error: SMTP protocol synchronization" }
        }
        if behaviour.silentAt == "DOT" { return nil }
        if behaviour.killAt == "DOT" {
            isDead = true
            return nil
        }
        let received = ScriptedSMTPServer.Received(
            sender: sender, recipient: recipient ?? "", content: Self.undotted(bytes.dropLast(3)), connection: number)
        if behaviour.endReply.hasPrefix("2") { server.state.withLockedValue { $0.received.append(received) } }
        return isDead ? nil : behaviour.endReply
    }

    private static func undotted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var plain: [UInt8] = []
        var isLineStart = true
        for byte in bytes {
            if isLineStart, byte == UInt8(ascii: ".") {
                isLineStart = false
                continue
            }
            plain.append(byte)
            isLineStart = byte == 10
        }
        return plain
    }

    private static func path(_ text: String) -> String {
        guard let start = text.firstIndex(of: "<"), let end = text.firstIndex(of: ">") else { return "" }
        return String(text[text.index(after: start)..<end])
    }
}

extension ScriptedSMTPServer {
    /// Base64 by other code than that under test.
    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
