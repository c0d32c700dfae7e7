// SPDX-License-Identifier: Apache-2.0
// Where options come from: the command line, the environment, a file, the defaults. Whatever is wrong is said with the
// place where it stands.
import Foundation

/// The places that options are read from, the strongest first.
struct ConfigurationSources {
    /// A value and the words for where it stands.
    struct Given {
        let text: String
        let place: String
        let origin: ConfigurationOrigin
        /// Several values, which only some kinds of options take.
        var isList = false
    }

    private let flags: [String: String]
    private let environment: [String: String]
    private let file: ConfigurationFile?

    /// - Throws: ``ConfigurationError`` for a name that is no option's, and for a file that cannot be read.
    init(flags: [String: String], environment: [String: String]) throws {
        self.flags = flags
        self.environment = environment
        let names = Configuration.options.flatMap { option in
            option.isSecret ? [option.environmentName, option.environmentName + "_FILE"] : [option.environmentName]
        }
        for name in environment.keys.sorted() where name.hasPrefix("OTKLIK_") {
            try Self.refuseUnknown(name, of: names) { name, nearest in
                "\(name) is not an option. Did you mean \(nearest)?"
            }
        }
        file = try (flags["config"] ?? environment["OTKLIK_CONFIG"]).map(ConfigurationFile.init(path:))
        guard let file else { return }
        let keys = Configuration.options.filter { $0.name != "config" }.flatMap { option in
            option.isSecret ? [option.name, option.name + "-file"] : [option.name]
        }
        for (key, entry) in file.entries.sorted(by: { $0.value.line < $1.value.line }) {
            try Self.refuseUnknown(key, of: keys) { key, nearest in
                "\(file.path):\(entry.line): \(key) is not an option. Did you mean \(nearest)?"
            }
        }
    }

    /// The value of every option that has one.
    func values() throws -> [String: Given] {
        var values: [String: Given] = [:]
        for option in Configuration.options {
            guard let given = try given(option) else { continue }
            try Self.check(given, as: option)
            values[option.name] = given
        }
        return values
    }

    private func given(_ option: ConfigurationOption) throws -> Given? {
        let flag = "--\(option.name) (\(option.environmentName))"
        if let text = flags[option.name] {
            return Given(text: text, place: flag, origin: .flag("--" + option.name))
        }
        if let text = environment[option.environmentName] {
            return Given(text: text, place: flag, origin: .environment(option.environmentName))
        }
        let variable = option.environmentName + "_FILE"
        if option.isSecret, let path = environment[variable] {
            return Given(
                text: try Self.secret(in: path, named: variable), place: variable,
                origin: .file("\(variable): \(path)"))
        }
        if let given = try inFile(option) { return given }
        return option.fallback.map { Given(text: $0, place: flag, origin: .standard) }
    }

    private func inFile(_ option: ConfigurationOption) throws -> Given? {
        guard let file else { return nil }
        let pathKey = option.name + "-file"
        let path = option.isSecret ? file.entries[pathKey] : nil
        guard let entry = file.entries[option.name] else {
            return try path.map { entry in
                let place = "\(file.path):\(entry.line): \(pathKey)"
                return Given(
                    text: try Self.secret(in: entry.text, named: place), place: place,
                    origin: .file("\(place): \(entry.text)"))
            }
        }
        let place = "\(file.path):\(entry.line): \(option.name)"
        if path != nil { throw ConfigurationError(description: "\(place): give it or \(pathKey), not both.") }
        return Given(
            text: entry.text, place: place, origin: .file("\(file.path):\(entry.line)"), isList: entry.isList)
    }

    private static func secret(in path: String, named name: String) throws -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(description: "\(name): \(path) cannot be read.")
        }
        return String(decoding: content, as: UTF8.self).trimmed
    }

    private static func check(_ given: Given, as option: ConfigurationOption) throws {
        let value = given.text
        let takesLists = option.kind == .list || option.kind == .addresses
        let isGood =
            switch option.kind {
            case .number, .seconds: (Int(value) ?? -1) >= (option.name == "port" ? 0 : 1)
            case .flag: ["yes", "no", "true", "false", "1", "0"].contains(value.lowercased())
            case .addresses: AddressList(value) != nil
            case .list: Set(value.split(separator: ",").map(String.init)).isSubset(of: ["web", "worker"])
            case .text where option.name == "security-contact": SecurityTextRoutes.contact(value) != nil
            case .text, .path: !value.isEmpty
            }
        let choices = [
            "language": ["ru", "en"], "log-format": ["text", "json"],
            "log-level": ["debug", "info", "warning", "error"],
        ]
        guard isGood, takesLists || !given.isList, choices[option.name]?.contains(value) ?? true else {
            let shown = option.isSecret ? "the value" : "\u{201C}\(value)\u{201D}"
            throw ConfigurationError(description: "\(given.place): \(shown) cannot be used. \(option.sentence)")
        }
    }

    private static func refuseUnknown(
        _ name: String, of known: [String], words: (_ name: String, _ nearest: String) -> String
    ) throws {
        if known.contains(name) { return }
        let nearest = known.min { distance(name, $0) < distance(name, $1) } ?? ""
        throw ConfigurationError(description: words(name, nearest))
    }

    /// How many letters differ (Levenshtein), for saying what was probably meant.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (line, letter) in left.utf8.enumerated() {
            var previous = row[0]
            row[0] = line + 1
            for column in 1...max(1, right.count) where column <= right.count {
                let here = min(row[column] + 1, row[column - 1] + 1, previous + (right[column - 1] == letter ? 0 : 1))
                previous = row[column]
                row[column] = here
            }
        }
        return row[right.count]
    }
}
