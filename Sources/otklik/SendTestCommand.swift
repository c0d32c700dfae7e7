// SPDX-License-Identifier: Apache-2.0
// `otklik send-test`: whether a contact centre's mail leaves, told step by step.
import App
import ArgumentParser

/// Sends a test mail by the stored settings.
struct SendTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-test", abstract: say("sendTest"), discussion: say("sendTest.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("recipient")) var to: String
    @OptionGroup var json: JSONFlag

    func run() async throws {
        try await place.withOtklik { otklik in
            let check = try await otklik.sendTest(to: to, tenant: centre.tenant, language: words.language)
            try json.print(check) {
                check.steps.map { say($0.isGood ? "sendTest.good" : "sendTest.bad", ["text": $0.detail]) }
                    .joined(separator: "\n")
            }
            if !check.isGood { throw ExitCode(ExitStatus.failed.rawValue) }
        }
    }
}
