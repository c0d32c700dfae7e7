// SPDX-License-Identifier: Apache-2.0
// Form fields with label, hint and error, joined for screen readers.
import Markup

/// What every field has: its name, its label, and what is said beside it.
public struct FieldLabel: Sendable {
    public let name: String
    public let label: String
    public var hint: String?
    public var error: String?
    public var isRequired: Bool
    /// The word that marks a field which may stay empty: `t("frame.optional")`. Nil says nothing.
    public var optional: String?
    /// Shown, and not to be changed now; the hint says why.
    public var isDisabled = false

    public init(_ name: String, _ label: String, hint: String? = nil, error: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.label = label
        self.hint = hint
        self.error = error
        self.isRequired = isRequired
    }

    /// The same label with the mark of a field that may stay empty.
    public func optional(_ t: Localizer) -> FieldLabel {
        var label = self
        label.optional = t("frame.optional")
        return label
    }

    /// The same label of a field that cannot be changed now.
    public var disabled: FieldLabel {
        var label = self
        label.isDisabled = true
        return label
    }

    /// The element's id, which the error summary links to.
    var id: String { "field-" + name.replacing(".", with: "-") }

    /// The attributes that tie the control to its hint and error.
    var attributes: HTML {
        var described: [String] = []
        if hint != nil { described.append(id + "-hint") }
        if error != nil { described.append(id + "-error") }
        let names = described.joined(separator: " ")
        return """
             id="\(id)" name="\(name)"\(if: isRequired, " required")\
            \(if: isDisabled, " disabled")\(if: error != nil, " aria-invalid=\"true\"")\
            \(if: !described.isEmpty, " aria-describedby=\"\(names)\"")
            """
    }

    private var hintHTML: HTML { hint.map { "<p class=\"note\" id=\"\(id)-hint\">\($0)</p>" } ?? .empty }
    private var errorHTML: HTML {
        error.map { "<p class=\"error\" id=\"\(id)-error\">\(icon(.alert))<span>\($0)</span></p>" } ?? .empty
    }
    /// Required is the rule in our forms, so the exception is what is marked.
    private var nameHTML: HTML {
        optional.map { "\(label) <span class=\"optional\">(\($0))</span>" } ?? HTML(label)
    }

    /// The field around a control.
    func field(_ control: HTML) -> HTML {
        "<div class=\"field\"><label for=\"\(id)\">\(nameHTML)</label>\(hintHTML)\(errorHTML)\(control)</div>"
    }

    /// The field around several controls that answer one question.
    func group(_ controls: HTML) -> HTML {
        """
        <fieldset class="field" id="\(id)"\(if: error != nil, " aria-invalid=\"true\"")>\
        <legend>\(nameHTML)</legend>\(hintHTML)\(errorHTML)\(controls)</fieldset>
        """
    }

    /// The box with its label behind it.
    func box(_ control: HTML) -> HTML {
        """
        <div class="field box"><label for="\(id)">\(control)<span>\(label)</span></label>\
        \(hintHTML)\(errorHTML)</div>
        """
    }
}

/// A line of text. `type` is HTML's: text, email, password, number, date, search, tel, url.
public func textField(
    _ label: FieldLabel, value: String = "", type: String = "text", autocomplete: String? = nil, limit: Int = 200
) -> HTML {
    let completing: HTML = autocomplete.map { " autocomplete=\"\($0)\"" } ?? .empty
    let bounded: HTML = type == "number" || type == "date" ? .empty : " maxlength=\"\(limit)\""
    return label.field("<input type=\"\(type)\"\(label.attributes) value=\"\(value)\"\(completing)\(bounded)>")
}

/// A whole number within bounds.
public func numberField(_ label: FieldLabel, value: String, in range: ClosedRange<Int>) -> HTML {
    label.field(
        """
        <input type="number" inputmode="numeric"\(label.attributes) value="\(value)" min="\(range.lowerBound)" \
        max="\(range.upperBound)">
        """)
}

/// Several lines of text.
public func textArea(_ label: FieldLabel, value: String = "", rows: Int = 4, limit: Int = 4000) -> HTML {
    // The first line end after the tag is dropped by browsers, hence the one that is put there.
    label.field("<textarea\(label.attributes) rows=\"\(rows)\" maxlength=\"\(limit)\">\n\(value)</textarea>")
}

/// One choice of a field.
public struct FieldOption: Sendable {
    public let value: String
    public let label: String
    /// Options of one group stand under its name.
    public let group: String?

