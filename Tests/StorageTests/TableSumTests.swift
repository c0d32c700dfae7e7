// SPDX-License-Identifier: Apache-2.0
// What tells two tables apart: any change of a value or its kind, but neither the rows' order nor an integer's width.
import Testing

@testable import Storage

@Suite struct TableSumTests {
    /// A field of a test row.
    private enum Field {
        case null
        case short(Int32)
        case long(Int64)
        case real(Double)
        case text(String)
        case bytes([UInt8])

        var kind: TableShape.Kind {
            switch self {
            case .null, .short, .long: .integer
            case .real: .real
            case .text: .text
            case .bytes: .bytes
            }
        }
    }

    private static func sum(_ rows: [[Field]]) throws -> TableSum {
        var sum = TableSum()
        for row in rows {
            let buffer = RowBuffer()
            buffer.append(Int16(row.count))
            for field in row { append(field, to: buffer) }
            let columns = row.enumerated().map { TableShape.Column(name: "\($0)", kind: $1.kind, width: 8) }
            #expect(try sum.add(buffer.bytes, from: 0, columns) == buffer.count)
        }
        return sum
    }

    private static func append(_ field: Field, to buffer: RowBuffer) {
        func put(_ bytes: [UInt8]) {
            buffer.append(Int32(bytes.count))
            bytes.withUnsafeBytes { buffer.append($0.baseAddress, $0.count) }
        }
        switch field {
        case .null: buffer.append(Int32(-1))
        case .short(let number):
            buffer.append(Int32(4))
            buffer.append(number)
        case .long(let number):
            buffer.append(Int32(8))
            buffer.append(number)
        case .real(let number):
            buffer.append(Int32(8))
            buffer.append(number.bitPattern)
        case .text(let text): put(Array(text.utf8))
        case .bytes(let bytes): put(bytes)
        }
    }

    @Test func `neither the order of rows nor the width of an integer counts`() throws {
        let one: [Field] = [.long(-3), .text("a")]
        let other: [Field] = [.long(70_000), .text("b")]
        let wanted = try Self.sum([one, other])
        #expect(try Self.sum([other, one]) == wanted)
        #expect(try Self.sum([[.short(70_000), .text("b")], [.short(-3), .text("a")]]) == wanted)
        #expect(try Self.sum([[.real(0)]]) == Self.sum([[.real(-0.0)]]))
        #expect(wanted.checksum.count == 16)
    }

    @Test func `every small change counts`() throws {
        let rows: [[[Field]]] = [
            [], [[.null]], [[.long(0)]], [[.long(1)]], [[.real(0)]], [[.text("")]], [[.bytes([])]], [[.text("a")]],
            [[.bytes([0x61])]], [[.text("a"), .text("b")]], [[.text("ab"), .text("")]], [[.text(""), .text("ab")]],
            [[.text("12345678")]], [[.text("12345678"), .text("")]], [[.text("123456789")]], [[.bytes([0])]],
            [[.bytes([0, 0])]], [[.long(0)], [.long(0)]], [[.long(1)], [.long(0)]], [[.null, .long(1)]],
            [[.long(1), .null]],
        ]
        let sums = try rows.map { try Self.sum($0).checksum }
        #expect(Set(sums).count == rows.count)
    }
}
