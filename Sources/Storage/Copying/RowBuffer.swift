// SPDX-License-Identifier: Apache-2.0
// Rows between two databases: in the binary form of PostgreSQL's COPY, which one engine writes and reads by itself and
// the other one's C API fills without a Swift value in between.
import Foundation

/// A piece of a table: rows one after the other, each a count of fields and, for every field, its length and bytes.
final class RowBuffer {
    /// A buffer is handed on when it is about so large.
    static let wantedBytes = 256 * 1024

    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0
    /// Whole rows in it.
    var rows = 0

    init() {
        capacity = Self.wantedBytes * 2
        memory = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { memory.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: count) }
    var isFull: Bool { count >= Self.wantedBytes }

    func clear() { (count, rows) = (0, 0) }

    func append(_ number: some FixedWidthInteger) {
        var number = number.bigEndian
        let size = MemoryLayout.size(ofValue: number)
        reserve(size)
        memcpy(memory + count, &number, size)
        count += size
    }

    /// A field's bytes without its length.
    func append(_ start: UnsafeRawPointer?, _ size: Int) {
        guard let start, size > 0 else { return }
        reserve(size)
        memcpy(memory + count, start, size)
        count += size
    }

    private func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        let larger = max(capacity * 2, count + more)
        let new = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        memcpy(new, memory, count)
        memory.deallocate()
        (memory, capacity) = (new, larger)
    }
}

/// Walks over the fields of rows in the form of ``RowBuffer``.
struct RowFields {
    let bytes: UnsafeRawBufferPointer
    private(set) var place: Int

    init(_ bytes: UnsafeRawBufferPointer, from place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    var isAtEnd: Bool { place >= bytes.count }

    /// Begins the next row.
    /// - Throws: When it has another number of fields.
    mutating func beginRow(fields: Int) throws {
        guard place + 2 <= bytes.count, Int(number(Int16.self, at: place)) == fields else { throw CopyFault.garbled }
        place += 2
    }

    /// The next field; nil is NULL.
    mutating func next() throws -> UnsafeRawBufferPointer? {
        guard place + 4 <= bytes.count else { throw CopyFault.garbled }
        let length = Int(number(Int32.self, at: place))
        place += 4
        guard length >= 0 else { return nil }
        guard place + length <= bytes.count else { throw CopyFault.garbled }
        defer { place += length }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
    }

    private func number<Number: FixedWidthInteger>(_ type: Number.Type, at place: Int) -> Number {
        Number(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
}

extension UnsafeRawBufferPointer {
    /// A field that holds a whole number of two, four or eight bytes.
    var wholeNumber: Int64 {
        switch count {
        case 8: Int64(bigEndian: loadUnaligned(as: Int64.self))
        case 4: Int64(Int32(bigEndian: loadUnaligned(as: Int32.self)))
        default: Int64(Int16(bigEndian: loadUnaligned(as: Int16.self)))
        }
    }

    /// A field that holds a real number.
    var realNumber: Double { Double(bitPattern: UInt64(bigEndian: loadUnaligned(as: UInt64.self))) }
}
