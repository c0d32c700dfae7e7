// SPDX-License-Identifier: Apache-2.0
// The program as it is built, run as somebody at a terminal would.
import Foundation
import Testing

@testable import App

/// How a command ended and what it said.
struct Ran: Sendable {
    let status: Int32
    let output: String
    let complaint: String
}

/// `otklik`, from the folder of the debug build unless `BINARY_UNDER_TEST` names another.
enum CommandLineProgram {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs a command with nothing of ours in its environment but what is given.
    static func run(
        _ arguments: [String], language: String = "en", environment more: [String: String] = [:]
    ) async throws -> Ran {
        let named = ProcessInfo.processInfo.environment["BINARY_UNDER_TEST"]
        let process = Process()
        process.executableURL = named.map { URL(fileURLWithPath: $0) } ?? root.appending(path: ".build/debug/otklik")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LANG": language == "ru" ? "ru_RU.UTF-8" : "C.UTF-8"]
            .merging(more) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        try process.run()
        async let said = read(output)
        async let complained = read(complaint)
        let (text, error) = await (said, complained)
        process.waitUntilExit()
        return Ran(status: process.terminationStatus, output: text, complaint: error)
    }

    /// All that comes out of a pipe, waited for on a thread of its own.
    private static func read(_ pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let content = pipe.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: content, as: UTF8.self))
            }
        }
    }

    /// Every command in one language, as the program describes itself.
    static func commands(language: String) async throws -> [DescribedCommand] {
        let dump = try await run(["--experimental-dump-help"], language: language)
        try #require(dump.status == 0)
        let described: JSON = try fromJSON(dump.output)
        return DescribedCommand.all(in: try #require(described["command"]), above: [])
    }
}

/// A command as `--experimental-dump-help` describes it.
struct DescribedCommand: Sendable {
    /// An option, flag or positional argument.
    struct Argument: Sendable {
        let json: JSON

        var name: String { json["preferredName"]?["name"]?.scalarText ?? json["valueName"]?.scalarText ?? "" }
        var isPositional: Bool { json["kind"] == .string("positional") }
        var abstract: String { json["abstract"]?.scalarText ?? "" }
        var fallback: String? { json["defaultValue"]?.scalarText?.nonEmpty }
        var values: [String] {
            if case .array(let values)? = json["allValues"] { values.compactMap(\.scalarText) } else { [] }
        }
    }

    /// With the commands above it: `otklik user create`.
    let name: String
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let hasCommands: Bool

    static func all(in json: JSON, above: [String]) -> [DescribedCommand] {
        let path = above + [json["commandName"]?.scalarText ?? ""]
        var arguments: [Argument] = []
        if case .array(let list)? = json["arguments"] { arguments = list.map(Argument.init) }
        var inner: [JSON] = []
        if case .array(let list)? = json["subcommands"] {
            inner = list.filter { $0["commandName"] != .string("help") }
        }
        let own = DescribedCommand(
            name: path.joined(separator: " "), abstract: json["abstract"]?.scalarText ?? "",
            discussion: json["discussion"]?.scalarText ?? "",
            // The parser's own two have the parser's words; the page of help has them in our language.
            arguments: arguments.filter { !["help", "version"].contains($0.name) }, hasCommands: !inner.isEmpty)
        return [own] + inner.flatMap { all(in: $0, above: path) }
    }
}
