// SPDX-License-Identifier: Apache-2.0
// «Кого не спрашивать»: addresses with their reasons, one to be added, a file to be taken in or out.
import Foundation
import Markup

/// The list.
struct SuppressionsPage {
    let entries: [Suppression]
    let filter: SuppressionFilter
    /// What was typed into the search field.
    let search: String
    /// The address of the next page.
    let next: String?
    let form: SuppressionForm
    let file: SuppressionFileForm
    let errors: FieldErrors
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        Page(
            title: t("contacts.suppressions.title"), current: .suppressions, body: body, hasErrors: !errors.isEmpty)
    }

    private var body: HTML {
        let columns = ["address", "reason", "createdAt", "remove"].map {
            TableColumn(t("contacts.suppressions.\($0)"))
        }
        let list =
            entries.isEmpty
            ? emptyState(t("contacts.suppressions.empty"), t("contacts.suppressions.empty.hint"))
            : table(t("contacts.suppressions.title"), columns, entries.map(row))
        return """
            <p>\(t("contacts.suppressions.hint"))</p>\(errors.summary(t))\(filterForm)\(list)\
            \(pagination(newer: nil, older: next, t: t))\(adding)\(importing)
            """
    }

    private var filterForm: HTML {
        let reasons =
            [FieldOption("", t("contacts.suppressions.reason.all"))]
            + SuppressionReason.allCases.map {
                FieldOption($0.rawValue, t("contacts.suppressions.reason.\($0.rawValue)"))
            }
        let reason = FieldLabel("reason", t("contacts.suppressions.reason"))
        let text = FieldLabel("search", t("contacts.suppressions.address"))
        return """
            <form method="get" action="/suppressions" class="filters" role="search">\
            \(textField(text, value: search, type: "search", limit: 254))\
            \(selectField(reason, reasons, selected: filter.reason?.rawValue ?? ""))\
            <div class="buttons"><button class="button">\(t("contacts.suppressions.show"))</button></div></form>
            """
    }

    private func row(_ entry: Suppression) -> [HTML] {
        let address = entry.address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return [
            HTML(entry.address), HTML(t("contacts.suppressions.reason.\(entry.reason.rawValue)")),
            time(entry.createdAt, in: signedIn.timeZone, t: t),
            "<a href=\"/suppressions/removal?address=\(address)\">\(t("contacts.suppressions.remove"))</a>",
        ]
    }

    private var adding: HTML {
        let label = FieldLabel(
            "address", t("contacts.suppressions.address"), error: errors["address"], isRequired: true)
        let fields: HTML = """
            \(textField(label, value: form.address, type: "email", limit: 254))\
            <div class="buttons">\(submitButton(t("contacts.suppressions.add")))</div>
            """
        return card(
            t("contacts.suppressions.add.title"), postForm(to: "/suppressions", signedIn: signedIn, fields))
    }

    /// A file of the reader's computer.
    private var upload: HTML {
        let label = FieldLabel(
            "upload", t("contacts.suppressions.upload"), hint: t("contacts.suppressions.file.hint"),
            error: file.text.isEmpty ? errors["file"] : nil, isRequired: true)
        let content: HTML = """
            \(fileField(label, accepting: ".csv,.txt,text/csv"))\
            <div class="buttons">\(submitButton(t("contacts.suppressions.import")))</div>
            """
        return uploadForm(to: "/suppressions/import", signedIn: signedIn, content)
    }

    private var importing: HTML {
        let label = FieldLabel(
            "file", t("contacts.suppressions.file"), hint: t("contacts.suppressions.file.hint"), error: errors["file"],
            isRequired: true)
        let fields: HTML = """
            \(textArea(label, value: file.text, rows: 8, limit: SuppressionLimits.importBytes))\
            <div class="buttons">\(submitButton(t("contacts.suppressions.import")))</div>
            """
        let export: HTML =
            "<p><a href=\"/suppressions/export\">\(t("contacts.suppressions.export"))</a></p>"
        let typed = disclosure(
            t("contacts.suppressions.import.typed"), isOpen: !file.text.isEmpty,
            postForm(to: "/suppressions/import", signedIn: signedIn, fields))
        return card(t("contacts.suppressions.import.title"), "\(export)\(upload)\(typed)")
    }
}

/// Asks before an address is taken off the list.
struct SuppressionRemovalPage {
    let entry: Suppression
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let reason = t("contacts.suppressions.reason.\(entry.reason.rawValue)")
        let address = entry.address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let question = confirmation(
            t("contacts.suppressions.removal", ["address": entry.address, "reason": reason]),
            action: (t("contacts.suppressions.remove"), "/suppressions/removal?address=\(address)"),
            back: "/suppressions", signedIn: signedIn, t: t)
        var page = Page(title: t("contacts.suppressions.removal.title"), current: .suppressions, body: question)
        page.path = [(t("contacts.suppressions.title"), "/suppressions")]
        return page
    }
}
