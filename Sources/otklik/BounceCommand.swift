// SPDX-License-Identifier: Apache-2.0
// `otklik bounce`: a mail server pipes in what came back.
import App
import ArgumentParser
import Foundation

/// Takes a report about undeliverable mail from the standard input.
struct BounceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bounce", abstract: say("bounce"), discussion: say("bounce.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var centre: TenantOption
    @Option(help: help("bounceRecipient")) var recipient: String?
    @OptionGroup var json: JSONFlag

    func run() async throws {
        let report = try Self.read()
        try await place.withOtklik { otklik in
            let taken = try await otklik.takeBounce(
                report, to: recipient, tenant: centre.tenant, language: words.language)
            try json.print(taken) {
                let message = taken.message.map { say("bounce.message", ["message": $0]) } ?? say("bounce.noMessage")
                return [taken.detail, taken.status, message].compactMap(\.self).joined(separator: ", ")
            }
        }
    }

    /// The standard input: all of it is taken, so that the server's pipe does not break, and so much is kept.
    private static func read() throws -> [UInt8] {
        var kept: [UInt8] = []
        while let piece = try FileHandle.standardInput.read(upToCount: 1 << 16), !piece.isEmpty {
            kept += piece.prefix(Otklik.bounceBytes - kept.count)
        }
        return kept
    }
}
