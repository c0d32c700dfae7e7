// SPDX-License-Identifier: Apache-2.0
// What a DKIM signature costs: processor time a message, which is what a busy machine has to give for it.
import Foundation
import Post

@main
struct DKIMCost {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2000
        guard let sender = MailAddress("survey@example.com", name: "Отклик"),
            let recipient = MailAddress("ivan@example.org", name: "Иван")
        else { return }
        var mail = MailMessage(
            from: sender, to: [recipient], subject: "Как мы справились?", id: "1@example.com", sentAt: 0)
        mail.html = String(repeating: "<p>Здравствуйте! Оцените, пожалуйста, нашу работу.</p>\n", count: 40)
        mail.unsubscribeLinks = ["https://o.example/u/AbC"]
        mail.unsubscribesByPost = true
        let rsa = try DKIMKey.make(.rsa, domain: "example.com", selector: "a")
        let ed25519 = try DKIMKey.make(.ed25519, domain: "example.com", selector: "b")
        print("a message of \(mail.encoded().count) bytes")
        for (name, keys) in [("unsigned", []), ("rsa", [rsa]), ("ed25519", [ed25519]), ("both", [rsa, ed25519])] {
            _ = try mail.encoded(signedBy: keys)
            let before = clock()
            for _ in 0..<count { _ = try mail.encoded(signedBy: keys) }
            let microseconds = Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1e6 / Double(count)
            print("\(name): \(String(format: "%.1f", microseconds)) µs of processor time a message")
        }
    }
}
