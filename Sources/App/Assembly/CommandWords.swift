// SPDX-License-Identifier: Apache-2.0
// The words of the command line: help, answers and errors, in the language of whoever types.
import Foundation
import Markup
import Storage

/// Says the command line's sentences, `assembly.command.…` in the room's dictionaries.
public struct CommandWords: Sendable {
    private static let prefix = "assembly.command."
    private let t: Localizer

    public var language: String { t.language }

    /// - Parameter environment: `OTKLIK_LANGUAGE` says the language, else what programs usually go by: `LC_ALL`,
    ///   `LC_MESSAGES`, `LANG`; English when none of them names a language that is known here.
    public init(environment: [String: String]) {
        self.init(language: Self.language(of: environment))
    }

    /// - Parameter language: "ru" or "en".
    public init(language: String) {
        var catalogue = Catalogue()
        // Only this dictionary: a command that prints its help has no need of the others.
        for file in EmbeddedAssets.files where file.path.description == "Assembly/assembly.\(language).json" {
            guard let content = Data(base64Encoded: file.base64.description) else { continue }
            do {
                try catalogue.add(content, language: language, name: file.path.description)
            } catch {
                preconditionFailure("The command line's dictionary cannot be read: \(error)")
            }
        }
        t = catalogue.localizer(language)
    }

    static func language(of environment: [String: String]) -> String {
        if let chosen = environment["OTKLIK_LANGUAGE"], ["ru", "en"].contains(chosen) { return chosen }
        let given = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0]?.nonEmpty }.first
        return given?.lowercased().hasPrefix("ru") == true ? "ru" : "en"
    }

    /// The sentence of a key.
    public func callAsFunction(_ key: String, _ arguments: [String: String] = [:]) -> String {
        t(Self.prefix + key, arguments)
    }

    /// Whether there is such a sentence.
    public func knows(_ key: String) -> Bool { t.knows(Self.prefix + key) }

    /// What an option of the configuration is for.
    public func option(_ name: String) -> String { t("assembly.option.\(name)") }

    /// A percentage or a number as people of the language write it.
    public func number(_ number: Int) -> String { t.number(number) }

    /// What is wrong with a database and what to type, or nil for errors that say nothing to whoever types.
    public func sentence(of error: StorageError) -> String? {
        if let fault = error.databaseFault { return self("database.fault.\(fault.kind.rawValue)", fault.arguments) }
        switch error {
        case .unavailable(let reason): return reason
        case .unfinishedCopy(let file): return self("database.state.unfinished", ["file": file])
        case .full: return self("database.state.full")
        case .newerDatabase(let found, let known):
            return self("database.state.newer", ["found": "\(found)", "known": "\(known)"])
        case .changedMigration(let number, let name):
            return self("database.state.changed", ["number": "\(number)", "name": name])
        case .migration(let number, let name, let reason):
            return self("database.state.step", ["number": "\(number)", "name": name, "reason": reason])
        default: return nil
        }
    }
}
