// SPDX-License-Identifier: Apache-2.0
// Tables on a terminal: columns side by side, as wide as what stands in them.

/// Rows of texts under titles.
struct TextTable {
    let titles: [String]
    let rows: [[String]]
    /// Columns from this one on hold numbers and end at one line.
    var numbersFrom = Int.max

    /// The table's lines; what an empty list says when there are none.
    func text(empty: String) -> String {
        guard !rows.isEmpty else { return empty }
        let widths = titles.indices.map { column in
            ([titles] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return ([titles] + rows).map { line($0, widths) }.joined(separator: "\n")
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = cells.enumerated().map { column, cell in
            let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
            return column >= numbersFrom ? space + cell : cell + space
        }.joined(separator: "  ")
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}
