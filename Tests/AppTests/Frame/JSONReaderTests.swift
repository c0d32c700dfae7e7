// SPDX-License-Identifier: Apache-2.0
// JSON as senders write it, and as attackers do.
import Foundation
import Testing

@testable import App

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(JSONReader.Fault) -> JSON { try JSONReader.value(of: Array(text.utf8)) }

    @Test func `every kind of value is read`() throws {
        let text = #" {"a": [1, -2.5e2, true, false, null, "é\n\ud83c\udf84\u0416\/"], "b": {}, "": []} "#
        let expected = JSON.object([
            "a": .array([.number(1), .number(-250), .bool(true), .bool(false), .null, .string("é\n🎄Ж/")]),
            "b": .object([:]), "": .array([]),
        ])
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        "", " ", "{", "[1,", "[1 2]", "{\"a\" 1}", "{a: 1}", "{\"a\": 1,}", "[1,]", "01", "1.", ".5", "+1", "1e", "-",
        "tru", "nul", "\"abc", "\"a\nb\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
        "1 2", "{} x", "NaN", "'a'", "[1]]", "1e999", "{\"a\":1,\"a\":2}",
    ])
    func `what RFC 8259 does not allow is refused`(text: String) {
        #expect(throws: JSONReader.Fault.self) { try read(text) }
    }

    @Test func `a fault says where and why`() {
        #expect(throws: JSONReader.Fault(reason: .duplicate, position: 12, name: "a")) {
            try read(#"{"a":1, "a":2}"#)
        }
        #expect(throws: JSONReader.Fault(reason: .end, position: 6)) { try read(#"{"a":"#) }
        #expect(throws: JSONReader.Fault(reason: .syntax, position: 5)) { try read("[1, x]") }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(throws: JSONReader.Fault.self) {
            try JSONReader.value(of: [0x22, 0xC3, 0x28, 0x22])
        }
    }

    @Test func `nesting has an end`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(nested(32))
        #expect(throws: JSONReader.Fault.self) { try read(nested(33)) }
        #expect(throws: JSONReader.Fault.self) { try read(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONReader.Fault.self) { try read(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func `values have an end`() throws {
        func listed(_ count: Int) -> String { "[" + String(repeating: "0,", count: count - 1) + "0]" }
        _ = try read(listed(JSONReader.values - 1))
        let fault = JSONReader.Fault(reason: .count, position: 2 * JSONReader.values)
        #expect(throws: fault) { try read(listed(JSONReader.values)) }
        #expect(throws: JSONReader.Fault(reason: .count, position: 6)) {
            try JSONReader.value(of: Array("[[], {}]".utf8), valueLimit: 2)
        }
    }

    @Test func `what Foundation writes is read back`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let value = Self.random(depth: 4, &generator)
            #expect(try read(jsonText(value)) == value)
        }
    }

    private static func random(depth: Int, _ generator: inout SystemRandomNumberGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(Double(Int.random(in: -1_000_000...1_000_000, using: &generator)) / 8)
        case 3: return .string("\"\\/\u{1}\t\n é Ж 🎄")
        case 4: return .string("")
        case 5: return .array((0..<3).map { _ in random(depth: depth - 1, &generator) })
        default:
            let members = (0..<3).map { ("k\($0)", random(depth: depth - 1, &generator)) }
            return .object(Dictionary(uniqueKeysWithValues: members))
        }
    }
}
