// SPDX-License-Identifier: Apache-2.0
// `otklik config check`: every value that the program would run with, and where it came from. Nothing is opened.
import App
import ArgumentParser
import Foundation

/// Explains the configuration. Takes the flags of `otklik serve`, so that a command line can be tried before its use.
struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: say("config.check"), discussion: say("config.check.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var options: ServeOptions
    @OptionGroup var json: JSONFlag

    /// One option, explained.
    private struct Line: Encodable {
        let option: String
        /// Nil when there is none, and for secrets.
        let value: String?
        let isSet: Bool
        /// default, derived, environment, file or flag.
        let source: String
        /// The variable, the flag or the file; nil for defaults.
        let place: String?
        let meaning: String
    }

    func run() throws {
        let lines = try place.configuration(options.flags).explained.map(line)
        try json.print(lines) {
            let rows = lines.map { line in [line.option, shown(line), origin(line)] }
            let titles = ["option", "value", "source"].map { say("config.check.\($0)") }
            return TextTable(titles: titles, rows: rows).text(empty: "") + "\n\n" + say("config.check.good")
        }
    }

    private func shown(_ line: Line) -> String {
        if let value = line.value, !value.isEmpty { return value }
        return say(line.isSet ? "config.check.secret" : "config.check.none")
    }

    private func origin(_ line: Line) -> String {
        say("config.check.source.\(line.source)", ["place": line.place ?? ""])
    }

    private func line(_ value: ConfigurationValue) -> Line {
        let (source, place): (String, String?) =
            switch value.origin {
            case .standard: ("default", nil)
            case .derived: ("derived", nil)
            case .environment(let name): ("environment", name)
            case .file(let place): ("file", place)
            case .flag(let flag): ("flag", flag)
            }
        return Line(
            option: value.option.name, value: value.text, isSet: value.isSet, source: source, place: place,
            meaning: words.option(value.option.name))
    }
}
