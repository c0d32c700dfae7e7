// SPDX-License-Identifier: Apache-2.0
// B1: hands many messages of 6 KB to a server by the product's own client, as smtp-source does with its own.
import Foundation
import Post
import Synchronization

@main
struct SMTPLoad {
    /// Messages come in batches as the product's own work does.
    static let batch = 100
    /// Batches under way at once: while the last messages of one are sent, the next ones stand ready.
    static let batches = 3

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().prefix(3).compactMap { Int($0) }
        guard numbers.count == 3 else {
            print("usage: smtp-load PORT CONNECTIONS MESSAGES [overlap]")
            exit(2)
        }
        let (connections, messages) = (numbers[1], numbers[2])
        var account = SMTPAccount(host: "127.0.0.1", port: numbers[0], security: .none)
        account.connections = connections
        account.limits.messagesPerConnection = .max
        account.overlaps = CommandLine.arguments.last == "overlap"
        guard let sender = MailAddress("sender@example.com"), let recipient = MailAddress("rcpt@example.com") else {
            return
        }
        let content = body(sender: sender, recipient: recipient)
        let pool = SMTPPool()
        let fixed = account
        let left = Counter(messages)
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<batches {
                group.addTask {
                    var accepted = 0
                    while true {
                        let before = left.take(batch)
                        if before <= 0 { return accepted }
                        let envelopes = (0..<min(batch, before)).map { _ in
                            SMTPEnvelope(sender: sender, recipient: recipient, content: content)
                        }
                        accepted += await send(envelopes, through: fixed, of: pool)
                    }
                }
            }
            var accepted = 0
            for await share in group { accepted += share }
            return accepted
        }
        pool.close()
        print("accepted \(accepted)")
        exit(accepted == messages ? 0 : 1)
    }

    /// Hands a batch over and waits for the last of its messages: how many were accepted.
    static func send(_ envelopes: [SMTPEnvelope], through account: SMTPAccount, of pool: SMTPPool) async -> Int {
        let (accepted, left) = (Counter(0), Counter(envelopes.count))
        await withCheckedContinuation { continuation in
            let deliveries = envelopes.map { envelope in
                SMTPDelivery(envelope) { outcome in
                    if case .accepted = outcome { _ = accepted.take(-1) }
                    if left.take(1) == 1 { continuation.resume() }
                }
            }
            pool.submit(deliveries, through: account)
        }
        return accepted.take(0)
    }

    /// A message of about 6 KB, made once: smtp-source sends a prepared one too.
    static func body(sender: MailAddress, recipient: MailAddress) -> [UInt8] {
        var message = MailMessage(
            from: sender, to: [recipient], subject: "How did we do?", id: "1@example.com", sentAt: 0)
        message.text = String(repeating: "A line of a message that is sent again and again.\n", count: 84)
        return message.encoded()
    }
}

/// A number that threads count on.
final class Counter: Sendable {
    private let value: Atomic<Int>

    init(_ value: Int) { self.value = Atomic(value) }

    /// Takes so many away: what it was before.
    func take(_ count: Int) -> Int { value.subtract(count, ordering: .acquiringAndReleasing).oldValue }
}
