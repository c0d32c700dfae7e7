// SPDX-License-Identifier: Apache-2.0
// Sizes, names and habits that keep the house readable.
import Foundation
import Testing

@Suite struct TidyTests {
    private static let bannedWords = [
        "Util", "Helper", "Manager", "Common", "Core", "Base", "Misc", "Data", "Info", "Extensions",
    ]

    @Test func `no file is longer than 400 lines, no test file longer than 600`() {
        let broken = Repository.swift.filter { $0.lines.count > ($0.path.hasPrefix("Tests/") ? 601 : 401) }
        #expect(broken.map { "\($0.path): \($0.lines.count)" } == [])
    }

    @Test func `no line is longer than 120 characters`() {
        var broken: [String] = []
        for file in Repository.swift {
            for (index, line) in file.lines.enumerated() where line.count > 120 {
                broken.append("\(file.path):\(index + 1): \(line.count)")
            }
        }
        #expect(broken == [])
    }

    @Test func `no function is longer than 70 lines`() {
        var broken: [String] = []
        for file in Repository.swift {
            for function in SwiftText.functions(in: file.code) where function.length > 70 {
                broken.append("\(file.path):\(function.line) \(function.name): \(function.length)")
            }
        }
        #expect(broken == [])
    }

    @Test func `the reader finds functions and their lengths`() {
        let text = "struct A {\n    func b(_ c: Int) -> Int {\n        c\n    }\n    init() {}\n}\n"
        let functions = SwiftText.functions(in: text)
        #expect(functions.map(\.name) == ["b", "init"])
        #expect(functions.map(\.length) == [3, 1])
    }

    @Test func `every file begins with its licence and why it exists`() {
        let broken = Repository.swift.filter { file in
            guard !file.path.hasPrefix("Plugins/") else { return false }
            let lines = file.lines
            return lines.count < 3 || lines[0] != "// SPDX-License-Identifier: Apache-2.0" || !lines[1].hasPrefix("// ")
        }
        #expect(broken.map(\.path) == [])
    }

    @Test func `names say something`() {
        var broken: [String] = []
        let declaration =
            /(?m)^\s*(?:public |private |fileprivate |final )*(?:struct|class|enum|actor|protocol) ([A-Z]\w*)/
        for file in Repository.product {
            let names = file.code.matches(of: declaration).map { String($0.output.1) }
            let stem = String(file.name.split(separator: ".")[0])
            for name in names + [stem] where Self.words(of: name).contains(where: Self.bannedWords.contains) {
                broken.append("\(file.path): \(name)")
            }
        }
        #expect(broken == [])
    }

    @Test func `nothing is forced and nothing is left to do`() {
        let forbidden = [#/\bfatalError\(/#, #/\btry!/#, #/\bas! /#, #/\bprint\(/#]
        var broken: [String] = []
        for file in Repository.product where !file.path.hasPrefix("Sources/embed-assets/") {
            let mayPrint = file.path.hasPrefix("Sources/otklik/")
            for (index, line) in file.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for (place, pattern) in forbidden.enumerated() where !(mayPrint && place == 3) {
                    if line.contains(pattern) { broken.append("\(file.path):\(index + 1): \(line)") }
                }
            }
        }
        for file in Repository.swift where !file.path.hasPrefix("Tests/HouseTests/") {
            for (index, line) in file.lines.enumerated() where line.contains(/\/\/.*\b(?:TODO|FIXME|XXX)\b/) {
                broken.append("\(file.path):\(index + 1): \(line)")
            }
        }
        #expect(broken == [])
    }

    @Test func `no error is swallowed`() {
        let broken = Repository.product.filter { $0.code.contains(/catch\s*\{\s*\}/) }
        #expect(broken.map(\.path) == [])
    }

    @Test func `every type that others can see says what it is`() {
        var broken: [String] = []
        let declaration = /^\s*(?:public |package )?(?:final |indirect )*(?:struct|class|enum|actor|protocol) [A-Z]/
        for file in Repository.product where !file.path.hasPrefix("Sources/embed-assets/") {
            let lines = file.lines
            let code = file.code.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in code.enumerated() where line.contains(declaration) {
                var above = index - 1
                while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
                let isSaid = above >= 0 && lines[above].drop(while: { $0 == " " }).hasPrefix("///")
                if !isSaid, !line.contains("CodingKey") {
                    broken.append("\(file.path):\(index + 1): \(line)")
                }
            }
        }
        #expect(broken == [])
    }

    @Test func `nobody reads the clock but the edge`() {
        let allowed = ["Sources/App/Ground/Moment.swift", "Sources/Storage/IDMint.swift"]
        let broken = Repository.rooms.filter { file in
            !allowed.contains(file.path) && file.room != "Assembly" && file.code.contains(/\bDate\(\)|\bDate\.now\b/)
        }
        #expect(broken.map(\.path) == [])
    }

    @Test func `no more than five statements differ between the engines`() {
        let differing = Repository.product.flatMap { file in file.lines.filter { $0.contains("Differs because") } }
        #expect(differing.count <= 5)
    }

    @Test func `every room says what it is in a short README`() {
        var broken: [String] = []
        let rooms = Set(Repository.rooms.compactMap(\.room))
        let readmes = Dictionary(
            Repository.files.filter { $0.name == "README.md" }.map { ($0.path, $0.lines.count) },
            uniquingKeysWith: { first, _ in first })
        for room in rooms.sorted() {
            let lines = readmes["Sources/App/\(room)/README.md"]
            if lines == nil || (lines ?? 0) > 26 { broken.append("\(room): \(lines.map(String.init) ?? "none")") }
        }
        #expect(broken == [])
    }

    private static func words(of name: String) -> [String] {
        name.matches(of: /[A-Z][a-z0-9]*|[A-Z]+(?![a-z])/).map { String($0.output) }
    }
}
