// SPDX-License-Identifier: Apache-2.0
// Where the program begins: finds the language, runs the command that was typed, and ends with a code that says how it
// went. Errors are sentences, or one line of JSON where `--json` was asked for.
import App
import ArgumentParser
import Foundation
import Storage

/// How a command ended, for scripts: `docs/OPERATING.md` says the same.
enum ExitStatus: Int32 {
    case done = 0
    /// It was tried and did not work.
    case failed = 1
    /// The command line or the configuration cannot be used; nothing was tried.
    case usage = 2
    /// It was understood and refused, or what it is about is not there.
    case refused = 3
    /// `config import`: there are differences that were not applied.
    case different = 4
}

/// The words of this run.
let words: CommandWords = {
    var environment = ProcessInfo.processInfo.environment
    // Asked for before anything is parsed: help has to be in the language too.
    let arguments = CommandLine.arguments.dropFirst()
    if let place = arguments.firstIndex(of: "--language"), place + 1 < arguments.endIndex {
        environment["OTKLIK_LANGUAGE"] = arguments[place + 1]
    }
    if let joined = arguments.first(where: { $0.hasPrefix("--language=") }) {
        environment["OTKLIK_LANGUAGE"] = String(joined.dropFirst("--language=".count))
    }
    return CommandWords(environment: environment)
}()

/// A sentence of the command line.
func say(_ key: String, _ arguments: [String: String] = [:]) -> String { words(key, arguments) }

/// Help for an argument that several commands have, or one of them.
func help(_ key: String) -> ArgumentHelp { ArgumentHelp(stringLiteral: words("argument." + key)) }

/// Help for an option of the configuration.
func option(_ name: String) -> ArgumentHelp { ArgumentHelp(stringLiteral: words.option(name)) }

/// `otklik`.
@main
enum Program {
    static func main() async {
        do {
            var command = try OtklikCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(end(with: error).rawValue)
        }
    }

    /// Says what went wrong, or what was asked for.
    private static func end(with error: any Error) -> ExitStatus {
        if let code = error as? ExitCode, code == .success { return .done }
        if let code = error as? ExitCode { return ExitStatus(rawValue: code.rawValue) ?? .failed }
        if let failure = error as? Failure { return complain(failure) }
        if let error = error as? ConfigurationError { return complain(Failure(error.description, status: .usage)) }
        if let error = error as? StorageError, let sentence = words.sentence(of: error) {
            return complain(Failure(sentence))
        }
        let code = OtklikCommand.exitCode(for: error)
        guard code != .success else {
            print(HelpLanguage.translated(OtklikCommand.fullMessage(for: error), to: words.language))
            return .done
        }
        guard code == .validationFailure else { return complain(Failure(sentence(of: error))) }
        if isJSON {
            let message = HelpLanguage.translated(OtklikCommand.message(for: error), to: words.language)
            return complain(Failure(message, status: .usage))
        }
        write(HelpLanguage.translated(OtklikCommand.fullMessage(for: error), to: words.language))
        return .usage
    }

    /// What is said of an error that nobody has foreseen: its own words, never where in the program it was.
    private static func sentence(of error: any Error) -> String {
        say("failed", ["reason": OtklikCommand.message(for: error)])
    }

    private static var isJSON: Bool { CommandLine.arguments.contains("--json") }

    private static func complain(_ failure: Failure) -> ExitStatus {
        if isJSON {
            write((try? jsonText(ErrorLine(failure))) ?? failure.description)
        } else {
            write(say("error", ["text": failure.description]))
        }
        return failure.status
    }

    private static func write(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// An error as JSON.
private struct ErrorLine: Encodable {
    /// One thing that was refused.
    struct Refused: Encodable {
        let field: String?
        let code: String
        let detail: String
    }

    let status: Int32
    let detail: String
    let errors: [Refused]?

    init(_ failure: Failure) {
        status = failure.status.rawValue
        detail = failure.description
        errors =
            failure.refusals.isEmpty
            ? nil : failure.refusals.map { Refused(field: $0.field, code: $0.code, detail: $0.detail) }
    }
}

/// Why a command did not do what was asked: a sentence for whoever typed it.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let status: ExitStatus
    let refusals: [(field: String?, code: String, detail: String)]

    init(
        _ description: String, status: ExitStatus = .failed,
        refusals: [(field: String?, code: String, detail: String)] = []
    ) {
        self.description = description
        self.status = status
        self.refusals = refusals
    }
}
