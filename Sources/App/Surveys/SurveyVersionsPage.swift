// SPDX-License-Identifier: Apache-2.0
// The saved versions of a form: each can be looked at and become the newest one again.
import Foundation
import Markup

/// The versions of one form, the newest first.
struct SurveyVersionsPage {
    let form: SurveyForm
    let versions: [SurveyVersionEntry]
    /// Why a version could not become the newest one, and which.
    let refused: Refusals
    let refusedNumber: Int
    let signedIn: SignedIn
    let t: Localizer

    var page: Page {
        let columns = [
            TableColumn(t("surveys.versions.number"), isNumeric: true), TableColumn(t("surveys.versions.saved")),
            TableColumn(t("surveys.versions.by")), TableColumn(t("surveys.versions.actions")),
        ]
        let title = t("surveys.versions.title", ["name": form.name])
        var page = Page(
            title: title, current: .forms, body: "\(problems)\(table(title, columns, versions.map(row)))",
            actions: linkButton(t("surveys.editor.open"), to: "/forms/\(form.id.description)/edit", icon: .edit),
            hasErrors: !refused.all.isEmpty)
        page.path = [(t("surveys.title"), "/forms")]
        page.introduction = t("surveys.versions.introduction")
        return page
    }

    private var problems: HTML {
        guard !refused.all.isEmpty else { return .empty }
        let list: [HTML] = refused.all.map { "<li>\(t($0.key, $0.arguments))</li>" }
        let isRule = refused.all.first?.kind == .invalid
        let hint: HTML =
            isRule
            ? """
            <p><a href="/forms/\(form.id.description)/edit?version=\(refusedNumber)">\
            \(t("surveys.versions.openOlder"))</a></p>
            """ : .empty
        return notice(.bad, "<ul>\(list)</ul>\(hint)")
    }

    private func row(_ version: SurveyVersionEntry) -> [HTML] {
        let number = String(version.number)
        let isNewest = version.id == form.version
        let look: HTML = """
            <a href="/forms/\(form.id.description)/versions/\(number)/preview">\(t("surveys.versions.look"))</a> \
            <a href="/forms/\(form.id.description)/edit?version=\(number)">\(t("surveys.versions.open"))</a>
            """
        let actions: HTML =
            isNewest
            ? look
            : """
            \(look) <form method="post" action="/forms/\(form.id.description)/versions/\(number)/restoration" \
            class="inline">\
            \(formToken(signedIn))\(hiddenField("revision", String(form.revision)))\
            <button class="button small" aria-label="\(t("surveys.versions.restoreNumber", ["number": number]))">\
            \(t("surveys.versions.restore"))</button></form>
            """
        let mark: HTML = isNewest ? " " + badge(t("surveys.versions.newest"), .good) : .empty
        return [
            "\(number)\(mark)", time(version.at, in: signedIn.timeZone, t: t), HTML(version.person ?? "—"),
            "<div class=\"buttons\">\(actions)</div>",
        ]
    }
}
