// SPDX-License-Identifier: Apache-2.0
// The two dictionaries say the same things, and exactly those that the pages ask for.
import Foundation
import Markup
import Testing

@testable import App

@Suite struct LocalesTests {
    private static let dictionaries = Repository.files.filter { $0.path.contains(/Sources\/App\/.*\.(ru|en)\.json$/) }

    private func catalogue() throws -> Catalogue {
        try Assets.catalogue(of: AssetTree(folder: Repository.root.appending(path: "Sources/App")))
    }

    @Test func `both languages know the same keys`() throws {
        let catalogue = try catalogue()
        guard !catalogue.languages.isEmpty else { return }
        #expect(catalogue.languages == ["en", "ru"])
        let russian = Set((catalogue.sentences["ru"] ?? [:]).keys)
        let english = Set((catalogue.sentences["en"] ?? [:]).keys)
        #expect(russian.symmetricDifference(english).sorted() == [])
    }

    @Test func `plural forms are complete and holes are the same`() throws {
        let catalogue = try catalogue()
        var broken: [String] = []
        for (language, sentences) in catalogue.sentences {
            let other = catalogue.sentences[language == "ru" ? "en" : "ru"] ?? [:]
            for (key, sentence) in sentences {
                if case .plural(let forms) = sentence, Set(forms.keys) != PluralCategory.all(in: language) {
                    broken.append("\(language) \(key): plural forms")
                }
                if Self.holes(sentence) != Self.holes(other[key] ?? sentence) {
                    broken.append("\(language) \(key): holes")
                }
                if Self.texts(sentence).contains(where: { $0.trimmed.isEmpty }) {
                    broken.append("\(language) \(key): empty")
                }
            }
        }
        #expect(broken.sorted() == [])
    }

    @Test func `every key that the code names has a sentence`() throws {
        let catalogue = try catalogue()
        let known = Set((catalogue.sentences["en"] ?? [:]).keys)
        var broken: [String] = []
        for file in Repository.rooms {
            let code = file.lines.filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }.joined(separator: "\n")
            for key in Self.keys(in: code) {
                // A key that others begin with is completed where it is said: "workflows.refusal." + reason.
                let isBeginning = known.contains { $0.hasPrefix(key.hasSuffix(".") ? key : key + ".") }
                if !known.contains(key), !isBeginning { broken.append("\(file.path): \(key)") }
            }
            // The log's actions are the keys of the sentences that tell them.
            for match in code.matches(of: /"([a-z][A-Za-z]*\.audit\.[A-Za-z]+)"/)
            where !known.contains(String(match.output.1)) {
                broken.append("\(file.path): \(match.output.1)")
            }
        }
        #expect(broken == [])
    }

    @Test func `no sentence is left that nobody says`() throws {
        let catalogue = try catalogue()
        let texts = Repository.files.filter { file in
            (file.room != nil || file.path.hasPrefix("Sources/otklik")) && !file.path.hasSuffix(".json")
        }
        let whole = texts.map(\.text).joined(separator: "\n")
        let named = Set(whole.matches(of: /"([a-z][A-Za-z]*\.[A-Za-z0-9_.]+)"/).map { String($0.output.1) })
        // "surveys.kind.\(kind)" says all keys that begin so.
        let begun = Set(
            whole.matches(of: /"([a-z][A-Za-z]*\.(?:[A-Za-z0-9_]+\.)*[A-Za-z0-9_]*)\\\(/).map { String($0.output.1) }
        )
        .union(named.filter { $0.hasSuffix(".") })
        let unused = (catalogue.sentences["en"] ?? [:]).keys.filter { key in
            // A notice names what its title and body have in common.
            let isPart = [".title", ".body"].contains { part in
                key.hasSuffix(part) && named.contains(String(key.dropLast(part.count)))
            }
            return !isPart && !named.contains(key) && !begun.contains { key.hasPrefix($0) }
        }
        #expect(unused.sorted() == [])
    }

    @Test func `keys begin with their room`() {
        var broken: [String] = []
        for file in Self.dictionaries {
            let entries = (try? JSONSerialization.jsonObject(with: Data(file.text.utf8))) as? [String: Any] ?? [:]
            let room = file.room.map { $0.prefix(1).lowercased() + $0.dropFirst() } ?? ""
            for key in entries.keys where !key.hasPrefix(room + ".") { broken.append("\(file.path): \(key)") }
        }
        #expect(broken.sorted() == [])
    }

    @Test func `no Russian stands in Swift outside of the demo`() {
        let allowed = ["Sources/Markup/Localizer+Formats.swift", "Sources/Markup/Localizer.swift"]
        var broken: [String] = []
        for file in Repository.product where !allowed.contains(file.path) && !file.name.hasPrefix("Demo") {
            for (index, line) in file.lines.enumerated() {
                let code = line.replacing(/\/\/.*$/, with: "")
                if code.contains(/[А-Яа-яЁё]/) { broken.append("\(file.path):\(index + 1)") }
            }
        }
        #expect(broken == [])
    }

    @Test func `the reader finds keys wherever they are said`() {
        let code = """
            t("a.one") + t(isOn ? "a.two" : "a.three", count: 1); NavigationItem("a.four", path: "/")
            NavigationSection(
                "a.five", []); Flash(isOn ? "a.six" : "a.seven"); Refusal(.invalid, code: "no", key: "a.eight")
            audit("a.nine")
            """
        let said = ["a.eight", "a.five", "a.four", "a.one", "a.seven", "a.six", "a.three", "a.two"]
        #expect(Self.keys(in: code).sorted() == said)
    }

    /// What code says by a dictionary key, also where it chooses between two.
    private static func keys(in code: String) -> [String] {
        let said =
            #/
            (?:\bt\(|\bkey:\ |localizer\(|\b(?:NavigationItem|NavigationSection|Flash)\()
            \s*"([a-z][A-Za-z]*\.[A-Za-z0-9_.]+)"
            /#
        let chosen =
            #/
            (?:\bt|\bFlash)\([^"()]*\?
            \s*"([a-z][A-Za-z]*\.[A-Za-z0-9_.]+)"\s*:\s*"([a-z][A-Za-z]*\.[A-Za-z0-9_.]+)"
            /#
        return code.matches(of: said).map { String($0.output.1) }
            + code.matches(of: chosen).flatMap { [String($0.output.1), String($0.output.2)] }
    }

    private static func texts(_ sentence: Sentence) -> [String] {
        switch sentence {
        case .plain(let text): [text]
        case .plural(let forms): Array(forms.values)
        }
    }

    private static func holes(_ sentence: Sentence) -> Set<String> {
        let all = texts(sentence).flatMap { $0.matches(of: /\{([A-Za-z]+)\}/).map { String($0.output.1) } }
        return Set(all).subtracting(["count"])
    }
}
