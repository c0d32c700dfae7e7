// SPDX-License-Identifier: Apache-2.0
// Tables that stay readable on a phone: every cell carries its column's name, which the sheet shows there.
import Markup

/// A table's column.
public struct TableColumn: Sendable {
    public let title: String
    public let isNumeric: Bool
    /// Explains the heading, as a definition that opens.
    public let hint: String?
    /// Its name in addresses and cookies: for columns that can be sorted or hidden.
    public let key: String?
    /// Whether the list can be ordered by it.
    public let canSort: Bool
    /// Whether people may leave it out.
    public let canBeHidden: Bool

    public init(
        _ title: String, isNumeric: Bool = false, hint: String? = nil, key: String? = nil, canSort: Bool = false,
        canBeHidden: Bool = false
    ) {
        self.title = title
        self.isNumeric = isNumeric
        self.hint = hint
        self.key = key
        self.canSort = canSort
        self.canBeHidden = canBeHidden
    }
}

/// By which column a list is ordered; in addresses `sort=name`, or `sort=-name` from the greatest.
public struct TableOrder: Sendable, Equatable {
    public let key: String
    public let isDescending: Bool

    public init(_ key: String, isDescending: Bool = false) {
        self.key = key
        self.isDescending = isDescending
    }

    /// Reads an address; nil where it names no column of the list.
    public init?(_ input: FormInput, of keys: Set<String>) {
        let text = input.text("sort")
        let key = String(text.trimmingPrefix("-"))
        guard keys.contains(key) else { return nil }
        self.init(key, isDescending: text.hasPrefix("-"))
    }

    /// The value in an address.
    public var query: String { (isDescending ? "-" : "") + key }

    /// Rows ordered by a value of each; equal ones stay as they were.
    public func sorted<Row, Value: Comparable>(_ rows: [Row], by value: (Row) -> Value) -> [Row] {
        let keyed = rows.enumerated().map { (value: value($0.element), place: $0.offset, row: $0.element) }
        return keyed.sorted { left, right in
            if left.value == right.value { return left.place < right.place }
            return isDescending ? left.value > right.value : left.value < right.value
        }.map(\.row)
    }
}

/// How a table's headings order it: by links, each to the list in that order.
public struct TableSorting: Sendable {
    /// Nil while the list stands in its usual order.
    public let current: TableOrder?
    let address: @Sendable (TableOrder) -> String

    /// - Parameter address: The list's address in another order.
    public init(_ current: TableOrder?, _ address: @escaping @Sendable (TableOrder) -> String) {
        self.current = current
        self.address = address
    }

    /// The heading as a link. Figures are first wanted from the greatest, words from A.
    func heading(_ column: TableColumn, _ title: HTML) -> (attributes: HTML, content: HTML) {
        guard column.canSort, let key = column.key else { return (.empty, title) }
        let isCurrent = current?.key == key
        let isDescending = current?.isDescending ?? false
        let next = TableOrder(key, isDescending: isCurrent ? !isDescending : column.isNumeric)
        let arrow: Icon = isCurrent ? (isDescending ? .arrowDown : .arrowUp) : .sort
        let state: HTML =
            isCurrent ? " aria-sort=\"\(isDescending ? "descending" : "ascending")\"" : .empty
        return (state, "<a href=\"\(address(next))\">\(title)\(icon(arrow))</a>")
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
/// - Parameters:
///   - hidden: Keys of columns that are left out.
///   - hasTotal: Whether the last row is the sum of the others.
public func table(
    _ caption: String, _ columns: [TableColumn], _ rows: [[HTML]], narrow: NarrowTable = .cards,
    showsCaption: Bool = false, sorting: TableSorting? = nil, hidden: Set<String> = [], hasTotal: Bool = false
) -> HTML {
    let shown = columns.indices.filter { !(columns[$0].key.map(hidden.contains) ?? false) }
    let heads: [HTML] = shown.map { place in
        let column = columns[place]
        let title: HTML = column.hint.map { definition(HTML(column.title), $0) } ?? HTML(column.title)
        let (state, content) = sorting?.heading(column, title) ?? (.empty, title)
        return "<th scope=\"col\"\(state)\(if: column.isNumeric, " class=\"number\"")>\(content)</th>"
    }
    let body: [HTML] = rows.enumerated().map { number, row in
        let cells: [HTML] = shown.filter { $0 < row.count }.map { place in
            let column = columns[place]
            let marks: HTML = " data-label=\"\(column.title)\"\(if: column.isNumeric, " class=\"number\"")"
            return place == shown.first
                ? "<th scope=\"row\"\(marks)>\(row[place])</th>" : "<td\(marks)>\(row[place])</td>"
        }
        return "<tr\(if: hasTotal && number == rows.count - 1, " class=\"total\"")>\(cells)</tr>"
    }
    return """
        <div class="table \(narrow.rawValue)"\(if: narrow == .scrolls, " tabindex=\"0\" role=\"region\"")\
        \(if: narrow == .scrolls, " aria-label=\"\(caption)\"")><table>\
        <caption\(if: !showsCaption, " class=\"unseen\"")>\(caption)</caption>\
        <thead><tr>\(heads)</tr></thead><tbody>\(body)</tbody></table></div>
        """
}
