// SPDX-License-Identifier: Apache-2.0
// Values on their way to PostgreSQL and back, in its binary format: exact, and without digits to parse.
import CPostgres
import Foundation

/// PostgreSQL's numbers of the types that we send or understand.
private enum TypeNumber {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let char: Oid = 18
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let json: Oid = 114
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let unknown: Oid = 705
    static let bpchar: Oid = 1042
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
    static let void: Oid = 2278
}

/// The values of one run, laid out for libpq.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// Where each value begins; nil is NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []

    init(_ values: [SQLValue]) {
        starts.reserveCapacity(values.count)
        lengths.reserveCapacity(values.count)
        for value in values { append(value) }
        // An empty list of bytes has no address, and no address means NULL.
        bytes.append(0)
    }

    /// How much their values are.
    var byteCount: Int { bytes.count }

    /// The type a value is sent as. NULL takes the type that the statement wants.
    static func type(of value: SQLValue) -> Oid {
        switch value {
        case .null: 0
        case .integer: TypeNumber.int8
        case .real: TypeNumber.float8
        case .text: TypeNumber.text
        case .bytes: TypeNumber.bytea
        }
    }

    mutating func run(prepared name: String, on handle: OpaquePointer) -> OpaquePointer? {
        withPointers { pointers, lengths, formats in
            PQexecPrepared(handle, name, Int32(lengths.count), pointers, lengths, formats, 1)
        }
    }

    /// Sends without waiting; 0 when libpq would not.
    mutating func send(prepared name: String, on handle: OpaquePointer) -> Int32 {
        withPointers { pointers, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(lengths.count), pointers, lengths, formats, 1)
        }
    }

    mutating func run(_ text: String, _ types: [Oid], on handle: OpaquePointer) -> OpaquePointer? {
        withPointers { pointers, lengths, formats in
            PQexecParams(handle, text, Int32(lengths.count), types, pointers, lengths, formats, 1)
        }
    }

    private mutating func append(_ value: SQLValue) {
        let start = bytes.count
        switch value {
        case .null:
            starts.append(nil)
            lengths.append(0)
            return
        case .integer(let number): withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        case .real(let number): withUnsafeBytes(of: number.bitPattern.bigEndian) { bytes.append(contentsOf: $0) }
        case .text(let string): bytes.append(contentsOf: string.utf8)
        case .bytes(let content): bytes.append(contentsOf: content)
        }
        starts.append(start)
        lengths.append(Int32(bytes.count - start))
    }

    private mutating func withPointers<Answer>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Answer
    ) -> Answer {
        let formats = [Int32](repeating: 1, count: lengths.count)
        return bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return body(starts.map { start in start.flatMap { base?.advanced(by: $0) } }, lengths, formats)
        }
    }
}

/// One prepared statement of a connection, with the columns of its result.
final class PostgresStatement {
    let name: String?
    /// The types of the values that it was prepared for; 0 where there was NULL.
    private let values: [Oid]
    /// Whether its plan depends on its values: how far to read in some order is told by a limit.
    let isPlannedByValues: Bool
    private var columns: Columns?
    private var types: [Oid] = []

    init(name: String?, values: [Oid] = [], text: String = "") {
        self.name = name
        self.values = values
        isPlannedByValues = text.contains("LIMIT")
    }

    /// Whether values of these types can be bound to it.
    func serves(_ types: [Oid]) -> Bool { zip(values, types).allSatisfy { $1 == 0 || $0 == $1 } }

    /// Whether they could be if it had known more.
    func agrees(with types: [Oid]) -> Bool { zip(values, types).allSatisfy { $0 == 0 || $1 == 0 || $0 == $1 } }

    /// What is known of the values' types by now.
    func merged(with types: [Oid]) -> [Oid] { zip(values, types).map { $0 == 0 ? $1 : $0 } }

