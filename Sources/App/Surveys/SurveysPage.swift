// SPDX-License-Identifier: Apache-2.0
// The list of forms with all that can be done to them, and the archive (spec 3.1).
import Foundation
import Markup

/// The centre's forms.
struct SurveysPage {
    static let order: Set<String> = ["name", "blocks", "answers", "changed"]

    let entries: [SurveyListEntry]
    let fields: [String: SurveyField]
    let order: TableOrder?
    let archived: Int
    let signedIn: SignedIn
    let list: ListContext

    private var t: Localizer { list.t }

    var page: Page {
        let old: HTML =
            archived > 0
            ? "<p><a href=\"/forms/archive\">\(t("surveys.archivedForms", count: archived))</a></p>" : .empty
        let empty = emptyState(
            t("surveys.none"), t("surveys.noneHint"),
            action: linkButton(t("surveys.toTemplates"), to: "/forms/templates", isPrimary: true), icon: .form)
        var page = Page(
            title: t("surveys.title"), current: .forms, body: "\(entries.isEmpty ? empty : rows)\(old)",
            actions: actions)
        page.introduction = t("surveys.introduction")
        return page
    }

    private var actions: HTML {
        let templates = SurveyTemplate.all.map { template in
            MenuEntry.tab(template.name(t.language), to: "/forms/new?template=\(template.key)")
        }
        let entries =
            [MenuEntry.tab(t("surveys.emptyForm"), to: "/forms/new", icon: .plus), .line] + templates
            + [.line, .link(t("surveys.allTemplates"), to: "/forms/templates", icon: .form)]
        return """
            \(columnMenu("forms", columns, hidden: list.hidden("forms"), in: list))\
            \(dialogLink(t("surveys.import"), to: "/forms/import"))\
            \(menu("add-form", t("surveys.add"), showsLabel: true, entries))
            """
    }

    private var columns: [TableColumn] {
        [
            TableColumn(t("surveys.column.name"), key: "name", canSort: true),
            TableColumn(t("surveys.column.languages"), key: "languages", canBeHidden: true),
            TableColumn(t("surveys.column.blocks"), isNumeric: true, key: "blocks", canSort: true, canBeHidden: true),
            TableColumn(t("surveys.column.fields"), key: "fields", canBeHidden: true),
            TableColumn(
                t("surveys.column.answers"), isNumeric: true, key: "answers", canSort: true, canBeHidden: true),
            TableColumn(t("surveys.column.usedBy"), key: "uses", canBeHidden: true),
            TableColumn(t("surveys.column.changedBy"), key: "person", canBeHidden: true),
            TableColumn(t("surveys.column.changed"), key: "changed", canSort: true, canBeHidden: true),
            TableColumn(t("surveys.column.actions")),
        ]
    }

    private var rows: HTML {
        let hidden = list.hidden("forms")
        let sorting = TableSorting(order) { "/forms?sort=\($0.query)" }
        return """
            \(table(t("surveys.title"), columns, sorted.map(row), sorting: sorting, hidden: hidden))
            """
    }

    private var sorted: [SurveyListEntry] {
        guard let order else { return entries }
        return switch order.key {
        case "blocks": order.sorted(entries) { $0.blocks }
        case "answers": order.sorted(entries) { $0.answers }
        case "changed": order.sorted(entries) { $0.form.changedAt.milliseconds }
        default: order.sorted(entries) { $0.form.name.folded }
        }
    }

    private func row(_ entry: SurveyListEntry) -> [HTML] {
        let form = entry.form
        let closed: HTML = form.isClosed ? " " + badge(t("surveys.closed"), .warning) : .empty
        return [
            """
            <a href="/forms/\(form.id.description)/edit" target="_blank" rel="noopener" \
            title="\(t("surveys.edit.title", ["name": form.name]))">\(form.name)</a>\(closed)
            """,
            entry.languageLinks, HTML(t.number(entry.blocks)),
            HTML(entry.boundFields.map { fields[$0]?.name ?? $0 }.joined(separator: ", ").nonEmpty ?? "–"),
            entry.answersLink(t), entry.usesText(t), HTML(entry.changedBy ?? "–"),
            time(form.changedAt, in: signedIn.timeZone, t: t), rowMenu(form),
        ]
    }

