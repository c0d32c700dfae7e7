// SPDX-License-Identifier: Apache-2.0
// What two tables are compared by: how many rows, and a sum over all their values that does not depend on the rows'
// order, since the engines sort text differently.
import Foundation

/// Count and checksum of a table.
///
/// Every row is mixed into 64 bits, column by column in the order of the columns' names; the sum of the rows is the
/// table's. A value's kind counts, its width does not: both engines give the same number for the same content. It finds
/// accidents; it is no signature.
struct TableSum: Equatable {
    private(set) var rows = 0
    private(set) var sum: UInt64 = 0

    /// Sixteen hexadecimal digits.
    var checksum: String {
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Adds one row that begins at a place of the bytes, and says where it ends.
    mutating func add(_ bytes: UnsafeRawBufferPointer, from place: Int, _ columns: [TableShape.Column]) throws -> Int {
        var fields = RowFields(bytes, from: place)
        try fields.beginRow(fields: columns.count)
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for column in columns {
            guard let field = try fields.next() else {
                Self.mix(0, into: &hash)
                continue
            }
            Self.mix(column.kind, field, into: &hash)
        }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        sum &+= hash ^ (hash >> 33)
        rows += 1
        return fields.place
    }

    private static func mix(_ kind: TableShape.Kind, _ field: UnsafeRawBufferPointer, into hash: inout UInt64) {
        switch kind {
        case .integer:
            mix(1, into: &hash)
            mix(UInt64(bitPattern: field.wholeNumber), into: &hash)
        case .real:
            mix(2, into: &hash)
            // Zero has two bit patterns, and SQLite keeps one of them.
            let number = field.realNumber
            mix(number == 0 ? 0 : number.bitPattern, into: &hash)
        case .text, .bytes:
            mix((kind == .text ? 3 : 4) | UInt64(field.count) << 8, into: &hash)
            mix(field, into: &hash)
        }
    }

    private static func mix(_ bytes: UnsafeRawBufferPointer, into hash: inout UInt64) {
        var place = 0
        while place + 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)), into: &hash)
            place += 8
        }
        guard place < bytes.count else { return }
        var last: UInt64 = 0
        for position in place..<bytes.count { last = last << 8 | UInt64(bytes[position]) }
        mix(last, into: &hash)
    }

    private static func mix(_ word: UInt64, into hash: inout UInt64) {
        hash = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
        hash ^= hash >> 29
    }
}
