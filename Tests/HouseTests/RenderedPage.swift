// SPDX-License-Identifier: Apache-2.0
// A page as a browser would find its links and forms: enough of HTML for what this product writes.
import Foundation

/// One rendered page.
struct RenderedPage {
    /// Something that a person or a browser follows.
    struct Link: Hashable {
        /// `GET`, or what a form says.
        let method: String
        /// As it stands in the page, entities resolved.
        let address: String
    }

    /// A form with what it would send untouched.
    struct Form {
        let action: Link
        var fields: [String: String]
    }

    private(set) var links: [Link] = []
    private(set) var forms: [Form] = []
    private(set) var ids: Set<String> = []
    /// Forms by their places: whether they have a button, and one that can be pressed.
    private var buttons: [Int: Bool] = [:]

    init(_ html: String) {
        let tags = html.matches(of: /<([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s=>"']+(?:="[^"]*")?)*)\s*\/?>/)
        var places: [String: Int] = [:]
        var open: Int?
        for tag in tags {
            let name = tag.output.1.lowercased()
            let attributes = Self.attributes(of: String(tag.output.2))
            if let id = attributes["id"] { ids.insert(id) }
            if name == "form" {
                let method = attributes["method"]?.uppercased() ?? "GET"
                let action = Link(method: method, address: attributes["action"] ?? "")
                forms.append(Form(action: action, fields: [:]))
                open = forms.count - 1
                if let id = attributes["id"] { places[id] = open }
                links.append(action)
            }
            let form = attributes["form"].map { places[$0] } ?? open
            if name == "button", let form {
                buttons[form] = buttons[form] == true || !attributes.keys.contains("disabled")
            }
            addLinks(of: attributes, form: form)
            if let form { add(name, attributes, to: form) }
        }
        // A form whose buttons are all disabled is not sent, not even by the Enter key.
        for (place, form) in forms.enumerated() where buttons[place] == false {
            if let link = links.firstIndex(of: form.action) { links.remove(at: link) }
        }
    }

    private mutating func addLinks(of attributes: [String: String], form: Int?) {
        for name in ["href", "src", "poster", "data", "cite"] {
            if let address = attributes[name] { links.append(Link(method: "GET", address: address)) }
        }
        for candidate in (attributes["srcset"] ?? "").split(separator: ",") {
            if let address = candidate.split(separator: " ").first {
                links.append(Link(method: "GET", address: String(address)))
            }
        }
        if let address = attributes["formaction"] {
            let method = form.map { forms[$0].action.method } ?? "GET"
            let link = Link(method: attributes["formmethod"]?.uppercased() ?? method, address: address)
            links.append(link)
            forms.append(Form(action: link, fields: form.map { forms[$0].fields } ?? [:]))
        }
    }

    /// What a control would send: its value, a drop-down's chosen or first option; buttons only where they have a name.
    private mutating func add(_ tag: String, _ attributes: [String: String], to form: Int) {
        let type = attributes["type"] ?? ""
        if tag == "option", let select = forms[form].fields["\u{0}select"] {
            if forms[form].fields[select] == nil || attributes.keys.contains("selected") {
                forms[form].fields[select] = attributes["value"] ?? ""
            }
            return
        }
        guard let name = attributes["name"] else { return }
        switch tag {
        case "select": forms[form].fields["\u{0}select"] = name
        case "input" where type == "checkbox" || type == "radio":
            if attributes.keys.contains("checked") { forms[form].fields[name] = attributes["value"] ?? "on" }
        case "input", "textarea": forms[form].fields[name] = attributes["value"] ?? ""
        case "button": forms[form].fields[name] = forms[form].fields[name] ?? attributes["value"] ?? ""
        default: break
        }
    }

    private static func attributes(of text: String) -> [String: String] {
        var attributes: [String: String] = [:]
        for match in text.matches(of: /([^\s=>"']+)(?:="([^"]*)")?/) {
            attributes[match.output.1.lowercased()] = match.output.2.map { unescaped(String($0)) } ?? ""
        }
        return attributes
    }

    private static func unescaped(_ text: String) -> String {
        [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
