// SPDX-License-Identifier: Apache-2.0
// The walls between rooms: a room may name what lies above it, never what lies below.
import Foundation
import Testing

@testable import App

@Suite struct WallsTests {
    @Test func `every folder of the product is a room in the order`() {
        let folders = Set(Repository.rooms.compactMap(\.room)).subtracting(["Migrations"])
        #expect(folders.subtracting(Rooms.order) == [])
    }

    @Test func `no type is declared in two rooms`() {
        var rooms: [String: Set<String>] = [:]
        for (name, room) in Self.declared() { rooms[name, default: []].insert(room) }
        #expect(rooms.filter { $0.value.count > 1 } == [:])
    }

    @Test func `no room names a room below it`() {
        let order = Dictionary(uniqueKeysWithValues: Rooms.order.enumerated().map { ($1, $0) })
        let owners = Dictionary(Self.declared().map { ($0.name, $0.room) }, uniquingKeysWith: { first, _ in first })
        var broken: [String] = []
        for file in Repository.rooms {
            guard let room = file.room, let place = order[room] else { continue }
            for (number, line) in file.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                for word in line.matches(of: /\b[A-Z][A-Za-z0-9]*\b/).map({ String($0.output) }) {
                    guard let owner = owners[word], let ownersPlace = order[owner], ownersPlace > place else {
                        continue
                    }
                    broken.append("\(file.path):\(number + 1) names \(word) of \(owner)")
                }
            }
        }
        #expect(broken == [])
    }

    @Test func `the reader of Swift tells code from literals and comments`() {
        let text = #"""
            let a = "Surveys \(Workflows("x")) {" // Inbox
            /* Mailings /* nested */ */ let b = 1
            """#
        let code = SwiftText.withoutCommentsAndLiterals(text)
        #expect(code.contains("Workflows"))
        for word in ["Surveys", "Inbox", "Mailings", "nested", "{"] { #expect(!code.contains(word)) }
    }

    /// Private types of a file are no part of a room's face and may share a name.
    private static func declared() -> [(name: String, room: String)] {
        let words = "(?:public |package |fileprivate |private |final |indirect )*"
        let kinds = "(?:struct|class|enum|actor|protocol|typealias)"
        let pattern = "(?m)^\(words)\(kinds) ([A-Z][A-Za-z0-9]*)"
        guard let declaration = try? Regex<(Substring, Substring)>(pattern) else { return [] }
        return Repository.rooms.flatMap { file in
            file.code.matches(of: declaration).compactMap { match in
                guard let room = file.room, !match.output.0.contains("private ") else { return nil }
                return (String(match.output.1), room)
            }
        }
    }
}