    private func rowMenu(_ form: SurveyForm) -> HTML {
        let path = "/forms/\(form.id)"
        return menu(
            "form-\(form.id)", t("surveys.actions", ["name": form.name]),
            [
                .tab(t("surveys.edit"), to: path + "/edit", icon: .edit),
                .link(t("surveys.look"), to: path + "/preview", icon: .form),
                .link(t("surveys.answers"), to: path + "/answers", icon: .reports),
                .action(t("surveys.copy"), to: path + "/copies", signedIn: signedIn, icon: .copy),
                .dialog(t("surveys.rename"), to: path + "/name"),
                .link(t("surveys.export"), to: path + "/export"),
                .action(
                    form.isClosed ? t("surveys.open") : t("surveys.close"),
                    to: path + (form.isClosed ? "/opening" : "/closing"), signedIn: signedIn),
                .line, .dialog(t("surveys.delete"), to: path + "/deletion", icon: .remove, isDangerous: true),
            ])
    }
}

extension SurveyListEntry {
    /// Blocks of the first language.
    var blocks: Int { newest.content.languages.first?.blocks.count ?? 0 }

    /// The fields of all languages, each once.
    var boundFields: [String] {
        var seen: Set<String> = []
        return newest.content.languages.flatMap(\.blocks).compactMap(\.field).filter { seen.insert($0).inserted }
    }

    fileprivate var languageLinks: HTML {
        let links: [HTML] = newest.content.languages.map { language in
            """
            <a href="/forms/\(form.id.description)/preview?language=\(language.language)" \
            lang="\(language.language)">\(language.language)</a>
            """
        }
        return links.dropFirst().reduce(links.first ?? .empty) { $0 + ", " + $1 }
    }

    fileprivate func answersLink(_ t: Localizer) -> HTML {
        guard answers > 0 else { return "0" }
        let number = answers < SurveyLimits.answersCounted ? t.number(answers) : t.number(answers) + "+"
        return "<a href=\"/forms/\(form.id.description)/answers\">\(number)</a>"
    }

    fileprivate func usesText(_ t: Localizer) -> HTML {
        guard !uses.isEmpty else { return "–" }
        let names: [HTML] = uses.map { use in
            use.isActive ? HTML(use.name) : "\(use.name) <span class=\"note\">(\(t("surveys.inactive")))</span>"
        }
        return names.dropFirst().reduce(names.first ?? .empty) { $0 + ", " + $1 }
    }
}

/// Archived forms, each of which can be taken up again.
struct SurveyArchivePage {
    let entries: [SurveyListEntry]
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let columns = [
            TableColumn(t("surveys.column.name")), TableColumn(t("surveys.column.languages")),
            TableColumn(t("surveys.column.answers"), isNumeric: true), TableColumn(t("surveys.column.archived")),
            TableColumn(t("surveys.column.actions")),
        ]
        let list =
            entries.isEmpty
            ? emptyState(t("surveys.noArchived"), t("surveys.noArchivedHint"), icon: .form)
            : table(t("surveys.archive"), columns, entries.map(row))
        var page = Page(title: t("surveys.archive"), current: .forms, body: list)
        page.introduction = t("surveys.archiveNote")
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }

    private func row(_ entry: SurveyListEntry) -> [HTML] {
        let closed: HTML = entry.form.isClosed ? " " + badge(t("surveys.closed"), .warning) : .empty
        return [
            "\(entry.form.name)\(closed)", entry.languageLinks, entry.answersLink(t),
            time(entry.form.changedAt, in: signedIn.timeZone, t: t),
            actionButton(
                t("surveys.restore"), named: t("surveys.restore.title", ["name": entry.form.name]),
                to: "/forms/\(entry.form.id)/restoration", signedIn: signedIn),
        ]
    }
}

