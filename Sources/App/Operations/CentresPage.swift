// SPDX-License-Identifier: Apache-2.0
// The contact centres of the installation, as the provider sees them.
import Foundation
import Markup

/// The list of centres.
struct CentresPage {
    let entries: [CentreOverview]
    /// The last centre of this page; nil on the last page.
    let next: TenantID?
    let isFirst: Bool
    let zone: String

    func page(_ t: Localizer) -> Page {
        let columns = [
            TableColumn(t("operations.centre")), TableColumn(t("operations.state")),
            TableColumn(t("operations.surveys")), TableColumn(t("operations.people"), isNumeric: true),
            TableColumn(t("operations.queued"), isNumeric: true), TableColumn(t("operations.storage"), isNumeric: true),
            TableColumn(t("operations.lastActivity")),
        ]
        let rows = entries.map { row($0, t) }
        let body: HTML = """
            \(table(t("operations.centres.title"), columns, rows))\
            \(pagination(newer: isFirst ? nil : "/provider/centres", older: older, t: t))
            """
        return Page(
            title: t("operations.centres.title"), current: .centres, body: body,
            actions: linkButton(t("operations.newCentre"), to: "/provider/centres/new", isPrimary: true))
    }

    private var older: String? { next.map { "/provider/centres?after=\($0)" } }

    private func row(_ entry: CentreOverview, _ t: Localizer) -> [HTML] {
        let (tenant, activity) = (entry.tenant, entry.activity)
        let name: HTML = """
            <a href="/provider/centres/\(tenant.id.description)">\(tenant.name)</a> \
            <span class="note">\(tenant.key)</span>
            """
        let queued: HTML = activity.holds == 0 ? .empty : " " + badge(t("operations.held"), .bad)
        return [
            name, centreState(tenant, t), surveysState(tenant, t), HTML(t.number(activity.people)),
            "\(t.number(activity.queued))\(queued)", storage(tenant, t),
            activity.lastAt.map { time($0, in: zone, t: t) } ?? "–",
        ]
    }
}

/// How full a centre's storage is, in few words.
private func storage(_ tenant: Tenant, _ t: Localizer) -> HTML {
    guard let use = tenant.storage else { return "–" }
    let words = t("operations.storageUsed", ["used": t.number(use.megabytes, places: 0)])
    let isFull = (use.percent(of: tenant.limits) ?? 0) >= StorageUse.warningPercent
    return isFull ? badge(words, .warning) : HTML(words)
}

/// Whether a centre is in use, and what it is for.
func centreState(_ tenant: Tenant, _ t: Localizer) -> HTML {
    if tenant.archivedAt != nil { return badge(t("operations.archived"), .warning) }
    let kind = tenant.kind == .production ? .empty : " " + badge(t("operations.kind.\(tenant.kind.rawValue)"))
    return badge(t("operations.active"), .good) + kind
}

/// The provider's switch in words.
func surveysState(_ tenant: Tenant, _ t: Localizer) -> HTML {
    tenant.surveysEnabled ? badge(t("operations.on"), .good) : badge(t("operations.off"))
}

/// A new centre with its first administrator.
struct NewCentrePage {
    let signedIn: SignedIn
    let form: NewCentreForm
    var errors = FieldErrors.none

    func page(_ t: Localizer) -> Page {
        let content: HTML = """
            \(centre(t))<h2>\(t("operations.firstAdministrator"))</h2>\(person(t))\
            \(submitButton(t("operations.makeCentre")))
            """
        let body: HTML = """
            \(errors.summary(t))\(card(nil, postForm(to: "/provider/centres/new", signedIn: signedIn, content)))
            """
        var page = Page(title: t("operations.newCentre"), current: .centres, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("operations.centres.title"), "/provider/centres")]
        return page
    }

    private func label(_ name: String, _ text: String, hint: String? = nil, isRequired: Bool = false) -> FieldLabel {
        FieldLabel(name, text, hint: hint, error: errors[name], isRequired: isRequired)
    }

    private func centre(_ t: Localizer) -> HTML {
        let (new, kinds) = (form.centre, [Tenant.Kind.production, .test])
        let name = label("name", t("operations.centreName"), isRequired: true)
        let key = label("key", t("operations.key"), hint: t("operations.keyHint"), isRequired: true)
        let surveys = FieldLabel("surveys", t("operations.surveysSwitch"), hint: t("operations.surveysHint"))
        return """
            \(textField(name, value: new.name, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(key, value: new.key, autocomplete: "off", limit: 40))\
            \(radioButtons(label("kind", t("operations.kind")),
                kinds.map { FieldOption($0.rawValue, t("operations.kindHint.\($0.rawValue)")) },
                selected: new.kind.rawValue))\
            \(selectField(label("language", t("accounts.language")), languageOptions(t), selected: new.language))\
            \(selectField(label("timeZone", t("accounts.timeZone")), TimeZoneOptions.all(selected: new.timeZone),
                selected: new.timeZone))\
            \(checkBox(surveys, isOn: new.surveysEnabled))
            """
    }

    private func person(_ t: Localizer) -> HTML {
        let new = form.administrator
        let login = label("login", t("accounts.login"), isRequired: true)
        let (first, last) = (label("firstName", t("accounts.firstName")), label("lastName", t("accounts.lastName")))
        let email = label("email", t("accounts.email"))
        return """
            <p class="note">\(t("operations.firstAdministratorNote"))</p>\
            \(textField(login, value: new.login, autocomplete: "off", limit: AccountsLimits.loginLength))\
            \(textField(first, value: new.firstName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(last, value: new.lastName, autocomplete: "off", limit: AccountsLimits.nameLength))\
            \(textField(email, value: new.email ?? "", type: "email", autocomplete: "off", limit: 254))
            """
    }
}

/// The languages that pages are written in.
func languageOptions(_ t: Localizer) -> [FieldOption] {
    ["ru", "en"].map { FieldOption($0, t("frame.language.\($0)")) }
}

/// The link that an administrator begins with, shown once to the provider who passes it on.
struct AdministratorLinkPage {
    let tenant: Tenant
    let link: AdministratorLink

    func page(_ t: Localizer) -> Page {
        let days = t("operations.linkOnce", count: Int(AdministratorLink.hours / 24), ["name": link.name])
        let content: HTML = """
            \(notice(.warning, HTML(days)))<code class="secret">\(link.address)</code>\
            <div class="buttons">\(linkButton(t("operations.toCentre"), to: "/provider/centres/\(tenant.id)",
                isPrimary: true))</div>
            """
        var page = Page(title: t("operations.linkTitle"), current: .centres, body: card(tenant.name, content))
        page.path = [
            (t("operations.centres.title"), "/provider/centres"), (tenant.name, "/provider/centres/\(tenant.id)"),
        ]
        return page
    }
}
