// SPDX-License-Identifier: Apache-2.0
// Tables that stay readable on a phone: every cell carries its column's name, which the sheet shows there.
import Markup

/// A table's column.
public struct TableColumn: Sendable {
    public let title: String
    public let isNumeric: Bool
    /// Explains the heading, as a definition that opens.
    public let hint: String?

    public init(_ title: String, isNumeric: Bool = false, hint: String? = nil) {
        self.title = title
        self.isNumeric = isNumeric
        self.hint = hint
    }
}

/// How a table gives way on a narrow screen.
public enum NarrowTable: String, Sendable {
    /// Each row becomes a card: for lists of things.
    case cards
    /// It scrolls sideways in its own box: for figures to be compared.
    case scrolls
}

/// A table. Its caption is read out first, and seen only where `showsCaption` says so.
public func table(
    _ caption: String, _ columns: [TableColumn], _ rows: [[HTML]], narrow: NarrowTable = .cards,
    showsCaption: Bool = false
) -> HTML {
    let heads: [HTML] = columns.map { column in
        let title: HTML = column.hint.map { definition(HTML(column.title), $0) } ?? HTML(column.title)
        return "<th scope=\"col\"\(if: column.isNumeric, " class=\"number\"")>\(title)</th>"
    }
    let body: [HTML] = rows.map { row in
        let cells: [HTML] = zip(row, columns).enumerated().map { position, pair in
            let (cell, column) = pair
            let marks: HTML = " data-label=\"\(column.title)\"\(if: column.isNumeric, " class=\"number\"")"
            return position == 0
                ? "<th scope=\"row\"\(marks)>\(cell)</th>" : "<td\(marks)>\(cell)</td>"
        }
        return "<tr>\(cells)</tr>"
    }
    return """
        <div class="table \(narrow.rawValue)"\(if: narrow == .scrolls, " tabindex=\"0\" role=\"region\"")\
        \(if: narrow == .scrolls, " aria-label=\"\(caption)\"")><table>\
        <caption\(if: !showsCaption, " class=\"unseen\"")>\(caption)</caption>\
        <thead><tr>\(heads)</tr></thead><tbody>\(body)</tbody></table></div>
        """
}