/// The templates with what they ask.
struct SurveyTemplatesPage {
    let t: Localizer

    var page: Page {
        let empty = card(
            t("surveys.emptyForm"),
            "<p>\(t("surveys.emptyForm.note"))</p>\(begin(t("surveys.emptyForm"), "/forms/new"))")
        let cards: [HTML] = SurveyTemplate.all.map { template in
            let blocks = template.content.language(t.language)?.blocks ?? template.content.languages[0].blocks
            let questions: [HTML] = blocks.filter(\.kind.isQuestion).map { "<li>\($0.text)</li>" }
            return card(
                template.name(t.language),
                """
                <p>\(template.description(t.language))</p><ul class="note">\(questions)</ul>\
                \(begin(template.name(t.language), "/forms/new?template=\(template.key)"))
                """)
        }
        var page = Page(
            title: t("surveys.templates"), current: .forms, body: "<div class=\"columns\">\(empty)\(cards)</div>")
        page.introduction = t("surveys.templates.note")
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }

    private func begin(_ name: String, _ path: String) -> HTML {
        """
        <p><a class="button" href="\(path)" target="_blank" rel="noopener" \
        aria-label="\(t("surveys.begin.title", ["name": name]))">\(icon(.plus))\(t("surveys.begin"))</a></p>
        """
    }
}

/// Asks for a form's other name.
struct SurveyNamePage {
    let form: SurveyForm
    var name: String
    var errors = FieldErrors.none
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let label = FieldLabel(
            "name", t("surveys.column.name"), hint: t("surveys.rename.hint"), error: errors["name"], isRequired: true)
        let content: HTML = """
            \(errors.summary(t))\
            \(textField(label, value: name, autocomplete: "off", limit: SurveyLimits.nameCharacters))\
            <div class="form-end">\(submitButton(t("frame.save")))\(linkButton(t("frame.cancel"), to: "/forms"))</div>
            """
        var page = Page(
            title: t("surveys.rename"), current: .forms,
            body: card(nil, postForm(to: "/forms/\(form.id)/name", signedIn: signedIn, content)),
            hasErrors: !errors.isEmpty)
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }
}

/// Asks before a form is deleted, and says what becomes of it; says who uses it where it cannot be.
struct SurveyDeletionPage {
    let deletion: SurveyDeletion
    let signedIn: SignedIn
    let t: Localizer

    private var name: String { deletion.form.name }

    var page: Page {
        let content: HTML = """
            \(deletion.activeUses.isEmpty ? question : refusal)<div class="form-end">\
            \(submitButton(t("surveys.delete"), isDangerous: true, isDisabled: !deletion.activeUses.isEmpty))\
            \(linkButton(t("frame.cancel"), to: "/forms"))</div>
            """
        var page = Page(
            title: t("surveys.deletion"), current: .forms,
            body: card(nil, postForm(to: "/forms/\(deletion.form.id)/deletion", signedIn: signedIn, content)))
        page.path = [(t("surveys.title"), "/forms")]
        return page
    }

    private var refusal: HTML {
        notice(.bad, "\(t("surveys.deletion.inUse", ["name": name]))\(list(deletion.activeUses))")
    }

    private var question: HTML {
        if deletion.erases { return "<p>\(t("surveys.deletion.erase", ["name": name]))</p>" }
        let idle: HTML =
            deletion.uses.isEmpty ? .empty : "<p>\(t("surveys.deletion.idle"))</p>\(list(deletion.uses))"
        let label = FieldLabel("closesNow", t("surveys.deletion.closeNow"), hint: t("surveys.deletion.closeNow.hint"))
        return """
            <p>\(t("surveys.deletion.archive", ["name": name]))</p>\(idle)\(checkBox(label, isOn: false))
            """
    }

    private func list(_ uses: [FormUse]) -> HTML {
        let items: [HTML] = uses.map { "<li>\($0.name)</li>" }
        return "<ul>\(items)</ul>"
    }
}
