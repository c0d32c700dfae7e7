// SPDX-License-Identifier: Apache-2.0
// The log for administrators: when, who, what, from where, and how it stood before and after.
import Markup

/// A page of the log.
struct AuditPage {
    let signedIn: SignedIn
    let records: [AuditRecord]
    /// What was typed, as the filter's fields show it.
    let query: AuditQuery
    /// Nil on the last page.
    let older: AuditID?
    /// Whose pages an administrator may not open; empty for one who is a provider.
    var providers: Set<PersonID> = []
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let columns = [
            TableColumn(t("accounts.audit.when")), TableColumn(t("accounts.audit.who")),
            TableColumn(t("accounts.audit.what")), TableColumn(t("accounts.audit.where")),
        ]
        let list =
            records.isEmpty
            ? emptyState(t("accounts.audit.none"), t("accounts.audit.noneHint"))
            : table(t("accounts.audit.title"), columns, records.map { row($0, t) })
        let first = query.before == nil ? nil : query.address(before: nil)
        let next = older.map { query.address(before: $0) }
        let body: HTML = """
            \(errors.summary(t))<p class="note">\(t("accounts.audit.note"))</p>\
            \(filters(t))\(list)\(pagination(newer: first, older: next, t: t))
            """
        return Page(title: t("accounts.audit.title"), current: .audit, body: body, hasErrors: !errors.isEmpty)
    }

    private func filters(_ t: Localizer) -> HTML {
        let kinds =
            [FieldOption("", t("accounts.any"))]
            + AuditKind.allCases.map { FieldOption($0.rawValue, t("accounts.audit.kind.\($0.rawValue)")) }
        let person = FieldLabel("person", t("accounts.audit.person"), error: errors["person"])
        let from = FieldLabel("from", t("accounts.audit.from"), error: errors["from"])
        let to = FieldLabel("to", t("accounts.audit.to"), error: errors["to"])
        return """
            <form method="get" action="/settings/audit" class="filters" role="search">\
            \(textField(person, value: query.person, type: "search", limit: AccountsLimits.loginLength))\
            \(selectField(FieldLabel("kind", t("accounts.audit.kind")), kinds, selected: query.kind?.rawValue ?? ""))\
            \(textField(from, value: query.from, type: "date"))\(textField(to, value: query.to, type: "date"))\
            <div class="buttons"><button class="button">\(t("accounts.show"))</button></div></form>
            """
    }

    private func row(_ record: AuditRecord, _ t: Localizer) -> [HTML] {
        [
            time(record.at, in: signedIn.timeZone, t: t), who(record, t), what(record, t),
            HTML(record.address ?? "–"),
        ]
    }

    private func who(_ record: AuditRecord, _ t: Localizer) -> HTML {
        if let person = record.person, !providers.contains(person) {
            return "<a href=\"/settings/people/\(person.description)\">\(record.actor)</a>"
        }
        switch record.actor {
        case "": return HTML(t("accounts.audit.somebody"))
        case Accounts.commandLine: return HTML(t("accounts.audit.commandLine"))
        case "api": return HTML(t("accounts.audit.program"))
        default: return HTML(record.actor)
        }
    }

    private func what(_ record: AuditRecord, _ t: Localizer) -> HTML {
        let sentence = t.knows(record.action) ? t(record.action, record.arguments) : record.action
        let isProvider = record.subject.map { providers.contains(PersonID(raw: $0)) } ?? false
        let path = isProvider ? nil : record.path
        let shown: HTML = path.map { "<a href=\"\($0)\">\(sentence)</a>" } ?? HTML(sentence)
        let changes: [HTML] = record.changes.map { change in
            let (before, after) = (value(change.before, t), value(change.after, t))
            return "<li>\(name(change.name, t)): <del>\(before)</del> → <ins>\(after)</ins></li>"
        }
        return changes.isEmpty ? shown : "\(shown)<ul class=\"changes\">\(changes)</ul>"
    }

    private func name(_ member: String, _ t: Localizer) -> String {
        let key = "accounts.audit.member.\(member)"
        return t.knows(key) ? t(key) : member
    }

    /// Roles and languages by their names, everything else as it is.
    private func value(_ text: String?, _ t: Localizer) -> String {
        guard let text = text?.nonEmpty else { return "–" }
        let parts = text.split(separator: ", ").map { part -> String in
            let keys = ["accounts.role.\(part)", "frame.language.\(part)"]
            return keys.first { t.knows($0) }.map { t($0) } ?? String(part)
        }
        return parts.joined(separator: ", ")
    }
}
