// SPDX-License-Identifier: Apache-2.0
// The services of a centre, and the dispositions of one.
import Markup

/// The list of services.
struct ServicesPage {
    let services: [Service]
    let order: TableOrder?
    let t: Localizer

    /// What the list can be ordered by.
    static let orders: Set<String> = ["name", "type", "enabled"]

    var page: Page { Page(title: t("services.title"), current: .services, body: body) }

    private func typeName(_ service: Service) -> String { t("services.type.\(service.type.rawValue)") }

    private var sorted: [Service] {
        switch order?.key {
        case "name": order?.sorted(services) { $0.name.folded } ?? services
        case "type": order?.sorted(services) { typeName($0) } ?? services
        case "enabled": order?.sorted(services) { $0.isEnabled ? 0 : 1 } ?? services
        default: services
        }
    }

    private var body: HTML {
        if services.isEmpty { return emptyState(t("services.empty"), t("services.empty.hint"), icon: .phone) }
        let columns = [
            TableColumn(t("services.name"), key: "name", canSort: true),
            TableColumn(t("services.type"), key: "type", canSort: true), TableColumn(t("services.requires")),
            TableColumn(t("services.enabled"), key: "enabled", canSort: true),
        ]
        let rows: [[HTML]] = sorted.map { service in
            [
                "<a href=\"/services/\(service.id.description)\">\(service.name)</a>",
                HTML(typeName(service)),
                HTML(t(service.requiresDisposition ? "services.yes" : "services.no")),
                badge(t(service.isEnabled ? "services.yes" : "services.no"), service.isEnabled ? .good : .neutral),
            ]
        }
        let sorting = TableSorting(order) { "/services?sort=\($0.query)" }
        return table(t("services.title"), columns, rows, sorting: sorting)
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
            let system: HTML = disposition.systemType.map { " <code>\($0.rawValue)</code>" } ?? .empty
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
