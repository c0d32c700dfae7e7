// SPDX-License-Identifier: Apache-2.0
// The services of a centre, and the dispositions of one.
import Markup

/// The list of services.
struct ServicesPage {
    let services: [Service]
    let t: Localizer

    var page: Page { Page(title: t("services.title"), current: .services, body: body) }

    private var body: HTML {
        if services.isEmpty { return emptyState(t("services.empty"), t("services.empty.hint")) }
        let columns = [
            TableColumn(t("services.name")), TableColumn(t("services.type")), TableColumn(t("services.requires")),
            TableColumn(t("services.enabled")),
        ]
        let rows: [[HTML]] = services.map { service in
            [
                "<a href=\"/services/\(service.id.description)\">\(service.name)</a>",
                HTML(t("services.type.\(service.type.rawValue)")),
                HTML(t(service.requiresDisposition ? "services.yes" : "services.no")),
                HTML(t(service.isEnabled ? "services.yes" : "services.no")),
            ]
        }
        return table(t("services.title"), columns, rows)
    }
}

/// One service with its dispositions.
struct ServicePage {
    let service: Service
    let folders: [DispositionFolder]
    let dispositions: [Disposition]
    let t: Localizer

    var page: Page {
        var page = Page(title: service.name, current: .services, body: "\(folders.map(folder))")
        page.path = [(t("services.title"), "/services")]
        return page
    }

    private func folder(_ folder: DispositionFolder) -> HTML {
        let columns = [
            TableColumn(t("services.disposition")), TableColumn(t("services.code")),
            TableColumn(t("services.dispositionType")), TableColumn(t("services.agentSelects")),
            TableColumn(t("services.doNotAsk")),
        ]
        let rows: [[HTML]] = dispositions.filter { $0.folder == folder.id && !$0.isRetired }.map { disposition in
            let system: HTML = disposition.systemType.map { " \(badge($0.rawValue))" } ?? .empty
            return [
                "\(disposition.name)\(system)", HTML(disposition.code ?? "–"),
                HTML(t("services.dispositionType.\(disposition.type.rawValue)")),
                HTML(t(disposition.agentSelects ? "services.yes" : "services.no")),
                HTML(t(disposition.doNotAsk ? "services.yes" : "services.no")),
            ]
        }
        return card(folder.name, table(folder.name, columns, rows))
    }
}
