// SPDX-License-Identifier: Apache-2.0
// All workflows and configurations of a centre at once, and changing them: for the configuration file.
import Storage

/// A workflow with its newest scenario.
public struct WorkflowEntry: Sendable {
    public let id: WorkflowID
    public let name: String
    /// Nil where it has no version yet.
    public let scenario: Scenario?
}

/// Workflows of one centre in one transaction.
struct WorkflowDirectoryStore {
    let tenant: TenantID
    let tx: any Transaction

    /// By name.
    func workflows() throws -> [WorkflowEntry] {
        try tx.query(
            """
            SELECT w.id, w.name, v.scenario FROM workflow w
            LEFT JOIN workflow_version v ON v.tenant_id = w.tenant_id AND v.id = w.version_id
            WHERE w.tenant_id = \(tenant) ORDER BY w.name_folded
            """
        ).map { row in
            WorkflowEntry(
                id: try row.at(0), name: try row.at(1),
                scenario: try row.at(2, as: String?.self).map { try fromJSON($0) })
        }
    }

    /// In the order of their making, with their triggers in order.
    func configurations() throws -> [WorkflowConfiguration] {
        var triggers: [ConfigurationID: [Trigger]] = [:]
        let rows = try tx.query(
            """
            SELECT configuration_id, event, disposition_id, any_disposition, comparison, threshold
            FROM workflow_trigger WHERE tenant_id = \(tenant) ORDER BY configuration_id, position
            """)
        for row in rows {
            let id: ConfigurationID = try row.get("configuration_id")
            triggers[id, default: []].append(try WorkflowsStore.trigger(row))
        }
        return try tx.query(
            """
            SELECT id, workflow_id, service_id, name, is_enabled, limits, changed_at FROM workflow_configuration
            WHERE tenant_id = \(tenant) ORDER BY id
            """
        ).map { row in
            let id: ConfigurationID = try row.at(0)
            return WorkflowConfiguration(
                id: id, workflow: try row.at(1), service: try row.at(2), name: try row.at(3),
                isEnabled: try row.at(4), limits: try fromJSON(try row.at(5)), triggers: triggers[id] ?? [],
                changedAt: try row.at(6))
        }
    }

    /// Gives a workflow another name; false when another one has it.
    func rename(_ workflow: WorkflowID, to name: String, by person: PersonID?, at now: Moment) throws -> Bool {
        try tx.execute(
            """
            UPDATE workflow SET name = \(name), name_folded = \(name.folded), revision = revision + 1,
                changed_by = \(person.sqlValue), changed_at = \(now)
            WHERE tenant_id = \(tenant) AND id = \(workflow) AND NOT EXISTS (
                SELECT 1 FROM workflow o
                WHERE o.tenant_id = \(tenant) AND o.name_folded = \(name.folded) AND o.id <> \(workflow))
            """) == 1
    }

    /// Writes a configuration anew; false when there is none.
    func update(_ configuration: ConfigurationID, to new: NewConfiguration, at now: Moment) throws -> Bool {
        let isThere =
            try tx.execute(
                """
                UPDATE workflow_configuration SET name = \(new.name.trimmed), service_id = \(new.service),
                    is_enabled = \(new.isEnabled), limits = \(jsonText(new.limits)), changed_at = \(now)
                WHERE tenant_id = \(tenant) AND id = \(configuration)
                """) == 1
        guard isThere else { return false }
        try tx.execute(
            "DELETE FROM workflow_trigger WHERE tenant_id = \(tenant) AND configuration_id = \(configuration)")
        try WorkflowsStore(tenant: tenant, tx: tx).insert(new.triggers, of: configuration)
        return true
    }

    /// Whether a workflow has another configuration of a name; the workflow is locked until the end.
    func isTaken(_ name: String, in workflow: WorkflowID, besides configuration: ConfigurationID?) throws -> Bool {
        _ = try tx.query(
            "SELECT id FROM workflow WHERE tenant_id = \(tenant) AND id = \(workflow)\(Fragment.forUpdate)")
        return try tx.query(
            "SELECT id, name FROM workflow_configuration WHERE tenant_id = \(tenant) AND workflow_id = \(workflow)"
        ).contains { row in
            try row.at(0, as: ConfigurationID.self) != configuration
                && row.at(1, as: String.self).folded == name.folded
        }
    }
}
