// SPDX-License-Identifier: Apache-2.0
// One contact centre for the provider: how busy it is, the switch, its limits, putting it away.
import Foundation
import Markup

/// The page of one centre.
struct CentrePage {
    let signedIn: SignedIn
    let entry: CentreOverview
    /// Administrators who have not chosen a password yet.
    let pending: [Person]
    var limits: TenantLimitsForm
    var errors = FieldErrors.none

    init(signedIn: SignedIn, entry: CentreOverview, pending: [Person]) {
        self.signedIn = signedIn
        self.entry = entry
        self.pending = pending
        limits = TenantLimitsForm(entry.tenant.limits)
    }

    private var tenant: Tenant { entry.tenant }
    private var path: String { "/provider/centres/\(tenant.id)" }

    func page(_ t: Localizer) -> Page {
        let body: HTML = """
            \(errors.summary(t))\(card(nil, facts(t)))<div class="columns">\
            \(card(t("operations.surveysSwitch"), surveys(t)))\(card(t("operations.limits"), limitsForm(t)))\
            \(links(t))\(card(t("operations.archiving"), archiving(t)))</div>
            """
        var page = Page(title: tenant.name, current: .centres, body: body, hasErrors: !errors.isEmpty)
        page.path = [(t("operations.centres.title"), "/provider/centres")]
        return page
    }

    private func facts(_ t: Localizer) -> HTML {
        let activity = entry.activity
        let queued: HTML = activity.holds == 0 ? .empty : " " + badge(t("operations.held"), .bad)
        return descriptionList([
            (t("operations.state"), centreState(tenant, t)), (t("operations.key"), "<code>\(tenant.key)</code>"),
            (t("accounts.language"), HTML(t("frame.language.\(tenant.language)"))),
            (t("accounts.timeZone"), HTML(tenant.timeZone)),
            (t("operations.people"), HTML(t.number(activity.people))),
            (t("operations.queued"), "\(t.number(activity.queued))\(queued)"),
            (t("operations.storage"), storageUse(tenant, in: signedIn.timeZone, t)),
            (t("operations.lastActivity"), activity.lastAt.map { time($0, in: signedIn.timeZone, t: t) } ?? "–"),
        ])
    }

    private func surveys(_ t: Localizer) -> HTML {
        let isOn = tenant.surveysEnabled
        let button: HTML = """
            <button class="button \(isOn ? "danger" : "primary")">\
            \(t(isOn ? "operations.switchOff" : "operations.switchOn"))</button>
            """
        let content = hiddenField("surveys", isOn ? "0" : "1") + button
        return """
            <p>\(surveysState(tenant, t))</p><p class="note">\(t("operations.surveysHint"))</p>\
            \(postForm(to: path + "/surveys", signedIn: signedIn, content))
            """
    }

    private func limitsForm(_ t: Localizer) -> HTML {
        let size = FieldLabel(
            "messageMegabytes", t("operations.messageMegabytes"), hint: t("operations.noLimit"),
            error: errors["messageMegabytes"])
        let pace = FieldLabel(
            "messagesPerSecond", t("operations.messagesPerSecond"), hint: t("operations.noLimit"),
            error: errors["messagesPerSecond"])
        let connections = FieldLabel(
            "connections", t("operations.connections"), hint: t("operations.noLimit"), error: errors["connections"])
        let storage = FieldLabel(
            "storageMegabytes", t("operations.storageMegabytes"), hint: t("operations.storageHint"),
            error: errors["storageMegabytes"])
        let content: HTML = """
            \(numberField(size, value: limits.messageMegabytes, in: TenantLimits.megabytes))\
            \(numberField(pace, value: limits.messagesPerSecond, in: TenantLimits.perSecond))\
            \(numberField(connections, value: limits.connections, in: TenantLimits.connections))\
            \(numberField(storage, value: limits.storageMegabytes, in: TenantLimits.storage))\
            \(submitButton(t("frame.save")))
            """
        return postForm(to: path + "/limits", signedIn: signedIn, content)
    }

    /// A lost link is replaced; accounts that are in use are none of the provider's.
    private func links(_ t: Localizer) -> HTML {
        guard !pending.isEmpty, tenant.archivedAt == nil else { return .empty }
        let rows: [HTML] = pending.map { person in
            let label = t("operations.makeLinkFor", ["name": person.name])
            let button = actionButton(
                t("accounts.makeLink"), named: label, to: path + "/links/\(person.id)", signedIn: signedIn)
            return "<div class=\"buttons\"><span>\(person.name)</span>\(button)</div>"
        }
        return card(
            t("operations.pending"),
            "<p class=\"note\">\(t("operations.pendingNote"))</p>\(rows)")
    }

    private func archiving(_ t: Localizer) -> HTML {
        if let since = tenant.archivedAt {
            return """
                <p>\(t("operations.archivedSince")) \(time(since, in: signedIn.timeZone, t: t))</p>\
                \(postForm(to: path + "/reactivation", signedIn: signedIn, submitButton(t("operations.reactivate"))))
                """
        }
        let note: HTML = "<p class=\"note\">\(t("operations.archivingNote"))</p>"
        if tenant.id == signedIn.tenant { return note + "<p class=\"note\">\(t("operations.ownCentre"))</p>" }
        return note + "<div class=\"buttons\">\(linkButton(t("operations.archive"), to: path + "/archiving"))</div>"
    }
}

/// How much a centre keeps, beside what it may keep, and when it was measured.
func storageUse(_ tenant: Tenant, in zone: String, _ t: Localizer) -> HTML {
    guard let use = tenant.storage else { return HTML(t("operations.notMeasured")) }
    let amount = t.number(use.megabytes, places: use.megabytes < 10 ? 1 : 0)
    guard let limit = tenant.limits.storageMegabytes, let percent = use.percent(of: tenant.limits) else {
        return "\(t("operations.storageUsed", ["used": amount])) \(measured(use, in: zone, t))"
    }
    let words = t("operations.storageUsedOf", ["used": amount, "limit": t.number(limit)])
    let mark: HTML =
        percent >= 100
        ? " " + badge(t("operations.storageFull"), .bad)
        : percent >= StorageUse.warningPercent ? " " + badge(t("operations.storageNearlyFull"), .warning) : .empty
    return "\(words)\(mark) \(measured(use, in: zone, t))"
}

private func measured(_ use: StorageUse, in zone: String, _ t: Localizer) -> HTML {
    "<span class=\"note\">\(t("operations.measured")) \(time(use.measuredAt, in: zone, t: t))</span>"
}

/// Asks before a centre is put away.
struct ArchivingPage {
    let signedIn: SignedIn
    let tenant: Tenant

    func page(_ t: Localizer) -> Page {
        let path = "/provider/centres/\(tenant.id)"
        let body = confirmation(
            t("operations.archiveQuestion", ["name": tenant.name]),
            action: (t("operations.archive"), path + "/archiving"), back: path, signedIn: signedIn, t: t)
        var page = Page(title: t("operations.archiving"), current: .centres, body: body)
        page.path = [(t("operations.centres.title"), "/provider/centres"), (tenant.name, path)]
        return page
    }
}
