// SPDX-License-Identifier: Apache-2.0
// Texts as YAML, judged by two readers: ours, and Python's.
import Foundation
import TestSupport
import Testing

@testable import App

@Suite struct YAMLTests {
    private static let texts = [
        "a", "Да", "", " ", "a b", " a", "a ", "yes", "No", "on", "~", "null", "true", "False", "1", "-1", "1.5", "1e5",
        "0x1F", "0o7",
        "1_000", "12:30:45", "2026-11-22", ".inf", "=", "<<", "<p>", "- a", "-", "--- a", "...", "? a", "a: b", "a:",
        "a #b", "#b", "a#b",
        "'", "''", "it's", "\"", "\"a\"", "\\", "\\n", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "[a]", "{a}",
        "a, b", "$(a)", "${a}",
        "a\nb", "a\n", "a\n\n", "\n", "\na", "a\n\nb\n\n", "  a\n  b", "a\n  b\n c", "a \nb", "a\n \nb", "a\n\t\nb",
        "\ta\nb", "a\tb",
        "a\r\nb", "a\rb", "\u{85}", "a\u{2028}b", "a\u{FEFF}b", "😀", "a😀\nb", "\u{1F}".replacing("\u{1F}", with: "x"),
        "e\u{301}", "ё\nЁ: - #",
        "a\n- b\n# c\n", "---\na", "a\n---\nb", "é: è", "a:b", "http://a/b?c#d", "Здравствуйте!\nКак дела?\n",
    ]

    private static func file(_ texts: [String]) -> String {
        let teams = texts.map { JSON.object(["name": .string($0), "was": .string($0)]) }
        return CentreWriter.text(of: .object(["otklik": .number(1), "teams": .array(teams)]))
    }

    private static func read(_ text: String) -> [String]? {
        guard case .map(let sections)? = YAMLSource.read(Array(text.utf8)).value?.content,
            case .list(let teams)? = sections.last?.value.content
        else { return nil }
        return teams.flatMap { team -> [String] in
            guard case .map(let entries) = team.content else { return [] }
            return entries.map { entry in
                guard case .scalar(let text, let isPlain) = entry.value.content else { return "?" }
                return isPlain && YAMLWords.meaning(of: text) != .text ? "not a text: \(text)" : text
            }
        }
    }

    @Test func `what is written is read again, text by text`() {
        for text in Self.texts {
            let file = Self.file([text, "x"])
            #expect(Self.read(file) == [text, text, "x", "x"], "\(file)")
        }
        let all = Self.texts.flatMap { [$0, $0] }
        #expect(Self.read(Self.file(Self.texts)) == all)
    }

    @Test func `any text of any letters is read again`() {
        var random = SystemRandomNumberGenerator()
        let letters = Array("abЖ \n\n\t:#-'\"\\|>%&*!?{}[],.$0~=<@`\r\u{85}\u{A0}😀").map(String.init)
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? ""
            }.joined()
            let file = Self.file([text, "x"])
            #expect(Self.read(file) == [text, text, "x", "x"], "\(Array(text.unicodeScalars)) \(file)")
        }
    }

    @Test func `Python reads the same texts`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "otklik-\(UUID()).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(Self.file(Self.texts).utf8).write(to: file)
        let script = """
            import json, sys, yaml
            print(json.dumps([t[k] for t in yaml.safe_load(open(sys.argv[1], encoding="utf-8"))["teams"] for k in t]))
            """
        let read = try JSONDecoder().decode([String].self, from: Data(try TestPython.run(script, [file.path]).utf8))
        #expect(read == Self.texts.flatMap { [$0, $0] })
    }

    @Test func `texts are written for people`() {
        #expect(
            Self.file(["Первая\nвторая", "Да", "yes", "a: b"]) == """
                otklik: 1

                teams:
                  - name: |-
                      Первая
                      вторая
                    was: |-
                      Первая
                      вторая
                  - name: Да
                    was: Да
                  - name: 'yes'
                    was: 'yes'
                  - name: 'a: b'
                    was: 'a: b'

                """)
    }

    @Test func `places are counted from one, in letters`() {
        let reading = CentreReader.read(Array("otklik: 1\nteams:\n  - name: Первая\n    nmae: x\n".utf8))
        #expect(reading.faults.map { "\($0.line):\($0.column)" } == ["4:5"])
        #expect(reading.faults.first?.arguments["nearest"] == "name")
    }
}
