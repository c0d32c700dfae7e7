// SPDX-License-Identifier: Apache-2.0
// Statements as text: what is written, and in how few shapes lists come.
import Testing

@testable import Storage

@Suite struct StatementTests {
    @Test func `values are numbered through, also those of statements inside`() {
        let inner: SQL = "b = \(2) AND c = \("три")"
        let outer: SQL = "SELECT 1 FROM t WHERE a = \(1) AND \(inner)\(Fragment.skipLocked)"
        let (text, values) = outer.rendered(for: .postgres)
        #expect(text == "SELECT 1 FROM t WHERE a = $1 AND b = $2 AND c = $3 FOR UPDATE SKIP LOCKED")
        #expect(values == [.integer(1), .integer(2), .text("три")])
        #expect(outer.rendered(for: .sqlite).text == "SELECT 1 FROM t WHERE a = $1 AND b = $2 AND c = $3")
    }

    @Test func `numbers of many digits are written whole`() {
        let list = SQL.list(Array(0..<1024))
        let text = list.rendered(for: .sqlite).text
        #expect(text.hasPrefix("$1, $2, "))
        #expect(text.hasSuffix(", $999, $1000, $1001, " + (1002...1024).map { "$\($0)" }.joined(separator: ", ")))
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (5, 8), (100, 128)])
    func `a list is filled up with its last value to a power of two`(count: Int, size: Int) {
        let values = SQL.list(Array(1...count)).rendered(for: .sqlite).values
        #expect(values.count == size)
        #expect(values.prefix(count).elementsEqual((1...count).map { SQLValue.integer(Int64($0)) }))
        #expect(values.dropFirst(count).allSatisfy { $0 == .integer(Int64(count)) })
    }

    @Test(arguments: [0, 1, 13, 32, 100])
    func `rows come in pieces of powers of two that together are all of them`(count: Int) {
        let pieces = Array(0..<count).piecesForStatements
        #expect(pieces.flatMap { $0 } == Array(0..<count))
        #expect(pieces.allSatisfy { $0.count <= 32 && $0.count.nonzeroBitCount == 1 })
    }
}
