// SPDX-License-Identifier: Apache-2.0
// Fields, filters, tables and panels of `/design`.
import Markup

extension DesignPage {
    // MARK: Fields

    private var options: [FieldOption] {
        [FieldOption("1", words("sent")), FieldOption("2", words("waits")), FieldOption("3", words("long"))]
    }

    var fields: HTML {
        let error = words("fieldError")
        let name = words("name")
        let content: HTML = """
            \(textField(FieldLabel("plain", name), value: words("text")))\
            \(textField(FieldLabel("hinted", name, hint: words("note")).optional(t)))\
            \(textField(FieldLabel("wrong", name, hint: words("note"), error: error), value: words("long")))\
            \(textField(FieldLabel("off", name, hint: words("fieldOff")).disabled, value: words("text")))\
            \(numberField(FieldLabel("number", words("count")), value: "587", in: 1...65535))\
            \(textField(FieldLabel("day", words("day")), value: "2026-11-28", type: "date"))\
            \(selectField(FieldLabel("select", words("state")), options, selected: "2"))\
            \(multipleSelectField(FieldLabel("several", words("state")), options, selected: ["1", "3"]))\
            \(textArea(FieldLabel("area", words("text")), value: words("text"), rows: 3))
            """
        let form = postForm(to: "/design/answer", signedIn: context.signedIn, isGuarded: true, content)
        return part("fields", "<p class=\"note\">\(words("fieldsNote"))</p>\(form)")
    }

    var groups: HTML {
        let people = [
            PersonOption(login: "operator-1", name: words("person") + " 1"),
            PersonOption(login: "operator-2", name: words("person") + " 2"),
        ]
        let choices: HTML = """
            \(checkBox(FieldLabel("box", words("boxLabel"), hint: words("note")), isOn: true))\
            \(checkBox(FieldLabel("boxOff", words("disabled")).disabled, isOn: false))\
            \(checkBoxes(FieldLabel("boxes", words("state")).optional(t), options, selected: ["1"]))\
            \(radioButtons(FieldLabel("radios", words("state"), error: words("fieldError")), options, selected: "2"))\
            <div class="form-end">\(submitButton(words("save")))\(linkButton(t("frame.cancel"), to: "/design"))</div>
            """
        let refused = FieldErrors(
            Refusals([Refusal(.invalid, code: "bad", key: "frame.design.fieldError", field: "wrong")]), t: t)
        let filter = filterBar(
            to: "/design", isFiltered: true,
            """
            \(dateRangeField(words("period"), from: "2026-11-01", to: "2026-11-28", name: "period", t: t))\
            \(selectField(FieldLabel("filterState", words("state")), options, selected: "1"))\
            \(personField(FieldLabel("filterPerson", words("person")), people, value: ""))
            """, t: t)
        return part(
            "groups",
            """
            \(refused.summary(t))\
            \(postForm(to: "/design/answer", signedIn: context.signedIn, isGuarded: true, choices))\(filter)
            """)
    }

    // MARK: Tables

    private var columns: [TableColumn] {
        [
            TableColumn(words("name"), key: "name", canSort: true),
            TableColumn(words("state"), key: "state", canBeHidden: true),
            TableColumn(words("count"), isNumeric: true, key: "count", canSort: true, canBeHidden: true),
            TableColumn(words("action"), key: "action"),
        ]
    }

    var tables: HTML {
        let raw = [(words("sent"), Tone.good, 1_204), (words("waits"), .warning, 17), (words("long"), .bad, 0)]
        let rows =
            switch order?.key {
            case "name": order?.sorted(raw) { $0.0 } ?? raw
            case "count": order?.sorted(raw) { $0.2 } ?? raw
            default: raw
            }
        let cells: [[HTML]] = rows.enumerated().map { number, row in
            [
                "<a href=\"/design\">\(row.0)</a>", badge(row.0, row.1), HTML(t.number(row.2)),
                menu(
                    "row-\(number)", words("actionOf") + " " + row.0,
                    [
                        .link(words("edit"), to: "/design", icon: .edit), .line,
                        .dialog(words("delete"), to: "/design/question", icon: .remove, isDangerous: true),
                    ]),
            ]
        }
        let hidden = context.hidden("design")
        let tone = tone
        let sorting = TableSorting(order) { "/design?tone=\(tone.rawValue)&sort=\($0.query)" }
        let figures = [
            TableColumn(words("name")), TableColumn(words("count"), isNumeric: true, hint: words("note")),
            TableColumn(words("count"), isNumeric: true), TableColumn(words("count"), isNumeric: true),
        ]
        let numbers: [[HTML]] = [3, 1_204, 1_207].map { number in
            [HTML(words("sent")), HTML(t.number(number)), "–", HTML(t.percent(0.42))]
        }
        return part(
            "tables",
            """
            <div class="list-head">\(tabs(words("state"), tabList, t: t))\
            \(columnMenu("design", columns, hidden: hidden, in: context))</div>\
            \(table(words("tables"), columns, cells, sorting: sorting, hidden: hidden))\
            \(pagination(newer: "/design", older: "/design?sort=name", t: t))\
            \(table(words("figures"), figures, numbers, narrow: .scrolls, showsCaption: true, hasTotal: true))
            """)
    }

    private var tabList: [Tab] {
        [
            Tab(words("all"), path: "/design", isCurrent: true, count: 3),
            Tab(words("waits"), path: "/design?sort=count", isCurrent: false, count: 17),
            Tab(words("failed"), path: "/design?sort=-count", isCurrent: false),
        ]
    }

    // MARK: Panels

    var panels: HTML {
        let entries: [MenuEntry] = [
            .link(words("edit"), to: "/design", icon: .edit),
            .action(words("save"), to: "/design/answer", signedIn: context.signedIn, icon: .check), .line,
            .dialog(words("delete"), to: "/design/question", icon: .remove, isDangerous: true),
        ]
        let flash = toast(Flash("frame.design.done", undo: "/design/undo"), signedIn: context.signedIn, t: t)
        return part(
            "panels",
            """
            <p class="note">\(words("panelsNote"))</p>\
            <div class="buttons">\(menu("actions", words("action"), showsLabel: true, entries))\
            \(dialogLink(words("question"), to: "/design/question", isDangerous: true, icon: .remove))\
            \(actionButton(words("toast"), to: "/design/answer", signedIn: context.signedIn))</div>\(flash)
            """)
    }
}
