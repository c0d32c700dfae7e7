// SPDX-License-Identifier: Apache-2.0
// What the list of workflows shows, in four statements however many there are.
import Storage

/// A workflow with its configurations, as the list shows it.
struct ListedWorkflow {
    let id: WorkflowID
    let name: String
    let changedBy: String?
    let changedAt: Moment
    let number: Int?
    let scenario: Scenario?
    var configurations: [ListedConfiguration] = []
}

/// A configuration as the list shows it.
struct ListedConfiguration {
    let id: ConfigurationID
    let workflow: WorkflowID
    let name: String
    let service: String
    let isEnabled: Bool
    var triggers: [(trigger: Trigger, disposition: String?)] = []
    var runs = 0
    var notSent = 0
}

/// Reads the list of a centre.
struct WorkflowListStore {
    let tenant: TenantID
    let tx: any Transaction

    /// - Parameter since: From when on runs are counted.
    func workflows(since: Moment) throws -> [ListedWorkflow] {
        let configurations = try Dictionary(grouping: configurations(since: since), by: \.workflow)
        return try tx.query(
            """
            SELECT w.id, w.name, w.changed_at, v.number, v.scenario, p.first_name, p.last_name
            FROM workflow w
            LEFT JOIN workflow_version v ON v.tenant_id = w.tenant_id AND v.id = w.version_id
            LEFT JOIN person p ON p.tenant_id = w.tenant_id AND p.id = w.changed_by
            WHERE w.tenant_id = \(tenant) ORDER BY w.name_folded
            """
        ).map { row in
            let names = [try row.get("first_name", as: String?.self), try row.get("last_name", as: String?.self)]
            let scenario = try row.get("scenario", as: String?.self)
            let id: WorkflowID = try row.get("id")
            return ListedWorkflow(
                id: id, name: try row.get("name"), changedBy: names.compactMap(\.self).joined(separator: " ").nonEmpty,
                changedAt: try row.get("changed_at"), number: try row.get("number"),
                scenario: try scenario.map { try fromJSON($0) }, configurations: configurations[id] ?? [])
        }
    }

    private func configurations(since: Moment) throws -> [ListedConfiguration] {
        let rows = try tx.query(
            """
            SELECT c.id, c.workflow_id, c.name, c.is_enabled, s.name AS service_name, t.event, t.disposition_id,
                t.any_disposition, t.comparison, t.threshold, d.name AS disposition_name
            FROM workflow_configuration c
            LEFT JOIN service s ON s.tenant_id = c.tenant_id AND s.id = c.service_id
            JOIN workflow_trigger t ON t.tenant_id = c.tenant_id AND t.configuration_id = c.id
            LEFT JOIN disposition d ON d.tenant_id = t.tenant_id AND d.id = t.disposition_id
            WHERE c.tenant_id = \(tenant) ORDER BY c.id, t.position
            """)
        let runs = try counts(since: since)
        var list: [ListedConfiguration] = []
        for row in rows {
            let id: ConfigurationID = try row.get("id")
            if list.last?.id != id {
                list.append(
                    ListedConfiguration(
                        id: id, workflow: try row.get("workflow_id"), name: try row.get("name"),
                        service: try row.get("service_name", as: String?.self) ?? "",
                        isEnabled: try row.get("is_enabled")))
                list[list.count - 1].runs = runs[id]?.runs ?? 0
                list[list.count - 1].notSent = runs[id]?.notSent ?? 0
            }
            list[list.count - 1].triggers.append(
                (try WorkflowsStore.trigger(row), try row.get("disposition_name")))
        }
        return list
    }

    /// Runs and mails that were not sent, by configuration.
    private func counts(since: Moment) throws -> [ConfigurationID: (runs: Int, notSent: Int)] {
        let rows = try tx.query(
            """
            SELECT r.configuration_id, COUNT(*) AS runs, SUM(
                CASE WHEN EXISTS (
                    SELECT 1 FROM run_step s WHERE s.tenant_id = r.tenant_id AND s.run_id = r.id
                        AND s.outcome = 'mail_not_sent'
                ) THEN 1 ELSE 0 END) AS not_sent
            FROM run r WHERE r.tenant_id = \(tenant) AND r.created_at >= \(since) AND r.is_test = 0
            GROUP BY r.configuration_id
            """)
        return Dictionary(
            try rows.map { (try $0.get("configuration_id"), (try $0.get("runs"), try $0.get("not_sent"))) },
            uniquingKeysWith: { first, _ in first })
    }
}
