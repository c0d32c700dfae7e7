// SPDX-License-Identifier: Apache-2.0
// B1: hands many messages of 6 KB to a server by the product's own client, as smtp-source does with its own.
import Foundation
import Post

@main
struct SMTPLoad {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard arguments.count == 3 else {
            print("usage: smtp-load PORT CONNECTIONS MESSAGES")
            exit(2)
        }
        let (port, connections, messages) = (arguments[0], arguments[1], arguments[2])
        var account = SMTPAccount(host: "127.0.0.1", port: port, security: .none)
        account.connections = connections
        account.limits.messagesPerConnection = .max
        guard let sender = MailAddress("sender@example.com"), let recipient = MailAddress("rcpt@example.com") else {
            return
        }
        let content = body(sender: sender, recipient: recipient)
        let pool = SMTPPool()
        let outcome = await withTaskGroup(of: Int.self) { group in
            for connection in 0..<connections {
                let share = messages / connections + (connection < messages % connections ? 1 : 0)
                group.addTask { [account] in
                    var accepted = 0
                    for _ in 0..<share {
                        let envelope = SMTPEnvelope(sender: sender, recipient: recipient, content: content)
                        if case .accepted = await pool.send(envelope, through: account) { accepted += 1 }
                    }
                    return accepted
                }
            }
            var accepted = 0
            for await share in group { accepted += share }
            return accepted
        }
        pool.close()
        print("accepted \(outcome)")
        exit(outcome == messages ? 0 : 1)
    }

    /// A message of about 6 KB, made once: smtp-source sends a prepared one too.
    static func body(sender: MailAddress, recipient: MailAddress) -> [UInt8] {
        var message = MailMessage(
            from: sender, to: [recipient], subject: "How did we do?", id: "1@example.com", sentAt: 0)
        message.text = String(repeating: "A line of a message that is sent again and again.\n", count: 84)
        return message.encoded()
    }
}
