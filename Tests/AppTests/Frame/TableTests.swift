// SPDX-License-Identifier: Apache-2.0
// Tables: order by links, columns left out, the total.
import Markup
import Testing

@testable import App

@Suite struct TableTests {
    private static let columns = [
        TableColumn("Name", key: "name", canSort: true),
        TableColumn("Count", isNumeric: true, key: "count", canSort: true, canBeHidden: true),
    ]
    private static let rows: [[HTML]] = [["a", "1"], ["b", "2"]]

    @Test(arguments: [("name", "name", false), ("-count", "count", true)])
    func `an order is read from the address`(text: String, key: String, isDescending: Bool) throws {
        let order = try #require(TableOrder(try FormInput(query: "sort=\(text)"), of: ["name", "count"]))
        #expect(order.key == key && order.isDescending == isDescending)
        #expect(order.query == text)
    }

    @Test(arguments: ["", "sort=", "sort=other", "sort=--name"])
    func `what is no column orders nothing`(query: String) throws {
        #expect(TableOrder(try FormInput(query: query), of: ["name", "count"]) == nil)
    }

    @Test func `equal rows keep their places in both directions`() {
        let rows = [(1, "x"), (0, "y"), (1, "z")]
        #expect(TableOrder("n").sorted(rows) { $0.0 }.map(\.1) == ["y", "x", "z"])
        #expect(TableOrder("n", isDescending: true).sorted(rows) { $0.0 }.map(\.1) == ["x", "z", "y"])
    }

    @Test func `headings lead to the other order and say the present one`() {
        let sorting = TableSorting(TableOrder("count", isDescending: true)) { "/list?sort=\($0.query)" }
        let text = table("Things", Self.columns, Self.rows, sorting: sorting).text
        #expect(text.contains("aria-sort=\"descending\" class=\"number\"><a href=\"/list?sort=count\">Count"))
        #expect(text.contains("<th scope=\"col\"><a href=\"/list?sort=name\">Name"))
    }

    @Test func `a hidden column is left out of head and rows`() {
        let text = table("Things", Self.columns, Self.rows, hidden: ["count"], hasTotal: true).text
        #expect(!text.contains("Count") && !text.contains(">2<"))
        #expect(text.contains("<tr class=\"total\"><th scope=\"row\" data-label=\"Name\">b</th></tr>"))
    }
}
