// SPDX-License-Identifier: Apache-2.0
// What stands above lists: the filter bar with its fields, the period, a person, the choice of columns.
import Markup

/// The bar above a list. Its fields travel in the address, so that a filtered list can be kept and sent on.
/// - Parameter isFiltered: Whether anything is chosen; then there is a way back to the whole list.
public func filterBar(to path: String, isFiltered: Bool, _ fields: HTML, t: Localizer) -> HTML {
    let whole: HTML = "<a class=\"quiet\" href=\"\(path)\">\(icon(.close))\(t("frame.resetFilter"))</a>"
    let reset = isFiltered ? whole : .empty
    return """
        <form method="get" action="\(path)" class="filters" role="search">\(fields)<div class="buttons">\
        <button class="button">\(icon(.filter))\(t("frame.filter"))</button>\(reset)</div></form>
        """
}

/// First and last day, as one question.
/// - Parameter name: The fields are `from` and `to`, or `<name>.from` and `<name>.to`.
public func dateRangeField(
    _ label: String, from: String, to: String, name: String? = nil, errors: FieldErrors = .none, t: Localizer
) -> HTML {
    let (first, last) = (name.map { $0 + ".from" } ?? "from", name.map { $0 + ".to" } ?? "to")
    let error = errors[first] ?? errors[last]
    let id = FieldLabel(first, "").id
    let said: HTML =
        error.map { "<p class=\"error\" id=\"\(id)-error\">\(icon(.alert))<span>\($0)</span></p>" } ?? .empty
    func day(_ field: String, _ label: String, _ value: String) -> HTML {
        """
        <input type="date" id="\(FieldLabel(field, "").id)" name="\(field)" value="\(value)" aria-label="\(label)"\
        \(if: errors[field] != nil, " aria-invalid=\"true\"")\
        \(if: error != nil, " aria-describedby=\"\(id)-error\"")>
        """
    }
    return """
        <fieldset class="field range"><legend>\(label)</legend>\(said)<div class="days">\
        \(day(first, t("frame.from"), from))<span aria-hidden="true">–</span>\(day(last, t("frame.to"), to))\
        </div></fieldset>
        """
}

/// Somebody who can be chosen.
public struct PersonOption: Sendable {
    public let login: String
    public let name: String

    public init(login: String, name: String) {
        self.login = login
        self.name = name
    }
}

/// One person, found by a part of the name or the login name; what is sent is the login name.
public func personField(_ label: FieldLabel, _ people: [PersonOption], value: String, limit: Int = 100) -> HTML {
    let options: [HTML] = people.map { "<option value=\"\($0.login)\">\($0.name)</option>" }
    return label.field(
        """
        <input type="search"\(label.attributes) value="\(value)" maxlength="\(limit)" autocomplete="off" \
        list="\(label.id)-people"><datalist id="\(label.id)-people">\(options)</datalist>
        """)
}

/// The choice of a table's columns, kept in the browser. Columns without a key are always shown.
public func columnMenu(
    _ table: String, _ columns: [TableColumn], hidden: Set<String>, in context: ListContext
) -> HTML {
    let t = context.t
    let boxes: [HTML] = columns.compactMap { column in
        guard let key = column.key, column.canBeHidden else { return nil }
        return """
            <label class="choice"><input type="checkbox" name="column" value="\(key)"\
            \(if: !hidden.contains(key), " checked")><span>\(column.title)</span></label>
            """
    }
    let all = columns.compactMap { $0.canBeHidden ? $0.key : nil }.joined(separator: ".")
    return """
        <button type="button" class="button" popovertarget="\(table)-columns">\(icon(.columns))\(t("frame.columns"))\
        </button><div class="menu end" id="\(table)-columns" popover data-module="Frame/menu.mjs">\
        <form method="post" action="/columns" class="part">\(formToken(context.signedIn))\
        \(hiddenField("table", table))\(hiddenField("all", all))\(hiddenField("back", context.path))\
        <div class="choices">\(boxes)</div><button class="button small">\(t("frame.apply"))</button></form></div>
        """
}

/// What the tools of a list need to know of the request.
public struct ListContext: Sendable {
    public let signedIn: SignedIn?
    /// The address of the list as it is shown, where the choice returns to.
    public let path: String
    public let preferences: Preferences
    public let t: Localizer

    public init(signedIn: SignedIn?, path: String, preferences: Preferences, t: Localizer) {
        self.signedIn = signedIn
        self.path = path
        self.preferences = preferences
        self.t = t
    }

    public init(_ context: WebContext) {
        signedIn = context.signedIn
        path = context.surroundings.path
        preferences = context.surroundings.preferences
        t = context.words
    }

    /// The columns of a table that are not shown.
    public func hidden(_ table: String) -> Set<String> { preferences.hiddenColumns[table] ?? [] }
}
