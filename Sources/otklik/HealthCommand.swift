// SPDX-License-Identifier: Apache-2.0
// `otklik health`: how the installation is, for people and for whoever watches over it.
import App
import ArgumentParser

/// Shows queues, holds, database and version.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: say("health"), discussion: say("health.more"))

    @OptionGroup var place: WhereOptions
    @OptionGroup var json: JSONFlag

    func run() async throws {
        var isLate = false
        try await place.withOtklik { otklik in
            let health = try await otklik.health()
            isLate = health.isLate
            try json.print(health) { text(of: health) }
        }
        if isLate { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private func text(of health: InstallationHealth) -> String {
        let about = say(
            "health.about",
            [
                "version": health.version, "engine": health.engine, "engineVersion": health.engineVersion,
                "schema": String(health.schema), "megabytes": String((health.databaseBytes + 524_288) / 1_048_576),
                "nodes": String(health.nodes), "holds": String(health.heldSenders),
            ])
        let titles = ["kind", "oldest", "waiting", "due", "claimed"].map { say("column.\($0)") }
        let rows = health.queues.map { queue in
            [
                queue.kind, queue.oldestDueAt?.rfc3339 ?? "", String(queue.waiting), String(queue.due),
                String(queue.claimed),
            ]
        }
        let table = TextTable(titles: titles, rows: rows, numbersFrom: 2).text(empty: say("health.none"))
        guard health.isLate, let oldest = health.oldestDueAt else { return about + "\n" + table }
        return [about, table, say("health.late", ["at": oldest.rfc3339])].joined(separator: "\n")
    }
}
