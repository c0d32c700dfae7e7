// SPDX-License-Identifier: Apache-2.0
// Lists in statements. A statement is prepared once for every text, so lists come in few sizes: powers of two.

extension SQL {
    /// Values for `IN (…)`, the last one repeated up to a power of two, so that few different texts arise.
    ///
    ///     "SELECT … WHERE id IN (\(SQL.list(ids)))"
    ///
    /// An empty list is no SQL; ask before.
    @inlinable
    public static func list(_ values: some Collection<some SQLConvertible>) -> SQL {
        list(of: values.map(\.sqlValue).paddedForStatement)
    }

    @usableFromInline
    static func list(of values: [SQLValue]) -> SQL {
        precondition(!values.isEmpty, "A list in a statement has a value.")
        var pieces: [Piece] = []
        pieces.reserveCapacity(values.count * 2)
        for (position, value) in values.enumerated() {
            if position > 0 { pieces.append(.text(", ")) }
            pieces.append(.value(value))
        }
        return SQL(pieces: pieces)
    }
}

extension Collection {
    /// The elements, the last one repeated up to a power of two. For lists in which a repetition changes nothing.
    @inlinable
    public var paddedForStatement: [Element] {
        var padded = Array(self)
        guard let last = padded.last else { return [] }
        var size = 1
        while size < padded.count { size *= 2 }
        padded.append(contentsOf: repeatElement(last, count: size - padded.count))
        return padded
    }

    /// The elements in pieces of 32, 16, 8, 4, 2 and 1. For rows to be inserted, where a repetition would be an error.
    @inlinable
    public var piecesForStatements: [SubSequence] {
        var pieces: [SubSequence] = []
        var start = startIndex
        var left = count
        var size = 32
        while left > 0 {
            while size > left { size /= 2 }
            let end = index(start, offsetBy: size)
            pieces.append(self[start..<end])
            start = end
            left -= size
        }
        return pieces
    }
}
