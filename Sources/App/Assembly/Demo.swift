// SPDX-License-Identifier: Apache-2.0
// The demo centre: the acceptance story, set up by the rooms' own functions, once for each database.
import Foundation
import Markup
import Storage

/// What the demo centre holds, as `<data>/demo.json` says it.
public struct Demo: Codable, Sendable {
    /// A person with the password that was generated for this installation.
    public struct Somebody: Codable, Sendable {
        public let login: String
        public let password: String
        public let role: String
        public let name: String
    }

    /// Something with a name.
    public struct Named: Codable, Sendable {
        public let id: String
        public let name: String
    }

    public let baseURL: String
    public let tenant: String
    public let apiKey: String
    public let people: [Somebody]
    public let services: [Named]
    public let forms: [Named]
    public let workflows: [Named]

    /// Where it is written: for the owner of the data folder alone.
    public static func file(in folder: URL) -> URL { folder.appending(path: "demo.json") }

    /// What an earlier start has written; nil when there is nothing.
    public static func read(in folder: URL) throws -> Demo? {
        guard let content = FileManager.default.contents(atPath: file(in: folder).path) else { return nil }
        return try JSONDecoder().decode(Demo.self, from: content)
    }

    /// The file's text.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// A command that completes an interaction of the acceptance story; every time it is run it is a new one.
    public var curl: String {
        let story = DemoTexts.stories[0]
        let body: JSON = .object([
            "externalId": .string("NUMBER"), "service": .string(story.service), "channel": .string("voice"),
            "direction": .string("inbound"), "agent": .string(DemoTexts.agent),
            "disposition": .string(story.disposition ?? ""),
            "customer": .object([
                "name": .string("Пётр Иванов"), "email": .string("customer@example.org"), "language": .string("ru"),
            ]),
        ])
        let text = (try? jsonText(body)) ?? ""
        return """
            curl -sS \(baseURL)/api/v1/completions -H 'Authorization: Bearer \(apiKey)' \
            -H 'Content-Type: application/json' -d '\(text.replacing("NUMBER", with: "demo-'\"$(date +%s%N)\"'"))'
            """
    }
}

extension Demo {
    /// Writes the file whole, or not at all.
    func write(in folder: URL) throws {
        let target = Self.file(in: folder)
        let aside = folder.appending(path: ".demo.json.\(ProcessInfo.processInfo.processIdentifier)")
        let isMade = FileManager.default.createFile(
            atPath: aside.path, contents: Data(try json().utf8), attributes: [.posixPermissions: 0o600])
        guard isMade, rename(aside.path, target.path) == 0 else {
            throw ConfigurationError(description: "\(target.path) cannot be written.")
        }
    }
}
