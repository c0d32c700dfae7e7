// SPDX-License-Identifier: Apache-2.0
// JSON text: what is written reads back, and a way into a text leads where it leads in the value.
import Foundation
import Testing

@testable import App

@Suite struct JSONTextTests {
    private static let value = JSON.object([
        "б": .string("кавычки \" и \\ и \u{1}\u{1F}\n\t конец \u{1F600}"),
        "a": .array([.null, .bool(true), .number(-2.5)]),
        "n": .number(1_000_000), "пусто": .object([:]), "z": .array([]),
        "deep": .object(["x": .array([.object(["y": .string("]},{\"")]), .string("второй")]), "": .string("")]),
    ])

    @Test func `what is written reads back, and others read it alike`() throws {
        let text = Self.value.text
        #expect(try JSON(text: text) == Self.value)
        #expect(try JSONDecoder().decode(JSON.self, from: Data(text.utf8)) == Self.value)
        #expect(JSON.object(["b": .number(1), "a": .null]).text == #"{"a":null,"b":1}"#)
        #expect(JSON.array([.number(.infinity), .number(0.1), .string("")]).text == #"[null,0.1,""]"#)
    }

    @Test(
        arguments: [
            ([.member("б")], .string("кавычки \" и \\ и \u{1}\u{1F}\n\t конец \u{1F600}")),
            ([.member("a"), .index(2)], .number(-2.5)), ([.member("a"), .index(0)], .null),
            ([.member("deep"), .member("x"), .index(0), .member("y")], .string("]},{\"")),
            ([.member("deep"), .member("x"), .index(1)], .string("второй")),
            ([.member("deep"), .member("")], .string("")), ([], Self.value),
            ([.member("n")], .number(1_000_000)), ([.member("z")], .array([])),
        ] as [([JSON.Step], JSON)])
    func `a way leads to its value past everything beside it`(_ steps: [JSON.Step], _ wanted: JSON) {
        #expect(JSON.value(at: steps, in: Self.value.text) == wanted)
        let spaced = Self.value.text.replacing("\":", with: "\" :\n ").replacing(",\"", with: " , \"")
        if steps != [.member("deep"), .member("x"), .index(0), .member("y")] {
            #expect(JSON.value(at: steps, in: spaced) != nil)
        }
    }

    @Test(
        arguments: [
            [.member("c")], [.index(0)], [.member("a"), .index(3)], [.member("a"), .member("x")],
            [.member("z"), .index(0)], [.member("пусто"), .member("x")], [.member("n"), .member("x")],
            [.member("deep"), .member("x"), .index(0), .member("y"), .index(0)],
        ] as [[JSON.Step]])
    func `a way that leads nowhere finds nothing`(_ steps: [JSON.Step]) {
        #expect(JSON.value(at: steps, in: Self.value.text) == nil)
    }

    @Test func `a text cut anywhere never leads out of it`() {
        let bytes = Array(Self.value.text.utf8)
        for count in 0..<bytes.count {
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            _ = JSON.value(at: [.member("б")], in: text)
            #expect(JSON.value(at: [.member("нет")], in: text) == nil)
            #expect(throws: (any Error).self) { try JSON(text: text) }
        }
    }
}
