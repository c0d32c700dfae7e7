// SPDX-License-Identifier: Apache-2.0
// The options as the code, the manual and the command line know them are the same.
import Foundation
import Testing

@testable import App

@Suite struct OptionsTests {
    /// The table as it has to stand in `docs/OPERATING.md`.
    private static var table: String {
        let rows = Configuration.options.map { option in
            let fallback = option.fallback.flatMap { $0.isEmpty ? nil : "`\($0)`" } ?? ""
            let secret = option.isSecret ? " Secret." : ""
            return "| `--\(option.name)` | `\(option.environmentName)` | \(fallback) | \(option.sentence)\(secret) |\n"
        }
        return "| option | environment | default | |\n|---|---|---|---|\n" + rows.joined()
    }

    @Test func `the manual's table is the code's`() {
        let manual = Repository.files.first { $0.path == "docs/OPERATING.md" }?.text ?? ""
        #expect(manual.contains(Self.table), "docs/OPERATING.md wants this table:\n\(Self.table)")
    }

    @Test func `the package's configuration file holds options, those in its comments too`() throws {
        let file = Repository.root.appending(path: "packaging/otklik.yaml")
        let text = try String(contentsOf: file, encoding: .utf8).replacing(/(?m)^#(?=[a-z-]+:)/, with: "")
        let entries = try ConfigurationFile(text: text, path: "otklik.yaml").entries
        let known = Configuration.options.flatMap { $0.isSecret ? [$0.name, $0.name + "-file"] : [$0.name] }
        #expect(entries.count > 5)
        #expect(Set(entries.keys).subtracting(known).sorted() == [])
    }

    @Test func `the manual names no option that is not there`() {
        let known = Set(Configuration.options.map(\.environmentName))
        let manuals = Repository.files.filter { $0.path.hasPrefix("docs/") && $0.path != "docs/TESTING.md" }
        let named = manuals.flatMap { $0.text.matches(of: /OTKLIK_[A-Z_]+[A-Z]/).map { String($0.output) } }
        let files = Set(Configuration.options.filter(\.isSecret).map { $0.environmentName + "_FILE" })
        #expect(Set(named).subtracting(known).subtracting(files).sorted() == [])
    }
}
