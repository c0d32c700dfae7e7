// SPDX-License-Identifier: Apache-2.0
// What the rows of reports are called, and what filters offer.
import Storage

/// Names of a centre's agents, teams, services and dispositions.
struct ReportsStore {
    let tenant: TenantID
    let tx: any Transaction

    /// What reports know of a centre.
    struct Centre: Sendable {
        let timeZone: String
        let minimumN: Int
    }

    func centre() throws -> Centre {
        guard let row = try tx.one("SELECT time_zone, minimum_n FROM tenant WHERE id = \(tenant)") else {
            throw Refusal.notFound
        }
        return Centre(timeZone: try row.at(0), minimumN: try row.at(1))
    }

    /// The names of rows; nobody (0) has none.
    func names(of keys: [Int64], by grouping: FigureGrouping) throws -> [Int64: ReportName] {
        if grouping == .day {
            return Dictionary(
                keys.map { key in
                    let day = LocalDay(number: Int(key)).description
                    return (key, ReportName(name: day, key: day))
                }, uniquingKeysWith: { first, _ in first })
        }
        var names: [Int64: ReportName] = [:]
        let wanted = keys.filter { $0 != 0 }
        for start in stride(from: 0, to: wanted.count, by: 500) {
            let ids = wanted[start..<min(start + 500, wanted.count)].map { id -> SQL in "\(id)" }
            for row in try tx.query(statement(grouping, ids: ids.joined(separator: ", "))) {
                let key: String = try row.at(1)
                let name = [try row.at(2, as: String.self), try row.at(3, as: String.self)]
                    .filter { !$0.isEmpty }.joined(separator: " ")
                names[try row.at(0)] = ReportName(name: name.isEmpty ? key : name, key: key)
            }
        }
        for key in wanted where names[key] == nil { names[key] = ReportName(name: "№ \(key)", key: "\(key)") }
        return names
    }

    private func statement(_ grouping: FigureGrouping, ids: SQL) -> SQL {
        switch grouping {
        case .agent:
            "SELECT id, login, first_name, last_name FROM person WHERE tenant_id = \(tenant) AND id IN (\(ids))"
        case .team: "SELECT id, name, name, '' FROM team WHERE tenant_id = \(tenant) AND id IN (\(ids))"
        case .service: "SELECT id, name, name, '' FROM service WHERE tenant_id = \(tenant) AND id IN (\(ids))"
        case .disposition, .day:
            "SELECT id, name, name, '' FROM disposition WHERE tenant_id = \(tenant) AND id IN (\(ids))"
        }
    }

    func choices(teams: Set<TeamID>?) throws -> ReportChoices {
        var choices = ReportChoices()
        for row in try tx.query("SELECT id, name FROM team WHERE tenant_id = \(tenant) ORDER BY name_folded") {
            let id: TeamID = try row.at(0)
            if teams?.contains(id) ?? true { choices.teams.append((id: id, name: try row.at(1))) }
        }
        for row in try tx.query("SELECT id, name FROM service WHERE tenant_id = \(tenant) ORDER BY name_folded") {
            choices.services.append((id: try row.at(0), name: try row.at(1)))
        }
        return choices
    }
}
