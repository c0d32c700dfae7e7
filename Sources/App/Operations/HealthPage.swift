// SPDX-License-Identifier: Apache-2.0
// The installation's health for the provider: queues, oldest due work, holds, database, version.
import Foundation
import Markup

/// The page of the installation's health.
struct HealthPage {
    let health: InstallationHealth
    let zone: String
    let t: Localizer

    var page: Page {
        let body: HTML = """
            \(lateness)<div class="columns">\(card(t("operations.health.installation"), installation))\
            \(card(t("operations.health.database"), database))</div>\(queues)
            """
        return Page(title: t("operations.health.title"), current: .health, body: body)
    }

    private var lateness: HTML {
        guard health.isLate, let oldest = health.oldestDueAt else {
            return notice(.good, HTML(t("operations.health.onTime")))
        }
        let behind = t.duration(seconds: Int(health.at.milliseconds(since: oldest) / 1000))
        return notice(.bad, HTML(t("operations.health.late", ["time": behind])))
    }

    private var installation: HTML {
        let held: HTML =
            health.heldSenders == 0
            ? HTML(t.number(0)) : "\(t.number(health.heldSenders)) \(badge(t("operations.held"), .bad))"
        return descriptionList([
            (t("operations.health.version"), HTML(health.version)),
            (t("operations.health.nodes"), HTML(t.number(health.nodes))),
            (t("operations.health.centres"), HTML(t.number(health.centres))),
            (t("operations.health.archivedCentres"), HTML(t.number(health.archivedCentres))),
            (t("operations.health.heldSenders"), held),
        ])
    }

    private var database: HTML {
        let name = health.engine == "sqlite" ? "SQLite" : "PostgreSQL"
        return descriptionList([
            (t("operations.health.engine"), HTML("\(name) \(health.engineVersion)")),
            (t("operations.health.schema"), HTML(t.number(health.schema))),
            (t("operations.health.size"), HTML(size(health.databaseBytes))),
        ])
    }

    private func size(_ bytes: Int64) -> String {
        let megabytes = Double(bytes) / 1_048_576
        return t("operations.health.megabytes", ["number": t.number(megabytes, places: megabytes < 100 ? 1 : 0)])
    }

    private var queues: HTML {
        guard !health.queues.isEmpty else {
            return emptyState(t("operations.health.noWork"), t("operations.health.noWorkHint"))
        }
        let columns = [
            TableColumn(t("operations.health.queue")),
            TableColumn(t("operations.health.waiting"), isNumeric: true),
            TableColumn(t("operations.health.due"), isNumeric: true),
            TableColumn(t("operations.health.claimed"), isNumeric: true), TableColumn(t("operations.health.oldest")),
        ]
        let rows: [[HTML]] = health.queues.map { queue in
            let key = "operations.health.kind.\(queue.kind)"
            return [
                HTML(t.knows(key) ? t(key) : queue.kind), HTML(t.number(queue.waiting)), HTML(t.number(queue.due)),
                HTML(t.number(queue.claimed)), oldest(queue),
            ]
        }
        return table(t("operations.health.queues"), columns, rows, showsCaption: true)
    }

    private func oldest(_ queue: WorkQueue) -> HTML {
        guard let due = queue.oldestDueAt else { return "–" }
        let late: HTML = health.isLate(due) ? " " + badge(t("operations.health.isLate"), .bad) : .empty
        return time(due, in: zone, t: t) + late
    }
}