    /// Reads a result and gives it back.
    func result(of result: OpaquePointer?, _ text: String, _ connection: PostgresConnection) throws -> StatementResult {
        defer { PQclear(result) }
        try connection.check(result, text)
        let rowCount = PQntuples(result)
        let columnCount = PQnfields(result)
        if columns == nil {
            columns = Columns((0..<columnCount).map { String(cString: PQfname(result, $0)) })
            types = (0..<columnCount).map { PQftype(result, $0) }
        }
        guard let columns else { return StatementResult() }
        let rows = try (0..<rowCount).map { row in
            Row(
                columns: columns,
                values: try (0..<columnCount).map { column in
                    guard PQgetisnull(result, row, column) == 0 else { return .null }
                    let length = Int(PQgetlength(result, row, column))
                    let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length)
                    return try value(bytes, type: types[Int(column)], column: columns.names[Int(column)])
                })
        }
        return StatementResult(rows: rows, changes: Self.changes(of: result))
    }

    /// How many rows a statement changed.
    static func changes(of result: OpaquePointer?) -> Int {
        let isSelect = String(cString: PQcmdStatus(result)).hasPrefix("SELECT")
        return isSelect ? 0 : Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    private func value(_ bytes: UnsafeRawBufferPointer, type: Oid, column: String) throws -> SQLValue {
        switch type {
        case TypeNumber.int8: return .integer(bytes.bigEndian(Int64.self))
        case TypeNumber.int4: return .integer(Int64(bytes.bigEndian(Int32.self)))
        case TypeNumber.int2: return .integer(Int64(bytes.bigEndian(Int16.self)))
        case TypeNumber.oid: return .integer(Int64(bytes.bigEndian(UInt32.self)))
        case TypeNumber.bool: return .integer(bytes.first == 0 ? 0 : 1)
        case TypeNumber.float8: return .real(Double(bitPattern: bytes.bigEndian(UInt64.self)))
        case TypeNumber.float4: return .real(Double(Float(bitPattern: bytes.bigEndian(UInt32.self))))
        case TypeNumber.bytea: return .bytes([UInt8](bytes))
        case TypeNumber.numeric: return PostgresNumeric(bytes).value
        case TypeNumber.void: return .null
        case TypeNumber.text, TypeNumber.varchar, TypeNumber.bpchar, TypeNumber.name, TypeNumber.char,
            TypeNumber.unknown, TypeNumber.json:
            return .text(String(decoding: bytes, as: UTF8.self))
        default:
            throw StorageError.unexpectedValue(
                column: column, found: "PostgreSQL's type \(type)", wanted: "a number, text or bytes")
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int = 0) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}

/// PostgreSQL's decimal number, as sums of integers come: digits of 10,000 each.
private struct PostgresNumeric {
    /// A whole number in 64 bits is an integer, as it is on SQLite; everything else is real.
    let value: SQLValue

    init(_ bytes: UnsafeRawBufferPointer) {
        let digits = Int(bytes.bigEndian(Int16.self))
        let weight = Int(bytes.bigEndian(Int16.self, at: 2))
        let sign = bytes.bigEndian(UInt16.self, at: 4)
        let scale = bytes.bigEndian(Int16.self, at: 6)
        guard sign == 0 || sign == 0x4000 else {
            value = .null
            return
        }
        var whole: Int64? = scale == 0 ? 0 : nil
        var real = 0.0
        for position in 0..<max(digits, weight + 1) {
            let digit = position < digits ? bytes.bigEndian(Int16.self, at: 8 + position * 2) : 0
            real = real * 10_000 + Double(digit)
            whole = whole.flatMap { known in
                let (product, isTooLarge) = known.multipliedReportingOverflow(by: 10_000)
                guard !isTooLarge else { return nil }
                let (sum, isOver) = product.addingReportingOverflow(Int64(digit))
                return isOver ? nil : sum
            }
        }
        real *= pow(10_000, Double(weight + 1 - max(digits, weight + 1)))
        if let whole {
            value = .integer(sign == 0 ? whole : -whole)
        } else {
            value = .real(sign == 0 ? real : -real)
        }
    }
}