    public init(_ value: String, _ label: String, group: String? = nil) {
        self.value = value
        self.label = label
        self.group = group
    }
}

/// One of several, in a drop-down.
public func selectField(_ label: FieldLabel, _ options: [FieldOption], selected: String) -> HTML {
    label.field("<select\(label.attributes)>\(optionList(options, selected: [selected]))</select>")
}

/// Any number of several, in a list box.
public func multipleSelectField(_ label: FieldLabel, _ options: [FieldOption], selected: Set<String>) -> HTML {
    let size = min(max(options.count, 3), 10)
    return label.field(
        "<select multiple size=\"\(size)\"\(label.attributes)>\(optionList(options, selected: selected))</select>")
}

private func optionList(_ options: [FieldOption], selected: Set<String>) -> HTML {
    var list = HTML.empty
    var group: String?
    for option in options {
        if option.group != group {
            if group != nil { list += "</optgroup>" }
            if let name = option.group { list += "<optgroup label=\"\(name)\">" }
            group = option.group
        }
        let isSelected = selected.contains(option.value)
        list += "<option value=\"\(option.value)\"\(if: isSelected, " selected")>\(option.label)</option>"
    }
    return group == nil ? list : list + "</optgroup>"
}

/// Yes or no.
public func checkBox(_ label: FieldLabel, isOn: Bool) -> HTML {
    label.box("<input type=\"checkbox\" value=\"1\"\(label.attributes)\(if: isOn, " checked")>")
}

/// Any number of several, as boxes; their values are read by `FormInput.values`.
public func checkBoxes(_ label: FieldLabel, _ options: [FieldOption], selected: Set<String>) -> HTML {
    label.group(choices(label, options, type: "checkbox", selected: selected))
}

/// One of several, as buttons.
public func radioButtons(_ label: FieldLabel, _ options: [FieldOption], selected: String) -> HTML {
    label.group(choices(label, options, type: "radio", selected: [selected]))
}

private func choices(_ label: FieldLabel, _ options: [FieldOption], type: String, selected: Set<String>) -> HTML {
    let required = label.isRequired && type == "radio"
    let boxes: [HTML] = options.map { option in
        let isOn = selected.contains(option.value)
        return """
            <label class="choice"><input type="\(type)" name="\(label.name)" value="\(option.value)"\
            \(if: isOn, " checked")\(if: required, " required")\(if: label.isDisabled, " disabled")>\
            <span>\(option.label)</span></label>
            """
    }
    return "<div class=\"choices\">\(boxes)</div>"
}

/// A file of the person's own, sent by ``uploadForm(to:signedIn:_:)``.
/// - Parameter kinds: What the browser offers, as HTML's `accept` says it; whatever comes is looked at all the same.
public func fileField(_ label: FieldLabel, accepting kinds: String) -> HTML {
    label.field("<input type=\"file\" accept=\"\(kinds)\"\(label.attributes)>")
}

/// A value that travels with the form unseen.
public func hiddenField(_ name: String, _ value: String) -> HTML {
    "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
}

/// What was refused in a form: sentences by field, for ``FieldLabel/error`` and the summary.
public struct FieldErrors: Sendable {
    private let sentences: [(field: String?, text: String)]

    public static let none = FieldErrors(Refusals(), t: nil)

    public init(_ refusals: Refusals, t: Localizer?) {
        sentences = refusals.all.map { ($0.field, t?($0.key, $0.arguments) ?? $0.key) }
    }

    public var isEmpty: Bool { sentences.isEmpty }

    /// The sentence of a field, the first if there are several.
    public subscript(field: String) -> String? { sentences.first { $0.field == field }?.text }

    /// All of them above the form, each with a link to its field. Empty when nothing was refused.
    public func summary(_ t: Localizer) -> HTML {
        guard !sentences.isEmpty else { return .empty }
        let items: [HTML] = sentences.map { sentence in
            guard let field = sentence.field else { return "<li>\(sentence.text)</li>" }
            let id = FieldLabel(field, "").id
            return "<li><a href=\"#\(id)\">\(sentence.text)</a></li>"
        }
        return """
            <div class="notice bad summary" role="alert" tabindex="-1" data-module="Frame/error-summary.mjs">\
            \(icon(.bad))<div><h2>\(t("frame.errorSummary", count: sentences.count))</h2>\
            <ul>\(items)</ul></div></div>
            """
    }
}
