// SPDX-License-Identifier: Apache-2.0
// Help and complaints read well in both languages, and the manual says the same as the program.
import Foundation
import Storage
import Testing

@testable import App

@Suite struct HelpTests {
    @Test func `every command and every argument is explained in both languages`() async throws {
        let (english, russian) = try await (
            CommandLineProgram.commands(language: "en"), CommandLineProgram.commands(language: "ru")
        )
        #expect(english.map(\.name) == russian.map(\.name))
        #expect(english.count > 15)
        var broken: [String] = []
        for (one, other) in zip(english, russian) {
            let pairs =
                [(one.abstract, other.abstract)]
                + zip(one.arguments, other.arguments).map { pair in
                    (pair.0.abstract, pair.1.abstract)
                }
            for (text, translated) in pairs {
                let isEnglish = !text.isEmpty && !text.contains("assembly.") && !text.contains(/[А-Яа-яЁё]/)
                // A sentence of two names may be the same in both.
                let isRussian = translated.contains(/[А-Яа-яЁё]/) || translated == "on или off."
                if !isEnglish || !isRussian { broken.append("\(one.name): \(text) | \(translated)") }
            }
            if one.discussion.isEmpty != other.discussion.isEmpty { broken.append("\(one.name): discussion") }
        }
        #expect(broken == [])
    }

    @Test func `every option of the configuration is a flag of serve and of config check`() async throws {
        let commands = try await CommandLineProgram.commands(language: "en")
        for name in ["otklik serve", "otklik config check"] {
            let command = try #require(commands.first { $0.name == name })
            let missing = Set(Configuration.options.map(\.name)).subtracting(command.arguments.map(\.name))
            #expect(missing == [])
        }
    }

    @Test func `every command that answers can answer in JSON`() async throws {
        let commands = try await CommandLineProgram.commands(language: "en")
        let without = commands.filter { command in
            !command.hasCommands && !command.arguments.contains { $0.name == "json" }
        }
        #expect(without.map(\.name) == ["otklik serve"])
    }

    @Test(arguments: ["en", "ru"]) func `every fault of a database is explained`(language: String) {
        let words = CommandWords(language: language)
        for kind in DatabaseFault.Kind.allCases { #expect(words.knows("database.fault.\(kind.rawValue)"), "\(kind)") }
    }

    @Test func `options are said in the dictionary as in the table`() throws {
        let words = CommandWords(language: "en")
        for option in Configuration.options { #expect(words.option(option.name) == option.sentence) }
    }

    @Test(arguments: [
        ["--help"], ["user", "--help"], ["help", "user", "create"], ["tenant", "create", "--help"], ["user", "create"],
        ["serve", "--porf", "80"], ["serve", "--port"], ["serve", "--demo=yes"], ["user", "list", "one"],
        ["user", "list", "one", "two"], ["report", "summary"], ["tenant", "surveys", "perhaps"], ["nothing"],
        ["user", "create", "x", "--role", "king"],
    ])
    func `the parser's own words are Russian where the language is`(arguments: [String]) async throws {
        let ran = try await CommandLineProgram.run(arguments, language: "ru")
        let said = ran.output + ran.complaint
        #expect(ran.status == (arguments.contains("--help") || arguments.contains("help") ? 0 : 2), "\(said)")
        for word in [
            "Error", "USAGE", "Usage", "OPTIONS", "Unknown", "Missing", "Unexpected", "invalid", "Show ", "default:",
            "values:", "See '", "subcommand", "Help:", "parser.",
        ] {
            #expect(!said.contains(word), "\(word): \(said)")
        }
    }

    private static let environments: [([String: String], String)] = [
        (["OTKLIK_LANGUAGE": "ru", "LANG": "en_GB.UTF-8"], "ru"), (["LC_ALL": "en_GB", "LANG": "ru_RU"], "en"),
        (["LC_MESSAGES": "ru_RU.UTF-8"], "ru"), (["LANG": "ru"], "ru"), (["LANG": "de_DE"], "en"), ([:], "en"),
        (["LC_ALL": "", "LANG": "ru_RU"], "ru"),
    ]

    @Test(arguments: environments)
    func `the language is found where programs look for it`(environment: [String: String], language: String) {
        #expect(CommandWords.language(of: environment) == language)
    }

    @Test func `the manual lists the commands as the program describes them`() async throws {
        let commands = try await CommandLineProgram.commands(language: "en")
        let wanted = commands.dropFirst().filter { !$0.hasCommands }.map(Self.manual).joined(separator: "\n")
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/OPERATING.md")
        let manual = try String(contentsOf: file, encoding: .utf8)
        let (beginning, end) = ("<!-- commands: RECORD=1 writes them -->\n", "<!-- end of the commands -->\n")
        let start = try #require(manual.range(of: beginning))
        let stop = try #require(manual.range(of: end))
        let written = manual[start.upperBound..<stop.lowerBound]
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            let text = manual[..<start.upperBound] + wanted + manual[stop.lowerBound...]
            try String(text).write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(written == wanted, "RECORD=1 writes the commands into docs/OPERATING.md")
        }
    }

    /// What every command takes, or what stands in the table of options.
    private static let elsewhere = Set(Configuration.options.map(\.name)).union(["json", "tenant"])

    private static func manual(_ command: DescribedCommand) -> String {
        let own = command.arguments.filter { !elsewhere.contains($0.name) }
        let takesOptions = command.arguments.contains { $0.name == "log-level" }
        var text = "### `\(command.name)`\n\(command.abstract)"
        if !command.discussion.isEmpty { text += " " + command.discussion }
        if takesOptions { text += " Takes every option of the table below." }
        text += "\n"
        guard !own.isEmpty else { return text }
        text += "\n| argument | |\n|---|---|\n"
        for argument in own {
            var meaning = argument.abstract
            if !argument.values.isEmpty {
                meaning += " One of " + argument.values.map { "`\($0)`" }.joined(separator: ", ") + "."
            }
            if let fallback = argument.fallback { meaning += " Default `\(fallback)`." }
            text += "| `\(argument.isPositional ? "<\(argument.name)>" : "--" + argument.name)` | \(meaning) |\n"
        }
        return text
    }
}
